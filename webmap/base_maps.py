"""The base maps that the operator chose, beside the gazetteer's own: Tianditu, or any address of tiles.

They are named in a TOML file: `GUATU_BASEMAPS`, else `basemaps.toml` in guatu's folder. docs/base-maps.md has examples.
A key is never in a page: tiles that need one are fetched by this server.
"""

import os
import tomllib
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Blueprint, Flask, Response, current_app, url_for
from werkzeug.exceptions import BadGateway, NotFound

from gazetteer.errors import GuatuError
from geodata.settings import Settings

blueprint = Blueprint("base_maps", __name__)

DATUMS = ("WGS 84", "CGCS2000")  # the two differ by centimetres; works are drawn on either as they are
SHIFTED = "GCJ-02"  # lies up to 700 m beside the works in China
TIANDITU = {"vec": "cva", "img": "cia", "ter": "cta"}  # its layers, and the labels of each, in Web Mercator
TIANDITU_ADDRESS = (
    "https://t0.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}&STYLE=default"
    "&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
)
TIANDITU_ATTRIBUTION = "天地图 国家地理信息公共服务平台"
MAX_ZOOM = 18
FETCH_SECONDS = 10
MAX_TILE_BYTES = 2 * 2**20  # an image of 512 by 512 pixels, uncompressed, twice
CACHE_SECONDS = 7 * 86400  # what the tile policies of public servers ask for
_EXTENSION = "guatu.base_maps"


@dataclass(frozen=True, slots=True)
class BaseMap:
    """One base map: addresses of its layers with {z}, {x} and {y}, lowest first. `proxied` ones are fetched by us."""

    name: str
    addresses: tuple[str, ...]
    attribution: str
    max_zoom: int
    proxied: bool

    @property
    def hosts(self) -> set[str]:
        """Where the browser loads its tiles from, as a content security policy says it."""
        parts = [] if self.proxied else [urlsplit(address) for address in self.addresses]
        return {f"{part.scheme}://{part.netloc}" for part in parts}


def init_app(app: Flask) -> None:
    """Reads the file. Settings: `BASEMAPS`, its path. Raises GuatuError where it says what cannot be."""
    path = app.config.get("BASEMAPS") or os.environ.get("GUATU_BASEMAPS")
    file = Path(path) if path else Settings.from_environment().home / "basemaps.toml"
    maps = read_base_maps(file) if path or file.exists() else ()
    app.extensions[_EXTENSION] = maps
    app.config["IMAGE_HOSTS"] = sorted(set().union(*(base_map.hosts for base_map in maps)))
    app.register_blueprint(blueprint)


def base_maps() -> tuple[BaseMap, ...]:
    """Those of this application."""
    maps: tuple[BaseMap, ...] = current_app.extensions[_EXTENSION]
    return maps


def for_page() -> list[dict[str, Any]]:
    """What the scripts of a page need to know of each; no key is in it."""
    return [
        {
            "name": base_map.name,
            "attribution": base_map.attribution,
            "max_zoom": base_map.max_zoom,
            "addresses": [
                url_for("base_maps.tile", number=number, layer=layer, z=0, x=0, y=0).replace("/0/0/0", "/{z}/{x}/{y}")
                if base_map.proxied
                else address
                for layer, address in enumerate(base_map.addresses)
            ],
        }
        for number, base_map in enumerate(base_maps())
    ]


@blueprint.get("/basemaps/<int:number>-<int:layer>/<int:z>/<int:x>/<int:y>")
def tile(number: int, layer: int, z: int, x: int, y: int) -> Response:
    """One tile of a base map whose key is ours to keep."""
    maps = base_maps()
    if number >= len(maps) or not maps[number].proxied or layer >= len(maps[number].addresses):
        raise NotFound
    if z > maps[number].max_zoom or x >= 2**z or y >= 2**z:
        raise NotFound
    address = maps[number].addresses[layer].format(z=z, x=x, y=y)
    asked = urllib.request.Request(address, headers={"User-Agent": "guatu"})  # noqa: S310  the operator's address
    try:
        with urllib.request.urlopen(asked, timeout=FETCH_SECONDS) as answer:  # noqa: S310
            kind, image = answer.headers.get_content_type(), answer.read(MAX_TILE_BYTES + 1)
    except (OSError, urllib.error.URLError) as error:
        raise BadGateway("the server of the base map does not answer") from error
    if not kind.startswith("image/") or kind.startswith("image/svg") or len(image) > MAX_TILE_BYTES:
        raise BadGateway("the server of the base map answered with something else than a tile")
    response = Response(image, mimetype=kind)
    response.headers["Cache-Control"] = f"public, max-age={CACHE_SECONDS}"
    return response


def read_base_maps(file: Path) -> tuple[BaseMap, ...]:
    """The base maps of a TOML file; raises GuatuError with what is wrong in it."""
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise GuatuError(f"{file}: cannot be read as TOML: {error}") from error
    entries = document.get("basemap", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise GuatuError(f"{file}: write every base map under its own [[basemap]]")
    return tuple(_base_map(file, entry) for entry in entries)


def _base_map(file: Path, entry: dict[str, Any]) -> BaseMap:
    name = str(entry.get("name") or "")
    if not name:
        raise GuatuError(f"{file}: a base map has no name")
    key = _key(file, name, entry)
    if layer := entry.get("tianditu"):
        if layer not in TIANDITU or not key:
            raise GuatuError(f"{file}: {name}: tianditu is vec, img or ter, and needs key_env")
        addresses = [TIANDITU_ADDRESS.format(layer=part, key=key) for part in (layer, TIANDITU[layer])]
        return BaseMap(name, tuple(addresses), TIANDITU_ATTRIBUTION, int(entry.get("max_zoom", MAX_ZOOM)), True)
    datum, address = entry.get("datum"), str(entry.get("address") or "")
    if datum == SHIFTED:
        raise GuatuError(
            f"{file}: {name}: 火星坐标（GCJ-02）的底图会与工程错位数百米，不能使用 (its tiles are shifted)"
        )
    if datum not in DATUMS:
        raise GuatuError(f"{file}: {name}: say its datum: {' or '.join(DATUMS)}")
    if urlsplit(address).scheme not in ("http", "https") or not all(part in address for part in ("{z}", "{x}", "{y}")):
        raise GuatuError(f"{file}: {name}: address is http(s)://... with {{z}}, {{x}} and {{y}}")
    if not entry.get("attribution"):
        raise GuatuError(f"{file}: {name}: say whom to name under the map (attribution)")
    try:
        address = address.replace("{key}", key)
        address.format(z=0, x=0, y=0)
        max_zoom = int(entry.get("max_zoom", MAX_ZOOM))
    except (KeyError, IndexError, ValueError) as error:
        raise GuatuError(
            f"{file}: {name}: address has only {{z}}, {{x}}, {{y}} and {{key}}; max_zoom is a number"
        ) from error
    return BaseMap(name, (address,), str(entry["attribution"]), max_zoom, bool(key) or bool(entry.get("proxied")))


def _key(file: Path, name: str, entry: dict[str, Any]) -> str:
    variable = entry.get("key_env")
    if variable is None:
        return ""
    key = os.environ.get(str(variable), "")
    if not key:
        raise GuatuError(f"{file}: {name}: its key is to be in the environment variable {variable}, which is not set")
    return quote(key, safe="")

"""Base maps by configuration: keys stay on the server, shifted tiles are refused, no other host is let in."""

import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gazetteer.errors import GuatuError
from geodata.database import Database
from webmap.app import create_app
from webmap.base_maps import read_base_maps

BASE_MAP = Path(__file__).parents[2] / "webmap/static/js/basemap.js"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
OSM = """
[[basemap]]
name = "OpenStreetMap"
address = "https://tile.example.org/{z}/{x}/{y}.png"
datum = "WGS 84"
attribution = "© <b>contributors</b>"
"""
TIANDITU = '[[basemap]]\nname = "天地图"\ntianditu = "img"\nkey_env = "MAP_KEY"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "basemaps.toml"


def test_tianditu_comes_with_its_labels_and_keeps_the_key(file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MAP_KEY", "sec&ret")
    file.write_text(TIANDITU)
    (base_map,) = read_base_maps(file)
    assert [address.split("/")[3] for address in base_map.addresses] == ["img_w", "cia_w"]
    assert all("tk=sec%26ret" in address for address in base_map.addresses)
    assert base_map.proxied
    assert base_map.hosts == set()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("not toml [", "TOML"),
        ("basemap = 1", "[[basemap]]"),
        ("[[basemap]]\n", "name"),
        (TIANDITU, "MAP_KEY"),
        (OSM.replace("WGS 84", "GCJ-02"), "GCJ-02"),
        (OSM.replace("WGS 84", "火星"), "datum"),
        (OSM.replace('datum = "WGS 84"', ""), "datum"),
        (OSM.replace("https", "file"), "address"),
        (OSM.replace("{z}", "1"), "address"),
        (OSM.replace("{z}", "{z}{__class__}"), "address"),
        (OSM.replace("attribution", "thanks"), "attribution"),
    ],
)
def test_what_cannot_be_a_base_map_is_refused_with_the_reason(file: Path, content: str, said: str):
    file.write_text(content)
    with pytest.raises(GuatuError, match=said.replace("[", r"\[")):
        read_base_maps(file)


@pytest.fixture
def tile_server() -> Iterator[str]:
    """A server of tiles; one row of them is no image."""

    class Tiles(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html" if "/1/1.png" in self.path else "image/png")
            self.end_headers()
            self.wfile.write(PNG)

        def log_message(self, *_: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Tiles)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_pages_know_base_maps_but_no_key_and_let_only_their_hosts_in(
    file: Path, database: Database, tile_server: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MAP_KEY", "topsecret")
    own = f"""
[[basemap]]
name = "影像"
address = "{tile_server}/{{z}}/{{x}}/{{y}}.png?key={{key}}"
datum = "CGCS2000"
attribution = "市局"
key_env = "MAP_KEY"
"""
    file.write_text(OSM + own)
    client = create_app(database.web, SECRET_KEY="x", BASEMAPS=file).test_client()
    page = client.get("/")
    assert "topsecret" not in page.text
    assert "<b>contributors" not in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "img-src 'self' data: blob: https://tile.example.org;" in policy
    fetched = client.get("/basemaps/1-0/3/2/1")
    assert (fetched.data, fetched.mimetype) == (PNG, "image/png")
    assert client.get("/basemaps/1-0/3/1/1").status_code == 502
    for address in ("/basemaps/0-0/3/2/1", "/basemaps/1-1/3/2/1", "/basemaps/9-0/3/2/1", "/basemaps/1-0/3/8/1"):
        assert client.get(address).status_code == 404


def test_with_no_file_there_is_only_the_gazetteers_own(database: Database):
    page = create_app(database.web, SECRET_KEY="x").test_client().get("/")
    assert "img-src 'self' data: blob:;" in page.headers["Content-Security-Policy"]


def test_every_name_on_the_own_base_map_stands_out_from_its_edge():
    """WCAG 2.2, 1.4.3: a contrast of 4.5 at least; every letter has an edge of the map's ground colour."""
    style = BASE_MAP.read_text()
    (edge,) = set(re.findall(r'stroke: "(#\w{6})", width: 3', style))
    colours = re.findall(r'text\(\d+, "(#\w{6})"', style)
    assert len(colours) > 5
    assert {colour: contrast(colour, edge) for colour in colours if contrast(colour, edge) < 4.5} == {}


def contrast(one: str, other: str) -> float:
    """Of two colours, as WCAG 2.2 defines it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return sum(
        weight * (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
        for weight, value in ((0.2126, red), (0.7152, green), (0.0722, blue))
    )

"""OpenStreetMap files (PBF or XML) as places.

Named nodes, ways and areas become places of the kind that `osm_tags.tsv` gives their tags. The ways of one road,
railway or waterway become one place (`gazetteer.sources.lines`); OpenStreetMap's ways share nodes, so they meet to the
digit.
"""

from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import numpy as np
import osmium
import shapely
from shapely.geometry.base import BaseGeometry

from gazetteer.errors import GuatuError
from gazetteer.place import Place, Source
from gazetteer.sources.lines import LINE_KINDS, MAX_NAMES, Line, join_lines, kind_of_street

NAME_TAGS = ("name", "name:zh", "name:zh-Hans", "name:zh-Hant")
STRUCTURE_TAGS = ("bridge:name", "tunnel:name")
OTHER_NAME_TAGS = (
    *("alt_name", "alt_name:zh", "old_name", "old_name:zh", "loc_name", "short_name", "short_name:zh", "official_name"),
    *("official_name:zh", "int_name", "name:en", "reg_name", "nat_name", "alt_name:en", "name:ja", *STRUCTURE_TAGS),
)
REF_TAGS = ("ref", "nat_ref", "reg_ref")
LINK_TAGS = ("bridge", "tunnel", "junction")
"""Ways with these join the pieces of a road whatever they are called."""
CODE_TAGS = ("ref:GB2260", "china_class_code", "gb2260")
MULTIPOLYGON = shapely.GeometryType.MULTIPOLYGON
BATCH = 10_000
"""Objects whose geometry is read at a time: of one by one, most of the time is spent on the way to GEOS."""
ADMIN_LEVELS = {
    "4": "province",
    "5": "city",
    "6": "county",
    "7": "county",
    "8": "town",
    "9": "village",
    "10": "village",
}
"""China's use of admin_level (OpenStreetMap wiki, Tag:boundary=administrative)."""


class _Row(NamedTuple):
    """A node or area that becomes a place where it has a name: its geometry is WKB in hexadecimal digits."""

    key: str
    kind: str
    tags: dict[str, str]
    wkb: str


@cache
def _table() -> dict[str, dict[str, tuple[int, str]]]:
    """By key and value: the rank of the line and the kind."""
    table: dict[str, dict[str, tuple[int, str]]] = {}
    text = resources.files("gazetteer.sources").joinpath("osm_tags.tsv").read_text(encoding="utf-8")
    for rank, line in enumerate(text.splitlines()):
        if line and not line.startswith("#"):
            key, value, kind = line.split("\t")
            table.setdefault(key, {})[value] = rank, kind
    return table


def kind_of(tags: dict[str, str]) -> str | None:
    """The kind of a place with these tags, None where it is left out."""
    best: tuple[int, str] | None = None
    for key, value in tags.items():
        values = _table().get(key)
        if values is None or value == "no":
            continue
        found = values.get(value) or values.get("*")
        if found and (best is None or found[0] < best[0]):
            best = found
    kind = best[1] if best else None
    if kind in (None, "-"):
        return None
    if kind == "boundary":
        return ADMIN_LEVELS.get(tags.get("admin_level", ""))
    if kind == "water" and tags.get("water") == "reservoir":
        return "reservoir"
    return kind_of_street(tags.get("name", ""), kind, tags) if kind == "road" else kind


def _names(tags: dict[str, str]) -> tuple[str, ...]:
    """All names of an object, its main one first, each once."""
    values = [tags[tag] for tag in (*NAME_TAGS, *OTHER_NAME_TAGS) if tag in tags]
    parts = [part.strip() for value in values for part in value.split(";")]
    return tuple(dict.fromkeys(part for part in parts if part))[:MAX_NAMES]


def read_osm(path: Path, *, area: BaseGeometry | None = None) -> Iterator[Place]:
    """The named places of an OpenStreetMap file, EPSG:4326.

    With an `area` (EPSG:4326) only what meets it; ways are kept whole. Objects whose geometry cannot be built (ways
    without nodes, rings that cross themselves) are left out. Raises GuatuError where the file is missing, cut, or not
    OpenStreetMap data.
    """
    try:
        yield from _read(path, area)
    except (RuntimeError, osmium.InvalidLocationError, OSError) as error:
        raise GuatuError(f"{path}: 不是完整的 OpenStreetMap 文件 (not a whole OpenStreetMap file): {error}") from error


def _read(path: Path, area: BaseGeometry | None) -> Iterator[Place]:
    if not path.is_file():
        raise GuatuError(f"{path}: 没有这个文件 (no such file)")
    with path.open("rb") as handle:
        if not handle.read(1):
            raise GuatuError(f"{path}: 文件是空的 (the file is empty)")
    wanted = osmium.filter.KeyFilter(*NAME_TAGS, *REF_TAGS, *LINK_TAGS, *STRUCTURE_TAGS)
    processor = osmium.FileProcessor(str(path)).with_locations().with_areas(osmium.filter.KeyFilter("name", "name:zh"))
    shapes = osmium.geom.WKBFactory()
    lines: list[Line] = []
    rows: list[_Row] = []
    seen_areas: set[tuple[str, int]] = set()
    if area is not None:
        shapely.prepare(area)
    for item in processor.with_filter(wanted):
        tags = dict(item.tags)
        kind = kind_of(tags)
        if kind is None:
            continue
        try:
            if isinstance(item, osmium.osm.Way):
                if kind in LINE_KINDS or not item.is_closed():
                    lines.append(_line(item.id, kind, tags, bytes.fromhex(shapes.create_linestring(item))))
            elif isinstance(item, osmium.osm.Node):
                rows.append(_Row(f"node/{item.id}", kind, tags, shapes.create_point(item)))
            elif isinstance(item, osmium.osm.Area):
                origin = ("way" if item.from_way() else "relation"), item.orig_id()
                if (kind not in LINE_KINDS or origin[0] == "relation") and origin not in seen_areas:
                    seen_areas.add(origin)
                    rows.append(_Row(f"{origin[0]}/{origin[1]}", kind, tags, shapes.create_multipolygon(item)))
        except (RuntimeError, osmium.InvalidLocationError):
            continue
        if len(rows) == BATCH:
            yield from _places(rows, area)
            rows = []
    yield from _places(rows, area)
    yield from join_lines(lines, area)


def _line(number: int, kind: str, tags: dict[str, str], wkb: bytes) -> Line:
    refs = (part.strip() for tag in REF_TAGS for part in tags.get(tag, "").split(";"))
    structures = ((tag.partition(":")[0], tags[tag]) for tag in STRUCTURE_TAGS if tag in tags)
    joins = any(tag in tags for tag in LINK_TAGS)
    return Line(
        f"way/{number}", kind, wkb, _names(tags), tuple(dict.fromkeys(filter(None, refs))), tuple(structures), joins
    )


def _places(rows: list[_Row], area: BaseGeometry | None) -> Iterator[Place]:
    shapes = shapely.from_wkb(np.array([row.wkb for row in rows], dtype=object))
    if area is not None:
        kept = shapely.intersects(area, shapes)
        rows, shapes = [row for row, keep in zip(rows, kept, strict=True) if keep], shapes[kept]
    single = (shapely.get_type_id(shapes) == MULTIPOLYGON) & (shapely.get_num_geometries(shapes) == 1)
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    crossed = ~shapely.is_valid(shapes)
    shapes[crossed] = shapely.make_valid(shapes[crossed])
    for (key, kind, tags, _), shape in zip(rows, shapes.tolist(), strict=True):
        if names := _names(tags):
            adcode = next((tags[tag] for tag in CODE_TAGS if tag in tags), None)
            yield Place(key, names[0], kind, shape, names[1:], adcode)


def source(name: str) -> Source:
    """OpenStreetMap as a source of this name."""
    return Source(name, f"OpenStreetMap {name}", "ODbL 1.0", "© OpenStreetMap contributors (ODbL 1.0)")

"""OpenStreetMap PBF extracts as places.

Named nodes, ways and areas become places of the kind that `osm_tags.tsv` gives their tags. The ways of one road,
railway or waterway become one place, its parts kept as they are mapped: two parts meet where they have a vertex in
common, to the digit, because OpenStreetMap's ways share nodes. Numbered roads (`ref`) are places of their own, since a
national road runs along many streets.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import shapely
from shapely.geometry.base import BaseGeometry

from gazetteer.errors import GuatuError
from gazetteer.place import Place, Source

NAME_TAGS = ("name", "name:zh", "name:zh-Hans", "name:zh-Hant")
OTHER_NAME_TAGS = (
    *("alt_name", "alt_name:zh", "old_name", "old_name:zh", "loc_name", "short_name", "short_name:zh", "official_name"),
    *(
        "official_name:zh",
        "int_name",
        "name:en",
        "reg_name",
        "nat_name",
        "alt_name:en",
        "name:ja",
        "bridge:name",
        "tunnel:name",
    ),
)
REF_TAGS = ("ref", "nat_ref", "reg_ref")
LINE_KINDS = frozenset({"road", "expressway", "railway", "waterway", "pipeline", "bridge", "tunnel"})
JOIN_M = 1000.0
"""Metres: pieces of one name nearer than this are one road. Towns that share a street name lie further apart (3 km and
more)."""
METRES_A_DEGREE = 111_320.0
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
STRUCTURE_ENDINGS = {"bridge": ("桥", "橋", "bridge"), "tunnel": ("隧道", "隧洞", "tunnel")}
"""A road's way on a bridge is named after the road or after the bridge: after the bridge where its name ends so."""
MAX_NAMES = 24
"""Other names that are kept of one place."""


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
    if kind == "road":
        name = tags.get("name", "").casefold()
        for structure, endings in STRUCTURE_ENDINGS.items():
            if structure in tags and name.endswith(endings):
                return structure
    return kind


def _names(tags: dict[str, str]) -> tuple[str, ...]:
    """All names of an object, its main one first, each once."""
    values = [tags[tag] for tag in (*NAME_TAGS, *OTHER_NAME_TAGS) if tag in tags]
    parts = [part.strip() for value in values for part in value.split(";")]
    return tuple(dict.fromkeys(part for part in parts if part))[:MAX_NAMES]


def read_pbf(path: Path, *, progress: Callable[[int], None] | None = None) -> Iterator[Place]:
    """The named places of an OpenStreetMap file, EPSG:4326.

    Objects whose geometry cannot be built (ways without nodes, rings that cross themselves) are left out. `progress`
    is called with the number of objects seen. Raises GuatuError where the file is missing, cut, or not OpenStreetMap
    data.
    """
    try:
        yield from _read(path, progress or (lambda _: None))
    except (RuntimeError, osmium.InvalidLocationError, OSError) as error:
        raise GuatuError(f"{path}: 不是完整的 OpenStreetMap 文件 (not a whole OpenStreetMap file): {error}") from error


def _read(path: Path, progress: Callable[[int], None]) -> Iterator[Place]:
    if not path.is_file():
        raise GuatuError(f"{path}: 没有这个文件 (no such file)")
    with path.open("rb") as handle:
        if not handle.read(1):
            raise GuatuError(f"{path}: 文件是空的 (the file is empty)")
    wanted = osmium.filter.KeyFilter(*NAME_TAGS, *REF_TAGS, "bridge:name", "tunnel:name")
    processor = osmium.FileProcessor(str(path)).with_locations().with_areas(osmium.filter.KeyFilter("name", "name:zh"))
    shapes = osmium.geom.WKBFactory()
    lines: list[tuple[str, str, dict[str, str], str]] = []
    seen_areas: set[tuple[str, int]] = set()
    for number, item in enumerate(processor.with_filter(wanted)):
        if not number % 10_000:
            progress(number)
        tags = {tag.k: tag.v for tag in item.tags}
        kind = kind_of(tags)
        if kind is None:
            continue
        letter = item.type_str()
        try:
            if letter == "w":
                if kind in LINE_KINDS or not item.is_closed():
                    lines.append((f"way/{item.id}", kind, tags, shapes.create_linestring(item)))
            elif letter == "n":
                yield from _place(f"node/{item.id}", kind, tags, shapes.create_point(item))
            elif letter == "a":
                origin = ("way" if item.from_way() else "relation"), item.orig_id()
                if (kind not in LINE_KINDS or origin[0] == "relation") and origin not in seen_areas:
                    seen_areas.add(origin)
                    yield from _place(f"{origin[0]}/{origin[1]}", kind, tags, shapes.create_multipolygon(item))
        except (RuntimeError, osmium.InvalidLocationError):
            continue
    yield from _join_lines(lines)


def _place(key: str, kind: str, tags: dict[str, str], wkb: str) -> Iterator[Place]:
    names = _names(tags)
    if not names:
        return
    shape = shapely.from_wkb(wkb)
    if shape.geom_type == "MultiPolygon" and len(shape.geoms) == 1:
        shape = shape.geoms[0]
    adcode = next((tags[tag] for tag in ("ref:GB2260", "china_class_code", "gb2260") if tag in tags), None)
    yield Place(key, names[0], kind, shape if shape.is_valid else shapely.make_valid(shape), names[1:], adcode)


def _join_lines(lines: list[tuple[str, str, dict[str, str], str]]) -> Iterator[Place]:
    """Ways of one name, and ways of one road number, that lie near each other, as one place."""
    shapes = shapely.from_wkb(np.array([line[3] for line in lines], dtype=object))
    by_name: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, (_, kind, tags, _) in enumerate(lines):
        group = "road" if kind == "expressway" else kind
        if names := _names(tags):
            by_name[group, names[0]].append(number)
        if group in ("road", "bridge", "tunnel"):
            for ref in {part.strip() for tag in REF_TAGS for part in tags.get(tag, "").split(";")} - {""}:
                by_name["ref", ref].append(number)
            for tag in ("bridge:name", "tunnel:name"):
                if tag in tags and names and tags[tag] != names[0]:
                    by_name[tag.split(":")[0], tags[tag]].append(number)
    for (group, name), numbers in by_name.items():
        for cluster in _near(shapes, numbers):
            yield _road(group, name, [lines[n] for n in cluster], shapes[cluster])


def _road(group: str, name: str, ways: list[tuple[str, str, dict[str, str], str]], shapes: Any) -> Place:
    key = ways[0][0] if group != "ref" else f"{ways[0][0]}/ref/{name}"
    shape: BaseGeometry = shapes[0] if len(shapes) == 1 else shapely.multilinestrings(shapes)
    if group == "ref":
        return Place(key, name, "road", shape)
    others: dict[str, None] = {}
    for _, _, tags, _ in ways:
        others |= dict.fromkeys(_names(tags))
    others.pop(name, None)
    kinds = [kind for _, kind, _, _ in ways]
    return Place(
        key, name, max(set(kinds), key=kinds.count) if group == "road" else group, shape, tuple(others)[:MAX_NAMES]
    )


def _near(shapes: Any, numbers: list[int]) -> list[list[int]]:
    """The lines with these numbers, in groups that hold together over gaps of at most JOIN_M."""
    if len(numbers) == 1:
        return [numbers]
    tree = shapely.STRtree(shapes[numbers])
    reach = (
        JOIN_M
        / METRES_A_DEGREE
        / max(0.1, float(np.cos(np.radians(shapely.get_coordinates(shapes[numbers[0]])[0, 1]))))
    )
    left, right = tree.query(shapes[numbers], predicate="dwithin", distance=reach)
    parents = list(range(len(numbers)))

    def root(item: int) -> int:
        while parents[item] != item:
            parents[item] = parents[parents[item]]
            item = parents[item]
        return item

    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        parents[root(one)] = root(other)
    groups: dict[int, list[int]] = defaultdict(list)
    for position, number in enumerate(numbers):
        groups[root(position)].append(number)
    return list(groups.values())


def pbf_source(path: Path) -> Source:
    """The source that an OpenStreetMap file is loaded as."""
    return Source(
        name=f"osm-{path.name.split('.')[0]}",
        title=f"OpenStreetMap {path.name}",
        licence="ODbL 1.0",
        attribution="© OpenStreetMap contributors",
    )

"""OpenStreetMap PBF extracts as places.

Named nodes, ways and areas become places of the kind that `osm_tags.tsv` gives their tags. The ways of one road,
railway or waterway become one place, its parts kept as they are mapped: two parts meet where they have a vertex in
common, to the digit, because OpenStreetMap's ways share nodes. Numbered roads (`ref`) are places of their own, since a
national road runs along many streets.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import osmium
import shapely
from shapely.geometry.base import BaseGeometry

from gazetteer.errors import GuatuError
from gazetteer.place import Place, Source, vertex_keys

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
STREETS = frozenset({"road", "expressway", "bridge", "tunnel"})
LINK_TAGS = ("bridge", "tunnel", "junction")
"""Ways with these join the pieces of a road whatever they are called."""
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


class Line(NamedTuple):
    """A way that is a line: key of its place, kind, tags, geometry."""

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
    wanted = osmium.filter.KeyFilter(*NAME_TAGS, *REF_TAGS, *LINK_TAGS, "bridge:name", "tunnel:name")
    processor = osmium.FileProcessor(str(path)).with_locations().with_areas(osmium.filter.KeyFilter("name", "name:zh"))
    shapes = osmium.geom.WKBFactory()
    lines: list[Line] = []
    seen_areas: set[tuple[str, int]] = set()
    for number, item in enumerate(processor.with_filter(wanted)):
        if not number % 10_000:
            progress(number)
        tags = dict(item.tags)
        kind = kind_of(tags)
        if kind is None:
            continue
        try:
            if isinstance(item, osmium.osm.Way):
                if kind in LINE_KINDS or not item.is_closed():
                    lines.append(Line(f"way/{item.id}", kind, tags, shapes.create_linestring(item)))
            elif isinstance(item, osmium.osm.Node):
                yield from _place(f"node/{item.id}", kind, tags, shapes.create_point(item))
            elif isinstance(item, osmium.osm.Area):
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
    if isinstance(shape, shapely.MultiPolygon) and len(shape.geoms) == 1:
        shape = shape.geoms[0]
    adcode = next((tags[tag] for tag in ("ref:GB2260", "china_class_code", "gb2260") if tag in tags), None)
    yield Place(key, names[0], kind, shape if shape.is_valid else shapely.make_valid(shape), names[1:], adcode)


def _join_lines(lines: list[Line]) -> Iterator[Place]:
    """Ways of one name, and ways of one road number, that lie near each other, as one place."""
    shapes = shapely.from_wkb(np.array([line.wkb for line in lines], dtype=object))
    by_name: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, line in enumerate(lines):
        group = "road" if line.kind == "expressway" else line.kind
        names = _names(line.tags)
        if names:
            by_name[group, names[0]].append(number)
        if group in STREETS:
            for ref in {part.strip() for tag in REF_TAGS for part in line.tags.get(tag, "").split(";")} - {""}:
                by_name["ref", ref].append(number)
            for tag in ("bridge:name", "tunnel:name"):
                if tag in line.tags and names and line.tags[tag] != names[0]:
                    by_name[tag.split(":")[0], line.tags[tag]].append(number)
    clusters = [(*key, cluster) for key, numbers in by_name.items() for cluster in _near(shapes, numbers)]
    joints = _Joints.of(lines, shapes)
    clusters = _join_through(joints, clusters)
    links = _links(joints, clusters)
    for position, (group, name, cluster) in enumerate(clusters):
        joining = shapes[links[position]]
        yield _road(
            group, name, [lines[n] for n in cluster], shapes[cluster], _collect(joining) if len(joining) else None
        )


class _Joints(NamedTuple):
    """The ways that can join the pieces of a road: by number the vertices where they can be joined, and the lines with
    a vertex there."""

    ends: dict[int, set[int]]
    lines_at: dict[int, set[int]]

    @classmethod
    def of(cls, lines: list[Line], shapes: Any) -> "_Joints":
        ends = {
            number: _touching(shapes[number])
            for number, line in enumerate(lines)
            if line.kind in STREETS and any(tag in line.tags for tag in LINK_TAGS)
        }
        coordinates, owners = shapely.get_coordinates(shapes, return_index=True)
        keys = vertex_keys(coordinates)
        touched = np.isin(keys, np.array([key for keys in ends.values() for key in keys], dtype=np.int64))
        lines_at: dict[int, set[int]] = defaultdict(set)
        for key, owner in zip(keys[touched].tolist(), owners[touched].tolist(), strict=True):
            lines_at[key].add(owner)
        return cls(ends, lines_at)


def _positions(clusters: list[tuple[str, str, list[int]]]) -> dict[int, list[int]]:
    """By line, the positions of the clusters of roads that it belongs to."""
    positions: dict[int, list[int]] = defaultdict(list)
    for position, (group, _, cluster) in enumerate(clusters):
        if group in STREETS or group == "ref":
            for number in cluster:
                positions[number].append(position)
    return positions


def _join_through(joints: _Joints, clusters: list[tuple[str, str, list[int]]]) -> list[tuple[str, str, list[int]]]:
    """The clusters, those of one name at the two mouths of one bridge or tunnel, however long, as one."""
    counts = Counter((group, name) for group, name, _ in clusters)
    positions = _positions(clusters)
    parents = list(range(len(clusters)))
    for ends in joints.ends.values():
        first: dict[tuple[str, str], int] = {}
        for position in {p for end in ends for line in joints.lines_at[end] for p in positions.get(line, ())}:
            group, name, _ = clusters[position]
            if counts[group, name] > 1:
                parents[_root(parents, position)] = _root(parents, first.setdefault((group, name), position))
    joined: dict[int, list[int]] = defaultdict(list)
    for position, (_, _, cluster) in enumerate(clusters):
        joined[_root(parents, position)] += cluster
    return [(*clusters[position][:2], cluster) for position, cluster in joined.items()]


def _links(joints: _Joints, clusters: list[tuple[str, str, list[int]]]) -> dict[int, list[int]]:
    """For the clusters of roads, by position: the bridges, tunnels and roundabouts of other names that begin and end
    on them."""
    positions = _positions(clusters)
    links: dict[int, list[int]] = defaultdict(list)
    for number, ends in joints.ends.items():
        meeting: Counter[int] = Counter()
        for end in ends:
            meeting.update({p for line in joints.lines_at[end] for p in positions.get(line, ())})
        for position, count in meeting.items():
            if count > 1 and position not in positions.get(number, ()):
                links[position].append(number)
    return links


def _root(parents: list[int], item: int) -> int:
    """The root of a tree of a union of sets; paths are halved on the way."""
    while parents[item] != item:
        parents[item] = parents[parents[item]]
        item = parents[item]
    return item


def _touching(shape: BaseGeometry) -> set[int]:
    """The vertices where a link can be joined: its two ends, all of a ring."""
    keys = vertex_keys(shapely.get_coordinates(shape)).tolist()
    return set(keys) if keys[0] == keys[-1] else {keys[0], keys[-1]}


def _collect(shapes: Any) -> BaseGeometry:
    shape: BaseGeometry = shapes[0] if len(shapes) == 1 else shapely.multilinestrings(shapes)
    return shape


def _road(group: str, name: str, ways: list[Line], shapes: Any, links: BaseGeometry | None) -> Place:
    shape = _collect(shapes)
    if group == "ref":
        return Place(f"{ways[0].key}/ref/{name}", name, "road", shape, links=links)
    others: dict[str, None] = {}
    for way in ways:
        others |= dict.fromkeys(_names(way.tags))
    others.pop(name, None)
    kinds = [way.kind for way in ways]
    kind = max(set(kinds), key=kinds.count) if group == "road" else group
    return Place(ways[0].key, name, kind, shape, tuple(others)[:MAX_NAMES], links=links)


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
    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        parents[_root(parents, one)] = _root(parents, other)
    groups: dict[int, list[int]] = defaultdict(list)
    for position, number in enumerate(numbers):
        groups[_root(parents, position)].append(number)
    return list(groups.values())


def pbf_source(path: Path) -> Source:
    """The source that an OpenStreetMap file is loaded as."""
    return Source(
        name=f"osm-{path.name.split('.')[0]}",
        title=f"OpenStreetMap {path.name}",
        licence="ODbL 1.0",
        attribution="© OpenStreetMap contributors",
    )

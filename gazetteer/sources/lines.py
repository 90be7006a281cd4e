"""The ways of one road, railway or waterway as one place.

A road comes in many pieces, cut where its lanes, its surface or its bridges begin. Pieces of one name that lie near
each other are one place, its parts kept as they are mapped: two parts meet where they have a vertex in common, to the
digit. Numbered roads (G330) are places of their own, since a national road runs along many streets.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gazetteer.place import Place, vertex_keys

LINE_KINDS = frozenset({"road", "expressway", "railway", "waterway", "pipeline", "bridge", "tunnel"})
"""Kinds of place whose ways are joined."""
STREETS = frozenset({"road", "expressway", "bridge", "tunnel"})
JOIN_M = 1000.0
"""Metres: pieces of one name nearer than this are one road. Towns that share a street name lie further apart (3 km and
more)."""
METRES_A_DEGREE = 111_320.0
STRUCTURE_ENDINGS = {"bridge": ("桥", "橋", "bridge"), "tunnel": ("隧道", "隧洞", "tunnel")}
"""A road's way on a bridge is named after the road or after the bridge: after the bridge where its name ends so."""
MAX_NAMES = 24
"""Other names that are kept of one place."""


class Line(NamedTuple):
    """A way. `names` has its main name first and may be empty; `refs` are the numbers of the roads it is part of;
    `structures` are the kind and name of a bridge or tunnel it lies on; one that `joins` (a bridge, a tunnel, a
    roundabout) joins the pieces of a road whatever it is called itself."""

    key: str
    kind: str
    wkb: bytes
    names: tuple[str, ...] = ()
    refs: tuple[str, ...] = ()
    structures: tuple[tuple[str, str], ...] = ()
    joins: bool = False


def kind_of_street(name: str, kind: str, structures: Iterable[str]) -> str:
    """The kind of a way that lies on these structures (`bridge`, `tunnel`): that of the structure where it is named
    after it, else its own."""
    folded = name.casefold()
    return next((s for s in structures if s in STRUCTURE_ENDINGS and folded.endswith(STRUCTURE_ENDINGS[s])), kind)


def join_lines(lines: list[Line], area: BaseGeometry | None = None) -> Iterator[Place]:
    """Ways of one name, and ways of one road number, that lie near each other, as one place: with an `area` those that
    meet it. Geometry is EPSG:4326."""
    shapes = shapely.from_wkb(np.array([line.wkb for line in lines], dtype=object))
    if area is not None:
        kept = shapely.intersects(area, shapes)
        lines, shapes = [line for line, keep in zip(lines, kept, strict=True) if keep], shapes[kept]
    by_name: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, line in enumerate(lines):
        group = "road" if line.kind in STREETS else line.kind
        if line.names:
            by_name[group, line.names[0]].append(number)
        for ref in line.refs if group in STREETS else ():
            by_name["ref", ref].append(number)
        for structure, name in line.structures if group in STREETS else ():
            if line.names and name != line.names[0]:
                by_name[structure, name].append(number)
    boxes = shapely.bounds(shapes).tolist()
    clusters = [(*key, cluster) for key, numbers in by_name.items() for cluster in _near(shapes, boxes, numbers)]
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
            if line.joins and line.kind in STREETS
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
        others |= dict.fromkeys(way.names)
    others.pop(name, None)
    kinds = [way.kind for way in ways]
    structure = next((kind for kind in kinds if kind in STRUCTURE_ENDINGS), None)
    kind = (structure or max(set(kinds), key=kinds.count)) if group == "road" else group
    return Place(ways[0].key, name, kind, shape, tuple(others)[:MAX_NAMES], links=links)


def _near(shapes: Any, boxes: list[list[float]], numbers: list[int]) -> list[list[int]]:
    """The lines with these numbers, in groups that hold together over gaps of at most JOIN_M. `boxes` are west, south,
    east, north of all lines."""
    west, south, east, north = zip(*(boxes[number] for number in numbers), strict=True)
    reach = JOIN_M / METRES_A_DEGREE / max(0.1, math.cos(math.radians(south[0])))
    if len(numbers) == 1 or math.hypot(max(east) - min(west), max(north) - min(south)) <= reach:
        return [numbers]
    tree = shapely.STRtree(shapes[numbers])
    left, right = tree.query(shapes[numbers], predicate="dwithin", distance=reach)
    parents = list(range(len(numbers)))
    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        parents[_root(parents, one)] = _root(parents, other)
    groups: dict[int, list[int]] = defaultdict(list)
    for position, number in enumerate(numbers):
        groups[_root(parents, position)].append(number)
    return list(groups.values())

"""Geometry of extents: where a road meets an end, the stretch between two ends, junctions, extensions.

Everything is measured on a local plane in metres around the road (equirectangular; 0.1 % over a county), coordinates
in and out are EPSG:4326, longitude first. Two lines meet where they have a vertex in common to the digit
(OpenStreetMap's ways do), otherwise where they cross, otherwise where they come nearest.

      A1    A2            A and B cross both carriageways: the stretch is one carriageway from A to B.
    --+-----+---          A side street T that meets only the upper one also ends the lower one,
      |     T             straight across (DUAL_M).
    --+---------
"""

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from gazetteer.place import vertex_keys

METRES_A_DEGREE = 111_320.0
DUAL_M = 60.0
"""Metres: widest median across which two carriageways are one road (a 60 m boulevard, 红线宽度 of a city's main
road)."""
DUAL_COST_M, DUAL_COST = 30.0, 3.0
"""What beginning across the median costs: metres, and metres a metre across. A real junction is preferred, a way round
is not."""
GAP_M = 1200.0
"""Metres: widest gap between pieces of one road that a stretch may jump."""
GAP_COST = 4.0
"""A metre of gap counts as so many of road."""
SAME_M = 0.5
"""Metres within which a point is a vertex."""
PARALLEL = 0.85
"""Cosine of the angle within which two carriageways run side by side (32 degrees)."""
CLUSTER_M = 80.0
"""Metres: vertices that two roads share nearer than this are one junction (two dual carriageways cross in four)."""
DIRECTIONS = {"东": (1.0, 0.0), "西": (-1.0, 0.0), "北": (0.0, 1.0), "南": (0.0, -1.0)}

Array = npt.NDArray[np.float64]


class Plane:
    """Metres east and north of an origin (longitude, latitude)."""

    def __init__(self, origin: Array) -> None:
        self.origin = origin
        self.scale = np.array([METRES_A_DEGREE * np.cos(np.radians(origin[1])), METRES_A_DEGREE])

    def to_metres(self, lonlat: Array) -> Array:
        return np.asarray((lonlat - self.origin) * self.scale)

    def to_degrees(self, metres: Array) -> Array:
        return np.asarray(metres / self.scale + self.origin)

    def shape(self, geometry: BaseGeometry) -> BaseGeometry:
        return shapely.transform(geometry, self.to_metres)


def _line_parts(geometry: BaseGeometry) -> npt.NDArray[np.object_]:
    """The lines of a geometry; the rings of an area."""
    if geometry.geom_type in ("Polygon", "MultiPolygon"):
        geometry = geometry.boundary
    parts = shapely.get_parts(geometry)
    return np.asarray(parts[shapely.length(parts) > 0])


class Spot(NamedTuple):
    """A place on a road: metres, the vertices beside it (twice the same where it is a vertex), and what it costs to
    begin here."""

    x: float
    y: float
    before: int
    after: int
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where a road meets an end: all spots (a dual carriageway has several), the gap in metres and how they meet."""

    spots: tuple[Spot, ...]
    gap_m: float
    how: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """The line between two ends, its gaps left out; lengths in metres. `jumps` are the gaps, each two points in
    EPSG:4326."""

    geometry: BaseGeometry
    length_m: float
    gap_m: float
    jumps: tuple[tuple[tuple[float, float], tuple[float, float]], ...]


class Road:
    """A road as a graph of its vertices. Pieces that do not touch are joined by gaps of at most GAP_M."""

    def __init__(self, geometry: BaseGeometry, links: BaseGeometry | None = None) -> None:
        """`geometry` is a LineString, MultiLineString or an area, whose outline is then the road; `links` are lines of
        other names that join its pieces (a bridge in the middle, the ring of a roundabout)."""
        parts = _line_parts(geometry)
        if links is not None:
            parts = np.concatenate([parts, _line_parts(links)])
        lonlat, owners = shapely.get_coordinates(parts, return_index=True)
        self.plane = Plane(lonlat.mean(axis=0))
        self.keys, first, inverse = np.unique(vertex_keys(lonlat), return_index=True, return_inverse=True)
        self.lonlat = lonlat[first]
        self.xy = self.plane.to_metres(self.lonlat)
        before, after = inverse[:-1], inverse[1:]
        real = (owners[:-1] == owners[1:]) & (before != after)
        self.edges = np.column_stack([before[real], after[real]])
        self.parts = owners[:-1][real]

    @cached_property
    def shape(self) -> BaseGeometry:
        """The road on its plane."""
        shape: BaseGeometry = shapely.multilinestrings(shapely.linestrings(self.xy[self.edges]))
        return shape

    @cached_property
    def starts(self) -> Array:
        """Where each edge starts."""
        return np.asarray(self.xy[self.edges[:, 0]])

    @cached_property
    def vectors(self) -> Array:
        """Each edge from its start to its end."""
        return np.asarray(self.xy[self.edges[:, 1]] - self.starts)

    @cached_property
    def lengths(self) -> Array:
        return np.asarray(np.hypot(*self.vectors.T))

    @cached_property
    def neighbours(self) -> dict[int, list[tuple[int, float, bool]]]:
        """For each vertex the next ones: vertex, cost in metres, whether it is a gap."""
        graph: dict[int, list[tuple[int, float, bool]]] = {vertex: [] for vertex in range(len(self.keys))}
        for (u, v), length in zip(self.edges.tolist(), self.lengths.tolist(), strict=True):
            graph[u].append((v, length, False))
            graph[v].append((u, length, False))
        for u, v, length in self._gaps(graph):
            graph[u].append((v, length * GAP_COST, True))
            graph[v].append((u, length * GAP_COST, True))
        return graph

    @cached_property
    def _joined(self) -> set[tuple[int, int]]:
        """The two vertices of every edge."""
        return set(map(tuple, self.edges.tolist()))

    @cached_property
    def dead_ends(self) -> list[int]:
        """Vertices with one edge."""
        degrees = np.bincount(self.edges.ravel(), minlength=len(self.keys))
        return list(np.flatnonzero(degrees == 1).tolist())

    def _gaps(self, graph: dict[int, list[tuple[int, float, bool]]]) -> list[tuple[int, int, float]]:
        """From each dead end to the nearest vertex of every other piece."""
        piece_of = [-1] * len(self.keys)
        count = 0
        for start in range(len(self.keys)):
            if piece_of[start] >= 0:
                continue
            stack = [start]
            piece_of[start] = count
            while stack:
                for nearby, _, _ in graph[stack.pop()]:
                    if piece_of[nearby] < 0:
                        piece_of[nearby] = count
                        stack.append(nearby)
            count += 1
        if count == 1:
            return []
        pieces = np.array(piece_of)
        gaps = []
        for end in self.dead_ends:
            distance = np.hypot(*(self.xy - self.xy[end]).T)
            distance[pieces == pieces[end]] = np.inf
            for piece in np.unique(pieces[distance <= GAP_M]):
                nearest = int(np.where(pieces == piece, distance, np.inf).argmin())
                gaps.append((end, nearest, float(distance[nearest])))
        return gaps

    def spot(self, point: Array, cost: float = 0.0) -> Spot:
        """The spot of the road nearest to a point of its plane."""
        position, offset = self._project(point)
        edge = int(np.hypot(*(position - point).T).argmin())
        return self._spot(position[edge], edge, offset[edge], cost)

    def _project(self, point: Array) -> tuple[Array, Array]:
        """The nearest point on every edge, and where on the edge it lies (0 to 1)."""
        along = np.einsum("ij,ij->i", point - self.starts, self.vectors) / self._squares
        offset = np.minimum(np.maximum(along, 0.0), 1.0)
        return self.starts + offset[:, None] * self.vectors, offset

    @cached_property
    def _squares(self) -> Array:
        return np.asarray(np.einsum("ij,ij->i", self.vectors, self.vectors))

    def _spot(self, point: Array, edge: int, offset: float, cost: float) -> Spot:
        before, after = self.edges[edge].tolist()
        length = self.lengths[edge]
        if offset * length <= SAME_M:
            after = before
        elif (1 - offset) * length <= SAME_M:
            before = after
        if before == after:
            return self._vertex(before, cost)
        return Spot(float(point[0]), float(point[1]), before, after, cost)

    def _vertex(self, vertex: int, cost: float = 0.0) -> Spot:
        return Spot(self.xy.item(vertex, 0), self.xy.item(vertex, 1), vertex, vertex, cost)

    def _across(self, spot: Spot) -> Iterable[Spot]:
        """The spots straight across the median, on edges of other ways that run beside the spot's own."""
        if self.parts[0] == self.parts[-1]:  # one way: nothing runs beside it
            return
        point = np.array([spot.x, spot.y])
        position, offset = self._project(point)
        away = position - point
        distance = np.hypot(*away.T)
        near = np.flatnonzero((distance > SAME_M) & (distance <= DUAL_M)).tolist()
        if not near:
            return
        beside = ((self.edges == spot.before) | (self.edges == spot.after)).any(axis=1)
        ways = set(self.parts[beside].tolist())
        own = self.vectors[beside] / self.lengths[beside, None]
        for edge in near:
            if self.parts.item(edge) in ways:
                continue
            direction = self.vectors[edge] / self.lengths[edge]
            sideways = abs(float(away[edge] @ direction)) <= 0.5 * distance[edge]
            if sideways and np.abs(own @ direction).max() >= PARALLEL:
                yield self._spot(position[edge], edge, offset[edge], DUAL_COST_M + DUAL_COST * distance[edge])

    def meet(self, other: BaseGeometry, reach_m: float) -> Meeting | None:
        """Where the road meets another line, an area's outline or a point (EPSG:4326); None where they stay `reach_m`
        apart."""
        if other.geom_type in ("LineString", "MultiLineString"):
            keys = vertex_keys(shapely.get_coordinates(other))
            vertices = np.minimum(self.keys.searchsorted(keys), len(self.keys) - 1)
            shared = sorted(set(vertices[self.keys[vertices] == keys].tolist()))
            if shared:
                return self._meeting([self._vertex(vertex) for vertex in shared], 0.0, "相交")
        there = self.plane.shape(other)
        gap = float(shapely.distance(self.shape, there))
        if gap > reach_m:
            return None
        if gap == 0 and there.length:
            crossing = self.shape.intersection(there.boundary if there.area else there)
            points = shapely.get_coordinates(crossing)
            if len(points):
                return self._meeting([self.spot(point) for point in points], 0.0, "相交")
            there = there.representative_point()
        nearest = shapely.get_coordinates(shapely.shortest_line(self.shape, there))[0]
        return self._meeting([self.spot(nearest)], gap, "相接" if gap <= DUAL_M else "最近处")

    def _meeting(self, spots: list[Spot], gap_m: float, how: str) -> Meeting:
        across = [other for spot in spots[:16] for other in self._across(spot)]
        return Meeting(tuple(dict.fromkeys([*spots, *across])), gap_m, how)

    def apart(self, meeting: Meeting) -> list[list[Array]]:
        """The spots of a meeting, metres, those of one junction together."""
        groups: list[list[Array]] = []
        for point in (np.array([s.x, s.y]) for s in meeting.spots if not s.cost):
            group = next((g for g in groups if min(np.hypot(*(point - p)) for p in g) <= CLUSTER_M), None)
            if group is None:
                groups.append([point])
            else:
                group.append(point)
        return groups

    def split(self, meeting: Meeting) -> list[Meeting]:
        """A meeting by its junctions: where the road meets an end in several places, each for itself."""
        groups = self.apart(meeting)
        if len(groups) < 2:
            return [meeting]
        spots: list[list[Spot]] = [[] for _ in groups]
        for spot in meeting.spots:
            away = [min(float(np.hypot(spot.x - p[0], spot.y - p[1])) for p in group) for group in groups]
            spots[int(np.argmin(away))].append(spot)
        return [replace(meeting, spots=tuple(part)) for part in spots]

    def end(self, direction: str = "") -> Meeting:
        """The loose end furthest in a direction (东 西 南 北, or two of them); all loose ends where none is given."""
        ends = self.dead_ends or [0]
        towards = np.sum([DIRECTIONS[c] for c in direction if c in DIRECTIONS], axis=0)
        if np.any(towards):
            ends = [max(ends, key=lambda v: float(self.xy[v] @ towards))]
        return self._meeting([self._vertex(v) for v in ends], 0.0, "尽头")

    def between(self, one: Meeting, other: Meeting) -> Stretch | None:
        """The shortest way along the road between two meetings; None where there is none, or no length to it."""
        starts, goals = _apart(one.spots, other.spots)
        if not starts or not goals:
            return None
        count = len(self.keys)
        links: dict[int, list[tuple[int, float, bool]]] = defaultdict(list)
        places = [(s.x, s.y) for s in (*starts, *goals)]
        for number, spot in enumerate((*starts, *goals)):
            node = count + number
            for vertex in {spot.before, spot.after}:
                length = math.dist(self.xy[vertex].tolist(), (spot.x, spot.y))
                links[node].append((vertex, length, False))
                links[vertex].append((node, length, False))
        self._link_spots_of_one_edge((*starts, *goals), links)
        goal_cost = {count + len(starts) + n: spot.cost for n, spot in enumerate(goals)}
        queue = [(spot.cost, count + n, -1) for n, spot in enumerate(starts)]
        heapq.heapify(queue)
        came: dict[int, int] = {}
        while queue:
            cost, node, previous = heapq.heappop(queue)
            if node in came:
                continue
            came[node] = previous
            if node == -2:
                return self._trace(previous, came, places)
            if node in goal_cost:
                heapq.heappush(queue, (cost + goal_cost[node], -2, node))
            for following, length, _ in (*self.neighbours.get(node, ()), *links.get(node, ())):
                if following not in came:
                    heapq.heappush(queue, (cost + length, following, node))
        return None

    def _link_spots_of_one_edge(self, spots: tuple[Spot, ...], links: dict[int, list[tuple[int, float, bool]]]) -> None:
        by_edge: dict[frozenset[int], list[int]] = defaultdict(list)
        for number, spot in enumerate(spots):
            if spot.before != spot.after:
                by_edge[frozenset((spot.before, spot.after))].append(number)
        for numbers in by_edge.values():
            for a in numbers:
                for b in numbers:
                    if a < b:
                        length = math.dist((spots[a].x, spots[a].y), (spots[b].x, spots[b].y))
                        links[len(self.keys) + a].append((len(self.keys) + b, length, False))
                        links[len(self.keys) + b].append((len(self.keys) + a, length, False))

    def _trace(self, node: int, came: dict[int, int], places: list[tuple[float, float]]) -> Stretch | None:
        count = len(self.keys)
        path = [node]
        while came[path[-1]] >= 0:
            path.append(came[path[-1]])
        pieces: list[list[int]] = [[path[0]]]
        gap = 0.0
        jumps = []
        for u, v in pairwise(path):
            if u < count and v < count and (u, v) not in self._joined and (v, u) not in self._joined:
                gap += float(np.hypot(*(self.xy[u] - self.xy[v])))
                jumps.append(((*self.lonlat[u].tolist(),), (*self.lonlat[v].tolist(),)))
                pieces.append([v])
            else:
                pieces[-1].append(v)
        xy = np.concatenate([self.xy, places])
        lines = [xy[piece] for piece in pieces]
        lines = [line for line in map(_without_repeats, lines) if len(line) > 1]
        if not lines:
            return None
        length = float(sum(_steps(line).sum() for line in lines))
        shapes = [shapely.LineString(self.plane.to_degrees(line)) for line in lines]
        return Stretch(shapes[0] if len(shapes) == 1 else shapely.MultiLineString(shapes), length, gap, tuple(jumps))


def _steps(line: Array) -> Array:
    return np.asarray(np.hypot(*(line[1:] - line[:-1]).T))


def _without_repeats(line: Array) -> Array:
    keep = np.ones(len(line), dtype=bool)
    keep[1:] = _steps(line) > 0.01
    return line[keep]


def _apart(one: tuple[Spot, ...], other: tuple[Spot, ...]) -> tuple[list[Spot], list[Spot]]:
    """The spots of two ends without those they share: at a junction of three roads nothing lies between."""

    def lonely(spots: tuple[Spot, ...], others: tuple[Spot, ...]) -> list[Spot]:
        return [s for s in spots if all(math.dist((s.x, s.y), (o.x, o.y)) > SAME_M for o in others)]

    return lonely(one, other), lonely(other, one)


def junctions(one: BaseGeometry, other: BaseGeometry, reach_m: float) -> list[tuple[BaseGeometry, float]]:
    """Where two roads meet: a point a junction (EPSG:4326) and the gap in metres; empty where they stay `reach_m`
    apart."""
    road = Road(one)
    meeting = road.meet(other, reach_m)
    if meeting is None:
        return []
    return [
        (shapely.Point(road.plane.to_degrees(np.mean(group, axis=0))), meeting.gap_m) for group in road.apart(meeting)
    ]

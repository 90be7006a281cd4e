"""The roads of the plan: drawn, ended at crossings, joined in shared vertices, cut into ways."""

import math
from dataclasses import dataclass, field
from operator import itemgetter

import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.ops import nearest_points, substring, unary_union
from shapes import bend, curve_of, spline

OVERSHOOT_M = 420  # a street drawn past its last crossing by less than this ends at the crossing
UNDERSHOOT_M = 450  # one that stops short of another road by less than this is led up to it
SAME_SPOT_M = 0.5  # two crossings nearer than this are one vertex
RAMP_ALONG_M = 420  # where a ramp leaves the expressway, from the crossing
RAMP_ACROSS_M = 260  # where it meets the other road


@dataclass
class Line:
    """A line of the plan: `geometry` in metres, and the vertices that it must get where others meet it."""

    label: str
    name: str
    geometry: LineString
    tags: dict[str, str]
    at_grade: bool = True
    plan: dict[str, object] = field(default_factory=dict)


def road_lines(plan: dict) -> list[Line]:
    """Every road as drawn: whole, overshooting its ends; a dual one as its two carriageways (the second reversed)."""
    lines = []
    for road in plan["road"]:
        names = road["names"]
        label = road.get("label") or (names[0] if len(names) == 1 else names[0].rstrip("路")[:-1] + "路")
        label = label or f"road {road['points'][0]}"
        rail = road["class"] == "rail"
        tags = {"railway": "rail"} if rail else {"highway": road["class"]}
        if "ref" in road:
            tags["ref"] = road["ref"]
        town = road["class"] in ("residential", "tertiary", "secondary") and "ref" not in road
        centre = curve_of(road, label, 14 if town else 90, 700 if town else 2600)
        sides = [centre]
        if "dual" in road:
            tags["oneway"] = "yes"
            half = road["dual"] / 2
            sides = [centre.offset_curve(-half).simplify(0.3), centre.offset_curve(half).simplify(0.3).reverse()]
        lines += [Line(label, names[0], side, tags, not road.get("layer"), road) for side in sides]
    return lines


def trim(lines: list[Line]) -> None:
    """Cut what a street was drawn past its first and last crossing."""
    whole = {id(line): line.geometry for line in lines}
    for line in lines:
        if not line.at_grade or line.plan.get("closed"):
            continue
        geometry = whole[id(line)]
        cuts = [
            geometry.project(Point(point))
            for other in lines
            if other.at_grade and other.label != line.label
            for point in shapely.get_coordinates(geometry.intersection(whole[id(other)]))
        ]
        start = min(cuts, default=0)
        end = max(cuts, default=geometry.length)
        start = start if start < OVERSHOOT_M else 0
        end = end if geometry.length - end < OVERSHOOT_M else geometry.length
        if end - start < 50:
            raise SystemExit(f"{line.label} meets no two roads")
        line.geometry = substring(geometry, start, end)


def hang(lines: list[Line]) -> None:
    """Lead the end of a road that stops short of another up to it."""
    for line in lines:
        others = [other.geometry for other in lines if other.at_grade and other.label != line.label]
        if not line.at_grade or line.plan.get("closed"):
            continue
        roads = shapely.MultiLineString(others)
        coords = list(line.geometry.coords)
        for at in (0, -1):
            end = Point(coords[at])
            if SAME_SPOT_M < roads.distance(end) < UNDERSHOOT_M:
                foot = nearest_points(roads, end)[0].coords[0]
                coords.insert(0 if at == 0 else len(coords), foot)
        line.geometry = LineString(coords)


def with_vertices(line: LineString, points: list[tuple[float, float]]) -> LineString:
    """The line with a vertex at each of the points, which lie on it."""
    coords = list(line.coords)
    keyed = [(line.project(Point(p)), tuple(p)) for p in points]
    along = [0.0, *np.cumsum(np.hypot(*np.diff(np.asarray(coords), axis=0).T))]
    keyed += [
        (a, tuple(c)) for a, c in zip(along, coords, strict=True) if all(abs(a - k) > SAME_SPOT_M for k, _ in keyed)
    ]
    if line.is_ring:
        keyed = [k for k in keyed if k[0] < line.length - SAME_SPOT_M]
        keyed.sort()
        return LineString([c for _, c in keyed] + [keyed[0][1]])
    keyed.sort()
    return LineString([c for _, c in keyed])


def meet(lines: list[Line]) -> None:
    """Give every two roads that cross or touch at grade the same vertex there."""
    extra: dict[int, list[tuple[float, float]]] = {id(line): [] for line in lines}
    for i, line in enumerate(lines):
        for other in lines[i + 1 :]:
            if not (line.at_grade and other.at_grade):
                continue
            touching = [
                end
                for a, b in ((line, other), (other, line))
                if not a.geometry.is_ring
                for end in (a.geometry.coords[0], a.geometry.coords[-1])
                if b.geometry.distance(Point(end)) < SAME_SPOT_M
            ]
            crossing = [tuple(p) for p in shapely.get_coordinates(line.geometry.intersection(other.geometry))]
            points: list[tuple[float, float]] = []
            for point in touching + crossing:
                if all(math.dist(point, seen) > 1 for seen in points):
                    points.append(point)
            extra[id(line)] += points
            extra[id(other)] += points
    for line in lines:
        distinct: list[tuple[float, float]] = []
        for point in extra[id(line)]:
            if all(math.dist(point, seen) > 0.01 for seen in distinct):
                distinct.append(point)
        line.geometry = with_vertices(line.geometry, distinct)


def ramps(plan: dict, lines: list[Line]) -> tuple[list[Line], list[tuple[str, tuple[float, float]]]]:
    """Four ramps an interchange, two from each carriageway of the expressway, and the points where they leave it."""
    links, exits = [], []
    carriageways = [line for line in lines if line.tags.get("highway") == "motorway"]
    for interchange in plan["interchange"]:
        road = next(line for line in lines if line.label == interchange["road"])
        for number, side in enumerate(carriageways):
            crossing = Point(shapely.get_coordinates(side.geometry.intersection(road.geometry))[0])
            along, across = side.geometry.project(crossing), road.geometry.project(crossing)
            (ax, ay), (bx, by) = (
                np.subtract(*[line.geometry.interpolate(at + d).coords[0] for d in (5, 0)])
                for line, at in ((side, along), (road, across))
            )
            outward = -1 if ax * by > ay * bx else 1  # the ramps lie to the right of their carriageway
            foot = road.geometry.interpolate(across + outward * RAMP_ACROSS_M).coords[0]
            for direction in (-1, 1):
                leave = side.geometry.interpolate(along + direction * RAMP_ALONG_M).coords[0]
                middle = np.asarray(crossing.coords[0]) * 0.36 + np.asarray(leave) * 0.32 + np.asarray(foot) * 0.32
                ends = (leave, foot) if direction < 0 else (foot, leave)
                points = spline(np.array([ends[0], middle, ends[1]]), step=30)
                points[0], points[-1] = ends
                links.append(
                    Line(
                        f"{interchange['name']} ramp {number} {direction}",
                        "",
                        LineString(points),
                        {"highway": "motorway_link", "oneway": "yes"},
                        at_grade=False,
                    )
                )
                side.geometry = with_vertices(side.geometry, [leave])
                if direction < 0:
                    exits.append((interchange["name"], leave))
            if not any(math.dist(foot, c) < 0.01 for c in road.geometry.coords):
                road.geometry = with_vertices(road.geometry, [foot])
    return links, exits


def cut_up(line: Line, lines: list[Line], waters: dict[str, Polygon]) -> list[tuple[str, LineString, dict[str, str]]]:
    """The line's ways as (name, geometry, tags): split where the name changes, at river banks and tunnel mouths."""
    geometry, plan = line.geometry, line.plan
    names = plan.get("names", [line.name])
    marks: list[float] = []
    if plan.get("closed") and len(names) > 1:
        marks = sorted(nearest_vertex(geometry, Point(p)) for p in bend(plan["corners"])[1:])
    elif len(names) > 1:
        for label in plan["at"]:
            cross = unary_union([other.geometry for other in lines if other.label == label])
            marks.append(nearest_vertex(geometry, Point(shapely.get_coordinates(geometry.intersection(cross))[0])))
    spans = list(zip([0.0, *marks], [*marks, geometry.length], names, strict=True))
    special: list[tuple[float, float, dict[str, str]]] = []
    for river, water in waters.items():
        for part in getattr(geometry.intersection(water), "geoms", [geometry.intersection(water)]):
            if part.is_empty or part.length < 5:
                continue
            a, b = sorted((geometry.project(Point(part.coords[0])), geometry.project(Point(part.coords[-1]))))
            tags = {"bridge": "yes", "layer": "1"}
            bridge = plan.get("bridges", {}).get(river)
            if bridge:
                tags["name" if bridge in plan.get("own_name", ()) else "bridge:name"] = bridge
            special.append((max(a - 12, 0.5), min(b + 12, geometry.length - 0.5), tags))
    if "tunnel" in plan:
        a, b = (share * geometry.length for share in plan["tunnel"]["range"])
        special.append((a, b, {"tunnel": "yes", "layer": "-1", "name": plan["tunnel"]["name"]}))
    ways = []
    for start, end, name in spans:
        inside = sorted(
            ((max(a, start), min(b, end), tags) for a, b, tags in special if a < end and b > start), key=itemgetter(0)
        )
        position = start
        for a, b, own in [*inside, (end, end, {})]:
            if a - position > SAME_SPOT_M:
                ways.append((name, substring(geometry, position, a), dict(line.tags)))
            if b - a > SAME_SPOT_M:
                ways.append((own.get("name", name), substring(geometry, a, b), line.tags | own))
            position = max(position, b)
    return ways


def nearest_vertex(geometry: LineString, point: Point) -> float:
    """Distance along the line of the vertex nearest to the point."""
    return geometry.project(Point(min(geometry.coords, key=lambda c: math.dist(c, point.coords[0]))))

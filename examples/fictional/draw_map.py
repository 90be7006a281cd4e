"""Draw the map of 澜溪县, a county that does not exist (虚构), as an OpenStreetMap file.

    python examples/fictional/draw_map.py [OUT.osm.pbf]

The plan (county.toml and facilities.csv) gives every line by a few points; the script bends it, roughens it with seeded
noise, lets roads meet in shared nodes as OpenStreetMap wants it, puts bridges over rivers and writes everything with
pyosmium. The same plan gives the same objects with the same identifiers on every machine. No coordinate is of anything
real: the county lies in the open Bohai Sea.

Inside the script coordinates are metres east and north of the plan's centre (azimuthal equidistant, WGS 84).
"""

import csv
import math
import sys
import tomllib
import zlib
from pathlib import Path

import numpy as np
import osmium
import shapely
from osmium.osm.mutable import Node, Relation, Way
from pyproj import Transformer
from roads import Line, cut_up, hang, meet, ramps, road_lines, trim
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union
from shapes import Points, bend, blob, curve_of, largest, longest, rng_for, spline, widening, wobble

HERE = Path(__file__).parent
MARKS = {"source": "guatu fictional", "note": "虚构"}
VILLAGE_SPACING_M = 1100
EDGE_M = 600  # rivers and roads leave the county by so much


def divide(plan: dict) -> tuple[Polygon, dict[str, Polygon]]:
    """The county and its towns: each small cell goes to the nearest seat, in bent space; borders are shared."""
    county = blob_outline(plan)
    rng = rng_for("towns")
    west, south, east, north = county.bounds
    points = rng.uniform((west, south), (east, north), (2600, 2))
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), extend_to=county))
    seats = bend([town["seat"] for town in plan["town"]])
    weight = np.array([0.55 if town["name"].endswith("街道") else 1.0 for town in plan["town"]])
    owners: dict[int, list[Polygon]] = {}
    for cell in cells:
        x, y = cell.centroid.coords[0]
        x, y = x + 900 * math.sin(y / 1700), y + 900 * math.sin(x / 2100)
        owner = int(np.argmin(np.hypot(*(seats - (x, y)).T) / weight))
        owners.setdefault(owner, []).append(cell.intersection(county))
    coverage = shapely.coverage_simplify([unary_union(owners[i]) for i in range(len(seats))], 260)
    towns = {town["name"]: largest(part) for town, part in zip(plan["town"], coverage, strict=True)}
    return largest(unary_union(list(towns.values()))), towns


def blob_outline(plan: dict) -> Polygon:
    curve = wobble(spline(bend(plan["outline"]), closed=True, step=300), "outline", 700, 5200)
    rng = rng_for("outline")
    return largest(Polygon(curve + rng.normal(0, 110, curve.shape)).buffer(0))


def villages(plan: dict, towns: dict[str, Polygon], lines: list[Line], water: Polygon) -> list[tuple[str, str, Points]]:
    """(village, town, point): beside the road the plan gives, or strewn near a road of its town."""
    placed: list[tuple[str, str, Points]] = []
    roads = {line.label: line.geometry for line in lines}
    country = [
        line
        for line in lines
        if line.tags.get("highway") in ("trunk", "primary", "secondary", "tertiary", "unclassified")
    ]
    urban = Polygon(bend([[-4, -6], [7, -6], [7, 4.5], [-4, 4.5]]))
    taken = [Point(p) for p in bend([town["seat"] for town in plan["town"]])]
    todo = [(village, town["name"]) for town in plan["town"] for village in town["villages"]]
    todo.sort(key=lambda pair: pair[0] not in plan["roadside"])
    for village, town in todo:
        rng = rng_for(town + village)
        if village in plan["roadside"]:
            label, share = plan["roadside"][village]
            road = roads[label]
            here, there = (np.array(road.interpolate(share * road.length + d).coords[0]) for d in (0, 40))
            side = np.array([here[1] - there[1], there[0] - here[0]]) / 40
            point = here + side * rng.choice([-1, 1]) * 130
        else:
            near_town = town.endswith("街道")
            spacing = VILLAGE_SPACING_M * (0.75 if near_town else 1)
            for attempt in range(4000):
                road = country[rng.integers(len(country))].geometry
                spot = np.array(road.interpolate(rng.uniform(0, road.length)).coords[0])
                reach = 260 if attempt < 1500 else 900
                point = spot + rng.uniform(-reach, reach, 2)
                candidate = Point(point)
                if (
                    towns[town].buffer(-250).contains(candidate)
                    and not water.buffer(130).contains(candidate)
                    and (near_town or not urban.contains(candidate))
                    and min(candidate.distance(other) for other in taken) > spacing
                    and candidate.distance(shapely.MultiLineString([line.geometry for line in lines])) > 60
                ):
                    break
            else:
                raise SystemExit(f"no room for {village} in {town}")
        taken.append(Point(point))
        placed.append((village, town, point))
    return placed


class MapFile:
    """Collects objects and writes them sorted, with shared nodes and identifiers that depend on the objects' names."""

    def __init__(self, centre: list[float]) -> None:
        lon, lat = centre
        frame = f"+proj=aeqd +lat_0={lat} +lon_0={lon} +datum=WGS84 +units=m"
        self.to_wgs84 = Transformer.from_crs(frame, "EPSG:4326", always_xy=True)
        self.nodes: dict[tuple[int, int], int] = {}
        self.points: list[Node] = []
        self.ways: dict[int, Way] = {}
        self.relations: list[Relation] = []

    def place(self, xy: object) -> tuple[float, float]:
        lon, lat = self.to_wgs84.transform(*xy)
        return round(lon, 7), round(lat, 7)

    def vertex(self, xy: object) -> int:
        lon, lat = self.place(xy)
        return self.nodes.setdefault((round(lon * 1e7), round(lat * 1e7)), len(self.nodes) + 1)

    def point(self, label: str, xy: object, tags: dict[str, str]) -> int:
        number = identifier("node", label)
        self.points.append(Node(id=number, location=self.place(xy), tags=tags | MARKS, version=1))
        return number

    def way(self, label: str, geometry: LineString | Polygon, tags: dict[str, str]) -> int:
        coords = geometry.exterior.coords if isinstance(geometry, Polygon) else geometry.coords
        refs = [self.vertex(xy) for xy in coords]
        refs = [ref for i, ref in enumerate(refs) if i == 0 or ref != refs[i - 1]]
        number = identifier("way", label)
        if number in self.ways:
            raise SystemExit(f"two ways are called {label}")
        self.ways[number] = Way(id=number, nodes=refs, tags=tags | MARKS, version=1)
        return number

    def relation(self, label: str, members: list[tuple[str, int, str]], tags: dict[str, str]) -> None:
        self.relations.append(Relation(id=identifier("relation", label), members=members, tags=tags | MARKS, version=1))

    def write(self, out: Path) -> None:
        header = osmium.io.Header()
        header.set("generator", "guatu fictional example map 虚构示例地图")
        out.unlink(missing_ok=True)
        with osmium.SimpleWriter(str(out), header=header) as writer:
            for (lon, lat), number in self.nodes.items():
                writer.add_node(Node(id=number, location=(lon / 1e7, lat / 1e7), version=1))
            for group in (self.points, self.ways.values(), self.relations):
                for item in sorted(group, key=lambda thing: thing.id):
                    getattr(writer, f"add_{type(item).__name__.lower()}")(item)


def identifier(kind: str, label: str) -> int:
    """A number that is the same every time: made from the name, above the numbers of the plain vertices."""
    return 1_000_000 + zlib.crc32(f"{kind} {label}".encode())


def add_boundaries(out: MapFile, plan: dict, county: Polygon, towns: dict[str, Polygon]) -> None:
    edges = shapely.get_parts(shapely.line_merge(shapely.node(unary_union([t.exterior for t in towns.values()]))))
    numbers = [out.way(f"border {i}", edge, {"boundary": "administrative"}) for i, edge in enumerate(edges)]

    def ring(shape: Polygon) -> list[tuple[str, int, str]]:
        border = shape.exterior.buffer(1)
        return [("w", n, "outer") for n, edge in zip(numbers, edges, strict=True) if border.contains(edge)]

    seats = {}
    tags = {"type": "boundary", "boundary": "administrative"}
    for i, town in enumerate(plan["town"], 1):
        name = town["name"]
        kind = "suburb" if name.endswith("街道") else "town"
        seats[name] = out.point(name, bend([town["seat"]])[0], {"place": kind, "name": name})
        code = f"{plan['adcode']}{i:03d}"
        members = [*ring(towns[name]), ("n", seats[name], "admin_centre")]
        out.relation(name, members, {**tags, "admin_level": "8", "name": name, "gb2260": code})
    members = [*ring(county), ("n", seats[plan["town"][0]["name"]], "admin_centre")]
    out.relation(plan["name"], members, {**tags, "admin_level": "6", "name": plan["name"], "gb2260": plan["adcode"]})


def add_water(out: MapFile, plan: dict, county: Polygon) -> dict[str, Polygon]:
    """Rivers as courses and as areas, lakes as areas; returns the areas by name."""
    waters = {}
    for river in plan["river"]:
        name, kind = river["name"], "canal" if river["name"].endswith("渠") else "river"
        course = curve_of(river, name, river["wobble"], 2100)
        waters[name] = widening(course, river["width"])
        area = largest(waters[name].intersection(county.buffer(EDGE_M)))
        out.way(f"{name} course", longest(course.intersection(county.buffer(EDGE_M))), {"waterway": kind, "name": name})
        out.way(f"{name} water", area, {"natural": "water", "water": kind, "name": name})
    for lake in plan["lake"]:
        name = lake["name"]
        waters[name] = blob(bend([lake["at"]])[0], 1000, name, stretch=tuple(lake["radii"]), turn=lake["turn"])
        out.way(name, waters[name].simplify(2), {"natural": "water", "water": lake["kind"], "name": name})
    return waters


def add_roads(out: MapFile, plan: dict, county: Polygon, waters: dict[str, Polygon]) -> list[Line]:
    """Roads, the decks of named bridges, ramps and the exits of the expressway; returns the roads."""
    lines = road_lines(plan)
    trim(lines)
    hang(lines)
    meet(lines)
    links, exits = ramps(plan, lines)
    parts: dict[str, int] = {}
    bridges: dict[str, list[LineString]] = {}
    for line in lines:
        for name, geometry, tags in cut_up(line, lines, waters):
            inside = geometry.intersection(county.buffer(EDGE_M / 2))
            if inside.length < 1:
                continue
            key = name or line.label
            parts[key] = parts.get(key, 0) + 1
            out.way(f"{key} {parts[key]}", longest(inside), tags | ({"name": name} if name else {}))
            bridge = tags.get("bridge:name") or (name if "bridge" in tags and name.endswith("桥") else None)
            if bridge:
                bridges.setdefault(bridge, []).append(geometry)
    for name, pieces in bridges.items():
        deck = (
            unary_union(pieces)
            .buffer(11, cap_style="flat")
            .buffer(8, join_style="mitre")
            .buffer(-8, join_style="mitre")
        )
        out.way(f"{name} deck", largest(deck).simplify(0.5), {"man_made": "bridge", "name": name})
    for link in links:
        out.way(link.label, link.geometry, link.tags)
    for i, (name, xy) in enumerate(exits):
        out.point(f"exit {name} {i}", xy, {"highway": "motorway_junction", "name": name})
    return lines


def add_villages(out: MapFile, plan: dict, towns: dict[str, Polygon], lines: list[Line], wet: BaseGeometry) -> None:
    """A village in the country is a point on built-up land; one inside the county town is an area."""
    for village, town, point in villages(plan, towns, lines, wet):
        out.point(f"{town}{village}", point, {"place": "village", "name": village})
        patch = blob(point, rng_for(village).uniform(110, 210), town + village, stretch=(1.15, 0.8))
        out.way(f"{town}{village} land", largest(patch.difference(wet)).simplify(3), {"landuse": "residential"})
    for name, at in plan["urban_villages"].items():
        tags = {"place": "village", "landuse": "residential", "name": name}
        out.way(name, blob(bend([at])[0], 150, name), tags)


def add_facilities(out: MapFile, plan: dict, county: Polygon, wet: BaseGeometry) -> None:
    for row in plan["facilities"]:
        name, radius = row["name"], float(row["radius_m"])
        tags = dict(tag.split("=") for tag in row["tags"].split())
        if not name.startswith("*"):
            tags["name"] = name
        if row["other_names"]:
            tags["alt_name"] = row["other_names"]
        at = bend([[float(row["east_km"]), float(row["north_km"])]])[0]
        if radius:
            shape = blob(at, radius, name, stretch=(float(row["stretch"] or 1.1), 0.9))
            out.way(name, largest(shape.intersection(county).difference(wet)).simplify(1.5), tags)
        else:
            out.point(name, at, tags)


def draw(plan: dict) -> MapFile:
    """The whole map of a plan."""
    out = MapFile(plan["centre"])
    county, towns = divide(plan)
    add_boundaries(out, plan, county, towns)
    waters = add_water(out, plan, county)
    wet = unary_union(list(waters.values()))
    lines = add_roads(out, plan, county, waters)
    add_villages(out, plan, towns, lines, wet)
    add_facilities(out, plan, county, wet)
    return out


def read_plan() -> dict:
    """The plan: the tables of county.toml and the rows of facilities.csv."""
    plan = tomllib.loads((HERE / "county.toml").read_text(encoding="utf-8"))
    with (HERE / "facilities.csv").open(encoding="utf-8", newline="") as file:
        plan["facilities"] = list(csv.DictReader(file))
    return plan


def main() -> None:
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "map.osm.pbf"
    draw(read_plan()).write(out)
    print(f"{out} {out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

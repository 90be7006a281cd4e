"""The streets of a real extract under made-up Chinese names, with villages and facilities beside them."""

import math
import random
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import osmium
import shapely

from bench.chinese_names import COMMON, FACILITIES, Names

METRES = 111_320.0


@dataclass
class Street:
    """The ways of one road."""

    ways: list[list[int]]
    name: str = ""
    alias: str = ""
    town: str = ""
    bridges: list[list[int]] = field(default_factory=list)

    flat: shapely.Geometry = field(default_factory=shapely.MultiLineString)

    @cached_property
    def nodes(self) -> set[int]:
        return {node for way in self.ways for node in way}


class Map:
    """The extract in memory, renamed."""

    def __init__(self, extract: Path, rng: random.Random) -> None:
        self.rng, self.names = rng, Names(rng)
        self.xy: dict[int, tuple[float, float]] = {}
        ways: dict[str, list[tuple[int, list[int], dict[str, str]]]] = defaultdict(list)
        self.areas: dict[int, shapely.Geometry] = {}
        self.tags: dict[tuple[str, int], dict[str, str]] = {}
        shapes = osmium.geom.WKBFactory()
        processor = osmium.FileProcessor(str(extract)).with_areas(
            osmium.filter.TagFilter(("boundary", "administrative"))
        )
        for item in processor.with_filter(osmium.filter.KeyFilter("name")):
            tags = dict(item.tags)
            if (
                item.is_way()
                and "highway" in tags
                and len(item.nodes) > 1
                and all(n.location.valid() for n in item.nodes)
            ):
                nodes = [n.ref for n in item.nodes]
                self.xy |= {n.ref: (n.lon, n.lat) for n in item.nodes}
                ways[tags["name"]].append((item.id, nodes, tags))
            elif item.is_area() and tags.get("admin_level") == "8" and not item.from_way():
                self.areas[item.orig_id()] = shapely.from_wkb(shapes.create_multipolygon(item))
        self.latitude = sum(y for _, y in self.xy.values()) / len(self.xy)
        self.towns = {area: self.names.fresh(lambda: self.names.stem() + "镇") for area in self.areas}
        self.streets: list[Street] = []
        self.way_names: dict[int, dict[str, str]] = {}
        self.places: list[tuple[str, str, str, tuple[float, float], str]] = []  # name, key, value, lonlat, town
        for group in ways.values():
            for cluster in self._clusters(group):
                self._name_street(cluster)
        self._add_places()

    def metres(self, node: tuple[float, float]) -> tuple[float, float]:
        return node[0] * METRES * math.cos(math.radians(self.latitude)), node[1] * METRES

    def line(self, nodes: list[int]) -> shapely.LineString:
        return shapely.LineString([self.xy[n] for n in nodes])

    def flat(self, nodes: list[int]) -> shapely.LineString:
        return shapely.LineString([self.metres(self.xy[n]) for n in nodes])

    def town_of(self, lonlat: tuple[float, float]) -> str:
        point = shapely.Point(lonlat)
        return next((self.towns[k] for k, area in self.areas.items() if area.contains(point)), "")

    def _clusters(
        self, group: list[tuple[int, list[int], dict[str, str]]]
    ) -> list[list[tuple[int, list[int], dict[str, str]]]]:
        clusters: list[list] = []
        for way in group:
            near = [c for c in clusters if any(self.flat(way[1]).distance(self.flat(o[1])) <= 700 for o in c)]
            clusters = [c for c in clusters if c not in near] + [[way, *(o for c in near for o in c)]]
        return clusters

    def _name_street(self, cluster: list[tuple[int, list[int], dict[str, str]]]) -> None:
        street = Street([])
        middle = self.xy[cluster[0][1][0]]
        street.town = self.town_of(middle)
        common = [c for c in COMMON if all(o.name != c or self._far(o, middle) for o in self.streets)]
        name = self.rng.choice(common) if street.town and common and self.rng.random() < 0.12 else self.names.road()
        street.name = name
        if self.rng.random() < 0.15:
            street.alias = self.names.fresh(lambda: self.names.stem() + self.rng.choice(["路", "街", "公路"]))
        trunk = any(tags["highway"] in ("primary", "trunk", "secondary") for _, _, tags in cluster)
        number = self.names.fresh(lambda: self.rng.choice("GSX") + str(self.rng.randint(100, 399))) if trunk else ""
        for way, nodes, tags in cluster:
            if "bridge" in tags and len(cluster) > 1 and self.rng.random() < 0.6:
                bridge = self.names.fresh(
                    lambda: self.rng.choice(
                        [f"{self.rng.randint(1, 30)}号桥", self.names.stem() + "桥", self.names.stem() + "大桥"]
                    )
                )
                street.bridges.append(nodes)
                self.way_names[way] = {"name": bridge}
                continue
            street.ways.append(nodes)
            extra = {"alt_name": street.alias} if street.alias else {}
            self.way_names[way] = {"name": name} | extra | ({"ref": number} if number else {})
        if street.ways:
            street.flat = shapely.MultiLineString([self.flat(way) for way in street.ways])
            self.streets.append(street)

    def _far(self, street: Street, point: tuple[float, float]) -> bool:
        return shapely.Point(self.metres(point)).distance(street.flat) > 4000

    def _add_places(self) -> None:
        bounds = [street for street in self.streets if sum(self.flat(w).length for w in street.ways) > 150]
        for number in range(min(len(bounds) * 2, 500)):
            street = self.rng.choice(bounds)
            lon, lat = self.xy[self.rng.choice(self.rng.choice(street.ways))]
            reach = self.rng.choice([40, 90, 160, 300])
            angle = self.rng.random() * math.tau
            lonlat = (
                lon + reach * math.cos(angle) / METRES / math.cos(math.radians(lat)),
                lat + reach * math.sin(angle) / METRES,
            )
            town = self.town_of(lonlat)
            if number % 2:
                name = self.names.village()
                shown = name if self.rng.random() < 0.7 else name.removesuffix("村")
                if shown in self.names.used and shown != name:
                    shown = name
                self.places.append((shown, "place", self.rng.choice(["village", "hamlet"]), lonlat, town))
                continue
            key, value, pattern = self.rng.choice(FACILITIES)
            own = town.removesuffix("镇") if town and self.rng.random() < 0.4 else self.names.stem()
            if pattern.format(own) in self.names.used:
                own = self.names.stem()
            name = self.names.fresh(
                lambda pattern=pattern, own=own: pattern.format(
                    own if pattern.format(own) not in self.names.used else self.names.stem()
                )
            )
            self.places.append((name, key, value, lonlat, town))

    def write(self, extract: Path, out: Path) -> None:
        """The extract with the new names; other names are taken away."""
        other_names = (
            "name",
            "alt_name",
            "official_name",
            "old_name",
            "loc_name",
            "short_name",
            "int_name",
            "ref",
            "reg_name",
            "nat_name",
            "bridge",
        )
        pending = True
        with osmium.SimpleWriter(str(out), overwrite=True) as writer:
            for item in osmium.FileProcessor(str(extract)):
                if pending and not item.is_node():
                    pending = False
                    for number, (name, key, value, lonlat, _) in enumerate(self.places):
                        writer.add_node(
                            osmium.osm.mutable.Node(
                                id=10**12 + number, version=1, location=lonlat, tags={"name": name, key: value}
                            )
                        )
                tags = {k: v for k, v in item.tags if not k.startswith(other_names)}
                if item.is_way():
                    tags |= self.way_names.get(item.id, {})
                elif item.is_relation() and item.id in self.towns:
                    tags["name"] = self.towns[item.id]
                writer.add(item.replace(tags=tags))

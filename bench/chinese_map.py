"""Chinese test maps: a real extract's streets under made-up Chinese names, with queries whose answers are known.

    python -m bench.chinese_map EXTRACT.osm.pbf OUT_DIRECTORY [--seed N] [--queries N]

The geometry and node topology are the extract's (© OpenStreetMap contributors, ODbL); every name is made up, villages
and facilities are put beside its roads. Writes `map.osm.pbf`, `gold.jsonl` and `queries.jsonl`. Answers are worked out
from node numbers, apart from the geocoder's own geometry. Strata: see `STRATA`.
"""

import argparse
import heapq
import json
import math
import random
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import osmium
import shapely
from pypinyin import lazy_pinyin
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein
from shapely.geometry import mapping
from shapely.ops import substring

METRES = 111_320.0
CHARACTERS = (
    "安宝北碧滨博昌长城澄春翠丹德鼎东方芳丰枫福富高古谷光桂国海汉翰浩和恒红虹洪鸿湖花华怀环辉惠吉佳嘉建江金锦晋京景静九开康科乐丽莲良"
    "林灵龙隆鹿绿罗满茂梅美民明南宁平浦齐祁泉仁荣瑞三山上尚胜石世双水顺松泰唐桃天田通万望文武西溪霞仙香祥新兴秀旭学雅阳耀宜义英永友余"
    "玉园源远月云泽展章昭振正政志中忠竹紫"
)
FAMILIES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭"  # noqa: E501
ENDINGS = ("坑", "塘", "溪", "坞", "岙", "店", "宅", "田", "家", "山", "头", "湾", "桥", "坪", "岭")
COMMON = (
    "人民路",
    "解放路",
    "建设路",
    "中山路",
    "新华路",
    "和平路",
    "胜利街",
    "文化路",
    "工农路",
    "站前路",
    "南门街",
    "中心路",
)
FACILITIES = (
    ("amenity", "school", "{}小学"), ("amenity", "school", "{}中学"), ("amenity", "kindergarten", "{}幼儿园"), ("leisure", "park", "{}公园"),  # noqa: E501
    ("man_made", "wastewater_plant", "{}污水处理厂"), ("man_made", "water_works", "{}水厂"), ("amenity", "hospital", "{}医院"),  # noqa: E501
    ("power", "substation", "{}变电站"), ("amenity", "marketplace", "{}农贸市场"), ("building", "yes", "{}大厦"), ("landuse", "industrial", "{}工业园区"),  # noqa: E501
    ("amenity", "social_facility", "{}敬老院"), ("historic", "memorial", "{}纪念馆"), ("leisure", "sports_centre", "{}体育馆"),  # noqa: E501
)  # fmt: skip
FLIPS = ("东西南北中", "一二三四五六", "上下", "前后", "新老")
STRATA = {
    "road": "a road by its name",
    "road-within": "a road whose name several towns have, in one of them",
    "village": "a village by its name, with or without 村",
    "facility": "a plant, school, park",
    "facility-short": "a facility by its usual abbreviation or with its town left out or given",
    "junction": "the junction of two roads",
    "stretch": "between two cross roads, one junction each, road in one piece",
    "stretch-dual": "the road is in pieces or crosses an end more than once",
    "stretch-bridge": "a bridge of another name lies in the middle",
    "stretch-landmark": "one end is a village or facility beside the road",
    "stretch-apart": "one end does not touch the road",
    "stretch-alias": "the road by another name, or its number",
    "stretch-typo": "a slip in the road or an end",
    "typo": "one character wrong, dropped or added, or a homophone",
    "absent": "a name that is nowhere, nor anything one slip away",
    "absent-near": "a name that is nowhere, whatever is one slip away",
    "absent-end": "an end that is nowhere",
    "wrong-end": "an end that is far from the road",
    "flip": "东 for 西, 一 for 二: a sister name that is nowhere",
}


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


class Names:
    """Makes names, each once."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.used: set[str] = set()
        self.families: list[str] = []

    def stem(self) -> str:
        return "".join(self.rng.sample(CHARACTERS, 2))

    def fresh(self, make) -> str:
        for _ in range(200):
            name = make()
            if name not in self.used:
                self.used.add(name)
                return name
        raise RuntimeError("names ran out")

    def road(self) -> str:
        def make() -> str:
            draw = self.rng.random()
            if draw < 0.16:
                if not self.families or self.rng.random() < 0.3:
                    self.families.append(self.rng.choice(["环城", "城" + self.rng.choice("东西南北"), self.stem()]))
                return self.rng.choice(self.families[-6:]) + self.rng.choice("东西南北中") + "路"
            if draw < 0.24:
                if not self.families or self.rng.random() < 0.3:
                    self.families.append(self.stem())
                return self.rng.choice(self.families[-6:]) + self.rng.choice("一二三四五六") + self.rng.choice("路路街")
            if draw < 0.27:
                return self.rng.choice("二三四五六七八九") + self.rng.choice(["环路", "马路", "号路"])
            return self.stem() + self.rng.choice(["路"] * 9 + ["街"] * 3 + ["大道"] * 3 + ["巷"] * 2)

        return self.fresh(make)

    def village(self) -> str:
        def make() -> str:
            front = self.rng.choice(["", "", "", *"上下前后里外大小东西"])
            return front + self.rng.choice(FAMILIES) + self.rng.choice(ENDINGS) + "村"

        return self.fresh(make)


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


class Questions:
    """Queries about a map, with their answers."""

    def __init__(self, world: Map, per_stratum: int) -> None:
        self.world, self.rng, self.limit = world, world.rng, per_stratum
        self.rows: list[dict] = []
        self.counts: dict[str, int] = defaultdict(int)
        self.all_names = sorted(
            {n for s in world.streets for n in (s.name, s.alias) if n} | {p[0] for p in world.places}
            | {tags["name"] for tags in world.way_names.values()} | set(world.towns.values())
        )  # fmt: skip
        self.by_node: dict[int, set[int]] = defaultdict(set)
        for number, street in enumerate(world.streets):
            for node in street.nodes:
                self.by_node[node].add(number)
        self.name_counts: dict[str, int] = defaultdict(int)
        for street in world.streets:
            self.name_counts[street.name] += 1

    def add(self, stratum: str, name: str, geometry: shapely.Geometry | None, **more: object) -> bool:
        if self.counts[stratum] >= self.limit:
            return False
        self.counts[stratum] += 1
        shapes = {key: mapping(value) for key, value in more.items() if isinstance(value, shapely.Geometry)}
        row = {
            "id": f"q{len(self.rows):05d}", "stratum": stratum, "name": name, "kind": None, "extent": None, "within": None,  # noqa: E501
            "answerable": geometry is not None, "geometry": mapping(geometry) if geometry is not None else None, "tolerance_m": 100,  # noqa: E501
        }  # fmt: skip
        self.rows.append(row | more | shapes)
        return True

    def near_names(self, name: str) -> list[str]:
        return [
            n for n, *_ in process.extract(name, self.all_names, scorer=Levenshtein.distance, score_cutoff=1, limit=5)
        ]

    def slip(self, name: str) -> str | None:
        """The name with one slip after which only it can be meant; None where no try gave one."""
        guarded = set("".join(FLIPS) + "东西南北中上下前后0123456789一二三四五六七八九十号")
        alphabet = "".join(self.all_names)
        for _ in range(12):
            at = self.rng.randrange(len(name))
            if name[at] in guarded:
                continue
            draw = self.rng.random()
            if draw < 0.3:
                same = [
                    c
                    for c in set(CHARACTERS + FAMILIES + "陆街达道到接杰备悲被村存")
                    if c != name[at] and lazy_pinyin(c) == lazy_pinyin(name[at])
                ]
                if not same:
                    continue
                changed = name[:at] + self.rng.choice(same) + name[at + 1 :]
            elif draw < 0.6:
                changed = name[:at] + self.rng.choice(alphabet) + name[at + 1 :]
            elif draw < 0.85:
                changed = name[:at] + name[at + 1 :]
            else:
                changed = name[:at] + self.rng.choice(alphabet) + name[at:]
            if len(changed) > 2 and changed != name and self.near_names(changed) == [name]:
                return changed
        return None

    def whole(self, street: Street) -> shapely.Geometry:
        return shapely.MultiLineString([self.world.line(w) for w in street.ways])

    def path(self, street: Street, starts: set[int], goals: set[int]) -> list[int] | None:
        """The shortest way over the street's own ways."""
        graph: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for way in street.ways:
            for a, b in pairwise(way):
                length = math.dist(self.world.metres(self.world.xy[a]), self.world.metres(self.world.xy[b]))
                graph[a].append((b, length))
                graph[b].append((a, length))
        queue = [(0.0, start, -1) for start in starts - goals]
        came: dict[int, int] = {}
        while queue:
            cost, node, previous = heapq.heappop(queue)
            if node in came:
                continue
            came[node] = previous
            if node in goals - starts:
                trail = [node]
                while came[trail[-1]] >= 0:
                    trail.append(came[trail[-1]])
                return trail[::-1]
            for following, length in graph[node]:
                heapq.heappush(queue, (cost + length, following, node))
        return None

    def crossing(self, street: Street) -> dict[int, set[int]]:
        """The streets that share nodes with one, and which."""
        mine = self.world.streets.index(street)
        found: dict[int, set[int]] = defaultdict(set)
        for node in street.nodes:
            for other in self.by_node[node] - {mine}:
                found[other].add(node)
        return found

    def whole_streets(self) -> None:
        for street in self.rng.sample(self.world.streets, len(self.world.streets)):
            if self.name_counts[street.name] > 1:
                if street.town:
                    self.add("road-within", street.name, self.whole(street), kind="road", within=street.town)
                continue
            self.add("road", street.name, self.whole(street), kind="road")
            slipped = self.slip(street.name)
            if slipped:
                self.add("typo", slipped, self.whole(street), kind="road", note=street.name)
            for flips in FLIPS:
                for at, character in enumerate(street.name):
                    if character in flips:
                        for other in flips:
                            flipped = street.name[:at] + other + street.name[at + 1 :]
                            if flipped not in self.all_names and self.rng.random() < 0.5:
                                self.add("flip", flipped, None, kind="road", note=street.name)

    def points(self) -> None:
        for name, key, _, lonlat, town in self.rng.sample(self.world.places, len(self.world.places)):
            point = shapely.Point(lonlat)
            kind = {"place": "village"}.get(key)
            if kind:
                asked = (
                    name if self.rng.random() < 0.6 else name.removesuffix("村") if name.endswith("村") else name + "村"
                )
                if asked in self.all_names or (asked != name and len(self.near_names(name.removesuffix("村"))) <= 1):
                    self.add("village", asked, point, kind=kind, note=name)
            else:
                self.add("facility", name, point)
                short = name.replace("污水处理厂", "污水厂")
                if town and name.startswith(town.removesuffix("镇")):
                    short = self.rng.choice([name.replace(town.removesuffix("镇"), town, 1), short])
                if short != name and short not in self.all_names:
                    self.add("facility-short", short, point, note=name)
            slipped = self.slip(name)
            if slipped and self.rng.random() < 0.5:
                self.add("typo", slipped, point, kind=kind, note=name)

    def stretches(self) -> None:
        streets = self.world.streets
        for street in self.rng.sample(streets, len(streets)):
            if self.name_counts[street.name] > 1:
                continue
            crossing = {
                o: nodes for o, nodes in self.crossing(street).items() if self.name_counts[streets[o].name] == 1
            }
            pairs = [(a, b) for a in crossing for b in crossing if a != b]
            for a, b in self.rng.sample(pairs, min(2, len(pairs))):
                self._stretch(street, a, b, crossing)
            for a in self.rng.sample(list(crossing), min(2, len(crossing))):
                self._one_known_end(street, a, crossing[a])

    def _stretch(self, street: Street, a: int, b: int, crossing: dict[int, set[int]]) -> None:
        streets = self.world.streets
        extent = {"from": streets[a].name, "to": streets[b].name}
        path = self.path(street, crossing[a], crossing[b])
        if path is None:
            self._over_bridge(street, extent, crossing[a], crossing[b])
            return
        if self.world.flat(path).length < 100:
            return
        gold = self.world.line(path)
        simple = len(crossing[a]) == len(crossing[b]) == 1 and len(street.ways) > 0 and not street.bridges
        self.add("stretch" if simple else "stretch-dual", street.name, gold, kind="road", extent=extent)
        if street.alias:
            self.add("stretch-alias", street.alias, gold, kind="road", extent=extent)
        if (slipped := self.slip(street.name)) and self.rng.random() < 0.5:
            self.add("stretch-typo", slipped, gold, kind="road", extent=extent, note=street.name)
        elif slipped := self.slip(extent["to"]):
            self.add("stretch-typo", street.name, gold, kind="road", extent=extent | {"to": slipped}, note=extent["to"])
        if len(crossing[a]) == 1:
            geometry = shapely.Point(self.world.xy[next(iter(crossing[a]))])
            joined = self.rng.choice(["{}与{}交叉口", "{}{}路口", "{}与{}交汇处"]).replace("{}{}", "{}/{}")
            self.add("junction", joined.format(street.name, streets[a].name), geometry, kind="junction")

    def _over_bridge(self, street: Street, extent: dict[str, str], starts: set[int], goals: set[int]) -> None:
        for bridge in street.bridges:
            whole = Street([*street.ways, bridge])
            path = self.path(whole, starts, goals)
            if path is None or not set(bridge) <= set(path):
                continue
            pieces: list[list[int]] = [[path[0]]]
            inside = {frozenset(pair) for pair in pairwise(bridge)}
            for a, b in pairwise(path):
                if frozenset((a, b)) in inside:
                    pieces.append([b])
                else:
                    pieces[-1].append(b)
            lines = [self.world.line(piece) for piece in pieces if len(piece) > 1]
            if lines and sum(self.world.flat(piece).length for piece in pieces if len(piece) > 1) > 100:
                gold = shapely.MultiLineString(lines)
                self.add("stretch-bridge", street.name, gold, kind="road", extent=extent, allow=self.world.line(bridge))

    def _one_known_end(self, street: Street, a: int, nodes: set[int]) -> None:
        streets = self.world.streets
        known = streets[a].name
        road = street.flat
        if len(street.ways) == 1 and len(nodes) == 1:
            line = self.world.flat(street.ways[0])
            here = line.project(shapely.Point(self.world.metres(self.world.xy[next(iter(nodes))])))
            for name, _, _, lonlat, _ in self.rng.sample(self.world.places, len(self.world.places)):
                point = shapely.Point(self.world.metres(lonlat))
                there = line.project(point)
                if 15 < line.distance(point) < 250 and 20 < there < line.length - 20 and abs(here - there) > 150:
                    if line.is_ring:
                        break
                    self.add(
                        "stretch-landmark",
                        street.name,
                        self._cut(line, here, there),
                        kind="road",
                        extent={"from": known, "to": name},
                    )
                    break
            for other in self.rng.sample(streets, len(streets)):
                if other is street or self.name_counts[other.name] > 1 or other.nodes & street.nodes or other.bridges:
                    continue
                if not 8 < line.distance(other.flat) < 120:
                    continue
                there = line.project(shapely.Point(shapely.shortest_line(line, other.flat).coords[0]))
                if abs(here - there) > 150:
                    self.add(
                        "stretch-apart",
                        street.name,
                        self._cut(line, here, there),
                        kind="road",
                        extent={"from": known, "to": other.name},
                    )
                    break
        lies_on = self.whole(street)
        absent = self._absent_name()
        if absent and self.rng.random() < 0.3:
            extent = {"from": known, "to": absent}
            self.add("absent-end", street.name, None, kind="road", extent=extent, partial_ok=True, lies_on=lies_on)
        far = self.rng.choice(streets)
        if (
            self.name_counts[far.name] == 1
            and self.world.flat(far.ways[0]).distance(road) > 1500
            and self.rng.random() < 0.3
        ):
            extent = {"from": known, "to": far.name}
            self.add("wrong-end", street.name, None, kind="road", extent=extent, partial_ok=True, lies_on=lies_on)

    def _cut(self, line: shapely.LineString, start: float, end: float) -> shapely.Geometry:
        flat = substring(line, min(start, end), max(start, end))
        scale = METRES * math.cos(math.radians(self.world.latitude))
        return shapely.transform(flat, lambda xy: xy / [scale, METRES])

    def _absent_name(self, far: bool = True) -> str | None:
        for _ in range(50):
            made = self.world.names.stem() + self.rng.choice(
                ["路", "路", "街", "大道", "村", "小学", "公园", "污水处理厂"]
            )
            if made not in self.all_names and not (far and self.near_names(made)):
                return made
        return None

    def absent(self) -> None:
        for _ in range(self.limit):
            for stratum in ("absent", "absent-near"):
                if name := self._absent_name(stratum == "absent"):
                    self.add(stratum, name, None)


def build(extract: Path, out: Path, seed: int, per_stratum: int) -> None:
    """Writes map, gold and queries to a directory."""
    rng = random.Random(seed)
    out.mkdir(parents=True, exist_ok=True)
    world = Map(extract, rng)
    world.write(extract, out / "map.osm.pbf")
    questions = Questions(world, per_stratum)
    questions.whole_streets()
    questions.points()
    questions.stretches()
    questions.absent()
    asked = ("id", "name", "kind", "extent", "within")
    with (
        (out / "gold.jsonl").open("w", encoding="utf-8") as gold,
        (out / "queries.jsonl").open("w", encoding="utf-8") as queries,
    ):
        for row in questions.rows:
            gold.write(json.dumps(row, ensure_ascii=False) + "\n")
            queries.write(json.dumps({k: row[k] for k in asked if row[k]}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("extract", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--queries", type=int, default=80, help="at most so many a stratum")
    options = parser.parse_args()
    build(options.extract, options.out, options.seed, options.queries)

"""Queries about a made-up map, with answers worked out from node numbers, apart from the geocoder's own geometry."""

import heapq
import math
from collections import defaultdict
from itertools import pairwise

import shapely
from pypinyin import lazy_pinyin
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein
from shapely.geometry import mapping
from shapely.ops import substring

from bench.chinese_names import CHARACTERS, COMMON_CHARACTERS, FAMILIES, FLIPS
from bench.chinese_streets import METRES, Map, Street


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
        alphabet = COMMON_CHARACTERS
        for _ in range(12):
            at = self.rng.randrange(len(name))
            if name[at] in guarded:
                continue
            draw = self.rng.random()
            if draw < 0.3:
                same = [
                    c
                    for c in sorted(set(CHARACTERS + FAMILIES + "陆街达道到接杰备悲被村存"))
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

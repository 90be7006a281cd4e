"""Queries to answers: the gazetteer as one object.

    gazetteer = Gazetteer.open(directory)
    gazetteer.geocode(Query("1", "城北东路", kind="road", extent=Extent("花园大道", "8号桥"), within="永康市"))

Every answer says in Chinese how it was found or why nothing was.
"""

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gazetteer import names
from gazetteer.answer import DOUBT, Answer, Asked, Query, best_shape, name_facts, shape_of
from gazetteer.confidence import probability
from gazetteer.errors import GuatuError
from gazetteer.extents import ROADS, Extents
from gazetteer.index import SourceIndex, current_generations
from gazetteer.resolve import (
    LINES,
    Area,
    Candidate,
    Found,
    Resolver,
    box_distance_m,
    holders,
    kinds,
    label,
    off_centre,
)
from gazetteer.stretch import Road, junctions
from gazetteer.vocabulary import Precision
from gazetteer.work import Extent

MIN_CONFIDENCE = 0.35
"""A find less likely than this is no find: the answer is a reason."""
BRACKET_COST = 5
"""A name that agrees only without its words in brackets may have its extent in them."""
GUIDED = 0.3
"""What another place of the same name still counts where the sentence or the town says which is nearer; 1 without."""
MIN_THING = 3
"""Characters of a thing's name behind another: two (小学) name nothing."""
MAX_BEGINNING = 12
"""Characters of the name of a zone, town or village that a name begins with."""
CACHED_ROADS = 512
"""Graphs of roads and areas that are kept for the next query."""

__all__ = ["Answer", "Gazetteer", "Query"]


class Gazetteer:
    """All loaded sources, ready for queries. Threads may share one; processes share its pages."""

    def __init__(self, indexes: Sequence[SourceIndex]) -> None:
        self.resolver = Resolver(indexes)
        self._roads: OrderedDict[tuple[str, int], Road] = OrderedDict()
        self._areas: dict[str | tuple[float, ...], Area | None] = {}

    @classmethod
    def open(cls, directory: Path) -> "Gazetteer":
        """Opens every loaded source of a gazetteer directory; raises GuatuError where there is none."""
        paths = current_generations(directory)
        if not paths:
            raise GuatuError(f"{directory} 中还没有地名，请先运行 guatu gazetteer load (the gazetteer is empty)")
        return cls([SourceIndex.open(path) for path in paths])

    def find(self, name: str, limit: int = 5, area: Area | None = None) -> Found:
        """The places a name can mean, best first, at most `limit` of them, and every one that was looked at and left
        out."""
        found = self.resolver.search(name, area=area)
        found.candidates = [group[0] for group in found.groups][:limit]
        return found

    def geocode(self, query: Query) -> Answer:
        """Answers one query; never raises for what a query says."""
        return _Search(self, query).answer()

    def area(self, within: str | tuple[float, ...]) -> Area | None:
        if within not in self._areas:
            if len(self._areas) > CACHED_ROADS:
                self._areas.clear()
            self._areas[within] = self.resolver.area(within)
        return self._areas[within]

    def road(self, candidate: Candidate) -> Road:
        """The graph of a road, kept for the next query."""
        key = (candidate.index.path.as_posix(), candidate.number)
        road = self._roads.get(key)
        if road is None:
            geometry = candidate.geometry
            assert geometry is not None  # noqa: S101 - lines have one
            road = self._roads[key] = Road(geometry, candidate.index.links(candidate.number))
            if len(self._roads) > CACHED_ROADS:
                self._roads.popitem(last=False)
        else:
            self._roads.move_to_end(key)
        return road


class _Search:
    """One query on its way to its answer."""

    def __init__(self, gazetteer: Gazetteer, query: Query) -> None:
        self.road_of = gazetteer.road
        self.area_of = gazetteer.area
        self.resolver = gazetteer.resolver
        area = gazetteer.area(query.within) if query.within else None
        unknown = {"outside_unknown": 1.0} if query.within and area is None else {}
        self.asked = Asked(query, area, unknown)

    def answer(self) -> Answer:
        query = self.asked.query
        if not names.fold(query.name):
            return self.asked.none("名称是空的")
        if query.extent:
            return self._extents.answer(query.name, query.extent)
        found = self.resolver.search(query.name, kind=query.kind, area=self.asked.area)
        found.candidates = [c for c in found.candidates if not self._lies_elsewhere(c)]
        if not found.candidates or found.candidates[0].cost >= BRACKET_COST:
            inside = re.match(names.words()["ends"]["extent"], query.name)
            if inside:
                return self._extents.answer(inside[1], Extent(inside[2], inside[3]))
        if not found.candidates or found.candidates[0].agreement.slip:
            for reading in (self._behind, self._junction, self._extension):
                answer = reading()
                if answer is not None:
                    return answer
        return self._place(found)

    @property
    def _extents(self) -> Extents:
        return Extents(self.resolver, self.road_of, self.asked)

    # Places

    def _place(self, found: Found) -> Answer:
        groups = found.groups
        if not groups:
            return self._absent(found)
        best = groups[0]
        first = best[0]
        rivals = [
            g[0]
            for g in groups[1:]
            if g[0].cost <= first.cost + 0.4 and off_centre(g[0], self.asked.area) <= off_centre(first, self.asked.area)
        ]
        others = len(rivals) + found.more
        if first.taught:  # a person said which of them it is
            rivals, others = [], 0
        slipped = bool(first.agreement.slip)
        if slipped and rivals:
            return self.asked.none(f"“{self.asked.query.name}”与{_listed([first, *rivals])}都只差一字，无法确定")
        if not first.is_placed:
            return self._inside_parent(first)
        chosen = self._nearest_to_context([first, *rivals]) if rivals else first
        facts = self.asked.facts | name_facts(chosen)
        if facts["other_name"]:
            return self._perhaps(chosen)
        guided = bool(self.asked.query.context or (self.asked.area and self.asked.area.centre))
        confidence = round(probability(facts) / (1 + others * (GUIDED if guided else 1.0)), 4)
        if confidence < MIN_CONFIDENCE:
            return self.asked.none(f"名为“{chosen.name}”的地点有{others + 1}处，无法确定是哪一处")
        geometry = best_shape(best if chosen is first else [chosen])
        why = f"“{self.asked.query.name}”即{label(chosen.kind)}“{chosen.title}”（{chosen.agreement.words}）"
        if others:
            why += f"；同名还有{others}处"
        return Answer(
            self.asked.query.id,
            geometry,
            Precision.EXACT,
            confidence,
            (chosen.to_json(),),
            why + self.asked.area_words,
            {"facts": facts},
        )

    def _perhaps(self, place: Candidate) -> Answer:
        """A name with one character of two wrong is more often another place that is not mapped (中华路, 中山路)."""
        why = f"地名库中没有“{self.asked.query.name}”；只差一字的有{label(place.kind)}“{place.title}”，请核对是否笔误"
        return self.asked.near(place.geometry, [place], why + self.asked.area_words)

    def _nearest_to_context(self, candidates: list[Candidate]) -> Candidate:
        """The candidate nearest to the centre of the area or to places named in the same sentence; the first where
        there are none."""
        points = [np.array(self.asked.area.centre)] if self.asked.area and self.asked.area.centre else []
        for name in self.asked.query.context:
            nearby = self.resolver.search(name, area=self.asked.area, slips=False).groups
            if len(nearby) == 1 and nearby[0][0].is_placed:
                points.append(nearby[0][0].point)
        if not points:
            return candidates[0]
        return min(candidates, key=lambda c: sum(float(np.hypot(*(c.point - p))) for p in points))

    def _behind(self) -> Answer | None:
        """A thing named behind the road, river or place that it lies at (枫云线黄泥岭隧道: 黄泥岭隧道)."""
        folded = names.fold(self.asked.query.name)
        for start in range(2, len(folded) - MIN_THING + 1):
            before, name = folded[:start], folded[start:]
            found = self.resolver.search(name, kind=self.asked.query.kind, area=self.asked.area, slips=False)
            things = [c for c in found.candidates if not c.cost and c.is_placed]
            if not things:
                continue
            query = names.Form(name, names.Rule.PREFIX, prefix=before)
            there = [
                replace(thing, agreement=thing.agreement._replace(query=query))
                for thing in things
                if self._lies_at(thing, before)
            ]
            if there:
                return self._place(Found(there))
        return None

    def _lies_elsewhere(self, place: Candidate) -> bool:
        """Whether a place surely does not lie in the county or town that the query says before its name."""
        said = "" if place.agreement.place.prefix else place.agreement.query.prefix
        area = self.area_of(said) if said and place.is_placed else None
        return area is not None and not _holds(area, place)

    def _lies_at(self, thing: Candidate, before: str) -> bool:
        """Whether a thing lies in the place, or on the line, that the words before its name say."""
        found = self.resolver.search(before, area=self.asked.area, slips=False).candidates
        reach = kinds()["reach_m"].get(thing.kind, kinds()["reach_m"]["default"])
        for line in (c for c in found if c.is_line and not c.cost):
            if box_distance_m(line.box, thing.box) <= reach and self.road_of(line).meet(shape_of(thing), reach):
                return True
        area = self.area_of(before)
        return area is not None and _holds(area, thing)

    def _inside_parent(self, place: Candidate) -> Answer:
        """A place with a name only lies in its parents; the smallest with a geometry answers."""
        parent = next((holder for holder in holders(place) if holder.geometry is not None), None)
        if parent is None:
            return self.asked.none(f"“{place.title}”只有名称，没有坐标")
        facts = self.asked.facts | name_facts(place)
        return Answer(
            self.asked.query.id,
            parent.geometry,
            {"town": Precision.TOWN, "village": Precision.NEAR}.get(parent.kind, Precision.COUNTY),
            probability(facts),
            (place.to_json(), parent.to_json()),
            f"“{place.title}”只有名称没有坐标，位于“{parent.title}”内",
            {"facts": facts},
        )

    def _absent(self, found: Found) -> Answer:
        """Nothing has the name; where its first words are a zone, a town or a village, that is near."""
        reasons = sorted(found.rejected, key=lambda rejection: not rejection.sister)[:3]
        reason = "；".join(dict.fromkeys(r.reason for r in reasons)) or f"地名库中没有“{self.asked.query.name}”"
        folded = names.fold(self.asked.query.name)
        river = self._extents.river(self.asked.query.name)
        if river is not None:
            why = f"{reason}；沿“{river.title}”建设，位于该河的哪一段未知"
            return self.asked.near(river.geometry, [river], why)
        if towns := self._two_towns():
            both = shapely.union_all([shape_of(town) for town in towns])
            why = f"{reason}；名称中的{_listed(towns)}是乡镇街道，可在两处附近找"
            return self.asked.near(both, towns, why)
        place = self._beginning(folded) if self.asked.query.kind not in LINES else None
        if place is None:
            return self.asked.none(reason + self.asked.area_words)
        precision = Precision.TOWN if place.kind == "town" else Precision.NEAR
        why = f"名称中的“{place.title}”是{label(place.kind)}，可在其附近找"
        if place.kind != "zone":  # 开发区东区 is a part of the zone, whatever the reason calls it
            why = f"{reason}；{why}"
        return Answer(self.asked.query.id, place.geometry, precision, DOUBT, (place.to_json(),), why)

    def _beginning(self, folded: str) -> Candidate | None:
        """The zone, town or village that a name begins with; the village behind a town, in it."""
        for length in range(min(len(folded) - 1, MAX_BEGINNING), 1, -1):
            place = self._settlement(folded[:length], ("zone", "town", "village"), self.asked.area)
            if place is None or (place.kind != "zone" and length == len(folded) - 1):
                continue
            rest = folded[length:]
            town = self.area_of(folded[:length]) if place.kind == "town" else None
            villages = (
                self._settlement(rest[:n], ("village",), town) for n in range(min(len(rest), MAX_BEGINNING), 1, -1)
            )
            return next((v for v in villages if v), place) if town else place
        return None

    def _two_towns(self) -> list[Candidate]:
        """The two towns that a block or zone is named after (石桥-枫林片区); none where it is named after one."""
        between = f"{names.words()['ends']['junction_between']}|、"
        towns: dict[str, Candidate] = {}
        for part in map(names.fold, re.split(between, self.asked.query.name, maxsplit=1)):
            lengths = range(min(len(part), MAX_BEGINNING), 1, -1)
            found = (self._settlement(part[:length], ("town",), self.asked.area) for length in lengths)
            towns |= {town.title: town for town in islice(filter(None, found), 1)}
        return list(towns.values()) if len(towns) > 1 else []

    def _settlement(self, name: str, wanted: Sequence[str], area: Area | None) -> Candidate | None:
        """The one place of this name in an area, of the first of the kinds that has one."""
        for kind in wanted:
            found = self.resolver.search(name, area=area, slips=False, only=frozenset({kind}))
            near = [group[0] for group in found.groups if group[0].is_placed]
            sure = len(near) == 1 and not found.more and near[0].agreement.cost <= 1
            if sure and (kind != "zone" or not near[0].agreement.place.suffix):
                return near[0]
        return None

    # Junctions and extensions

    def _junction(self) -> Answer | None:
        best: tuple[float, Candidate, Candidate, BaseGeometry, int] | None = None
        for pair in _crossing_names(self.asked.query.name):
            best = self._crossing(*pair)
            if best is not None:
                break
        if best is None:
            return None
        _, one, other, point, count = best
        facts = self.asked.facts | name_facts(one) | {f"end_{k}": v for k, v in name_facts(other).items()}
        why = f"“{one.title}”与“{other.title}”的路口" + (f"（两路相交{count}处，取其一）" if count > 1 else "")
        return Answer(
            self.asked.query.id,
            point,
            Precision.EXACT,
            round(probability(facts) / count, 4),
            (one.to_json(), other.to_json()),
            why,
            {"facts": facts},
        )

    def _crossing(self, *parts: str) -> tuple[float, Candidate, Candidate, BaseGeometry, int] | None:
        """The best junction of two roads: cost, the roads, its point and how many junctions they have."""
        best: tuple[float, Candidate, Candidate, BaseGeometry, int] | None = None
        sides = [self.resolver.search(part, kind="road", area=self.asked.area).candidates[:ROADS] for part in parts]
        for one in sides[0]:
            for other in sides[1]:
                if (
                    not (one.is_line and other.is_line)
                    or box_distance_m(one.box, other.box) > kinds()["reach_m"]["road"]
                ):
                    continue
                met = junctions(shape_of(one), shape_of(other), kinds()["reach_m"]["junction"])
                cost = one.cost + other.cost + (met[0][1] / 100 if met else 0.0)
                if met and (best is None or cost < best[0]):
                    best = cost, one, other, met[0][0], len(met)
        return best

    def _extension(self) -> Answer | None:
        match = re.match(names.words()["ends"]["extension"], self.asked.query.name)
        if match is None:
            return None
        roads = [
            c
            for c in self.resolver.search(match[1], kind="road", area=self.asked.area, slips=False).candidates
            if c.is_line
        ]
        if not roads:
            return None
        road = self.road_of(roads[0])
        spots = road.end(match[2] or "").spots
        points = shapely.MultiPoint(road.plane.to_degrees(np.array([(s.x, s.y) for s in spots])))
        where = f"{match[2]}端" if match[2] else "两端"
        why = f"“{self.asked.query.name}”不在地图上；它从“{roads[0].title}”的{where}延伸出去"
        return self.asked.near(points if len(spots) > 1 else points.geoms[0], [roads[0]], why)


def _holds(area: Area, place: Candidate) -> bool:
    return bool(area.holds(place.index, np.array([place.number], dtype=np.int32))[0])


def _crossing_names(name: str) -> list[tuple[str, str]]:
    """The two roads of a name like 花园大道与城北东路交叉口, at every word that can stand between them."""
    patterns = names.words()["ends"]
    tail = re.search(patterns["junction_tail"], name)
    body = name[: tail.start()] if tail else name
    between = [
        match
        for match in re.finditer(patterns["junction_between"], body)
        if tail or match.group() in patterns["junction_sure"]
    ]
    pairs = [(body[: match.start()], body[match.end() :]) for match in between]
    return [pair for pair in pairs if min(map(len, pair)) > 1]


def _listed(candidates: list[Candidate]) -> str:
    return "、".join(dict.fromkeys(f"“{c.title}”" for c in candidates[:4]))

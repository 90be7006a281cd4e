"""Queries to answers: the gazetteer as one object.

    gazetteer = Gazetteer.open(directory)
    gazetteer.geocode(Query("1", "城北东路", kind="road", extent=Extent("花园大道", "8号桥"), within="永康市"))

Every answer says in Chinese how it was found or why nothing was.
"""

import re
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gazetteer import names
from gazetteer.answer import Answer, Asked, Query, best_shape, name_facts, shape_of
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
        if not found.candidates or found.candidates[0].cost >= BRACKET_COST:
            inside = re.match(names.words()["ends"]["extent"], query.name)
            if inside:
                return self._extents.answer(inside[1], Extent(inside[2], inside[3]))
        if not found.candidates or found.candidates[0].agreement.slip:
            for reading in (self._junction, self._extension):
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
        if np.isnan(first.point[0]):
            return self._inside_parent(first)
        chosen = self._nearest_to_context([first, *rivals]) if rivals else first
        facts = self.asked.facts | name_facts(chosen)
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

    def _nearest_to_context(self, candidates: list[Candidate]) -> Candidate:
        """The candidate nearest to the centre of the area or to places named in the same sentence; the first where
        there are none."""
        points = [np.array(self.asked.area.centre)] if self.asked.area and self.asked.area.centre else []
        for name in self.asked.query.context:
            nearby = self.resolver.search(name, area=self.asked.area, slips=False).groups
            if len(nearby) == 1 and not np.isnan(nearby[0][0].point[0]):
                points.append(nearby[0][0].point)
        if not points:
            return candidates[0]
        return min(candidates, key=lambda c: sum(float(np.hypot(*(c.point - p))) for p in points))

    def _inside_parent(self, place: Candidate) -> Answer:
        """A place with a name only lies in its parents; the smallest with a geometry answers."""
        index, key = place.index, place.index.text("parent", place.number)
        while key is not None:
            number = index.number_of_key(key)
            if number is None:
                break
            geometry, kind = index.geometry(number), index.kind(number)
            if geometry is not None:
                precision = {"town": Precision.TOWN, "village": Precision.NEAR}.get(kind, Precision.COUNTY)
                parent = Candidate(index, number, index.text("name", number) or "", place.agreement, kind, 2)
                why = f"“{place.title}”只有名称没有坐标，位于“{parent.title}”内"
                facts = self.asked.facts | name_facts(place)
                return Answer(
                    self.asked.query.id,
                    geometry,
                    precision,
                    probability(facts),
                    (place.to_json(), parent.to_json()),
                    why,
                    {"facts": facts},
                )
            key = index.text("parent", number)
        return self.asked.none(f"“{place.title}”只有名称，没有坐标")

    def _absent(self, found: Found) -> Answer:
        """Nothing has the name; where its first words are a town or village, that is near."""
        reasons = sorted(found.rejected, key=lambda rejection: not rejection.sister)[:3]
        reason = "；".join(dict.fromkeys(r.reason for r in reasons)) or f"地名库中没有“{self.asked.query.name}”"
        folded = names.fold(self.asked.query.name)
        if self.asked.query.kind not in LINES:
            for length in range(min(len(folded) - 2, 8), 1, -1):
                place = self._settlement(folded[:length])
                if place is not None:
                    precision = Precision.TOWN if place.kind == "town" else Precision.NEAR
                    why = f"{reason}；名称中的“{place.title}”是{label(place.kind)}，可在其附近找"
                    return Answer(self.asked.query.id, place.geometry, precision, 0.5, (place.to_json(),), why)
        return self.asked.none(reason + self.asked.area_words)

    def _settlement(self, name: str) -> Candidate | None:
        """The one town, or else the one village, of this name in the area."""
        for kind in ("town", "village"):
            found = self.resolver.search(name, area=self.asked.area, slips=False, only=frozenset({kind}))
            near = [group[0] for group in found.groups if not np.isnan(group[0].point[0])]
            if len(near) == 1 and not found.more and near[0].agreement.cost <= 1:
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

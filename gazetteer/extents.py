"""Extents: a road, its two ends and what lies between them, or why it cannot be cut."""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import shapely

from gazetteer import names
from gazetteer.answer import DOUBT, Answer, Asked, name_facts, shape_of
from gazetteer.confidence import probability
from gazetteer.names import Rule
from gazetteer.resolve import (
    LINES,
    METRES_A_DEGREE,
    SETTLEMENTS,
    Area,
    Candidate,
    Found,
    Resolver,
    box_distance_m,
    kinds,
)
from gazetteer.slips import Slip
from gazetteer.stretch import Meeting, Road, Stretch
from gazetteer.vocabulary import Precision
from gazetteer.work import Extent

ROADS = 6
"""Roads of one name that are tried with an extent."""
ENDS = 8
"""Places of one name that are tried as an end."""
END_SEARCH_M = 6000.0
"""Metres around a road in which its ends are looked for."""
MIN_STRETCH_M = 10.0
"""A stretch shorter than this is a junction."""
LESSER_SETTLEMENT = 0.25
"""Cost of a village where such an end may be a town."""
OTHER_THING = 1.0
"""Cost of a street or bridge as such an end (枫林: 枫林镇 before 枫林大街): a settlement in reach comes first."""
OUTLINE = 1.0
"""Cost of a settlement's outline as an end, its middle being known too; of its middle, where its boundary is meant."""
BOUNDARY_M = 500.0
"""Metres from the county's outline within which a road that stops short of it ends there: coarse polygons."""
LENGTH_TOLERANCE = 0.25
"""Share by which a report's length may differ from the map's and still confirm it."""


@dataclass(frozen=True, slots=True)
class End:
    """An end of an extent on a road: the place it is (None for the end of the road) and where the road meets it. One
    that is not `sure` may be any of several crossings, and needs a length that agrees."""

    text: str
    place: Candidate | None
    meeting: Meeting
    cost: float
    sure: bool = True


@dataclass(frozen=True, slots=True)
class NoEnd:
    """An end that is not on the road: `known` where the place exists but lies elsewhere."""

    text: str
    reason: str
    known: bool


@dataclass(frozen=True, slots=True)
class _Cut:
    """A stretch of a road between two ends, and what this reading of it costs."""

    cost: float
    road: Candidate
    one: End
    other: End
    line: Stretch


@dataclass(frozen=True, slots=True)
class Extents:
    """The search for an extent. `road_of` gives the graph of a road."""

    resolver: Resolver
    road_of: Callable[[Candidate], Road]
    asked: Asked

    def answer(self, name: str, extent: Extent) -> Answer:
        """The stretch of the road `name` between two ends, or as much of it as can be placed."""
        found = self.resolver.search(name, kind=self.asked.query.kind, area=self.asked.area, only=LINES)
        roads = [c for c in found.candidates if c.is_line][:ROADS]
        if not roads and (match := re.match(names.words()["ends"]["extension"], name)):
            found = self.resolver.search(
                match[1], kind=self.asked.query.kind, area=self.asked.area, only=LINES, slips=False
            )
            roads = [c for c in found.candidates if c.is_line][:ROADS]
        if not roads and (river := self.river(name)):
            roads = [river]
        if not roads:
            return self._corridor(found, extent)
        best: _Cut | None = None
        partial: tuple[float, Candidate, End | NoEnd, End | NoEnd] | None = None
        for candidate in roads:
            road = self.road_of(candidate)
            starts, goals = self._ends(road, candidate, extent.start), self._ends(road, candidate, extent.end)
            if isinstance(starts, list) and isinstance(goals, list):
                cuts = self._cuts(candidate, starts, goals)
                sure = [cut for cut in cuts if (cut.one.sure and cut.other.sure) or self._length_agrees(cut.line)]
                best = min([*([best] if best else []), *sure], key=lambda cut: cut.cost, default=None)
                if cuts and not sure:
                    reason = f"“{candidate.title}”不止一处到界，所报长度与哪处都不符"
                    partial = candidate.cost, candidate, starts[0], NoEnd(extent.end, reason, known=True)
                continue
            sides = [side[0] if isinstance(side, list) else side for side in (starts, goals)]
            cost = candidate.cost + 3 * sum(isinstance(side, NoEnd) for side in sides)
            if partial is None or cost < partial[0]:
                partial = cost, candidate, sides[0], sides[1]
        if best is not None:
            return self._stretch_answer(best)
        if partial is not None:
            return self._partial(*partial[1:])
        return self.asked.none(f"“{extent.start}”与“{extent.end}”在“{roads[0].title}”上是同一处，截不出路段")

    def _cuts(self, candidate: Candidate, starts: list[End], goals: list[End]) -> list[_Cut]:
        """The stretches of a road between readings of its two ends: none that is dearer than one found before it."""
        road = self.road_of(candidate)
        cuts: list[_Cut] = []
        least = math.inf
        for one, other in product(self._by_junction(road, starts), self._by_junction(road, goals)):
            cost = candidate.cost + one.cost + other.cost
            line = road.between(one.meeting, other.meeting) if cost < least else None
            if line is not None and line.length_m >= MIN_STRETCH_M:
                cuts.append(_Cut(cost + self._length_cost(line), candidate, one, other, line))
                least = min(least, cuts[-1].cost)
        return cuts

    def _by_junction(self, road: Road, ends: list[End]) -> list[End]:
        """Where the report gives a length, that says at which of several junctions with an end the stretch begins."""
        if not self.asked.query.length_m:
            return ends
        return [replace(end, meeting=meeting) for end in ends for meeting in road.split(end.meeting)]

    def _length_cost(self, line: Stretch) -> float:
        """What a stretch costs that is longer or shorter than the report says: 0.7 for twice or half as long."""
        return abs(math.log(line.length_m / self.asked.query.length_m)) if self.asked.query.length_m else 0.0

    def _length_agrees(self, line: Stretch) -> bool:
        told = self.asked.query.length_m
        return told is not None and told > 0 and abs(line.length_m / told - 1) <= LENGTH_TOLERANCE

    def river(self, name: str) -> Candidate | None:
        """The river that works beside it are named after (澜溪城区段堤防: 澜溪)."""
        folded = names.fold(name)
        if not re.search(names.words()["ends"]["beside_river"], folded):
            return None
        for length in range(len(folded) - 1, 1, -1):
            only = frozenset({"waterway"})
            found = self.resolver.search(folded[:length], area=self.asked.area, only=only, slips=False)
            rivers = [c for c in found.candidates if c.is_line and not c.cost]
            if rivers:
                return rivers[0]
        return None

    def _ends(self, road: Road, candidate: Candidate, text: str) -> list[End] | NoEnd:
        """All readings of an end that the road meets, best first."""
        patterns = names.words()["ends"]
        if match := re.match(patterns["road_end"], text):
            return [End(text, None, road.end(match[1]), 0.5)]
        if re.match(patterns["own_boundary"], text):
            return self._own_boundary(road, candidate, text)
        return self._named_ends(road, candidate, text)

    def _named_ends(self, road: Road, candidate: Candidate, text: str) -> list[End] | NoEnd:
        boundary = re.match(names.words()["ends"]["boundary"], text) is not None
        around = _box_around(candidate.box, END_SEARCH_M)
        reason, known = f"地名库中没有“{text}”", False
        for reading in _readings(text):
            ends: list[End] = []
            found = self.resolver.search(reading, area=around)
            if found.candidates and found.candidates[0].agreement.slip and self._is_elsewhere(reading):
                found.candidates = []
            for place in sorted(found.candidates, key=lambda c: (c.cost, box_distance_m(c.box, candidate.box)))[:ENDS]:
                if place.index is candidate.index and place.number == candidate.number:
                    continue
                if name_facts(place)["other_name"]:
                    reason = f"地名库中没有“{text}”，只差一字的有“{place.title}”"
                    continue
                reach = kinds()["reach_m"].get(place.kind, kinds()["reach_m"]["default"])
                meeting = road.meet(shape_of(place), reach)
                if meeting is not None:
                    cost = place.cost + _end_cost(reading, place, boundary) + meeting.gap_m / reach
                    ends.append(End(text, place, meeting, cost))
                elif not place.agreement.slip:
                    known = True
                    gap = box_distance_m(place.box, candidate.box)
                    reason = f"“{place.title}”不在“{candidate.title}”上" + (
                        f"，相距约{gap / 1000:.1f}公里" if gap > 100 else ""
                    )
            if ends:
                return sorted(ends, key=lambda end: end.cost)
            if not known and found.rejected:
                reason = found.rejected[0].reason
        if boundary and (crossings := self._neighbours_boundary(road, candidate, text)):
            return crossings
        if not known and self._is_elsewhere(text):
            known, reason = True, f"“{text}”离“{candidate.title}”很远"
        return NoEnd(text, reason, known)

    def _own_boundary(self, road: Road, candidate: Candidate, text: str) -> list[End] | NoEnd:
        """Where the road leaves the area that is searched (县界)."""
        area = self.asked.area
        if area is None or area.polygon is None:
            return NoEnd(text, f"没有所在市县的边界，定不了“{text}”", known=False)
        meeting = road.meet(area.polygon.boundary, BOUNDARY_M)
        if meeting is None:
            return NoEnd(text, f"“{candidate.title}”不到“{area.name}”的边界", known=True)
        return [End(text, None, meeting, 0.5 + meeting.gap_m / BOUNDARY_M)]

    def _neighbours_boundary(self, road: Road, candidate: Candidate, text: str) -> list[End]:
        """Where the road crosses to a neighbour that the map does not know: surely where it crosses once, of several
        crossings the one that a length says."""
        ends = self._own_boundary(road, candidate, text)
        if isinstance(ends, NoEnd):
            return []
        sure = len(road.apart(ends[0].meeting)) == 1
        return [replace(end, sure=sure) for end in ends] if sure or self.asked.query.length_m else []

    def _is_elsewhere(self, text: str) -> bool:
        """Whether the map has a place of just this name anywhere in the area."""
        return bool(self.resolver.search(text, area=self.asked.area, slips=False).candidates)

    def _stretch_answer(self, cut: _Cut) -> Answer:
        candidate, one, other, line = cut.road, cut.one, cut.other, cut.line
        facts = self.asked.facts | name_facts(candidate) | {"stretch": 1.0, "gap_100m": line.gap_m / 100}
        for end in (one, other):
            facts["end_gap_100m"] = facts.get("end_gap_100m", 0.0) + end.meeting.gap_m / 100
            if end.place is not None:
                slip = end.place.agreement.slip is not Slip.NONE
                facts["end_slip"] = facts.get("end_slip", 0.0) + slip
                facts["end_rule"] = facts.get("end_rule", 0.0) + (end.place.agreement.cost > 0 and not slip)
        why = f"“{candidate.title}”（{candidate.agreement.words}）自{_end_words(one)}至{_end_words(other)}"
        why += f"，长{line.length_m / 1000:.2f}公里"
        if line.gap_m > 30:
            why += f"，其间断开{line.gap_m:.0f}米"
        if self.asked.query.length_m:
            agrees = self._length_agrees(line)
            facts["length_agrees" if agrees else "length_differs"] = 1.0
            why += f"，与所报{self.asked.query.length_m / 1000:.1f}公里{'相符' if agrees else '不符'}"
        matched = tuple(c.to_json() for c in (candidate, one.place, other.place) if c is not None)
        evidence: dict[str, object] = {"facts": facts, "length_m": round(line.length_m), "gap_m": round(line.gap_m)}
        return Answer(
            self.asked.query.id,
            line.geometry,
            Precision.STRETCH,
            probability(facts),
            matched,
            why + self.asked.area_words,
            evidence,
        )

    def _partial(self, candidate: Candidate, one: End | NoEnd, other: End | NoEnd) -> Answer:
        """One end of the stretch is not on the road: the other shows where it begins. Neither: the road shows where to
        look."""
        missing = [end for end in (one, other) if isinstance(end, NoEnd)]
        present = [end for end in (one, other) if isinstance(end, End)]
        reasons = "；".join(end.reason for end in missing)
        if not present:
            why = f"“{candidate.title}”在地图上，但两端都定不了：{reasons}"
            return self.asked.near(candidate.geometry, [candidate], why)
        road = self.road_of(candidate)
        spots = np.array(
            [(s.x, s.y) for s in present[0].meeting.spots if not s.cost]
            or [(present[0].meeting.spots[0].x, present[0].meeting.spots[0].y)]
        )
        point = shapely.Point(road.plane.to_degrees(spots[0]))
        matched = tuple(c.to_json() for c in (candidate, present[0].place) if c is not None)
        why = f"“{candidate.title}”只定了一端{_end_words(present[0])}；{reasons}"
        precision = Precision.NEAR if missing[0].known else Precision.PARTIAL
        return Answer(
            self.asked.query.id,
            point,
            precision,
            DOUBT,
            matched,
            why,
        )

    def _corridor(self, found: Found, extent: Extent) -> Answer:
        """The road is not on the map: the straight line between its two ends, where both are known for sure, is where
        to look."""
        reason = (
            "；".join(dict.fromkeys(r.reason for r in found.rejected[:2])) or f"地名库中没有“{self.asked.query.name}”"
        )
        sides = [
            self.resolver.search(text, area=self.asked.area, slips=False).groups for text in (extent.start, extent.end)
        ]
        known = [side[0][0] for side in sides if len(side) == 1 and side[0][0].is_placed]
        if len(known) == 2:
            line = shapely.shortest_line(shape_of(known[0]), shape_of(known[1]))
            if line.length > 0:
                why = f"{reason}；两端“{known[0].title}”“{known[1].title}”之间的直线只是走廊示意，不是线位"
                return self.asked.near(line, known, why)
        return self.asked.none(reason + self.asked.area_words)


def _end_cost(text: str, place: Candidate, boundary: bool) -> float:
    """What a place costs as an end beside its name: words that say no kind mean a settlement first."""
    cost = 0.0
    if place.kind in SETTLEMENTS:
        is_outline = place.box[0] < place.box[2]
        cost += OUTLINE * (is_outline is not boundary)
    stem, suffix = names.split_suffix(names.fold(text))
    if place.agreement.place.suffix and not (suffix and len(stem) > 1):
        cost += OTHER_THING if place.kind not in SETTLEMENTS else LESSER_SETTLEMENT * (place.kind != SETTLEMENTS[0])
    return cost


def _readings(text: str) -> Iterator[str]:
    """An end as written, then without what is not its name (花园大道交叉口: 花园大道)."""
    yield text
    patterns = names.words()["ends"]
    matches = (re.match(pattern, text) for pattern in (*patterns["decorations"], patterns["boundary"]))
    yield from dict.fromkeys(match[1] for match in matches if match and len(match[1]) > 1 and match[1] != text)


def _box_around(box: Sequence[float], metres: float) -> Area:
    high = metres / METRES_A_DEGREE
    wide = high / max(0.1, math.cos(math.radians(box[1])))
    west, south, east, north = box
    return Area("道路周围", (west - wide, south - high, east + wide, north + high))


def _end_words(end: End) -> str:
    if end.place is None:
        return f"“{end.text}”"
    words = f"“{end.place.title}”"
    if end.place.agreement.words != Rule.SAME.value:
        words += f"（{end.place.agreement.words}）"
    if end.meeting.gap_m > 1:
        words += f"（相距{end.meeting.gap_m:.0f}米）"
    return words

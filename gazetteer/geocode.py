"""Queries to answers: the gazetteer as one object.

    gazetteer = Gazetteer.open(directory)
    gazetteer.geocode(Query("1", "城北东路", kind="road", extent=Extent("花园大道", "8号桥"), within="永康市"))

Every answer says in Chinese how it was found or why nothing was.
"""

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from gazetteer import names
from gazetteer.confidence import probability
from gazetteer.errors import GuatuError
from gazetteer.index import SourceIndex, current_generations
from gazetteer.names import Rule, Slip
from gazetteer.resolve import (
    LINES,
    METRES_A_DEGREE,
    Area,
    Candidate,
    Found,
    Resolver,
    box_distance_m,
    kinds,
    label,
    off_centre,
)
from gazetteer.stretch import Meeting, Road, Stretch, junctions
from gazetteer.vocabulary import Precision
from gazetteer.work import Extent

MIN_CONFIDENCE = 0.35
"""A find less likely than this is no find: the answer is a reason."""
BRACKET_COST = 5
"""A name that agrees only without its words in brackets may have its extent in them."""
ROADS = 6
"""Roads of one name that are tried with an extent."""
ENDS = 8
"""Places of one name that are tried as an end."""
END_SEARCH_M = 6000.0
"""Metres around a road in which its ends are looked for."""
MIN_STRETCH_M = 10.0
"""A stretch shorter than this is a junction."""
LENGTH_TOLERANCE = 0.25
"""Share by which a report's length may differ from the map's and still confirm it."""
CACHED_ROADS = 512


@dataclass(frozen=True, slots=True)
class Query:
    """What to find. `within` is a place name, an administrative code or a box (west, south, east, north); `context` are names of places in the
    same sentence; `length_m` is the length that the report gives."""

    id: str
    name: str
    kind: str | None = None
    extent: Extent | None = None
    within: str | tuple[float, float, float, float] | None = None
    context: tuple[str, ...] = ()
    length_m: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Where it is. `geometry` is EPSG:4326, longitude first; None with precision `none`. `why` is for planners, `evidence` for machines."""

    id: str
    geometry: BaseGeometry | None
    precision: Precision
    confidence: float
    matched: tuple[dict[str, str], ...]
    why: str
    evidence: dict[str, object] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """The object that `guatu geocode` prints."""
        return {
            "id": self.id,
            "geometry": mapping(self.geometry) if self.geometry is not None else None,
            "precision": self.precision.value,
            "confidence": self.confidence,
            "matched": list(self.matched),
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class End:
    """An end of an extent on a road: the place it is (None for the end of the road) and where the road meets it."""

    text: str
    place: Candidate | None
    meeting: Meeting
    cost: float


@dataclass(frozen=True, slots=True)
class NoEnd:
    """An end that is not on the road: `known` where the place exists but lies elsewhere."""

    text: str
    reason: str
    known: bool


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
        """The places a name can mean, best first, at most `limit` of them, and every one that was looked at and left out."""
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
        self.gazetteer = gazetteer
        self.resolver = gazetteer.resolver
        self.query = query
        self.facts: dict[str, float] = {}
        self.area: Area | None = None

    def answer(self) -> Answer:
        query = self.query
        if not names.fold(query.name):
            return self._none("名称是空的")
        if query.within:
            self.area = self.gazetteer.area(query.within)
            if self.area is None:
                self.facts["outside_unknown"] = 1.0
        if query.extent:
            return self._extent(query.name, query.extent)
        found = self.resolver.search(query.name, kind=query.kind, area=self.area)
        if not found.candidates or found.candidates[0].cost >= BRACKET_COST:
            inside = re.match(names.words()["ends"]["extent"], query.name)
            if inside:
                return self._extent(inside[1], Extent(inside[2], inside[3]))
        if not found.candidates or found.candidates[0].agreement.slip:
            for reading in (self._junction, self._extension):
                answer = reading()
                if answer is not None:
                    return answer
        return self._place(found)

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
            if g[0].cost <= first.cost + 0.4 and off_centre(g[0], self.area) <= off_centre(first, self.area)
        ]
        others = len(rivals) + found.more
        if first.taught:  # a person said which of them it is
            rivals, others = [], 0
        slipped = bool(first.agreement.slip)
        if slipped and rivals:
            return self._none(f"“{self.query.name}”与{_listed([first, *rivals])}都只差一字，无法确定")
        if np.isnan(first.point[0]):
            return self._inside_parent(first)
        chosen = self._nearest_to_context([first, *rivals]) if rivals else first
        facts = self.facts | _name_facts(chosen)
        if others:
            facts["same_name_elsewhere"] = 1.0 + 0.3 * (others - 1)
        confidence = probability(facts)
        if confidence < MIN_CONFIDENCE:
            return self._none(f"名为“{chosen.name}”的地点有{others + 1}处，无法确定是哪一处")
        geometry = _best_shape(best if chosen is first else [chosen])
        why = f"“{self.query.name}”即{label(chosen.kind)}“{chosen.title}”（{chosen.agreement.words}）"
        if others:
            why += f"；同名还有{others}处"
        return Answer(
            self.query.id,
            geometry,
            Precision.EXACT,
            confidence,
            (chosen.to_json(),),
            why + self._area_words(),
            {"facts": facts},
        )

    def _nearest_to_context(self, candidates: list[Candidate]) -> Candidate:
        """The candidate nearest to the centre of the area or to places named in the same sentence; the first where there are none."""
        points = [np.array(self.area.centre)] if self.area and self.area.centre else []
        for name in self.query.context:
            nearby = self.resolver.search(name, area=self.area, slips=False).groups
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
                facts = self.facts | _name_facts(place)
                return Answer(
                    self.query.id,
                    geometry,
                    precision,
                    probability(facts),
                    (place.to_json(), parent.to_json()),
                    why,
                    {"facts": facts},
                )
            key = index.text("parent", number)
        return self._none(f"“{place.title}”只有名称，没有坐标")

    def _absent(self, found: Found) -> Answer:
        """Nothing has the name; where its first words are a town or village, that is near."""
        reasons = sorted(found.rejected, key=lambda rejection: not rejection.sister)[:3]
        reason = "；".join(dict.fromkeys(r.reason for r in reasons)) or f"地名库中没有“{self.query.name}”"
        folded = names.fold(self.query.name)
        if self.query.kind not in LINES:
            for length in range(min(len(folded) - 2, 8), 1, -1):
                place = self._settlement(folded[:length])
                if place is not None:
                    precision = Precision.TOWN if place.kind == "town" else Precision.NEAR
                    why = f"{reason}；名称中的“{place.title}”是{label(place.kind)}，可在其附近找"
                    return Answer(self.query.id, place.geometry, precision, 0.5, (place.to_json(),), why)
        return self._none(reason + self._area_words())

    def _settlement(self, name: str) -> Candidate | None:
        """The one town, or else the one village, of this name in the area."""
        for kind in ("town", "village"):
            found = self.resolver.search(name, area=self.area, slips=False, only=frozenset({kind}))
            near = [c for c in found.candidates if c.agreement.cost <= 1 and not np.isnan(c.point[0])]
            if len(near) == 1 and not found.more:
                return near[0]
        return None

    def _none(self, why: str) -> Answer:
        return Answer(self.query.id, None, Precision.NONE, 0.0, (), why)

    def _area_words(self) -> str:
        if self.area is not None:
            return f"；只在“{self.area.name}”范围内找"
        return f"；地名库中没有“{self.query.within}”，未限定范围" if self.query.within else ""

    # Junctions and extensions

    def _junction(self) -> Answer | None:
        best: tuple[float, Candidate, Candidate, BaseGeometry, int] | None = None
        for pair in _crossing_names(self.query.name):
            best = self._crossing(*pair)
            if best is not None:
                break
        if best is None:
            return None
        _, one, other, point, count = best
        facts = self.facts | _name_facts(one) | {f"end_{k}": v for k, v in _name_facts(other).items()}
        if count > 1:
            facts["same_name_elsewhere"] = 1.0
        why = f"“{one.title}”与“{other.title}”的路口" + (f"（两路相交{count}处，取其一）" if count > 1 else "")
        return Answer(
            self.query.id,
            point,
            Precision.EXACT,
            probability(facts),
            (one.to_json(), other.to_json()),
            why,
            {"facts": facts},
        )

    def _crossing(self, *parts: str) -> tuple[float, Candidate, Candidate, BaseGeometry, int] | None:
        """The best junction of two roads: cost, the roads, its point and how many junctions they have."""
        best: tuple[float, Candidate, Candidate, BaseGeometry, int] | None = None
        sides = [self.resolver.search(part, kind="road", area=self.area).candidates[:ROADS] for part in parts]
        for one in sides[0]:
            for other in sides[1]:
                if (
                    not (one.is_line and other.is_line)
                    or box_distance_m(one.box, other.box) > kinds()["reach_m"]["road"]
                ):
                    continue
                met = junctions(_shape(one), _shape(other), kinds()["reach_m"]["junction"])
                cost = one.cost + other.cost + (met[0][1] / 100 if met else 0.0)
                if met and (best is None or cost < best[0]):
                    best = cost, one, other, met[0][0], len(met)
        return best

    def _extension(self) -> Answer | None:
        match = re.match(names.words()["ends"]["extension"], self.query.name)
        if match is None:
            return None
        roads = [
            c for c in self.resolver.search(match[1], kind="road", area=self.area, slips=False).candidates if c.is_line
        ]
        if not roads:
            return None
        road = self.gazetteer.road(roads[0])
        spots = road.end(match[2] or "").spots
        points = shapely.MultiPoint(road.plane.to_degrees(np.array([(s.x, s.y) for s in spots])))
        where = f"{match[2]}端" if match[2] else "两端"
        why = f"“{self.query.name}”不在地图上；它从“{roads[0].title}”的{where}延伸出去"
        return Answer(
            self.query.id,
            points if len(spots) > 1 else points.geoms[0],
            Precision.NEAR,
            0.5,
            (roads[0].to_json(),),
            why,
        )

    # Extents

    def _extent(self, name: str, extent: Extent) -> Answer:
        found = self.resolver.search(name, kind=self.query.kind, area=self.area, only=LINES)
        roads = [c for c in found.candidates if c.is_line][:ROADS]
        if not roads and (match := re.match(names.words()["ends"]["extension"], name)):
            found = self.resolver.search(match[1], kind=self.query.kind, area=self.area, only=LINES, slips=False)
            roads = [c for c in found.candidates if c.is_line][:ROADS]
        if not roads:
            return self._corridor(found, extent)
        best: tuple[float, Candidate, End, End, Stretch] | None = None
        partial: tuple[float, Candidate, End | NoEnd, End | NoEnd] | None = None
        for candidate in roads:
            road = self.gazetteer.road(candidate)
            starts, goals = self._ends(road, candidate, extent.start), self._ends(road, candidate, extent.end)
            if isinstance(starts, list) and isinstance(goals, list):
                for one in starts:
                    for other in goals:
                        cost = candidate.cost + one.cost + other.cost
                        if best is not None and cost >= best[0]:
                            continue
                        line = road.between(one.meeting, other.meeting)
                        if line is not None and line.length_m >= MIN_STRETCH_M:
                            best = cost, candidate, one, other, line
                continue
            sides = [side[0] if isinstance(side, list) else side for side in (starts, goals)]
            cost = candidate.cost + 3 * sum(isinstance(side, NoEnd) for side in sides)
            if partial is None or cost < partial[0]:
                partial = cost, candidate, sides[0], sides[1]
        if best is not None:
            return self._stretch_answer(*best[1:])
        if partial is not None:
            return self._partial(*partial[1:])
        return self._none(f"“{extent.start}”与“{extent.end}”在“{roads[0].title}”上是同一处，截不出路段")

    def _ends(self, road: Road, candidate: Candidate, text: str) -> list[End] | NoEnd:
        """All readings of an end that the road meets, best first."""
        patterns = names.words()["ends"]
        if match := re.match(patterns["road_end"], text):
            return [End(text, None, road.end(match[1]), 0.5)]
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
                reach = kinds()["reach_m"].get(place.kind, kinds()["reach_m"]["default"])
                meeting = road.meet(_shape(place), reach)
                if meeting is not None:
                    ends.append(End(text, place, meeting, place.cost + meeting.gap_m / reach))
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
        if not known and any(
            not c.agreement.slip for c in self.resolver.search(text, area=self.area, slips=False).candidates
        ):
            known, reason = True, f"“{text}”离“{candidate.title}”很远"
        return NoEnd(text, reason, known)

    def _is_elsewhere(self, text: str) -> bool:
        """Whether the map has a place of just this name anywhere in the area."""
        return bool(self.resolver.search(text, area=self.area, slips=False).candidates)

    def _stretch_answer(self, candidate: Candidate, one: End, other: End, line: Stretch) -> Answer:
        facts = self.facts | _name_facts(candidate) | {"stretch": 1.0, "gap_100m": line.gap_m / 100}
        for end in (one, other):
            facts["end_gap_100m"] = facts.get("end_gap_100m", 0.0) + end.meeting.gap_m / 100
            if end.place is not None:
                slip = end.place.agreement.slip is not Slip.NONE
                rule = end.place.agreement.cost > 0 and not slip
                facts["end_slip"] = facts.get("end_slip", 0.0) + slip
                facts["end_rule"] = facts.get("end_rule", 0.0) + rule
        why = f"“{candidate.title}”（{candidate.agreement.words}）自{_end_words(one)}至{_end_words(other)}，长{line.length_m / 1000:.2f}公里"
        if line.gap_m > 30:
            why += f"，其间断开{line.gap_m:.0f}米"
        if self.query.length_m:
            ratio = line.length_m / self.query.length_m
            agrees = abs(ratio - 1) <= LENGTH_TOLERANCE
            facts["length_agrees" if agrees else "length_differs"] = 1.0
            why += f"，与所报{self.query.length_m / 1000:.1f}公里{'相符' if agrees else '不符'}"
        matched = tuple(c.to_json() for c in (candidate, one.place, other.place) if c is not None)
        evidence: dict[str, object] = {"facts": facts, "length_m": round(line.length_m), "gap_m": round(line.gap_m)}
        return Answer(
            self.query.id,
            line.geometry,
            Precision.STRETCH,
            probability(facts),
            matched,
            why + self._area_words(),
            evidence,
        )

    def _partial(self, candidate: Candidate, one: End | NoEnd, other: End | NoEnd) -> Answer:
        """One end of the stretch is not on the road: the other shows where it begins. Neither: the road shows where to look."""
        missing = [end for end in (one, other) if isinstance(end, NoEnd)]
        present = [end for end in (one, other) if isinstance(end, End)]
        reasons = "；".join(end.reason for end in missing)
        if not present:
            why = f"“{candidate.title}”在地图上，但两端都定不了：{reasons}"
            return Answer(self.query.id, candidate.geometry, Precision.NEAR, 0.5, (candidate.to_json(),), why)
        road = self.gazetteer.road(candidate)
        spots = np.array(
            [(s.x, s.y) for s in present[0].meeting.spots if not s.cost]
            or [(present[0].meeting.spots[0].x, present[0].meeting.spots[0].y)]
        )
        point = shapely.Point(road.plane.to_degrees(spots[0]))
        matched = tuple(c.to_json() for c in (candidate, present[0].place) if c is not None)
        why = f"“{candidate.title}”只定了一端{_end_words(present[0])}；{reasons}"
        precision = Precision.NEAR if missing[0].known else Precision.PARTIAL
        return Answer(
            self.query.id,
            point,
            precision,
            probability(self.facts | _name_facts(candidate) | {"one_end": 1.0}),
            matched,
            why,
        )

    def _corridor(self, found: Found, extent: Extent) -> Answer:
        """The road is not on the map: the straight line between its two ends, where both are known for sure, is where to look."""
        reason = "；".join(dict.fromkeys(r.reason for r in found.rejected[:2])) or f"地名库中没有“{self.query.name}”"
        sides = [self.resolver.search(text, area=self.area, slips=False).groups for text in (extent.start, extent.end)]
        known = [side[0][0] for side in sides if len(side) == 1 and not np.isnan(side[0][0].point[0])]
        if len(known) == 2:
            line = shapely.shortest_line(_shape(known[0]), _shape(known[1]))
            if line.length > 0:
                why = f"{reason}；两端“{known[0].title}”“{known[1].title}”之间的直线只是走廊示意，不是线位"
                return Answer(self.query.id, line, Precision.NEAR, 0.3, tuple(c.to_json() for c in known), why)
        return self._none(reason + self._area_words())


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


def _readings(text: str) -> list[str]:
    """An end as written, then without what is not its name (花园大道交叉口: 花园大道)."""
    readings = [text]
    for pattern in names.words()["ends"]["decorations"]:
        match = re.match(pattern, text)
        if match and match[1] not in readings and len(match[1]) > 1:
            readings.append(match[1])
    match = re.match(names.words()["ends"]["boundary"], text)
    if match and len(match[1]) > 1:
        readings.append(match[1])
    return readings


def _name_facts(candidate: Candidate) -> dict[str, float]:
    agreement = candidate.agreement
    slip = agreement.slip
    stem = names.split_suffix(agreement.place.text)[0]
    return {
        "rule": float(Rule.SAME is not agreement.query.rule or Rule.SAME is not agreement.place.rule),
        "suffix_for_suffix": float(bool(agreement.query.suffix and agreement.place.suffix)),
        "homophone": float(slip is Slip.HOMOPHONE),
        "slip": float(slip in (Slip.DROPPED, Slip.ADDED, Slip.SWAPPED, Slip.SUBSTITUTED)),
        "wrong_character": float(slip is Slip.SUBSTITUTED),
        "short_stem": float(bool(slip) and len(stem) <= 2),
        "other_kind": float(candidate.fit < 2),
    }


def _best_shape(group: list[Candidate]) -> BaseGeometry | None:
    """The geometry of one thing: of several mappings the line, then the point of a settlement, then the area; points of one kind their middle."""
    first = group[0]
    if first.taught:
        return first.geometry
    same = [c for c in group if c.kind == first.kind and c.cost == first.cost]
    shapes = [g for c in same if (g := c.geometry) is not None]
    lines = [g for g in shapes if g.geom_type.endswith("LineString")]
    if lines:
        return max(lines, key=lambda g: g.length)
    points = [g for g in shapes if isinstance(g, shapely.Point)]
    areas = [g for g in shapes if g.area]
    if areas and not (points and first.kind in ("village", "town", "locality")):
        return max(areas, key=lambda g: g.area)
    return shapely.MultiPoint(points).centroid if points else (shapes[0] if shapes else None)


def _shape(candidate: Candidate) -> BaseGeometry:
    geometry = candidate.geometry
    return shapely.Point() if geometry is None else geometry


def _box_around(box: np.ndarray[tuple[int, ...], np.dtype[np.float64]], metres: float) -> Area:
    high = metres / METRES_A_DEGREE
    wide = high / max(0.1, float(np.cos(np.radians(box[1]))))
    west, south, east, north = box.tolist()
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


def _listed(candidates: list[Candidate]) -> str:
    return "、".join(dict.fromkeys(f"“{c.title}”" for c in candidates[:4]))

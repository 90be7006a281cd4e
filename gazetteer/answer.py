"""What is asked of the gazetteer and what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from gazetteer.names import Rule
from gazetteer.resolve import SETTLEMENTS, Area, Candidate
from gazetteer.slips import Slip, are_alike, makes_a_name, own_stem
from gazetteer.vocabulary import Precision
from gazetteer.work import Extent

DOUBT = 0.5
"""Confidence of an answer that says where to look and is no find: nothing calibrates it."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to find. `within` is a place name, an administrative code or a box (west, south, east, north); `context`
    are names of places in the same sentence; `length_m` is the length that the report gives."""

    id: str
    name: str
    kind: str | None = None
    extent: Extent | None = None
    within: str | tuple[float, float, float, float] | None = None
    context: tuple[str, ...] = ()
    length_m: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Where it is. `geometry` is EPSG:4326, longitude first; None with precision `none`. `why` is for planners,
    `evidence` for machines."""

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
class Asked:
    """A query with what is known before the search: its area and the facts that weigh on every answer."""

    query: Query
    area: Area | None
    facts: dict[str, float]

    def none(self, why: str) -> Answer:
        """No find, with the reason."""
        return Answer(self.query.id, None, Precision.NONE, 0.0, (), why)

    def near(self, geometry: BaseGeometry | None, matched: Sequence[Candidate], why: str) -> Answer:
        """Where to look, which is no find."""
        places = tuple(place.to_json() for place in matched)
        return Answer(self.query.id, geometry, Precision.NEAR, DOUBT, places, why)

    @property
    def area_words(self) -> str:
        """What the search was limited to, to be added to a reason."""
        if self.area is not None:
            return f"；只在“{self.area.name}”范围内找"
        return f"；地名库中没有“{self.query.within}”，未限定范围" if self.query.within else ""


SHORT_STEM = 2
"""Characters of a stem in which a wrong one may as well make another name (仙天路, 仙景路)."""


def name_facts(candidate: Candidate) -> dict[str, float]:
    """What weighs on the confidence that a name means this place."""
    agreement = candidate.agreement
    slip, query, place = agreement.slip, agreement.query.text, agreement.place.text
    wrong = slip is Slip.SUBSTITUTED
    short = bool(slip) and len(own_stem(place)) <= SHORT_STEM
    return {
        "rule": float(Rule.SAME is not agreement.query.rule or Rule.SAME is not agreement.place.rule),
        "suffix_for_suffix": float(bool(agreement.query.suffix and agreement.place.suffix)),
        "homophone": float(slip is Slip.HOMOPHONE),
        "slip": float(slip in (Slip.DROPPED, Slip.ADDED, Slip.SWAPPED, Slip.SUBSTITUTED)),
        "wrong_character": float(wrong),
        "short_stem": float(short),
        "other_name": float(wrong and short and _makes_another_name(query, place, agreement.position)),
        "other_kind": float(candidate.fit < 2),
    }


def _makes_another_name(query: str, place: str, position: int) -> bool:
    """Whether the character that is wrong may be right in a name of its own (中华路 for 中山路)."""
    stem = query[: len(own_stem(place))]
    return position < len(stem) and makes_a_name(stem) and not are_alike(query[position], place[position])


def best_shape(group: list[Candidate]) -> BaseGeometry | None:
    """The geometry of one thing: of several mappings the line, then the point of a settlement, then the area; points
    of one kind their middle."""
    first = group[0]
    if first.taught:
        return first.geometry
    same = [c for c in group if c.kind == first.kind and c.cost == first.cost]
    shapes = [g for c in same if (g := c.geometry) is not None]
    if len(shapes) < 2:
        return shapes[0] if shapes else None
    lines = [g for g in shapes if g.geom_type.endswith("LineString")]
    if lines:
        return max(lines, key=lambda g: g.length)
    points = [g for g in shapes if isinstance(g, shapely.Point)]
    areas = [g for g in shapes if g.area]
    if areas and not (points and first.kind in SETTLEMENTS):
        return max(areas, key=lambda g: g.area)
    return shapely.MultiPoint(points).centroid if points else shapes[0]


def shape_of(candidate: Candidate) -> BaseGeometry:
    geometry = candidate.geometry
    return shapely.Point() if geometry is None else geometry

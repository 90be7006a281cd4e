"""Which places of the gazetteer a name can mean, ranked, and why the others were left out."""

import math
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from gazetteer import names
from gazetteer.index import TAUGHT, SourceIndex
from gazetteer.names import Form
from gazetteer.slips import Agreement, Contradiction, Slip, agree, shows_slips

METRES_A_DEGREE = 111_320.0
GROUP_M = 300.0
"""Metres: places of one name nearer than this are one thing mapped twice (a school's node and its grounds)."""
INTERCHANGE_M = 1500.0
"""The same for an interchange: its exits in the two directions lie so far apart."""
AREA_SLACK_M = 300.0
"""Metres: how far outside a polygon still counts as inside, for roads along a boundary and coarse county polygons."""
POINT_RADIUS_M = {"province": 400_000.0, "city": 120_000.0, "county": 50_000.0, "town": 12_000.0, "village": 4_000.0}
"""Metres: where only the point of an area is known, how far it may reach. A town of China is 220 km2 on average, the
largest of a plain county 20 km across."""
SLIP_COST = 4
"""Slips are looked for where no name agrees at a lower cost (see `Agreement.cost`)."""
MAX_PLACES = 3000
"""Places of one name that are looked at."""
MAX_SIMILAR_NAMES = 24
"""Names one slip away that are looked at closely."""
MAX_SAME_NAME = 16
"""Places of one name that become candidates; that there are more is counted."""
MAX_GROUPED = 32
"""Candidates that are told apart: of more, none can be meant for sure."""
SETTLEMENTS = ("town", "village", "locality")
"""Kinds of place where people live, those first that a name without a word for what it is means first."""
AREA_KINDS = ("city", "county", "province", "town", "village", "zone", "locality", "block")
"""Kinds that can hold others; of one name the first is meant."""


@cache
def kinds() -> dict[str, Any]:
    """The tables of `kinds.toml`."""
    return tomllib.loads(resources.files("gazetteer").joinpath("kinds.toml").read_text(encoding="utf-8"))


def label(kind: str) -> str:
    """What a planner calls a kind."""
    return str(kinds()["labels"].get(kind, "地点"))


@cache
def kind_fit(wanted: str | None, kind: str) -> int:
    """2 where the kinds are the same or none is wanted, 1 where they share a class, 0 where the place is something
    else."""
    if wanted is None or wanted == kind or wanted in kinds()["any"]["kinds"]:
        return 2
    if kind in kinds()["any"]["kinds"]:
        return 1
    return int(any(wanted in members and kind in members for members in kinds()["classes"].values()))


@dataclass(frozen=True, slots=True)
class Area:
    """Where the answer must lie: a box (west, south, east, north), with a polygon, or around a point, where there is
    one."""

    name: str
    box: tuple[float, float, float, float]
    polygon: BaseGeometry | None = None
    centre: tuple[float, float] | None = None
    adcodes: tuple[str, ...] = ()

    def holds(self, index: SourceIndex, places: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
        """Which places lie in it; one without geometry does by its code."""
        boxes = index.boxes[places]
        west, south, east, north = self.box
        left, bottom, right, top = boxes.T
        inside = (left <= east) & (right >= west) & (bottom <= north) & (top >= south)
        if self.polygon is not None and inside.any():
            rows = np.flatnonzero(inside)
            shapes = shapely.box(*boxes[rows].T)
            inside[rows] = shapely.dwithin(self.polygon, shapes, AREA_SLACK_M / METRES_A_DEGREE)
        if self.adcodes:
            for row in np.flatnonzero(np.isnan(boxes[:, 0])):
                inside[row] = (index.text("adcode", int(places[row])) or "").startswith(self.adcodes)
        return np.asarray(inside)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that a name can mean. `name` is the name of the place that agreed, `fit` how its kind suits (see
    `kind_fit`)."""

    index: SourceIndex
    number: int
    name: str
    agreement: Agreement
    kind: str
    fit: int

    @property
    def cost(self) -> float:
        """Rank: lower is better. A homophone is a likelier slip than a dropped character, that than a wrong one."""
        slip = self.agreement.slip
        likelier = 0.5 * ((slip is Slip.SUBSTITUTED) - (slip is Slip.HOMOPHONE))
        return self.agreement.cost + likelier + 1.5 * (2 - self.fit)

    @property
    def taught(self) -> bool:
        """Whether a person placed it."""
        return self.index.source.name == TAUGHT

    @property
    def title(self) -> str:
        return self.index.text("name", self.number) or self.name

    @property
    def geometry(self) -> BaseGeometry | None:
        return self.index.geometry(self.number)

    @property
    def box(self) -> list[float]:
        """West, south, east, north; NaN where it has no geometry."""
        return list(self.index.boxes[self.number].tolist())

    @property
    def point(self) -> npt.NDArray[np.float64]:
        return np.asarray(self.index.points[self.number])

    @property
    def is_placed(self) -> bool:
        """Whether it has a geometry."""
        return not math.isnan(self.index.points.item(self.number, 0))

    @property
    def is_line(self) -> bool:
        return self.kind in LINES and self.index.lengths.item(self.number) > 0

    def to_json(self) -> dict[str, str]:
        """As it stands in an answer's `matched`."""
        return {
            "place": self.index.text("key", self.number) or "",
            "name": self.title,
            "kind": self.kind,
            "source": self.index.source.name,
        }


LINES = frozenset(
    {"road", "expressway", "railway", "waterway", "pipeline", "bridge", "tunnel", "junction", "interchange"}
)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A place that was looked at and left out, with the reason. A `sister` is one character away and surely another
    place (城北东路, 城北西路): where there is one, the name is no slip for a third."""

    name: str
    reason: str
    sister: bool = False


@dataclass(slots=True)
class Found:
    """The candidates for a name, best first, what was left out, and how many `more` places of the same names there
    are."""

    candidates: list[Candidate] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    more: int = 0

    @property
    def groups(self) -> list[list[Candidate]]:
        """Candidates that are one thing mapped several times, together; best first."""
        groups: list[list[Candidate]] = []
        boxes: list[list[float]] = []
        for candidate in self.candidates[:MAX_GROUPED]:
            box = candidate.box
            for group, other in zip(groups, boxes, strict=True):
                if _one_thing(group[0], other, candidate, box):
                    group.append(candidate)
                    break
            else:
                groups.append([candidate])
                boxes.append(box)
        return groups


def _one_thing(one: Candidate, one_box: Sequence[float], other: Candidate, other_box: Sequence[float]) -> bool:
    if math.isnan(one_box[0]) or math.isnan(other_box[0]):
        return False
    if one.index is other.index and one.number == other.number:
        return True
    if one.agreement.slip and one.name != other.name and names.fold(one.name) != names.fold(other.name):
        return False  # two names one slip away are two things, however near
    reach = INTERCHANGE_M if one.kind == other.kind == "interchange" else GROUP_M
    if max(other_box[1] - one_box[3], one_box[1] - other_box[3]) * METRES_A_DEGREE > reach:
        return False  # far apart north and south, as most are
    return box_distance_m(one_box, other_box) <= reach and kind_fit(one.kind, other.kind) > 0


def box_distance_m(one: Sequence[float], other: Sequence[float]) -> float:
    """Metres between two boxes (west, south, east, north)."""
    dx = max(other[0] - one[2], one[0] - other[2], 0.0) * METRES_A_DEGREE * math.cos(math.radians(one[1]))
    dy = max(other[1] - one[3], one[1] - other[3], 0.0) * METRES_A_DEGREE
    return math.hypot(dx, dy)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a search is limited to."""

    kind: str | None
    area: Area | None
    only: frozenset[str] | None

    def places(self, index: SourceIndex, name: int) -> npt.NDArray[np.int32]:
        """The places of a name that lie in the area, those nearest to its centre first."""
        places = index.places_of_name(name)[:MAX_PLACES]
        if self.area is None:
            return places
        places = places[self.area.holds(index, places)]
        if self.area.centre is not None and len(places) > 1:
            away = index.points[places] - np.array(self.area.centre)
            places = places[np.argsort(np.hypot(*away.T))]
        return places


def _somewhere(index: SourceIndex, numbers: list[int], wanted: Wanted) -> Iterator[tuple[int, npt.NDArray[np.int32]]]:
    """The names that have places in the area, with them."""
    for number in numbers:
        places = wanted.places(index, number)
        if len(places):
            yield number, places


def _add_places(
    index: SourceIndex, name: int, places: npt.NDArray[np.int32], agreement: Agreement, wanted: Wanted, found: Found
) -> None:
    title = index.name(name)
    if wanted.area is not None and not agreement.slip:
        elsewhere = len(index.places_of_name(name)[:MAX_PLACES]) - len(places)
        if elsewhere:
            found.rejected.append(Rejection(title, f"“{title}”有{elsewhere}处不在“{wanted.area.name}”范围内"))
    codes = index.kinds[places].tolist()
    fits = {}
    for code in sorted(set(codes)):
        kind = index.kind_names[code]
        if wanted.only is not None and kind not in wanted.only:
            continue
        fit = kind_fit(wanted.kind, kind)
        suffix = agreement.query.suffix if not agreement.place.suffix else ""
        if fit and (not suffix or _suits(suffix, kind)):
            fits[code] = fit
        else:
            sought = label(wanted.kind) if wanted.kind and not fit else suffix
            found.rejected.append(Rejection(title, f"地图上的“{title}”是{label(kind)}，不是所找的{sought}"))
    chosen = [(number, code) for number, code in zip(places.tolist(), codes, strict=True) if code in fits]
    found.more += max(0, len(chosen) - MAX_SAME_NAME)
    for number, code in chosen[:MAX_SAME_NAME]:
        found.candidates.append(Candidate(index, number, title, agreement, index.kind_names[code], fits[code]))


@dataclass(frozen=True)
class Resolver:
    """Searches all loaded sources. Sources that come first are preferred among equals."""

    indexes: Sequence[SourceIndex]

    def search(
        self,
        name: str,
        *,
        kind: str | None = None,
        area: Area | None = None,
        slips: bool = True,
        only: frozenset[str] | None = None,
    ) -> Found:
        """The places that `name` can mean, best first. `only` limits the kinds.

        Names with a slip are looked for only where no name agrees without one.
        """
        context = tuple(names.fold(part) for part in re.split(r"[,，/ ]", area.name) if part) if area else ()
        forms = names.forms(name, context)
        if not forms:
            return Found()
        wanted = Wanted(kind, area, only)
        found = self._collect(forms, wanted, exact=True)
        if slips and not any(c.agreement.cost < SLIP_COST for c in found.candidates):
            similar = self._collect(forms, wanted, exact=False)
            found.rejected += similar.rejected
            if not any(rejection.sister for rejection in similar.rejected):
                found.candidates += similar.candidates
                found.more += similar.more
        if len(found.candidates) > 1:
            found.candidates.sort(
                key=lambda c: (c.cost, off_centre(c, area), not c.taught, -c.index.lengths.item(c.number))
            )
        return found

    def _collect(self, forms: tuple[Form, ...], wanted: Wanted, *, exact: bool) -> Found:
        found = Found()
        texts = [form.text for form in forms if exact or shows_slips(form)]
        for index in self.indexes:
            numbers = (index.same if exact else index.similar)(texts, wanted.area.box if wanted.area else None)
            best: dict[int, Agreement] = {}
            against: dict[int, Contradiction] = {}
            for form, name in index.read_forms(numbers) if numbers else []:
                for query in forms:
                    agreement = agree(query, form)
                    if isinstance(agreement, Contradiction):
                        against.setdefault(name, agreement)
                    elif agreement is not None and (name not in best or agreement.cost < best[name].cost):
                        best[name] = agreement
            for name, contradiction in against.items():
                if name not in best or best[name].slip:
                    best.pop(name, None)
                    if len(wanted.places(index, name)):
                        found.rejected.append(Rejection(index.name(name), contradiction.reason, sister=True))
            within = (
                {name: wanted.places(index, name) for name in best} if exact or len(best) <= MAX_SIMILAR_NAMES else {}
            )
            if not within:  # so many that none can be meant for sure: a few will show it
                likeliest = sorted(best, key=lambda name: best[name].cost)
                within = dict(islice(_somewhere(index, likeliest, wanted), MAX_SIMILAR_NAMES))
            for name, places in within.items():
                _add_places(index, name, places, best[name], wanted, found)
        return found

    def area(self, within: str | Sequence[float]) -> Area | None:
        """The area that `within` means: a box, an administrative code or a name; None where the gazetteer does not
        know it."""
        if not isinstance(within, str):
            west, south, east, north = (float(value) for value in within)
            return Area("所给范围", (west, south, east, north))
        if within.isascii() and within.isdigit():
            return self._area_of_code(within)
        numbers = re.fullmatch(r"\s*(-?[\d.]+)\s*,\s*(-?[\d.]+)\s*,\s*(-?[\d.]+)\s*,\s*(-?[\d.]+)\s*", within)
        if numbers:
            return self.area([float(value) for value in numbers.groups()])
        found = self.search(within, slips=False, only=frozenset(AREA_KINDS)).candidates
        found.sort(key=lambda c: (c.cost, AREA_KINDS.index(c.kind)))
        return self._area_of(within, [c for c in found if (c.cost, c.kind) == (found[0].cost, found[0].kind)])

    def _area_of_code(self, code: str) -> Area | None:
        places = [
            Candidate(index, number, index.text("name", number) or code, _SAME, index.kind(number), 2)
            for index in self.indexes
            for number in index.places_of_code(code)
        ]
        return self._area_of(places[0].name if places else code, places)

    def _area_of(self, within: str, best: list[Candidate]) -> Area | None:
        shapes = [(c, c.geometry) for c in best]
        polygons = [(c, g) for c, g in shapes if g is not None and g.area]
        chosen = polygons or [(c, g) for c, g in shapes if g is not None]
        codes = tuple(_code_prefix(code) for c in best if (code := c.index.text("adcode", c.number)))
        if not chosen:
            return None
        if polygons:
            polygon = shapely.union_all([g for _, g in polygons])
            slack = AREA_SLACK_M / METRES_A_DEGREE
            west, south, east, north = polygon.bounds
            shapely.prepare(polygon)
            return Area(within, (west - slack, south - slack, east + slack, north + slack), polygon, None, codes)
        return replace(_around(within, *chosen[0]), adcodes=codes)


_SAME = Agreement(Form(""), Form(""), Slip.NONE)


def _code_prefix(code: str) -> str:
    """The digits that all codes inside begin with (GB/T 2260: 330000 a province, 330700 a city, 330784 a county)."""
    return re.sub(r"(?:00){1,2}$", "", code) if len(code) == 6 else code


def _around(name: str, candidate: Candidate, geometry: BaseGeometry) -> Area:
    x, y = shapely.get_coordinates(geometry.representative_point())[0].tolist()
    reach = POINT_RADIUS_M.get(candidate.kind, POINT_RADIUS_M["town"]) / METRES_A_DEGREE
    wide = reach / max(0.1, float(np.cos(np.radians(y))))
    return Area(name, (x - wide, y - reach, x + wide, y + reach), None, (x, y))


def off_centre(candidate: Candidate, area: Area | None) -> int:
    """0 where the middle of a place lies in the area, 1 where only a part of it does, 2 where it has no geometry."""
    if not candidate.is_placed:
        return 2
    return int(
        area is not None and area.polygon is not None and not shapely.intersects_xy(area.polygon, *candidate.point)
    )


def holders(place: Candidate) -> list[Candidate]:
    """The places that hold a place, innermost first, up to the first that has a geometry."""
    index, found = place.index, []
    key = index.text("parent", place.number)
    while key is not None and (number := index.number_of_key(key)) is not None:
        holder = replace(place, number=number, name=index.text("name", number) or key, kind=index.kind(number))
        found.append(holder)
        if holder.geometry is not None:
            break
        key = index.text("parent", number)
    return found


def _suits(suffix: str, kind: str) -> bool:
    wanted = names.suffix_kinds(suffix)
    return not wanted or kind in wanted or kind in ("locality", "other")

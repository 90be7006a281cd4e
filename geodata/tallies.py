"""What a selection of works adds up to, in all and by sector, town and status: one pass over the database."""

from dataclasses import dataclass
from typing import Any

from geoalchemy2 import Geography
from sqlalchemy import ColumnElement, Subquery, and_, case, cast, func, literal, select, tuple_
from sqlalchemy.orm import Session

from gazetteer.vocabulary import Precision, Status
from geodata.models import SRID, Decision, Inspection, Location, Work, WorkSummary
from geodata.selection import Selection, summaries_in

DIMENSIONS = ("sector", "status", "town")
CLOSENESS: dict[str, tuple[Precision, ...]] = {
    "exact": (Precision.EXACT, Precision.STRETCH),
    "close": (Precision.PARTIAL, Precision.NEAR),
    "vague": (Precision.TOWN, Precision.COUNTY),
    "unplaced": (Precision.NONE,),
}
"""How well works are placed, in four steps."""
KILOMETRES_A_UNIT = {
    **dict.fromkeys(
        ("公里", "千米", "km", "KM", "Km", "延长公里", "公里长", "多公里", "余公里", "沟长公里", "管长公里"), 1.0
    ),
    **dict.fromkeys(("米", "m", "延长米", "延米"), 0.001),
    **dict.fromkeys(("里", "华里"), 0.5),
}
"""Of the units of length that works are read with (reading/lexicon/units.toml)."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What works add up to. `value` is the sector, status or town they share.

    `investment` is in 10,000 yuan (万元) over the `invested` works whose investment is known; `stated_km` is what the
    reports say of lengths, `drawn_km` the length of lines placed as exactly that; `confidence` is the mean over the
    placed works, None where there are none.
    """

    value: str
    works: int
    statuses: dict[Status, int]
    closeness: dict[str, int]
    confidence: float | None
    investment: float
    invested: int
    stated_km: float
    drawn_km: float
    inspected: int
    confirmed: int

    @property
    def placed(self) -> int:
        """Works that have a place."""
        return self.works - self.closeness["unplaced"]


def tallies(session: Session, selection: Selection) -> dict[str, list[Tally]]:
    """The tallies by each of DIMENSIONS, the most works first, and under `all` the one of all works."""
    groups = {name: getattr(WorkSummary, name) for name in DIMENSIONS}
    grouped = func.grouping(*groups.values())
    sums = _sums()
    seen = _inspected()
    statement = (
        summaries_in(selection, grouped, func.coalesce(*groups.values()), *sums.values())
        .join(Work, Work.id == WorkSummary.work_id)
        .outerjoin(Location, and_(Location.work_id == WorkSummary.work_id, Location.current))
        .outerjoin(seen, seen.c.work_id == WorkSummary.work_id)
        .add_columns(func.count(seen.c.work_id), func.count().filter(seen.c.confirmed))
    )
    sets = (*(tuple_(column) for column in groups.values()), tuple_())
    statement = statement.group_by(func.grouping_sets(*sets)).order_by(func.count().desc(), literal(2))
    everything = 2 ** len(groups) - 1
    names = {everything - 2 ** (len(groups) - 1 - place): name for place, name in enumerate(groups)}
    names[everything] = "all"
    found: dict[str, list[Tally]] = {name: [] for name in names.values()}
    for row in session.execute(statement):
        group, value, *numbers, inspected, confirmed = row
        found[names[group]].append(_tally(value or "", dict(zip(sums, numbers, strict=True)), inspected, confirmed))
    return found


def _tally(value: str, sums: dict[str, Any], inspected: int, confirmed: int) -> Tally:
    return Tally(
        value=value,
        statuses={status: sums.pop(status.value) for status in Status},
        closeness={name: sums.pop(name) for name in CLOSENESS},
        inspected=inspected,
        confirmed=confirmed,
        **sums,
    )


def _inspected() -> Subquery:
    """The works that inspectors have seen, and whether a planner has accepted what they saw."""
    confirmed = func.bool_or(Inspection.decision == Decision.ACCEPTED).label("confirmed")
    return select(Inspection.work_id, confirmed).group_by(Inspection.work_id).subquery("seen")


def _sums() -> dict[str, ColumnElement[Any]]:
    """The columns that are added up, but those of inspections."""
    placed_lines = and_(WorkSummary.precision.in_(CLOSENESS["exact"]), func.ST_Dimension(Location.geometry) == 1)
    metres = func.ST_Length(cast(Location.geometry, Geography(srid=SRID)))
    kilometres = Work.quantity * case(KILOMETRES_A_UNIT, value=Work.unit, else_=0.0)
    return {
        "works": func.count(),
        **{status.value: func.count().filter(WorkSummary.status == status) for status in Status},
        **{name: func.count().filter(WorkSummary.precision.in_(words)) for name, words in CLOSENESS.items()},
        "confidence": func.avg(WorkSummary.confidence).filter(WorkSummary.precision != Precision.NONE),
        "investment": func.coalesce(func.sum(Work.investment), 0.0),
        "invested": func.count(Work.investment),
        "stated_km": func.coalesce(func.sum(kilometres), 0.0),
        "drawn_km": func.coalesce(func.sum(metres).filter(placed_lines), 0.0) / 1000,
    }

"""Which works somebody asks for: the filters of the map, the list, the downloads and the services, as one value.

Every choice is a tuple of accepted values, empty for all. `facets` counts, beside every value of every choice, the
works that the other choices leave.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from gazetteer.vocabulary import Precision, Sector, Status
from geodata.models import SRID, Location, Report, StatusChange, Work

AREA_SEPARATOR = "›"  # between the headings of an area's path, as shown and as written in an address
NO_TOWN = "-"  # the value for works that lie in no known town
MAX_WORDS = 200  # characters of a free-text search: longer is a paste by mistake

precision_of_work = func.coalesce(Location.precision, Precision.NONE.value)
town_of_work = func.coalesce(Location.town, NO_TOWN)
area_of_work = func.array_to_string(Work.area, AREA_SEPARATOR)


@dataclass(frozen=True, slots=True)
class Selection:
    """The works that meet every choice. `area` values are paths of headings; a path takes in all below it.

    `bbox` is west, south, east, north in degrees, EPSG:4326; where west is greater than east it crosses the date line.
    """

    report: tuple[int, ...] = ()
    area: tuple[str, ...] = ()
    sector: tuple[Sector, ...] = ()
    status: tuple[Status, ...] = ()
    town: tuple[str, ...] = ()
    precision: tuple[Precision, ...] = ()
    words: str = ""
    bbox: tuple[float, float, float, float] | None = None
    work: tuple[int, ...] = ()

    def conditions(self) -> dict[str, ColumnElement[bool]]:
        """One condition a choice that is made."""
        made: dict[str, ColumnElement[bool]] = {}
        if self.work:
            made["work"] = Work.id.in_(self.work)
        if self.report:
            made["report"] = Work.report_id.in_(self.report)
        if self.area:
            made["area"] = or_(*(_under(path) for path in self.area))
        if self.sector:
            made["sector"] = Work.sector.in_(self.sector)
        if self.status:
            made["status"] = StatusChange.status.in_(self.status)
        if self.town:
            made["town"] = town_of_work.in_(self.town)
        if self.precision:
            made["precision"] = precision_of_work.in_([p.value for p in self.precision])
        if self.words:
            made["words"] = or_(
                *(column.icontains(self.words, autoescape=True) for column in (Work.name, Work.sentence))
            )
        if self.bbox:
            made["bbox"] = or_(*(_touches(box) for box in _split_at_date_line(self.bbox)))
        return made


def _under(path: str) -> ColumnElement[bool]:
    headings = path.split(AREA_SEPARATOR)
    return Work.area[1 : len(headings)] == cast(headings, ARRAY(Text))


def _touches(box: tuple[float, float, float, float]) -> ColumnElement[bool]:
    return func.ST_Intersects(Location.geometry, func.ST_MakeEnvelope(*box, SRID))


def _split_at_date_line(box: tuple[float, float, float, float]) -> Iterable[tuple[float, float, float, float]]:
    west, south, east, north = box
    return [box] if west <= east else [(west, south, 180.0, north), (-180.0, south, east, north)]


FACETS: dict[str, SQLColumnExpression[Any]] = {
    "report": Work.report_id,
    "area": area_of_work,
    "sector": Work.sector,
    "status": StatusChange.status,
    "town": town_of_work,
    "precision": precision_of_work,
}


def _works(*columns: Any) -> Select[Any]:
    """Columns of works with their report, current status and, where there is one, current location."""
    return (
        select(*columns)
        .select_from(Work)
        .join(Report, Report.id == Work.report_id)
        .join(StatusChange, and_(StatusChange.work_id == Work.id, StatusChange.current))
        .outerjoin(Location, and_(Location.work_id == Work.id, Location.current))
    )


def works_in(selection: Selection, *columns: Any) -> Select[Any]:
    """The statement that selects columns of the works of a selection, their reports, statuses and locations."""
    return _works(*columns).where(and_(true(), *selection.conditions().values()))


def count(session: Session, selection: Selection) -> int:
    """How many works the selection holds."""
    return session.scalar(works_in(selection, func.count())) or 0


def facets(session: Session, selection: Selection) -> dict[str, dict[str, int]]:
    """For every choice, how many works each of its values would show, given the other choices."""
    made = selection.conditions()
    met = {name: made.pop(name).label(f"{name}_met") for name in FACETS if name in made}
    columns = [cast(column, Text).label(name) for name, column in FACETS.items()]
    works = _works(*columns, *met.values()).where(and_(true(), *made.values())).cte("works")
    statements = []
    for name in FACETS:
        others = [works.c[f"{other}_met"] for other in met if other != name]
        value = works.c[name]
        statements.append(select(literal(name), value, func.count()).where(and_(true(), *others)).group_by(value))
    counts: dict[str, dict[str, int]] = {name: {} for name in FACETS}
    for name, value, number in session.execute(union_all(*statements)):
        counts[name][value] = number
    counts["area"] = _with_outer_headings(counts["area"])
    return counts


def _with_outer_headings(counts: dict[str, int]) -> dict[str, int]:
    """Adds to every heading the works of the headings below it."""
    total: dict[str, int] = {}
    for path, works in counts.items():
        headings = path.split(AREA_SEPARATOR) if path else []
        for depth in range(1, len(headings) + 1):
            outer = AREA_SEPARATOR.join(headings[:depth])
            total[outer] = total.get(outer, 0) + works
    return total

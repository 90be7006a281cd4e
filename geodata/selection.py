"""Which works somebody asks for: the filters of the map, the list, the downloads and the services, as one value.

Every choice is a tuple of accepted values, empty for all. `facets` counts, beside every value of every choice, the
works that the other choices leave.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, cast, func, or_, select, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import Text

from gazetteer.vocabulary import Precision, Sector, Status
from geodata.models import SRID, Location, Report, StatusChange, Work, WorkSummary, WorksVersion

AREA_SEPARATOR = "›"  # between the headings of an area's path, as shown and as written in an address
NO_TOWN = "-"  # the value for works that lie in no known town
MAX_WORDS = 200  # characters of a free-text search: longer is a paste by mistake

precision_of_work = WorkSummary.precision
town_of_work = WorkSummary.town


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
            made["work"] = WorkSummary.work_id.in_(self.work)
        if self.report:
            made["report"] = WorkSummary.report_id.in_(self.report)
        if self.area:
            made["area"] = or_(*(_under(path) for path in self.area))
        if self.sector:
            made["sector"] = WorkSummary.sector.in_(self.sector)
        if self.status:
            made["status"] = WorkSummary.status.in_(self.status)
        if self.town:
            made["town"] = WorkSummary.town.in_(self.town)
        if self.precision:
            made["precision"] = WorkSummary.precision.in_(self.precision)
        if self.words:
            made["words"] = WorkSummary.work_id.in_(_saying(self.words))
        if self.bbox:
            made["bbox"] = WorkSummary.work_id.in_(_touching(self.bbox))
        return made


def _under(path: str) -> ColumnElement[bool]:
    below = WorkSummary.area.startswith(path + AREA_SEPARATOR, autoescape=True)
    return or_(WorkSummary.area == path, below)


def _saying(words: str) -> Select[Any]:
    # Chinese has no case: folding that of ASCII alone, as the collation C does, takes a fifth of the time.
    columns = [column.collate("C") for column in (Work.name, Work.sentence)]
    return select(Work.id).where(or_(*(column.icontains(words, autoescape=True) for column in columns)))


def _touching(bbox: tuple[float, float, float, float]) -> Select[Any]:
    boxes = (func.ST_MakeEnvelope(*box, SRID) for box in _split_at_date_line(bbox))
    touches = or_(*(func.ST_Intersects(Location.geometry, box) for box in boxes))
    return select(Location.work_id).where(Location.current, touches)


def _split_at_date_line(box: tuple[float, float, float, float]) -> Iterable[tuple[float, float, float, float]]:
    west, south, east, north = box
    return [box] if west <= east else [(west, south, 180.0, north), (-180.0, south, east, north)]


FACETS: dict[str, InstrumentedAttribute[Any]] = {
    "report": WorkSummary.report_id,
    "area": WorkSummary.area,
    "sector": WorkSummary.sector,
    "status": WorkSummary.status,
    "town": WorkSummary.town,
    "precision": WorkSummary.precision,
}


def summaries_in(selection: Selection, *columns: Any) -> Select[Any]:
    """The statement that selects columns of `WorkSummary` of a selection: by far the fastest where these are enough."""
    return select(*columns).select_from(WorkSummary).where(and_(true(), *selection.conditions().values()))


def works_in(selection: Selection, *columns: Any) -> Select[Any]:
    """The statement that selects columns of the works of a selection, their reports, statuses and locations."""
    return (
        summaries_in(selection, *columns)
        .join(Work, Work.id == WorkSummary.work_id)
        .join(Report, Report.id == Work.report_id)
        .join(StatusChange, and_(StatusChange.work_id == Work.id, StatusChange.current))
        .outerjoin(Location, and_(Location.work_id == Work.id, Location.current))
    )


def version(session: Session) -> int:
    """A number that grows with every change of works and reports.

    Asked for before the works themselves, it says for sure that what has the same number later is the same.
    """
    return session.scalars(select(WorksVersion.number)).one()


def count(session: Session, selection: Selection) -> int:
    """How many works the selection holds."""
    return session.scalar(summaries_in(selection, func.count())) or 0


def facets(session: Session, selection: Selection) -> dict[str, dict[str, int]]:
    """For every choice, how many works each of its values would show, given the other choices.

    One pass over the summaries: a work is counted for the choices whose others it meets.
    """
    made = selection.conditions()
    met = {name: made.pop(name) for name in FACETS if name in made}
    works = (
        select(*(column.label(name) for name, column in FACETS.items()))
        .add_columns(WorkSummary.start, *(condition.label(f"{name}_met") for name, condition in met.items()))
        .where(and_(true(), *made.values()))
        .subquery("works")
    )
    grouped = func.grouping(*(works.c[name] for name in FACETS)).label("grouped")
    numbers = {
        name: func.count().filter(and_(true(), *(works.c[f"{other}_met"] for other in met if other != name)))
        for name in FACETS
    }
    bits = {name: 2 ** len(FACETS) - 1 - 2 ** (len(FACETS) - 1 - place) for place, name in enumerate(FACETS)}
    statement = select(
        grouped,
        func.coalesce(*(cast(works.c[name], Text) for name in FACETS)),
        case({bits[name]: number for name, number in numbers.items()}, value=grouped),
    ).group_by(func.grouping_sets(*(tuple_(works.c[name]) for name in FACETS)))
    statement = statement.order_by(func.min(works.c.start))  # headings as the reports have them
    names = {bit: name for name, bit in bits.items()}
    counts: dict[str, dict[str, int]] = {name: {} for name in FACETS}
    for bit, value, number in session.execute(statement):
        if number:
            counts[names[bit]][value] = number
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

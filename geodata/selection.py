"""Which works somebody asks for: the filters of the map, the list, the downloads and the services, as one value.

Every choice is a tuple of accepted values, empty for all. `facets` counts, beside every value of every choice, the
works that the other choices leave.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, cast, func, null, or_, select, true, tuple_, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import Text

from gazetteer.vocabulary import Precision, Sector, Status
from geodata.models import SRID, Location, Report, ReportKind, StatusChange, Work, WorkSummary, WorksVersion

AREA_SEPARATOR = "›"  # between the headings of an area's path, as shown and as written in an address
NO_TOWN = "-"  # the value for works that lie in no known town
NOT_INSPECTED = "-"  # the finding of works where no inspector has been
MAX_WORDS = 200  # characters of a free-text search: longer is a paste by mistake

precision_of_work = func.coalesce(Location.precision, Precision.NONE)
town_of_work = WorkSummary.town


@dataclass(frozen=True, slots=True)
class Selection:
    """The works that meet every choice. `area` values are paths of headings; a path takes in all below it.

    `finding` values are those of `geodata.models.Finding`, or NOT_INSPECTED: what an inspector said last.
    `bbox` is west, south, east, north in degrees, EPSG:4326; where west is greater than east it crosses the date line.
    """

    report_kind: tuple[ReportKind, ...] = ()
    report: tuple[int, ...] = ()
    area: tuple[str, ...] = ()
    sector: tuple[Sector, ...] = ()
    status: tuple[Status, ...] = ()
    town: tuple[str, ...] = ()
    precision: tuple[Precision, ...] = ()
    finding: tuple[str, ...] = ()
    words: str = ""
    bbox: tuple[float, float, float, float] | None = None
    work: tuple[int, ...] = ()

    def conditions(self, *, joined: bool = False) -> dict[str, ColumnElement[bool]]:
        """One condition a choice that is made, on `WorkSummary`, or on all that `works_in` has `joined`."""
        made: dict[str, ColumnElement[bool]] = {
            name: column.in_(getattr(self, name))
            for name, column in FACETS.items()
            if name != "area" and getattr(self, name)
        }
        if self.area:
            made["area"] = or_(*(_under(path) for path in self.area))
        if self.work:
            made["work"] = WorkSummary.work_id.in_(self.work)
        if self.words:
            says = _says(self.words)
            made["words"] = says if joined else WorkSummary.work_id.in_(select(Work.id).where(says))
        if self.bbox:
            touches = _touches(self.bbox)
            there = select(Location.work_id).where(Location.current, touches)
            made["bbox"] = touches if joined else WorkSummary.work_id.in_(there)
        return made


def _under(path: str) -> ColumnElement[bool]:
    below = WorkSummary.area.startswith(path + AREA_SEPARATOR, autoescape=True)
    return or_(WorkSummary.area == path, below)


def _says(words: str) -> ColumnElement[bool]:
    """Case is that of ASCII alone, as the collation C has it; Chinese has none, and is looked for as it is: three
    times as fast as by a pattern.
    """
    wanted = words.encode().lower().decode()
    columns: list[ColumnElement[str]] = [column.collate("C") for column in (Work.name, Work.sentence)]
    if wanted.upper() != wanted:
        columns = [func.lower(column) for column in columns]
    return or_(*(func.strpos(column, wanted) > 0 for column in columns))


def _touches(bbox: tuple[float, float, float, float]) -> ColumnElement[bool]:
    boxes = (func.ST_MakeEnvelope(*box, SRID) for box in _split_at_date_line(bbox))
    return or_(*(func.ST_Intersects(Location.geometry, box) for box in boxes))


def _split_at_date_line(box: tuple[float, float, float, float]) -> Iterable[tuple[float, float, float, float]]:
    west, south, east, north = box
    return [box] if west <= east else [(west, south, 180.0, north), (-180.0, south, east, north)]


FACETS: dict[str, InstrumentedAttribute[Any]] = {
    "report_kind": WorkSummary.report_kind,
    "report": WorkSummary.report_id,
    "area": WorkSummary.area,
    "sector": WorkSummary.sector,
    "status": WorkSummary.status,
    "town": WorkSummary.town,
    "precision": WorkSummary.precision,
    "finding": WorkSummary.finding,
}
COUNTED_TOGETHER = (("report_kind", "sector", "status", "precision", "finding"), ("report", "area"), ("town",))
"""Choices whose values meet in few ways: the words of closed lists; headings, which are one report's own."""


def summaries_in(selection: Selection, *columns: Any) -> Select[Any]:
    """The statement that selects columns of `WorkSummary` of a selection: by far the fastest where these are enough."""
    return select(*columns).select_from(WorkSummary).where(and_(true(), *selection.conditions().values()))


def works_in(selection: Selection, *columns: Any) -> Select[Any]:
    """The statement that selects columns of the works of a selection, their reports, statuses and locations.

    Joined from outside, summaries and reports are left out by PostgreSQL where nothing is asked of them.
    """
    return (
        select(*columns)
        .select_from(Work)
        .outerjoin(WorkSummary, WorkSummary.work_id == Work.id)
        .outerjoin(Report, Report.id == Work.report_id)
        .outerjoin(StatusChange, and_(StatusChange.work_id == Work.id, StatusChange.current))
        .outerjoin(Location, and_(Location.work_id == Work.id, Location.current))
        .where(and_(true(), *selection.conditions(joined=True).values()))
    )


def version(session: Session) -> str:
    """A word that changes with every change of works and reports.

    Asked for before the works themselves, it says for sure that what has the same word later is the same. It has the
    transaction of the last change in it, since the number alone comes again where a backup is put back.
    """
    number, transaction = session.connection().execute(select(WorksVersion.number, WorksVersion.transaction)).one()
    return f"{number}-{transaction}"


def count(session: Session, selection: Selection) -> int:
    """How many works the selection holds."""
    return session.scalar(summaries_in(selection, func.count())) or 0


def facets(session: Session, selection: Selection) -> dict[str, dict[str, int]]:
    """For every choice, how many works each of its values would show, given the other choices.

    The choices that are not made are counted together, over the works that meet all that are made; each that is made
    by itself, over the works that meet the others.
    """
    made = selection.conditions()
    others = [made.pop(name) for name in list(made) if name not in FACETS]
    if others and made:  # found once, however often they are counted
        found = select(WorkSummary.work_id).where(*others).cte("found")
        others = [WorkSummary.work_id.in_(select(found.c.work_id))]
    parts = [([name for name in FACETS if name not in made], [*others, *made.values()])]
    parts += [([name], [*others, *(made[other] for other in made if other != name)]) for name in made]
    rows = session.execute(union_all(*(_counts(names, conditions) for names, conditions in parts if names)))
    counts: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    for *values, works, _ in sorted(rows, key=lambda row: row.start):  # headings as the reports have them
        for name, value in zip(FACETS, values, strict=True):
            if value is not None:
                counts[name][value] += works
    return {**counts, "area": _with_outer_headings(counts["area"])}


def _counts(names: list[str], conditions: list[ColumnElement[bool]]) -> Select[Any]:
    """Works by some choices: rows of a value for every choice, their number and their first `start`.

    A row has the values of the choices of one of COUNTED_TOGETHER, and null for the others: to group 100,000 works by
    each choice alone takes half as long again.
    """
    values: list[Any] = [cast(column if name in names else null(), Text) for name, column in FACETS.items()]
    sets = ([FACETS[name] for name in together if name in names] for together in COUNTED_TOGETHER)
    counted = select(*values, func.count(), func.min(WorkSummary.start).label("start"))
    return counted.where(and_(true(), *conditions)).group_by(
        func.grouping_sets(*(tuple_(*columns) for columns in sets if columns))
    )


def shown(counts: dict[str, dict[str, int]], selection: Selection) -> tuple[int, int]:
    """How many works a selection holds, and how many of these have a place, as its facets say."""
    precisions = counts["precision"]
    works = sum(precisions.get(word, 0) for word in selection.precision or precisions)
    unplaced = Precision.NONE in (selection.precision or precisions)
    return works, works - (precisions.get(Precision.NONE, 0) if unplaced else 0)


def _with_outer_headings(counts: dict[str, int]) -> dict[str, int]:
    """Adds to every heading the works of the headings below it."""
    total: dict[str, int] = {}
    for path, works in counts.items():
        headings = path.split(AREA_SEPARATOR) if path else []
        for depth in range(1, len(headings) + 1):
            outer = AREA_SEPARATOR.join(headings[:depth])
            total[outer] = total.get(outer, 0) + works
    return total

"""What a wall map shows: the works of a selection, the county around them, and the gazetteer's places under them."""

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from flask_babel import gettext
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from gazetteer.vocabulary import Precision, Sector, Status
from geodata.models import (
    SRID,
    GazetteerPlace,
    GazetteerSource,
    Location,
    Report,
    ReportKind,
    StatusChange,
    Work,
    WorkSummary,
)
from geodata.selection import NO_TOWN, Selection, works_in
from webmap.poster.errors import PosterError

MAX_WORKS = 2000  # on one map: with more, no sheet has room for their numbers
MAX_PLACES = 40_000  # of the base map, largest first: as many lines as A0 can hold apart
LEAST_SIZE = 0.3  # mm on the sheet: what is smaller is no more than a dot, and is left out
SMOOTHING = 0.05  # mm on the sheet by which lines of the base map may be simplified: half the thinnest stroke

BOUNDARY_KINDS = ("province", "city", "county")


@dataclass(frozen=True, slots=True)
class PosterWork:
    """A work as the sheet needs it; `shape` is EPSG:4326, longitude first, None where the work has no place."""

    work_id: int
    name: str
    extent: tuple[str, str] | None
    sector: Sector
    status: Status
    town: str
    precision: Precision
    reason: str
    shape: BaseGeometry | None


@dataclass(frozen=True, slots=True)
class ReportTitle:
    """The report that works come from."""

    title: str
    county: str
    adcode: str | None
    year: int
    fictional: bool
    kind: ReportKind


@dataclass(frozen=True, slots=True)
class BasePlace:
    """A place of the base map; `shape` is EPSG:4326, longitude first."""

    name: str
    kind: str
    shape: BaseGeometry
    source_id: int


def read_works(session: Session, selection: Selection) -> tuple[list[PosterWork], list[ReportTitle]]:
    """The works of a selection by report and as that has them, and their reports.

    Raises PosterError where there are none, or more than a sheet can hold.
    """
    columns = {
        "work_id": Work.id,
        "report_id": Work.report_id,
        "name": Work.name,
        "start": Work.extent_from,
        "end": Work.extent_to,
        "sector": WorkSummary.sector,
        "status": StatusChange.status,
        "town": WorkSummary.town,
        "precision": WorkSummary.precision,
        "reason": Location.reason,
        "wkb": func.ST_AsBinary(Location.geometry),
    }
    statement = works_in(selection, *(column.label(name) for name, column in columns.items()))
    rows = session.execute(
        statement.order_by(Report.county, Report.year.desc(), Work.report_id, Work.start, Work.id).limit(MAX_WORKS + 1)
    ).all()
    if not rows:
        raise PosterError(gettext("没有符合条件的工程，请放宽筛选"))
    if len(rows) > MAX_WORKS:
        raise PosterError(gettext("一张图放不下 %(works)d 项以上的工程，请按报告、行业或乡镇筛选", works=MAX_WORKS))
    works = [
        PosterWork(
            work_id=row.work_id,
            name=row.name,
            extent=(row.start, row.end) if row.start is not None else None,
            sector=Sector(row.sector),
            status=row.status,
            town="" if row.town == NO_TOWN else row.town,
            precision=Precision(row.precision),
            reason=row.reason or "",
            shape=shapely.from_wkb(bytes(row.wkb)) if row.wkb is not None else None,
        )
        for row in rows
    ]
    reports = session.execute(
        select(Report.title, Report.county, Report.adcode, Report.year, Report.fictional, Report.kind)
        .where(Report.id.in_({row.report_id for row in rows}))
        .order_by(Report.county, Report.year.desc())
    )
    return works, [ReportTitle(*row) for row in reports]


def read_counties(session: Session, reports: Sequence[ReportTitle]) -> list[BaseGeometry]:
    """The areas of the reports' counties, as far as the gazetteer has them, EPSG:4326."""
    named = or_(
        *(
            and_(
                GazetteerSource.fictional == report.fictional,
                GazetteerPlace.adcode == report.adcode if report.adcode else GazetteerPlace.name == report.county,
            )
            for report in reports
        )
    )
    statement = (
        select(func.ST_AsBinary(GazetteerPlace.geometry))
        .join(GazetteerSource, GazetteerSource.id == GazetteerPlace.source_id)
        .where(named, GazetteerPlace.kind.in_(BOUNDARY_KINDS), func.ST_Dimension(GazetteerPlace.geometry) == 2)
    )
    return [shapely.from_wkb(bytes(wkb)) for wkb in session.scalars(statement)]


def read_base(
    session: Session,
    envelope: tuple[float, float, float, float],
    degrees_a_mm: float,
    reports: Sequence[ReportTitle],
) -> list[BasePlace]:
    """The places in a box of degrees, largest first, in as much detail as the sheet shows.

    Made-up places lie only under made-up works, and real ones only under real ones.
    """
    shape = GazetteerPlace.geometry
    length = func.greatest(func.ST_XMax(shape) - func.ST_XMin(shape), func.ST_YMax(shape) - func.ST_YMin(shape))
    worlds = {report.fictional for report in reports}
    visible: ColumnElement[bool] = or_(func.ST_Dimension(shape) == 0, length > LEAST_SIZE * degrees_a_mm)
    statement = (
        select(
            GazetteerPlace.name,
            GazetteerPlace.kind,
            func.ST_AsBinary(func.ST_SimplifyPreserveTopology(shape, SMOOTHING * degrees_a_mm)),
            GazetteerPlace.source_id,
        )
        .join(GazetteerSource, GazetteerSource.id == GazetteerPlace.source_id)
        .where(shape.op("&&")(func.ST_MakeEnvelope(*envelope, SRID)), visible, GazetteerSource.fictional.in_(worlds))
        .order_by(length.desc(), GazetteerPlace.id)
        .limit(MAX_PLACES)
    )
    return [
        BasePlace(name, kind, shapely.from_wkb(bytes(wkb)), source_id)
        for name, kind, wkb, source_id in session.execute(statement)
    ]


def attributions(session: Session, source_ids: set[int]) -> list[str]:
    """What the sources of the base map ask to be shown with it."""
    statement = select(GazetteerSource.attribution, GazetteerSource.licence).where(GazetteerSource.id.in_(source_ids))
    shown = dict.fromkeys(
        attribution if licence in attribution else f"{attribution} ({licence})"
        for attribution, licence in session.execute(statement.order_by(GazetteerSource.id))
    )
    return list(shown)

"""What the API reads from the database, in the shape of its schemas."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import Session

from geodata import models
from geodata.inspections import may_see
from geodata.models import GazetteerPlace, GazetteerSource, PlaceName
from geodata.returns import Change, Taken
from geodata.selection import Selection, works_in
from webmap.api import schemas

DECIMALS = 9  # of a degree: 0.1 mm
COMMIT_MARGIN = timedelta(minutes=1)  # a row bears the time when its transaction began: longer ones are not expected

changed_at = models.WorkSummary.changed_at


def works(
    session: Session, selection: Selection, *, since: datetime | None, after: int, limit: int
) -> list[schemas.Work]:
    """The works of a selection after an identifier, those that changed since a time."""
    columns = (models.Work, models.Report, models.StatusChange, models.Location, _geojson(models.Location), changed_at)
    statement = works_in(selection, *columns).where(models.Work.id > after)
    if since is not None:
        statement = statement.where(changed_at >= since)
    return [_work(*row) for row in session.execute(statement.order_by(models.Work.id).limit(limit))]


def deleted(session: Session, *, since: datetime, after: int, limit: int) -> list[schemas.DeletedWork]:
    """The works deleted since a time, after an identifier, whatever selection they were in."""
    gone = models.DeletedWork
    statement = select(gone).where(gone.deleted_at >= since, gone.work_id > after).order_by(gone.work_id).limit(limit)
    return [
        schemas.DeletedWork(id=row.work_id, report_id=row.report_id, deleted_at=row.deleted_at)
        for row in session.scalars(statement)
    ]


def now(session: Session) -> datetime:
    """The time up to which changes are surely seen."""
    time: datetime = session.execute(select(func.now())).scalar_one()
    return time - COMMIT_MARGIN


def reports(session: Session) -> list[schemas.Report]:
    """All reports, with the number of works in each."""
    statement = select(models.Report, func.count(models.Work.id)).outerjoin(models.Work).group_by(models.Report.id)
    return [
        schemas.Report(**_columns(report, schemas.Report), works=number)
        for report, number in session.execute(statement.order_by(models.Report.id))
    ]


def places(
    session: Session, *, name: str, kind: str, ids: Sequence[int], after: int, limit: int
) -> list[schemas.Place]:
    """Places after an identifier, those that bear a name exactly and are of a kind, where these are given."""
    names = select(func.array_agg(PlaceName.name)).where(PlaceName.place_id == GazetteerPlace.id).scalar_subquery()
    statement = (
        select(GazetteerPlace, GazetteerSource.name, names, _geojson(GazetteerPlace))
        .join(GazetteerSource, GazetteerSource.id == GazetteerPlace.source_id)
        .where(GazetteerPlace.id > after)
    )
    if ids:
        statement = statement.where(GazetteerPlace.id.in_(ids))
    if kind:
        statement = statement.where(GazetteerPlace.kind == kind)
    if name:
        also = select(PlaceName.place_id).where(PlaceName.name == name)
        statement = statement.where((GazetteerPlace.name == name) | GazetteerPlace.id.in_(also))
    return [
        schemas.Place(**_columns(place, schemas.Place), source=source, names=others or [], geometry=_loaded(geometry))
        for place, source, others, geometry in session.execute(statement.order_by(GazetteerPlace.id).limit(limit))
    ]


def locations(session: Session, work: int) -> list[schemas.Location]:
    """The history of a work's places."""
    statement = select(models.Location, _geojson(models.Location)).where(models.Location.work_id == work)
    return [_location(*row) for row in session.execute(statement.order_by(models.Location.id))]


def statuses(session: Session, work: int) -> list[schemas.StatusChange]:
    """The history of a work's statuses."""
    statement = select(models.StatusChange).where(models.StatusChange.work_id == work).order_by(models.StatusChange.id)
    return [_status(change) for change in session.scalars(statement)]


def inspections(session: Session, work: int, account: models.Account) -> list[schemas.Inspection]:
    """What inspectors saw of a work, as far as the account may see it."""
    seen = models.Inspection
    statement = (
        select(seen, models.Account.name, _geojson(seen))
        .join(models.Account, models.Account.id == seen.account_id)
        .where(seen.work_id == work, may_see(account))
        .order_by(seen.seen_at, seen.id)
    )
    return [
        schemas.Inspection(**_columns(inspection, schemas.Inspection), inspector=name, geometry=_loaded(geometry))
        for inspection, name, geometry in session.execute(statement)
    ]


def edits(changes: Sequence[Change], taken: Taken) -> list[schemas.EditedWork]:
    """What became of the changes of a file."""
    found = []
    for change in changes:
        work, place, status = change.edited.work_id, change.place, change.status
        found.append(
            schemas.EditedWork(
                work=work,
                name=change.work.name if change.work else None,
                place=None if place is None else "taken" if work in taken.places else "left",
                status=None if status is None else "taken" if work in taken.statuses else "left",
                status_now=status.now.status if status else None,
                status_in_file=status.status if status else None,
                location_now=place.now.id if place and place.now else None,
                refused=[refusal.reason for refusal in change.refusals],
            )
        )
    return found


def _work(
    work: models.Work,
    report: models.Report,
    status: models.StatusChange,
    location: models.Location | None,
    geometry: str | None,
    changed: datetime,
) -> schemas.Work:
    return schemas.Work(
        **_columns(work, schemas.Work),
        county=report.county,
        year=report.year,
        fictional=report.fictional,
        changed_at=changed,
        status=_status(status),
        location=None if location is None else _location(location, geometry),
    )


def _location(location: models.Location, geometry: str | None) -> schemas.Location:
    return schemas.Location(**_columns(location, schemas.Location), geometry=_loaded(geometry))


def _status(change: models.StatusChange) -> schemas.StatusChange:
    return schemas.StatusChange(**_columns(change, schemas.StatusChange))


def _columns(row: models.Base, schema: type[Any]) -> dict[str, Any]:
    """The columns of a row that a schema has under the same name, but for geometries."""
    names = set(schema.model_fields) & set(row.__table__.columns.keys())
    return {name: getattr(row, name) for name in names - {"geometry"}}


def _geojson(table: type[Any]) -> Any:
    return cast(func.ST_AsGeoJSON(table.geometry, DECIMALS, 0), Text)


def _loaded(geometry: str | None) -> dict[str, Any] | None:
    found: dict[str, Any] | None = None if geometry is None else json.loads(geometry)
    return found

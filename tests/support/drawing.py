"""Reports and works for tests, written in as few words as the test needs."""

from collections.abc import Sequence
from typing import Any

from geoalchemy2.shape import from_shape
from readings import an_unsaved_report
from shapely import wkt
from sqlalchemy.orm import Session

from gazetteer.vocabulary import Kind, Nature, Period, Precision, Sector, Status
from geodata.models import SRID, Location, Report, StatusChange, Work


def a_report(session: Session, text: str = "建成人民路。", **columns: Any) -> Report:
    """A report kept in the database, of 永康市 in 2022 unless the columns say otherwise."""
    report = an_unsaved_report(text, **columns)
    session.add(report)
    session.flush()
    return report


def a_work(
    session: Session,
    report: Report,
    name: str = "人民路",
    *,
    status: Status = Status.ONGOING,
    place: str | None = None,
    precision: Precision | None = None,
    town: str | None = None,
    evidence: dict[str, Any] | None = None,
    reason: str = "名称一致",
    area: Sequence[str] = ("一、交通",),
    **columns: Any,
) -> Work:
    """A work of the report; `place` is WKT, longitude first. Without a precision it is not located yet."""
    start = max(report.text.find(name), 0)
    values = {
        "key": name,
        "kind": Kind.ROAD,
        "nature": Nature.NEW,
        "sector": Sector.TRANSPORT,
        "named": True,
        "period": Period.PLANNED,
        "places": [name],
        "action": "建成",
        "sentence": report.text,
        "start": start,
        "end": start + len(name),
        "spans": [[start, start + len(name)]],
        "mentions": [],
        "flags": [],
        **columns,
    }
    work = Work(report_id=report.id, name=name, area=list(area), **values)
    work.statuses.append(StatusChange(status=status, changed_by="guatu"))
    if place and precision is None:
        precision = Precision.EXACT
    if precision:
        work.locations.append(
            Location(
                geometry=from_shape(wkt.loads(place), SRID) if place else None,
                precision=precision,
                confidence=0.9 if place else 0,
                reason=reason,
                evidence=evidence or {},
                town=town,
                placed_by="guatu",
            )
        )
    session.add(work)
    session.flush()
    return work

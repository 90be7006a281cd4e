"""What planners put right: where a work is and how far it is. Each deed is a row of the work's history; so is an undo.

Whoever changes a work says which state of it they saw; where that has changed meanwhile, nothing is written and
`ConflictError` tells who changed it. Every function locks the work until the caller's transaction ends.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import numpy as np
import shapely
from geoalchemy2 import WKBElement
from geoalchemy2.shape import from_shape, to_shape
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from gazetteer.errors import GuatuError
from gazetteer.stretch import Meeting, Road
from gazetteer.vocabulary import Kind, Precision, Status
from geodata.audit import record
from geodata.models import SRID, GazetteerPlace, GazetteerSource, Location, StatusChange, Work

SURE = 1.0  # the confidence of what a person has placed: later guesses are measured against it
MAX_VERTICES = 20_000  # of a drawing: no hand draws more, and every map that shows it has to bear them
MAX_WORDS = 1000  # characters of a reason or a note
MIN_CUT_M = 10.0  # metres: two clicks nearer than this on a road are one
DRAWN_TYPES = frozenset({"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"})
DIVISIONS = {"town": Precision.TOWN, "county": Precision.COUNTY, "city": Precision.COUNTY, "province": Precision.COUNTY}
"""How closely a division shows a work that is not itself one."""


History = TypeVar("History", Location, StatusChange)


class PlacingError(GuatuError):
    """A place or a status is not what the database keeps."""


class ConflictError(GuatuError):
    """Somebody else has changed the work since it was looked at. `current` is the row that they made."""

    def __init__(self, message: str, current: Location | StatusChange | None) -> None:
        super().__init__(message)
        self.current = current


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place of the gazetteer by its source's name and its key there."""

    source: str
    key: str


def draw(session: Session, work_id: int, seen: int | None, by: str, drawing: Mapping[str, Any]) -> Location:
    """Puts a work where somebody drew it; `drawing` is a GeoJSON geometry, EPSG:4326."""
    work, current = _work(session, work_id, seen)
    geometry = geometry_of(drawing)
    return _place(session, work, current, by, geometry, Precision.EXACT, f"{by}在图上画出", {"rule": "drawn"})


def confirm(
    session: Session,
    work_id: int,
    seen: int | None,
    by: str,
    geometry: BaseGeometry,
    reason: str,
    evidence: Mapping[str, Any],
) -> Location:
    """Puts a work where somebody who stood there says it is."""
    work, current = _work(session, work_id, seen)
    return _place(session, work, current, by, geometry, Precision.EXACT, reason, {"rule": "inspection", **evidence})


def choose(session: Session, work_id: int, seen: int | None, by: str, candidate: Candidate) -> Location:
    """Puts a work where a place of the gazetteer is; a division that is not the work shows only where to look."""
    work, current = _work(session, work_id, seen)
    place, geometry = _place_of(session, candidate)
    precision = Precision.EXACT if place.kind == work.kind else DIVISIONS.get(place.kind, Precision.EXACT)
    return _place(
        session,
        work,
        current,
        by,
        geometry,
        precision,
        f"{by}选定“{place.name}”",
        {"rule": "chosen", "matched": [_matched(place, candidate)]},
    )


def cut(
    session: Session,
    work_id: int,
    seen: int | None,
    by: str,
    candidate: Candidate,
    ends: tuple[tuple[float, float], tuple[float, float]],
) -> Location:
    """Puts a work on the part of a road between two points (longitude, latitude), each moved to the road's nearest."""
    work, current = _work(session, work_id, seen)
    place, geometry = _place_of(session, candidate)
    stretch = cut_between(geometry, ends)
    return _place(
        session,
        work,
        current,
        by,
        stretch,
        Precision.STRETCH,
        f"{by}从“{place.name}”上截取",
        {"rule": "cut", "matched": [_matched(place, candidate)]},
    )


def declare_nowhere(session: Session, work_id: int, seen: int | None, by: str, reason: str) -> Location:
    """Says that a work cannot be placed, and why."""
    work, current = _work(session, work_id, seen)
    words = _words(reason)
    if not words:
        raise PlacingError("请写明为什么定不了位 (say why it cannot be placed)")
    return _place(session, work, current, by, None, Precision.NONE, words, {"rule": "declared"})


def restore(session: Session, work_id: int, seen: int | None, by: str, location_id: int) -> Location:
    """Makes an earlier place of the work its place again, as it was then and by whom it was placed then."""
    work, current = _work(session, work_id, seen)
    earlier = session.scalar(select(Location).where(Location.id == location_id, Location.work_id == work.id))
    if earlier is None:
        raise PlacingError("这项工程没有这个位置记录 (the work has no such place in its history)")
    again = Location(
        work_id=work.id,
        geometry=earlier.geometry,
        precision=earlier.precision,
        confidence=earlier.confidence,
        reason=earlier.reason,
        evidence=earlier.evidence,
        town=earlier.town,
        placed_by=earlier.placed_by,
        restores_id=earlier.restores_id or earlier.id,
    )
    return _keep(session, work, current, again, by, "work.restore_place")


def undo(session: Session, work_id: int, seen: int | None, by: str) -> Location:
    """Takes back the last change of the work's place; once more takes back the one before it."""
    session.execute(select(Work.id).where(Work.id == work_id).with_for_update())
    current = _current(session, Location, work_id)
    before = _before(session, Location, work_id, current)
    if before is None:
        raise PlacingError("没有可撤销的改动 (there is nothing to undo)")
    return restore(session, work_id, seen, by, before)


def say_status(
    session: Session, work_id: int, seen: int | None, by: str, status: Status, on_date: date | None, note: str
) -> StatusChange:
    """Says how far a work is, since when, with a note."""
    _lock(session, work_id)
    current = _current(session, StatusChange, work_id)
    _check_seen(current, seen)
    change = StatusChange(work_id=work_id, status=status, on_date=on_date, note=_words(note), changed_by=by)
    return _keep_status(session, current, change, by, "work.status")


def undo_status(session: Session, work_id: int, seen: int | None, by: str) -> StatusChange:
    """Takes back the last change of the work's status; once more takes back the one before it."""
    _lock(session, work_id)
    current = _current(session, StatusChange, work_id)
    _check_seen(current, seen)
    before = session.get(StatusChange, _before(session, StatusChange, work_id, current) or 0)
    if before is None:
        raise PlacingError("没有可撤销的改动 (there is nothing to undo)")
    change = StatusChange(
        work_id=work_id,
        status=before.status,
        on_date=before.on_date,
        note=before.note,
        changed_by=before.changed_by,
        restores_id=before.restores_id or before.id,
    )
    return _keep_status(session, current, change, by, "work.restore_status")


def geometry_of(drawing: Mapping[str, Any]) -> BaseGeometry:
    """A GeoJSON geometry as a shape without heights. Raises PlacingError where it is none that a map can show."""
    if not isinstance(drawing, Mapping) or drawing.get("type") not in DRAWN_TYPES:
        raise PlacingError("请画一个点、一条线或一个面 (draw a point, a line or an area)")
    if len(json.dumps(drawing)) > MAX_VERTICES * 60:
        raise PlacingError(f"图形的顶点超过{MAX_VERTICES}个 (the drawing has too many vertices)")
    try:
        geometry = shapely.force_2d(shape(dict(drawing)))
        coordinates = shapely.get_coordinates(geometry)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.errors.ShapelyError) as error:
        raise PlacingError("图形不完整 (the drawing is not whole GeoJSON)") from error
    if geometry.is_empty or not np.isfinite(coordinates).all():
        raise PlacingError("图形是空的 (the drawing is empty)")
    if len(coordinates) > MAX_VERTICES:
        raise PlacingError(f"图形的顶点超过{MAX_VERTICES}个 (the drawing has too many vertices)")
    if (np.abs(coordinates) > np.array([180.0, 90.0])).any():
        raise PlacingError(
            "图形在地球之外：经度在前，单位为度 (the drawing leaves the earth: longitude first, in degrees)"
        )
    if not geometry.is_valid or (geometry.geom_type.endswith("String") and not geometry.length):
        raise PlacingError("图形自己相交或退化了，请重画 (the drawing crosses itself or has no extent: draw it again)")
    return geometry


def cut_between(road: BaseGeometry, ends: tuple[tuple[float, float], tuple[float, float]]) -> BaseGeometry:
    """The part of a road between the points of it nearest to two points; raises PlacingError where there is none."""
    if not shapely.length(road):
        raise PlacingError("这个地名不是线，不能截取 (this place is no line to cut)")
    graph = Road(road)
    meetings = [
        Meeting((graph.spot(graph.plane.to_metres(np.array(end, dtype=float))),), 0.0, "clicked") for end in ends
    ]
    line = graph.between(*meetings)
    if line is None or line.length_m < MIN_CUT_M:
        raise PlacingError(
            "两点在路上是同一处，或两点之间不相连 (the two points are one on the road, or nothing joins them)"
        )
    return line.geometry


def _lock(session: Session, work_id: int) -> Work:
    work = session.scalar(select(Work).where(Work.id == work_id).with_for_update())
    if work is None:
        raise PlacingError("没有这项工程 (there is no such work)")
    return work


def _work(session: Session, work_id: int, seen: int | None) -> tuple[Work, Location | None]:
    work = _lock(session, work_id)
    current = _current(session, Location, work_id)
    _check_seen(current, seen)
    return work, current


def _current(session: Session, table: type[History], work_id: int) -> History | None:
    return session.scalar(select(table).where(table.work_id == work_id, table.current))


def _check_seen(current: Location | StatusChange | None, seen: int | None) -> None:
    if (current.id if current else None) == seen:
        return
    if current is None:
        raise ConflictError("这项工程已有变动，请重新打开 (the work has changed: open it again)", None)
    who = current.placed_by if isinstance(current, Location) else current.changed_by
    raise ConflictError(
        f"{who}刚改过这项工程，您的改动没有保存 ({who} has changed this work meanwhile; yours was not saved)",
        current,
    )


def _before(
    session: Session, table: type[Location] | type[StatusChange], work_id: int, current: Location | StatusChange | None
) -> int | None:
    """The row that was there before the current one, or before the one that the current one restores."""
    if current is None:
        return None
    own = table.restores_id.is_(None)
    shown = current.restores_id or current.id
    return session.scalar(select(func.max(table.id)).where(table.work_id == work_id, table.id < shown, own))


def _place_of(session: Session, candidate: Candidate) -> tuple[GazetteerPlace, BaseGeometry]:
    place = session.scalar(
        select(GazetteerPlace)
        .join(GazetteerSource, GazetteerSource.id == GazetteerPlace.source_id)
        .where(GazetteerSource.name == candidate.source, GazetteerPlace.key == candidate.key)
    )
    if place is None or place.geometry is None:
        raise PlacingError("地名库里没有这个地名的位置了 (the gazetteer no longer has a place for this name)")
    return place, to_shape(place.geometry)


def _matched(place: GazetteerPlace, candidate: Candidate) -> dict[str, str]:
    return {"place": candidate.key, "name": place.name, "kind": place.kind, "source": candidate.source}


def _place(
    session: Session,
    work: Work,
    current: Location | None,
    by: str,
    geometry: BaseGeometry | None,
    precision: Precision,
    reason: str,
    evidence: dict[str, Any],
) -> Location:
    element = None if geometry is None else from_shape(geometry, SRID)
    location = Location(
        work_id=work.id,
        geometry=element,
        precision=precision,
        confidence=0.0 if geometry is None else SURE,
        reason=reason,
        evidence={"matched": [], **evidence},
        town=_town(session, element) or (current.town if current else None),
        placed_by=by,
    )
    return _keep(session, work, current, location, by, "work.place")


def _town(session: Session, geometry: WKBElement | None) -> str | None:
    """The town whose area holds the middle of a place."""
    if geometry is None:
        return None
    holds = func.ST_Covers(GazetteerPlace.geometry, func.ST_PointOnSurface(geometry))
    is_area = func.ST_Dimension(GazetteerPlace.geometry) == 2
    return session.scalar(
        select(GazetteerPlace.name).where(GazetteerPlace.kind == Kind.TOWN.value, is_area, holds).limit(1)
    )


def _keep(session: Session, work: Work, current: Location | None, location: Location, by: str, action: str) -> Location:
    if current is not None:
        session.execute(update(Location).where(Location.id == current.id).values(current=False))
    session.add(location)
    session.flush()
    record(
        session,
        by,
        action,
        f"work {work.id}",
        location=location.id,
        instead_of=current.id if current else None,
        precision=location.precision.value,
        rule=location.evidence.get("rule"),
    )
    session.flush()
    return location


def _keep_status(
    session: Session, current: StatusChange | None, change: StatusChange, by: str, action: str
) -> StatusChange:
    if current is not None:
        session.execute(update(StatusChange).where(StatusChange.id == current.id).values(current=False))
    session.add(change)
    session.flush()
    record(
        session,
        by,
        action,
        f"work {change.work_id}",
        status=change.status.value,
        instead_of=current.id if current else None,
    )
    session.flush()
    return change


def _words(words: str) -> str:
    words = words.replace("\x00", "").strip()
    if len(words) > MAX_WORDS:
        raise PlacingError(f"请不要超过{MAX_WORDS}个字 (write at most {MAX_WORDS} characters)")
    return words

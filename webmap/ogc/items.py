"""Features of a collection as GeoJSON, made by PostGIS."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, func
from sqlalchemy.exc import DataError, InternalError, ProgrammingError
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest, NotFound

from geodata.exports.rows import counterclockwise
from geodata.features import feature
from geodata.models import Location, Report, Work
from geodata.selection import Selection, count, works_in
from webmap.freshness import once
from webmap.ogc.collections import PROPERTIES, Collection
from webmap.ogc.systems import System


@dataclass(frozen=True, slots=True)
class Page:
    """Some features of a collection as GeoJSON, with commas between them, and how many they are.

    `next` is the cursor of the page after, if there is one.
    """

    features: str
    returned: int
    matched: int
    next: int | None


def page_of(
    session: Session,
    collection: Collection,
    conditions: list[ColumnElement[bool]],
    system: System,
    limit: int,
    cursor: int,
) -> Page:
    """The features after the cursor that meet all conditions. Raises BadRequest where PostgreSQL cannot compare as
    asked, a text with a number for example.
    """
    statement = _statement(collection, conditions, Work.id, _feature(system)).where(Work.id > cursor)
    try:
        found = session.connection().execute(statement.order_by(Work.id).limit(limit + 1)).all()
        everything = cursor == 0 and len(found) <= limit
        matched = len(found) if everything else _count(session, collection, conditions)
    except (DataError, ProgrammingError, InternalError) as error:
        reason = str(error.orig).partition("\n")[0]
        raise BadRequest(f"filter: cannot be compared as asked: {reason}") from error
    shown = found[:limit]
    features = ",\n".join(text for _, text in shown)
    return Page(features, len(shown), matched, shown[-1][0] if len(found) > limit else None)


def feature_of(session: Session, collection: Collection, work: int, system: System) -> str:
    """One feature; raises NotFound where the collection has no such work."""
    found: str | None = session.scalar(_statement(collection, [Work.id == work], _feature(system)))
    if found is None:
        raise NotFound(f"no feature {work} in {collection.id}")
    return found


def extent_of(session: Session, collection: Collection) -> tuple[list[float] | None, list[int] | None]:
    """West, south, east, north in degrees, and the first and last year; None where there is nothing."""
    return once(f"extent of {collection.id}", lambda: _extent(session, collection))


def _extent(session: Session, collection: Collection) -> tuple[list[float] | None, list[int] | None]:
    box = func.ST_Extent(Location.geometry)
    columns = (*(edge(box) for edge in (func.ST_XMin, func.ST_YMin, func.ST_XMax, func.ST_YMax)),)
    years = (func.min(Report.year), func.max(Report.year))
    *edges, first, last = session.execute(_statement(collection, [], *columns, *years)).one()
    return (None if edges[0] is None else edges), (None if first is None else [first, last])


def _statement(collection: Collection, conditions: list[ColumnElement[bool]], *columns: Any) -> Select[Any]:
    of_part = collection.condition()
    return works_in(Selection(), *columns).where(*conditions, *([] if of_part is None else [of_part]))


def _count(session: Session, collection: Collection, conditions: list[ColumnElement[bool]]) -> int:
    if conditions:
        return session.scalar(_statement(collection, conditions, func.count())) or 0
    if collection.part is None:
        return once("count of works", lambda: count(session, Selection()))
    return once(f"count of {collection.id}", lambda: session.scalar(_statement(collection, [], func.count())) or 0)


@cache
def _feature(system: System) -> ColumnElement[str]:
    geometry = system.written(counterclockwise(Location.geometry))
    return feature(PROPERTIES, func.ST_AsGeoJSON(geometry, system.datum.decimals, 0))

"""Works as GeoJSON features (RFC 7946), made by PostGIS."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, literal_column, select
from sqlalchemy.orm import Session

from geodata.models import Location, Report, StatusChange, Work, WorkSummary
from geodata.selection import Selection, precision_of_work, works_in

DECIMALS = 6  # of a degree: 0.11 m at the equator, finer than any map here


PROPERTIES: dict[str, Any] = {
    "name": Work.name,
    "kind": Work.kind,
    "sector": Work.sector,
    "nature": Work.nature,
    "status": StatusChange.status,
    "named": Work.named,
    "extent_from": Work.extent_from,
    "extent_to": Work.extent_to,
    "quantity": Work.quantity,
    "unit": Work.unit,
    "county": Report.county,
    "year": Report.year,
    "fictional": Report.fictional,
    "area": Work.area,
    "period": Work.period,
    "sentence": Work.sentence,
    "precision": precision_of_work,
    "confidence": Location.confidence,
    "reason": Location.reason,
    "town": Location.town,
    "placed_by": Location.placed_by,
}
DRAWN = ("sector", "status", "precision")  # what decides how a work looks on the map


def feature(properties: Mapping[str, Any], geometry: ColumnElement[str]) -> ColumnElement[str]:
    """A column for `works_in`: the work as the text of one GeoJSON feature, its geometry null where `geometry` is.

    The parts are put together as text: as JSON, PostgreSQL would read the geometry's text again, and look up every
    property's type for every work.
    """
    named = select(*(column.label(name) for name, column in properties.items()))
    row = named.correlate(WorkSummary, Work, Report, StatusChange, Location).subquery("properties")
    written = select(func.row_to_json(literal_column("properties"))).select_from(row).scalar_subquery()
    text = func.concat(
        *('{"type":"Feature","id":', Work.id, ',"geometry":', func.coalesce(geometry, "null")),
        *(',"properties":', written, "}"),
    )
    return cast(text, Text)


def feature_collection(session: Session, selection: Selection, names: Sequence[str] = tuple(PROPERTIES)) -> str:
    """All works of a selection as one GeoJSON FeatureCollection with the named properties.

    A work without a place has the geometry null.
    """
    one = feature({name: PROPERTIES[name] for name in names}, func.ST_AsGeoJSON(Location.geometry, DECIMALS))
    rows = session.connection().scalars(works_in(selection, one).order_by(Work.id)).all()
    return '{"type":"FeatureCollection","features":[' + ",\n".join(rows) + "]}"

"""Works as GeoJSON features (RFC 7946), made by PostGIS."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from geodata.models import Location, Report, StatusChange, Work
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


def feature_collection(session: Session, selection: Selection, names: Sequence[str] = tuple(PROPERTIES)) -> str:
    """All works of a selection as one GeoJSON FeatureCollection with the named properties.

    A work without a place has the geometry null.
    """
    properties = func.jsonb_build_object(*chain.from_iterable((name, PROPERTIES[name]) for name in names))
    feature = func.jsonb_build_object(
        *("type", "Feature", "id", Work.id, "properties", properties),
        *("geometry", func.ST_AsGeoJSON(Location.geometry, DECIMALS).cast(JSONB)),
    )
    rows = session.scalars(works_in(selection, feature.cast(Text)).order_by(Work.id))
    return '{"type":"FeatureCollection","features":[' + ",\n".join(rows) + "]}"

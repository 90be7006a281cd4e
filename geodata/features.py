"""Works as GeoJSON features (RFC 7946), made by PostGIS."""

from sqlalchemy import Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from geodata.models import Location, Report, StatusChange, Work
from geodata.selection import Selection, precision_of_work, works_in

DECIMALS = 6  # of a degree: 0.11 m at the equator, finer than any map here


def feature_collection(session: Session, selection: Selection) -> str:
    """All works of a selection as one GeoJSON FeatureCollection; a work without a place has the geometry null."""
    properties = func.jsonb_build_object(
        *("name", Work.name, "kind", Work.kind, "sector", Work.sector, "nature", Work.nature),
        *("status", StatusChange.status, "area", Work.area, "period", Work.period, "named", Work.named),
        *("extent_from", Work.extent_from, "extent_to", Work.extent_to, "quantity", Work.quantity, "unit", Work.unit),
        *("report", Report.id, "county", Report.county, "year", Report.year, "fictional", Report.fictional),
        *("precision", precision_of_work, "confidence", Location.confidence, "reason", Location.reason),
        *("town", Location.town, "placed_by", Location.placed_by, "sentence", Work.sentence),
    )
    feature = func.jsonb_build_object(
        *("type", "Feature", "id", Work.id, "properties", properties),
        *("geometry", func.ST_AsGeoJSON(Location.geometry, DECIMALS).cast(JSONB)),
    )
    rows = session.scalars(works_in(selection, feature.cast(Text)).order_by(Work.id))
    return '{"type":"FeatureCollection","features":[' + ",\n".join(rows) + "]}"

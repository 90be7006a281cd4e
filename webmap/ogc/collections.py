"""The collections of works that the services offer, and what may be asked of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from flask_babel import LazyString, lazy_gettext
from sqlalchemy import ColumnElement
from werkzeug.exceptions import NotFound

from geodata.exports.fields import FIELDS, Field, Wording
from geodata.exports.rows import Part
from geodata.models import Location, WorkSummary

GEOMETRY = "geometry"
JSON_TYPES = {pa.string(): "string", pa.int64(): "integer", pa.float64(): "number", pa.bool_(): "boolean"}


@dataclass(frozen=True, slots=True)
class Collection:
    """Works of one type of geometry, or all of them."""

    id: str
    title: LazyString
    description: LazyString
    part: Part | None

    def condition(self) -> ColumnElement[bool] | None:
        return None if self.part is None else self.part.condition()


COLLECTIONS = {
    collection.id: collection
    for collection in (
        Collection("works", lazy_gettext("全部工程"), lazy_gettext("报告点名的全部工程，含未定位的"), None),
        Collection("work-points", lazy_gettext("工程点"), lazy_gettext("以点表示的工程"), Part.POINTS),
        Collection("work-lines", lazy_gettext("工程线"), lazy_gettext("以线表示的工程，如道路、河道"), Part.LINES),
        Collection("work-areas", lazy_gettext("工程面"), lazy_gettext("以面表示的工程，如区块、园区"), Part.AREAS),
    )
}
WORDING = Wording("en")
PROPERTIES: Mapping[str, Any] = {field.key: WORDING.column(field) for field in FIELDS}
CHANGED_AT = "changed_at"  # when a work, its place or its status last changed; in filters alone
QUERYABLES: Mapping[str, Any] = {**PROPERTIES, CHANGED_AT: WorkSummary.changed_at, GEOMETRY: Location.geometry}


def collection_of(name: str) -> Collection:
    """A collection by its identifier; raises NotFound where there is none."""
    if name not in COLLECTIONS:
        raise NotFound(f"no collection “{name[:40]}”: {', '.join(COLLECTIONS)}")
    return COLLECTIONS[name]


def property_schema(field: Field) -> dict[str, Any]:
    """JSON Schema of a property; null where the report does not say."""
    schema: dict[str, Any] = {"title": field.chinese, "type": JSON_TYPES[field.type]}
    if field.words is not None:
        schema["enum"] = [word.value for word in field.words]
    return schema

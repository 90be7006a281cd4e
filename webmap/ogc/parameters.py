"""What an address of the services asks for; anything that is not declared is refused, as the standard demands."""

import re
from collections.abc import Iterable
from datetime import datetime

from flask import request
from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy import func as sql
from werkzeug.exceptions import BadRequest

from geodata.exports.fields import FIELDS
from geodata.models import Location, Report
from webmap.ogc.collections import JSON_TYPES, PROPERTIES, QUERYABLES
from webmap.ogc.cql2 import condition_of
from webmap.ogc.systems import system_of

COMMON = ("f", "lang")
ITEMS = ("limit", "cursor", "bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang", "filter-crs")
PAGE_LENGTH, MAX_PAGE_LENGTH = 100, 10_000  # features a page
MAX_ID = 2**31 - 1  # of PostgreSQL's integer
_INSTANT = re.compile(r"(\d{4})-(\d{2})-(\d{2})(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2}))?")


def allow_only(*names: str) -> None:
    """Raises BadRequest where the address has a parameter that is not declared, or one twice."""
    for name, given in request.args.lists():
        if name not in (*COMMON, *names):
            raise BadRequest(f"unknown parameter “{name[:40]}”: {', '.join((*COMMON, *names))}")
        if len(given) > 1:
            raise BadRequest(f"{name}: once")


def limit() -> int:
    """Features a page: more than the most is the most, as the standard demands."""
    value = request.args.get("limit", str(PAGE_LENGTH))
    if not re.fullmatch(r"[0-9]{1,18}", value) or int(value) < 1:
        raise BadRequest("limit: a whole number, 1 or more")
    return min(int(value), MAX_PAGE_LENGTH)


def cursor() -> int:
    """The identifier of the last work of the page before; 0 for the first page."""
    value = request.args.get("cursor", "0")
    if not re.fullmatch(r"[0-9]{1,10}", value) or int(value) > MAX_ID:
        raise BadRequest("cursor: as the link to the next page has it")
    return int(value)


def conditions() -> list[ColumnElement[bool]]:
    """The conditions of bbox, datetime, filter and the properties. Raises BadRequest where one is none."""
    made: list[ColumnElement[bool]] = []
    box_system = system_of("bbox-crs", request.args.get("bbox-crs"))
    if "bbox" in request.args:
        boxes = box_system.boxes(request.args["bbox"])
        made.append(or_(*(sql.ST_Intersects(Location.geometry, box) for box in boxes)))
    if "datetime" in request.args:
        made.append(and_(*_years(request.args["datetime"])))
    filter_system = system_of("filter-crs", request.args.get("filter-crs"))
    language = request.args.get("filter-lang", "cql2-text")
    if "filter" in request.args:
        made.append(condition_of(request.args["filter"], language, QUERYABLES, filter_system))
    made += [PROPERTIES[f.key] == _value(f.key, JSON_TYPES[f.type]) for f in FIELDS if f.key in request.args]
    return made


def _value(name: str, kind: str) -> object:
    text = request.args[name].replace("\x00", "")
    try:
        if kind == "integer":
            return int(text)
        if kind == "number":
            return float(text)
        if kind == "boolean":
            return {"true": True, "false": False}[text]
    except (ValueError, KeyError) as error:
        raise BadRequest(f"{name}: a value of the type {kind}") from error
    return text


def _years(text: str) -> Iterable[ColumnElement[bool]]:
    """Conditions for the year of the report, a work's time: an instant or an interval, which may be half open."""
    start, slash, end = text.partition("/")
    if not slash:
        year = _year(text)
        return [Report.year == year]
    first, last = (None if part in ("", "..") else _year(part) for part in (start, end))
    if first is not None and last is not None and (first > last or start[:10] > end[:10]):
        raise BadRequest("datetime: the beginning of the interval before its end")
    made = []
    if first is not None:
        made.append(Report.year >= first)
    if last is not None:
        made.append(Report.year <= last)
    return made


def _year(text: str) -> int:
    try:
        if _INSTANT.fullmatch(text):
            return datetime.fromisoformat(text).year
    except ValueError:  # the 31st of February
        pass
    raise BadRequest("datetime: RFC 3339, as 2024-01-01T00:00:00Z, or an interval of two with / between")

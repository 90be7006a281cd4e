"""The filters of an address as a selection: `?sector=transport&sector=water&status=start&words=...&bbox=w,s,e,n`."""

import math
from collections.abc import Callable
from typing import TypeVar

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from gazetteer.vocabulary import Precision, Sector, Status
from geodata.models import Finding, ReportKind
from geodata.selection import FACETS, MAX_WORDS, NOT_INSPECTED, Selection

T = TypeVar("T")

CHOICES = tuple(FACETS)
MAX_ID = 2**31 - 1  # of PostgreSQL's integer


def selection_of(args: MultiDict[str, str]) -> Selection:
    """The selection that an address asks for; raises BadRequest with the parameter's name where a value is none."""
    return Selection(
        report_kind=_values(args, "report_kind", ReportKind),
        report=_values(args, "report", _identifier),
        area=_values(args, "area", _text),
        sector=_values(args, "sector", Sector),
        status=_values(args, "status", Status),
        town=_values(args, "town", _text),
        precision=_values(args, "precision", Precision),
        finding=_values(args, "finding", _finding),
        words=_text(args.get("words", "")).strip()[:MAX_WORDS],
        bbox=_bbox(args["bbox"]) if args.get("bbox") else None,
        work=_values(args, "work", _identifier),
    )


def _values(args: MultiDict[str, str], name: str, read: Callable[[str], T]) -> tuple[T, ...]:
    try:
        return tuple(dict.fromkeys(read(value) for value in args.getlist(name)))
    except ValueError as error:
        raise BadRequest(f"{name}: {error}") from error


def _identifier(value: str) -> int:
    number = int(value)
    if not 0 < number <= MAX_ID:
        raise ValueError(f"{value} is no identifier")
    return number


def _finding(value: str) -> str:
    return value if value == NOT_INSPECTED else Finding(value).value


def _text(value: str) -> str:
    return value.replace("\x00", "")  # PostgreSQL's text has no NUL


def _bbox(value: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(part) for part in value.split(","))
    except ValueError as error:
        raise BadRequest("bbox: four numbers, west,south,east,north in degrees") from error
    inside = -180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90
    if not inside or not all(map(math.isfinite, (west, south, east, north))):
        raise BadRequest("bbox: west,south,east,north in degrees, south not above north")
    return west, south, east, north

"""CQL2 (OGC 21-065r2) as conditions of SQL: text becomes JSON, JSON conditions; properties come from a closed list.

Left to PostgreSQL is whether two values can be compared; `webmap.ogc.items` answers what it refuses.
"""

import json
import operator
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import shapely.geometry
from lark.exceptions import LarkError
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Boolean, ColumnElement, DateTime, Double, Numeric, Text, and_, cast, func, literal, not_, or_
from werkzeug.exceptions import BadRequest

from webmap.ogc.collections import GEOMETRY
from webmap.ogc.cql2_text import parse as parse_text
from webmap.ogc.systems import System

LANGUAGES: dict[str, Callable[[str], Any]] = {"cql2-text": parse_text, "cql2-json": json.loads}
MAX_CHARACTERS = 8000  # of a filter: more than any form makes, less than what keeps a parser busy
MAX_DEPTH = 100  # expressions within each other: no form nests ten, and SQLAlchemy and PostgreSQL have stacks
DAY = timedelta(days=1) - timedelta(microseconds=1)  # from a date's first moment to its last
_UNREADABLE = (LarkError, ShapelyError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError)

Span = tuple[Any, Any]  # the first and the last moment of an instant or an interval
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda a, b: cast(a, Double) / b,
    "%": lambda a, b: func.mod(cast(a, Numeric), cast(b, Numeric)),
    "div": lambda a, b: func.div(cast(a, Numeric), cast(b, Numeric)),
    "^": lambda a, b: func.power(cast(a, Double), cast(b, Double)),
}
SPATIAL: dict[str, Callable[[Any, Any], Any]] = {
    f"s_{name}": getattr(func, f"ST_{name.capitalize()}")
    for name in ("intersects", "equals", "disjoint", "touches", "within", "overlaps", "crosses", "contains")
}
# Allen's relations of a (first, last) and b, which instants have too as spans of one moment.
TEMPORAL: dict[str, Callable[[Span, Span], Any]] = {
    "t_after": lambda a, b: a[0] > b[1],
    "t_before": lambda a, b: a[1] < b[0],
    "t_contains": lambda a, b: and_(a[0] < b[0], a[1] > b[1]),
    "t_disjoint": lambda a, b: or_(a[1] < b[0], a[0] > b[1]),
    "t_during": lambda a, b: and_(a[0] > b[0], a[1] < b[1]),
    "t_equals": lambda a, b: and_(a[0] == b[0], a[1] == b[1]),
    "t_finishedby": lambda a, b: and_(a[0] < b[0], a[1] == b[1]),
    "t_finishes": lambda a, b: and_(a[0] > b[0], a[1] == b[1]),
    "t_intersects": lambda a, b: and_(a[0] <= b[1], a[1] >= b[0]),
    "t_meets": lambda a, b: a[1] == b[0],
    "t_metby": lambda a, b: a[0] == b[1],
    "t_overlappedby": lambda a, b: and_(a[0] > b[0], a[0] < b[1], a[1] > b[1]),
    "t_overlaps": lambda a, b: and_(a[0] < b[0], a[1] > b[0], a[1] < b[1]),
    "t_startedby": lambda a, b: and_(a[0] == b[0], a[1] > b[1]),
    "t_starts": lambda a, b: and_(a[0] == b[0], a[1] < b[1]),
}


def condition_of(text: str, language: str, properties: Mapping[str, Any], system: System) -> ColumnElement[bool]:
    """The condition of a filter on properties; its geometries are in `system`, its dates in UTC.

    Raises BadRequest where it is no CQL2, too long or too deep, or names another property or function.
    """
    if language not in LANGUAGES:
        raise BadRequest(f"filter-lang: one of {', '.join(LANGUAGES)}")
    if len(text) > MAX_CHARACTERS or "\x00" in text:
        raise BadRequest(f"filter: at most {MAX_CHARACTERS} characters of text")
    try:
        return _Reader(properties, system).condition(LANGUAGES[language](text), 0)
    except RecursionError as error:
        raise BadRequest("filter: nested too deep") from error
    except _UNREADABLE as error:
        reason = str(error).partition("\n")[0][:200]
        raise BadRequest(f"filter: this is not {language}: {reason}") from error


class _Reader:
    """Reads CQL2 JSON. Depth counts the expressions around a node."""

    def __init__(self, properties: Mapping[str, Any], system: System) -> None:
        self.properties = properties
        self.system = system

    def condition(self, node: Any, depth: int) -> ColumnElement[bool]:
        """What is true or false."""
        if depth > MAX_DEPTH:
            raise BadRequest("filter: nested too deep")
        if isinstance(node, bool):
            return literal(node, Boolean)
        if not isinstance(node, dict) or not isinstance(node.get("args"), list):
            raise BadRequest("filter: not a condition")
        name, arguments, below = node["op"], node["args"], depth + 1
        if name in ("and", "or") and len(arguments) > 1:
            parts = [self.condition(argument, below) for argument in arguments]
            return and_(*parts) if name == "and" else or_(*parts)
        if name == "not":
            (argument,) = arguments
            return not_(self.condition(argument, below))
        found: ColumnElement[bool] = self._predicate(name, arguments, below)
        return found

    def _predicate(self, name: Any, arguments: list[Any], depth: int) -> Any:
        if name in TEMPORAL:
            first, second = (self._span(argument, depth) for argument in arguments)
            return TEMPORAL[name](first, second)
        if name in SPATIAL:
            one, other = (self._shape(argument) for argument in arguments)
            return SPATIAL[name](one, other)
        if name == "in":
            value, choices = arguments
            return self._scalar(value, depth).in_([self._scalar(choice, depth) for choice in choices])
        if name == "isNull" and arguments == [{"property": GEOMETRY}]:
            return self._shape(*arguments).is_(None)
        return self._comparison(name, [self._scalar(argument, depth) for argument in arguments])

    def _comparison(self, name: Any, values: list[Any]) -> Any:
        value, *others = values
        if name in COMPARISONS and len(others) == 1:
            return COMPARISONS[name](value, *others)
        if name == "like" and len(others) == 1:
            return value.like(*others)
        if name == "between" and len(others) == 2:
            return value.between(*others)
        if name == "isNull" and not others:
            return value.is_(None)
        raise BadRequest(f"filter: no function “{name!s:.60}” of {len(values)} values")

    def _scalar(self, node: Any, depth: int) -> Any:
        """A value to compare: of a property, a literal, or what is made of such."""
        if isinstance(node, bool | str | int | float):
            return literal(_finite(node))
        if "property" in node:
            if node["property"] == GEOMETRY:
                raise BadRequest("filter: a geometry where a value should be")
            return self._property(node["property"])
        if "date" in node or "timestamp" in node:
            return literal(_instant(node)[0], DateTime(timezone=True))
        return self._made(node, depth + 1)

    def _made(self, node: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise BadRequest("filter: nested too deep")
        name, arguments = node["op"], node["args"]
        if name == "casei":
            (argument,) = arguments
            return func.lower(self._scalar(argument, depth), type_=Text)
        if name in ARITHMETIC:
            first, second = (self._scalar(argument, depth) for argument in arguments)
            return ARITHMETIC[name](first, second)
        return self.condition(node, depth)

    def _shape(self, node: Any) -> Any:
        """A geometry as those stored: the works' own, or a literal."""
        if node == {"property": GEOMETRY}:
            return self._property(GEOMETRY)
        shape = _box(node["bbox"]) if "bbox" in node else shapely.geometry.shape(node)
        if shape.is_empty or not all(abs(edge) < 1e9 for edge in shape.bounds):  # nor what is not a number
            raise BadRequest("filter: a geometry that is none")
        return func.ST_MakeValid(self.system.read(func.ST_GeomFromText(shape.wkt)))

    def _span(self, node: Any, depth: int) -> Span:
        if isinstance(node, dict) and "interval" in node:
            begin, end = node["interval"]
            return self._span_of_end(begin, "-infinity", depth)[0], self._span_of_end(end, "infinity", depth)[1]
        if isinstance(node, dict) and ("date" in node or "timestamp" in node):
            first, last = _instant(node)
            return literal(first, DateTime(timezone=True)), literal(last, DateTime(timezone=True))
        value = self._scalar(node, depth)
        return value, value

    def _span_of_end(self, node: Any, without: str, depth: int) -> Span:
        if node == "..":
            unbounded = cast(without, DateTime(timezone=True))
            return unbounded, unbounded
        if isinstance(node, str):
            node = {"timestamp" if "T" in node else "date": node}
        return self._span(node, depth)

    def _property(self, name: Any) -> Any:
        if name not in self.properties:
            raise BadRequest(f"filter: no property “{name!s:.60}”; those there are stand under queryables")
        return self.properties[name]


def _finite(value: bool | str | float) -> bool | str | int | float:
    if isinstance(value, float) and not abs(value) < 1e300:
        raise BadRequest("filter: a number that is none")
    return value


def _box(edges: list[Any]) -> BaseGeometry:
    """A box of its edges: four, or six with heights, which do not count."""
    west, south, east, north = (edges[0], edges[1], edges[3], edges[4]) if len(edges) == 6 else edges
    return shapely.geometry.box(float(west), float(south), float(east), float(north))


def _instant(node: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """The first and the last moment of a date (in UTC) or a timestamp."""
    if "date" in node:
        day = date.fromisoformat(node["date"])
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return midnight, midnight + DAY
    moment = datetime.fromisoformat(node["timestamp"])
    if moment.tzinfo is None:
        raise BadRequest("filter: a timestamp in UTC, as 2024-01-01T00:00:00Z")
    return moment, moment

"""CQL2 (OGC 21-065r2) as conditions of SQL: pygeofilter reads it, properties come from a closed list."""

import json
from collections.abc import Mapping
from typing import Any

import shapely.geometry
from lark.exceptions import LarkError
from pygeofilter import ast, values
from pygeofilter.backends.evaluator import handle
from pygeofilter.backends.sqlalchemy.evaluate import SQLAlchemyFilterEvaluator
from pygeofilter.parsers.cql2_json import parse as parse_json
from pygeofilter.parsers.cql2_text import parse as parse_text
from shapely.errors import ShapelyError
from sqlalchemy import ColumnElement, false, func, true
from werkzeug.exceptions import BadRequest

from webmap.ogc.systems import System

LANGUAGES = {"cql2-text": parse_text, "cql2-json": parse_json}
MAX_CHARACTERS = 8000  # of a filter: more than any form makes, less than what keeps a parser busy
CASE_FOLDING = ("lower", "casei")
_UNREADABLE = (LarkError, ShapelyError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError)


def condition_of(text: str, language: str, properties: Mapping[str, Any], system: System) -> ColumnElement[bool]:
    """The condition of a filter on properties; its geometries are in `system`.

    Raises BadRequest where it is no CQL2, too long or too deep, or names another property or function.
    """
    if language not in LANGUAGES:
        raise BadRequest(f"filter-lang: one of {', '.join(LANGUAGES)}")
    if len(text) > MAX_CHARACTERS or "\x00" in text:
        raise BadRequest(f"filter: at most {MAX_CHARACTERS} characters of text")
    try:
        tree = LANGUAGES[language](_as_pygeofilter_reads(json.loads(text)) if language == "cql2-json" else text)
        found = _Conditions(properties, system).evaluate(tree)
    except RecursionError as error:
        raise BadRequest("filter: nested too deep") from error
    except _UNREADABLE as error:
        reason = str(error).partition("\n")[0][:200]
        raise BadRequest(f"filter: this is not {language}: {reason}") from error
    if isinstance(found, bool):  # of constants alone, as 1=1
        return true() if found else false()
    if not isinstance(found, ColumnElement):
        raise BadRequest("filter: not a condition")
    return found


def _as_pygeofilter_reads(node: Any) -> Any:
    """The JSON of the standard in the form that pygeofilter 0.4 takes it: the bounds of `between` as a pair, and the
    edges of `bbox` in the order west, east, south, north.
    """
    if isinstance(node, list):
        return [_as_pygeofilter_reads(item) for item in node]
    if not isinstance(node, dict):
        return node
    adapted = {key: _as_pygeofilter_reads(value) for key, value in node.items()}
    if node.get("op") == "between" and len(node["args"]) == 3:
        value, low, high = adapted["args"]
        adapted["args"] = [value, [low, high]]
    if "bbox" in node:
        west, south, east, north = node["bbox"]
        adapted["bbox"] = [west, east, south, north]
    return adapted


class _Conditions(SQLAlchemyFilterEvaluator):  # type: ignore[misc]  # pygeofilter is untyped
    """Adds to pygeofilter's own: unknown names are refused, geometries have a system, and boxes are areas."""

    def __init__(self, properties: Mapping[str, Any], system: System) -> None:
        super().__init__(properties, undefined_as_null=False)
        self.system = system

    @handle(ast.Attribute)  # type: ignore[untyped-decorator]
    def attribute(self, node: Any) -> Any:
        if node.name not in self.field_mapping:
            raise BadRequest(f"filter: no property “{node.name[:60]}”; those there are stand under queryables")
        return self.field_mapping[node.name]

    @handle(ast.Function)  # type: ignore[untyped-decorator]
    def function(self, node: Any, *arguments: Any) -> Any:
        if node.name.lower() in CASE_FOLDING and len(arguments) == 1:
            return func.lower(arguments[0])
        if node.name.lower() == "bbox" and len(arguments) == 4:
            west, south, east, north = map(float, arguments)
            return self._area(shapely.geometry.box(west, south, east, north))
        raise BadRequest(f"filter: no function “{node.name[:60]}”")

    @handle(values.Geometry)  # type: ignore[untyped-decorator]
    def geometry(self, node: Any) -> Any:
        return self._area(shapely.geometry.shape(node.geometry))

    @handle(values.Envelope)  # type: ignore[untyped-decorator]
    def envelope(self, node: Any) -> Any:
        return self._area(shapely.geometry.box(node.x1, node.y1, node.x2, node.y2))

    @handle(ast.Like)  # type: ignore[untyped-decorator]
    def like(self, node: Any, lhs: Any) -> Any:
        pattern = node.pattern
        if isinstance(pattern, ast.Function):
            pattern = self.function(pattern, *pattern.arguments)
        return ~lhs.like(pattern) if node.not_ else lhs.like(pattern)

    def _area(self, shape: Any) -> Any:
        if not all(map(_is_number, shape.bounds)):
            raise BadRequest("filter: a geometry that is none")
        return func.ST_MakeValid(self.system.read(func.ST_GeomFromText(shape.wkt)))


def _is_number(value: float) -> bool:
    return abs(value) < 1e9  # false for what is not a number, too

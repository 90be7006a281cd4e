"""CQL2 text (OGC 21-065r2, Annex B) as CQL2 JSON, so that one reader of JSON knows both.

The grammar is wider than the standard's: one kind of expression, whose types `webmap.ogc.cql2` checks. LALR needs no
stack of its own, so that no depth of brackets can hurt.
"""

from typing import Any

from lark import Lark, Token, Transformer, v_args

GRAMMAR = r"""
?start: disjunction
?disjunction: conjunction ("OR"i conjunction)*
?conjunction: negation ("AND"i negation)*
?negation: "NOT"i negation                                  -> not_
         | comparison
?comparison: sum
           | sum COMPARE sum                                -> infix
           | sum "LIKE"i sum                                -> like
           | sum "NOT"i "LIKE"i sum                         -> not_like
           | sum "BETWEEN"i sum "AND"i sum                  -> between
           | sum "NOT"i "BETWEEN"i sum "AND"i sum           -> not_between
           | sum "IN"i "(" sum ("," sum)* ")"               -> in_
           | sum "NOT"i "IN"i "(" sum ("," sum)* ")"        -> not_in
           | sum "IS"i "NULL"i                              -> null
           | sum "IS"i "NOT"i "NULL"i                       -> not_null
?sum: product
    | sum SIGN product                                      -> infix
?product: power
        | product TIMES power                               -> infix
?power: factor
      | factor "^" power                                    -> power
?factor: atom
       | "-" factor                                         -> minus
       | "+" factor
?atom: NUMBER                                               -> number
     | STRING                                               -> string
     | "TRUE"i                                              -> true
     | "FALSE"i                                             -> false
     | NAME                                                 -> property
     | QUOTED                                               -> quoted
     | NAME "(" [disjunction ("," disjunction)*] ")"        -> call
     | "(" disjunction ")"
     | geometry

?geometry: "POINT"i _Z? "(" position ")"                    -> point
         | "LINESTRING"i _Z? line                           -> line_string
         | "POLYGON"i _Z? lines                             -> polygon
         | "MULTIPOINT"i _Z? "(" member ("," member)* ")"   -> multi_point
         | "MULTILINESTRING"i _Z? lines                     -> multi_line_string
         | "MULTIPOLYGON"i _Z? "(" lines ("," lines)* ")"   -> multi_polygon
         | "GEOMETRYCOLLECTION"i _Z? "(" geometry ("," geometry)* ")" -> geometry_collection
?member: position | "(" position ")"
line: "(" position ("," position)* ")"
lines: "(" line ("," line)* ")"
position: ordinate ordinate ordinate?
?ordinate: NUMBER                                           -> number
         | "-" NUMBER                                       -> minus_number

_Z: "Z"i
COMPARE: "=" | "<>" | "<=" | ">=" | "<" | ">"
SIGN: "+" | "-"
TIMES: "*" | "/" | "%" | "DIV"i
NUMBER: /(\d+\.?\d*|\.\d+)(e[+-]?\d+)?/i
STRING: /'(''|\\'|[^'])*'/
QUOTED: /"([^"]|"")*"/
NAME: /[^\W\d][\w:.]*/i
%ignore /\s+/
"""


def _operation(operator: str) -> Any:
    return lambda _self, *arguments: {"op": operator, "args": list(arguments)}


def _negated(operator: str) -> Any:
    return lambda _self, *arguments: {"op": "not", "args": [{"op": operator, "args": list(arguments)}]}


def _geometry(kind: str, member: str = "coordinates") -> Any:
    return lambda _self, *parts: {"type": kind, member: list(parts)}


def _alone(kind: str) -> Any:
    return lambda _self, part: {"type": kind, "coordinates": part}


@v_args(inline=True)
class _Json(Transformer[Token, Any]):
    """Makes the JSON of each rule."""

    disjunction, conjunction, not_ = _operation("or"), _operation("and"), _operation("not")
    like, between, null, power = _operation("like"), _operation("between"), _operation("isNull"), _operation("^")
    not_like, not_between, not_null = _negated("like"), _negated("between"), _negated("isNull")
    point, line_string, polygon = _alone("Point"), _alone("LineString"), _alone("Polygon")
    multi_point, multi_line_string = _geometry("MultiPoint"), _alone("MultiLineString")
    multi_polygon = _geometry("MultiPolygon")
    geometry_collection = _geometry("GeometryCollection", "geometries")

    def infix(self, left: Any, operator: Token, right: Any) -> Any:
        return {"op": operator.lower(), "args": [left, right]}

    def in_(self, value: Any, *choices: Any) -> Any:
        return {"op": "in", "args": [value, list(choices)]}

    def not_in(self, value: Any, *choices: Any) -> Any:
        return {"op": "not", "args": [self.in_(value, *choices)]}

    def minus(self, value: Any) -> Any:
        return -value if isinstance(value, int | float) else {"op": "*", "args": [-1, value]}

    def call(self, name: Token, *arguments: Any) -> Any:
        called = name.lower()
        if called in ("date", "timestamp") and len(arguments) == 1:
            return {called: arguments[0]}
        if called in ("interval", "bbox"):
            return {called: list(arguments)}
        return {"op": called, "args": list(arguments)}

    def property(self, name: Token) -> Any:
        return {"property": str(name)}

    def quoted(self, name: Token) -> Any:
        return {"property": name[1:-1].replace('""', '"')}

    def string(self, text: Token) -> str:
        return text[1:-1].replace("''", "'").replace("\\'", "'")

    def number(self, text: Token) -> int | float:
        return int(text) if text.isdecimal() else float(text)

    def minus_number(self, text: Token) -> int | float:
        return -self.number(text)

    def true(self) -> bool:
        return True

    def false(self) -> bool:
        return False

    def line(self, *positions: Any) -> list[Any]:
        return list(positions)

    lines = position = line


_parser = Lark(GRAMMAR, parser="lalr", transformer=_Json(), maybe_placeholders=False)


def parse(text: str) -> Any:
    """The CQL2 JSON of a text. Raises LarkError where it is no CQL2."""
    return _parser.parse(text)

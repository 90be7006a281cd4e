"""The base map: boundaries, water, green, roads and railways of the gazetteer, and their names, in quiet colours."""

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from webmap.poster.canvas import Canvas, Face, printable
from webmap.poster.labels import Character, Label, Occupied, place_along, place_at, place_beside
from webmap.poster.layout import Box

OUTSIDE, INSIDE = "#efece4", "#fdfcf8"  # the ground outside and inside the county
AREAS = {  # kind: fill; in the order in which they are drawn
    "farmland": "#f0f1da",
    "zone": "#ece8f2",
    "block": "#f1ede6",
    "village": "#f4eadb",
    "housing": "#f4e6dc",
    "green": "#dcebcf",
    "scenic": "#dcebcf",
    "park": "#cfe5bf",
    "water": "#b9d7ec",
    "reservoir": "#b9d7ec",
    "waterway": "#b9d7ec",
}
OTHER_AREA = "#e6e1d8"  # buildings, schools, plants
WATER_LINE, ROAD_EDGE, ROAD, EXPRESSWAY = "#8fbcdc", "#b9b2a5", "#ffffff", "#f2b866"
ROADS = ("road", "bridge", "tunnel", "interchange")
ROAD_WIDTH, EXPRESSWAY_WIDTH, RAIL_WIDTH = 0.75, 1.15, 0.55  # mm on A3
BOUNDARIES = {"town": (0.22, (1.6, 0.6, 0.3, 0.6)), "county": (0.5, (3.2, 0.8, 0.5, 0.8)), "city": (0.6, (4, 1))}
BOUNDARY_COLOUR = "#8a6d86"


@dataclass(frozen=True, slots=True)
class DrawnPlace:
    """A place of the base map; `shape` in mm on the sheet, cut at the map's edge."""

    name: str
    kind: str
    shape: BaseGeometry

    @property
    def dimension(self) -> int:
        return int(shapely.get_dimensions(self.shape))


def draw_ground(canvas: Canvas, frame: Box, counties: Sequence[BaseGeometry], unit: float) -> None:
    """The ground: the counties of the reports stand out from what lies around them."""
    canvas.fill_box(frame.x, frame.y, frame.width, frame.height, OUTSIDE if counties else INSIDE)
    for county in counties:
        canvas.stroke(county, "#cfc2d0", 2.2 * unit, opacity=0.55)
    for county in counties:
        canvas.fill(county, INSIDE)


def draw_base(canvas: Canvas, places: Sequence[DrawnPlace], unit: float) -> None:
    """Areas, lines and boundaries of the base map, each kind in one go so that crossings close."""
    areas = [place for place in places if place.dimension == 2 and place.kind not in BOUNDARIES]
    for kind in ("", *AREAS):
        for place in areas:
            if (place.kind if place.kind in AREAS else "") == kind and place.kind != "province":
                canvas.fill(place.shape, AREAS.get(kind, OTHER_AREA))
    lines = [place for place in places if place.dimension == 1]
    _stroke(canvas, lines, ("waterway", "water"), WATER_LINE, 0.5 * unit)
    _draw_boundaries(canvas, places, unit)
    _stroke(canvas, lines, ROADS, ROAD_EDGE, ROAD_WIDTH * unit)
    _stroke(canvas, lines, ("expressway",), "#c07f2a", EXPRESSWAY_WIDTH * unit)
    _stroke(canvas, lines, ROADS, ROAD, (ROAD_WIDTH - 0.25) * unit)
    _stroke(canvas, lines, ("expressway",), EXPRESSWAY, (EXPRESSWAY_WIDTH - 0.35) * unit)
    _stroke(canvas, lines, ("railway",), "#5d5d5d", RAIL_WIDTH * unit)
    _stroke(canvas, lines, ("railway",), "#ffffff", (RAIL_WIDTH - 0.2) * unit, (1.8 * unit, 1.8 * unit))


def _stroke(
    canvas: Canvas,
    lines: Sequence[DrawnPlace],
    kinds: Sequence[str],
    colour: str,
    width: float,
    dashes: tuple[float, ...] = (),
) -> None:
    for place in lines:
        if place.kind in kinds:
            canvas.trace(place.shape)
    canvas.stroke_path(colour, width, dashes=dashes)


def _draw_boundaries(canvas: Canvas, places: Sequence[DrawnPlace], unit: float) -> None:
    for kind, (width, dashes) in BOUNDARIES.items():
        # A boundary that two areas share is one line: the union of their rings has it once.
        rings = [shapely.boundary(place.shape) for place in places if place.kind == kind and place.dimension == 2]
        if rings:
            canvas.stroke(
                shapely.line_merge(shapely.union_all(rings)),
                BOUNDARY_COLOUR,
                width * unit,
                dashes=tuple(dash * unit for dash in dashes),
            )


@dataclass(frozen=True, slots=True)
class NameStyle:
    """How the names of kinds of places are set; `size` in mm on A3."""

    kinds: tuple[str, ...]
    size: float
    colour: str
    face: Face = Face.PLAIN
    dot: bool = False


TOWNS = NameStyle(("town",), 3.4, "#5a4a58", Face.BOLD, dot=True)
OTHERS = (  # the most important first
    NameStyle(("expressway", "railway"), 2.0, "#7a4d10"),
    NameStyle(("road",), 1.8, "#6b655c"),
    NameStyle(("water", "reservoir", "waterway"), 2.1, "#2f6f9f", Face.SERIF),
    NameStyle(("mountain", "scenic", "park"), 1.9, "#4a6b38", Face.SERIF),
    NameStyle(("village",), 1.75, "#77706a", dot=True),
    NameStyle(("zone", "block", "station", "locality"), 1.75, "#77706a"),
)
NAME_LENGTH = 14  # characters of a name on the map


def draw_names(
    canvas: Canvas, places: Sequence[DrawnPlace], styles: Sequence[NameStyle], occupied: Occupied, unit: float
) -> None:
    """The names of the base map in such styles where there is room for them, each once."""
    for style in styles:
        size = style.size * unit
        seen: set[tuple[str, str]] = set()
        # Towns of one name and kind: the point, where its seat is, before the area.
        for place in sorted(places, key=lambda place: (place.dimension == 2, -shapely.length(place.shape))):
            name = printable(place.name)
            if place.kind not in style.kinds or not name or len(name) > NAME_LENGTH or (name, place.kind) in seen:
                continue
            if _draw_name(canvas, name, place, style, size, occupied):
                seen.add((name, place.kind))


def _draw_name(canvas: Canvas, name: str, place: DrawnPlace, style: NameStyle, size: float, occupied: Occupied) -> bool:
    placed: Label | list[Character] | None
    if place.dimension == 1:
        line = max(shapely.get_parts(shapely.line_merge(place.shape)), key=shapely.length)
        widths = [canvas.text_width(c, size, style.face) * 1.25 for c in name]
        placed = place_along(shapely.simplify(line, 0.2), name, widths, size, occupied)
        for c in placed or ():
            canvas.context.save()
            canvas.context.translate(c.x, c.y)
            canvas.context.rotate(c.angle)
            canvas.text(
                0,
                0.36 * size,
                c.text,
                size,
                face=style.face,
                colour=style.colour,
                anchor="middle",
                halo=0.12 * size,
            )
            canvas.context.restore()
        return placed is not None
    width = canvas.text_width(name, size, style.face)
    point = place.shape.representative_point()
    if style.dot and place.dimension == 0:
        placed = place_beside(point.x, point.y, 0.35 * size, name, width, size, occupied)
        if placed:
            canvas.context.new_path()
            canvas.context.arc(point.x, point.y, 0.2 * size, 0, 7)
            canvas.colour("#ffffff")
            canvas.context.fill_preserve()
            canvas.stroke_path(style.colour, 0.08 * size)
    else:
        placed = place_at(point.x, point.y, name, width, size, occupied)
    if placed:
        canvas.text(placed.x, placed.y, name, size, face=style.face, colour=style.colour, halo=0.14 * size)
    return placed is not None

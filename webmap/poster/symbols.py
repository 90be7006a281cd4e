"""How works look in print, told apart without colour too: the disc's ring is the status, the outline the precision.

The same signs as on the pages' map, with the work's number in the place of the sector's character.
"""

import math

import shapely
from shapely.geometry.base import BaseGeometry

from gazetteer.vocabulary import Precision, Sector, Status
from geodata.signs import DASHES, SIGNS
from webmap.poster.canvas import Canvas, Face

RADIUS = 2.05  # mm of a disc on A3: three figures in it still read at arm's length
OUTLINE_GAP = 0.55  # mm between a disc and the outline of an uncertain place
DASH_SCALE = 0.16  # mm on A3 for a pixel of the dashes of the pages' map
LINE_WIDTH, UNSURE_WIDTH, AREA_WIDTH, CASING = 1.0, 0.65, 0.4, 0.5  # mm on A3
PROGRESS = {  # share of the ring that is drawn
    Status.PROPOSED: 0.0,
    Status.PRELIMINARY: 0.25,
    Status.START: 0.5,
    Status.ONGOING: 0.75,
    Status.COMPLETE: 1.0,
}
OUTLINES = {  # dashes in mm on A3 around the disc of a place that is not exact
    Precision.PARTIAL: (1.5, 0.7),
    Precision.NEAR: (0.75, 0.75),
    Precision.TOWN: (0.25, 0.6),
    Precision.COUNTY: (0.25, 0.6),
}
FULL_TURN = 2 * math.pi


def draw_disc(
    canvas: Canvas, x: float, y: float, unit: float, sector: Sector, status: Status, precision: Precision, text: str
) -> None:
    """Draws the disc of a work with a text in it."""
    colour, radius, context = SIGNS[sector].colour, RADIUS * unit, canvas.context
    complete = status is Status.COMPLETE
    context.new_path()
    context.arc(x, y, radius, 0, FULL_TURN)
    canvas.colour(colour if complete else "#ffffff")
    context.fill_preserve()
    dotted = (0.35 * unit, 0.45 * unit) if status is Status.PROPOSED else ()
    canvas.stroke_path(colour, 0.22 * unit, dashes=dotted)
    if 0 < PROGRESS[status] < 1:
        context.arc(x, y, radius - 0.26 * unit, -FULL_TURN / 4, (PROGRESS[status] - 0.25) * FULL_TURN)
        canvas.stroke_path(colour, 0.6 * unit)
    size = min(2.5 * unit, 2.5 * unit * 2.7 * unit / max(canvas.text_width(text, 2.5 * unit, Face.BOLD), 0.01))
    canvas.text(
        x, y + 0.36 * size, text, size, face=Face.BOLD, colour="#ffffff" if complete else colour, anchor="middle"
    )
    if precision in OUTLINES:
        context.new_path()
        context.arc(x, y, radius + OUTLINE_GAP * unit, 0, FULL_TURN)
        canvas.stroke_path("#333333", 0.25 * unit, dashes=tuple(dash * unit for dash in OUTLINES[precision]))


def dashes_of(status: Status, unit: float) -> tuple[float, ...]:
    """The dashes of a work's line, in mm."""
    return tuple(dash * DASH_SCALE * unit for dash in DASHES[status])


def is_drawn(precision: Precision, shape: BaseGeometry) -> bool:
    """Whether a work's shape is drawn beside its disc: not that of the town or county in which it lies somewhere."""
    return precision not in (Precision.TOWN, Precision.COUNTY) and shape.geom_type not in ("Point", "MultiPoint")


def draw_area(canvas: Canvas, shape: BaseGeometry, unit: float, sector: Sector, status: Status, sure: bool) -> None:
    """Draws the area of a work; `sure` where it is the thing itself."""
    colour = SIGNS[sector].colour
    canvas.fill(shape, colour, 0.24 if sure else 0.08)
    canvas.stroke(shape, colour, AREA_WIDTH * unit, dashes=dashes_of(status, unit))


def draw_casing(canvas: Canvas, shape: BaseGeometry, unit: float) -> None:
    """Draws the white edge that keeps the line of a work apart from the roads under it."""
    canvas.stroke(shape, "#ffffff", (LINE_WIDTH + 2 * CASING) * unit, opacity=0.85)


def draw_line(canvas: Canvas, shape: BaseGeometry, unit: float, sector: Sector, status: Status, sure: bool) -> None:
    """Draws the line of a work; `sure` where it is the thing itself."""
    width = (LINE_WIDTH if sure else UNSURE_WIDTH) * unit
    canvas.stroke(shape, SIGNS[sector].colour, width, dashes=dashes_of(status, unit))


def anchor_of(shape: BaseGeometry) -> tuple[float, float]:
    """Where the disc of a work belongs: half-way along its longest line, on its area, or on its point."""
    parts = shapely.get_parts(shape)
    lines = [part for part in parts if part.geom_type == "LineString"]
    if lines:
        longest = max(lines, key=shapely.length)
        point = longest.interpolate(0.5, normalized=True)
    else:
        point = max(parts, key=shapely.area).representative_point()
    return float(point.x), float(point.y)

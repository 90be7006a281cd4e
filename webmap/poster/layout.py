"""How a sheet is divided: title above, map at the left, its key below it, the list at the right.

For a county that is much taller than wide the sheet hangs upright, and the key has its whole width.
"""

from dataclasses import dataclass
from typing import NamedTuple

SIZES: dict[str, tuple[float, float]] = {  # mm, ISO 216, as a sheet lies
    "A4": (297, 210),
    "A3": (420, 297),
    "A2": (594, 420),
    "A1": (841, 594),
    "A0": (1189, 841),
}
ENDINGS = (".pdf", ".png")
REFERENCE_WIDTH = SIZES["A3"][0]  # of the sheet for which sizes are given here
GROWTH = 0.72  # power by which signs and letters grow with the sheet: larger ones are read from farther, but hold more
UPRIGHT = 0.7  # width of the map to its height below which an upright sheet shows it larger, the list still beside it
MAP_SHARE = (0.50, 0.70)  # least and largest share of the sheet's width that the map takes


class Box(NamedTuple):
    """A rectangle of the sheet, mm from its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in it."""
        return self.x <= x <= self.right and self.y <= y <= self.bottom

    def inset(self, by: float) -> "Box":
        """The rectangle that lies so far inside."""
        return Box(self.x + by, self.y + by, self.width - 2 * by, self.height - 2 * by)


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of a sheet. `unit` is what a millimetre of the A3 sheet becomes for signs and letters."""

    width: float
    height: float
    unit: float
    sheet: Box
    title: Box
    map: Box
    key: Box
    listing: Box


def divide(size: str, aspect: float) -> Layout:
    """The layout of a sheet for a map whose width is `aspect` times its height."""
    width, height = SIZES[size]
    unit = (width / REFERENCE_WIDTH) ** GROWTH
    upright = aspect < UPRIGHT
    if upright:
        width, height = height, width
    sheet = Box(0, 0, width, height).inset(7 * unit)
    inner = sheet.inset(4 * unit)
    title_height, key_height, gap = 19 * unit, 39 * unit, 5 * unit
    map_height = inner.height - title_height - key_height
    graticule = 4.5 * unit  # the border in which its figures stand
    least, most = (share * inner.width for share in MAP_SHARE)
    map_width = min(max(map_height * aspect, least), most)
    top = inner.y + title_height
    return Layout(
        width=width,
        height=height,
        unit=unit,
        sheet=sheet,
        title=Box(inner.x, inner.y, inner.width, title_height),
        map=Box(inner.x, top, map_width, map_height).inset(graticule),
        key=Box(inner.x, top + map_height + 1.5 * unit, inner.width if upright else map_width, key_height - 1.5 * unit),
        listing=Box(
            inner.x + map_width + gap,
            top,
            inner.width - map_width - gap,
            map_height if upright else inner.height - title_height,
        ),
    )

"""The Earth on the sheet: CGCS2000 / Gauss-Kruger in the 3-degree zone of the map's middle, at a round scale."""

import bisect
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from shapely.geometry.base import BaseGeometry

from geodata.datums import WGS84, Datum, zone_of
from webmap.poster.layout import Box

Floats = NDArray[np.float64]

ROUND_SCALES = (  # times a power of ten: as fine as leaves little of the sheet empty
    *(1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2, 2.2, 2.4, 2.5, 2.6, 2.8, 3, 3.2, 3.5, 3.8),
    *(4, 4.5, 5, 5.5, 6, 6.5, 7, 7.5, 8, 9, 10),
)
ROUND_LENGTHS = (1, 2, 4, 5, 10)  # of scale bars, likewise
TICK_MINUTES = (1 / 6, 0.5, 1, 2, 5, 10, 15, 20, 30, 60, 120, 300)  # between the lines of the graticule
EDGE_POINTS = 65  # at which an edge of the map is measured: between two the graticule bends less than a hair
LONGITUDE_OF_ORIGIN = "8802"  # EPSG's code of the parameter
LEAST_EXTENT = 1500.0  # metres: around a single work the next streets are seen


@dataclass(frozen=True, slots=True)
class Tick:
    """Where a meridian or parallel crosses an edge of the map: mm on the sheet, and degrees."""

    edge: str
    x: float
    y: float
    degrees: float


class Projection:
    """From degrees (EPSG:4326, which CGCS2000 equals to less than a line's width) to the sheet, and back."""

    def __init__(self, datum: Datum, box: Box, bounds: tuple[float, float, float, float]) -> None:
        """`bounds` are west, south, east, north in metres of the zone; all of them come to lie in `box`."""
        self.datum, self.box = datum, box
        self.crs = CRS(datum.declaration)
        self._forward = Transformer.from_crs(WGS84, self.crs, always_xy=True)
        west, south, east, north = bounds
        self.middle = ((west + east) / 2, (south + north) / 2)
        metres_a_mm = max((east - west) / box.width, (north - south) / box.height)
        self.scale = round_up(metres_a_mm * 1000, ROUND_SCALES)
        self.metres_a_mm = self.scale / 1000

    def enlarged(self, window: Box, box: Box) -> "Projection":
        """The projection in which a part of this one's sheet fills a box of the same shape."""
        west, north = self._metres(window.x, window.y)
        east, south = self._metres(window.right, window.bottom)
        hair = (east - west) * 1e-7  # so that the scale is not rounded up to the next
        return Projection(self.datum, box, (west + hair, south + hair, east - hair, north - hair))

    def _metres(self, x: float, y: float) -> tuple[float, float]:
        """East and north, in metres of the zone, of a point of the sheet."""
        middle_x, middle_y = self.box.x + self.box.width / 2, self.box.y + self.box.height / 2
        return (
            self.middle[0] + (x - middle_x) * self.metres_a_mm,
            self.middle[1] - (y - middle_y) * self.metres_a_mm,
        )

    @property
    def central_meridian(self) -> float:
        """Degrees east."""
        operation = self.crs.coordinate_operation
        assert operation is not None  # noqa: S101  every projected system has one
        return next(float(p.value) for p in operation.params if p.code == LONGITUDE_OF_ORIGIN)

    def shape(self, geometry: BaseGeometry) -> BaseGeometry:
        """A geometry in degrees, longitude first, as it lies on the sheet in mm."""
        return shapely.transform(geometry, self._to_sheet)

    def _to_sheet(self, lonlat: Floats) -> Floats:
        east, north = self._forward.transform(lonlat[:, 0], lonlat[:, 1])
        x = self.box.x + self.box.width / 2 + (np.asarray(east) - self.middle[0]) / self.metres_a_mm
        y = self.box.y + self.box.height / 2 - (np.asarray(north) - self.middle[1]) / self.metres_a_mm
        return np.column_stack([x, y])

    def degrees(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Longitudes and latitudes of points on the sheet."""
        east = self.middle[0] + (x - self.box.x - self.box.width / 2) * self.metres_a_mm
        north = self.middle[1] - (y - self.box.y - self.box.height / 2) * self.metres_a_mm
        longitude, latitude = self._forward.transform(east, north, direction="INVERSE")
        return np.asarray(longitude), np.asarray(latitude)

    def envelope(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees of all that the map shows."""
        x, y = self._edges(np.linspace(0, 1, EDGE_POINTS))
        longitude, latitude = self.degrees(x.ravel(), y.ravel())
        return float(longitude.min()), float(latitude.min()), float(longitude.max()), float(latitude.max())

    def _edges(self, along: Floats) -> tuple[Floats, Floats]:
        """Points of the top, bottom, left and right edges, each of shape (4, n)."""
        box, ones = self.box, np.ones_like(along)
        across, down = box.x + along * box.width, box.y + along * box.height
        x = np.stack([across, across, ones * box.x, ones * box.right])
        y = np.stack([ones * box.y, ones * box.bottom, down, down])
        return x, y

    def ticks(self, spacing: float) -> Iterator[Tick]:
        """Where the graticule meets the edges; its lines are at least `spacing` mm apart."""
        x, y = self._edges(np.linspace(0, 1, EDGE_POINTS))
        step = self.step(spacing)
        for edge, xs, ys in zip(("top", "bottom", "left", "right"), x, y, strict=True):
            degrees = self.degrees(xs, ys)[0 if edge in ("top", "bottom") else 1]
            order = np.argsort(degrees)
            first, last = math.ceil(degrees.min() / step), math.floor(degrees.max() / step)
            for number in range(first, last + 1):
                value = number * step
                at_x, at_y = (float(np.interp(value, degrees[order], line[order])) for line in (xs, ys))
                yield Tick(edge, at_x, at_y, value)

    def step(self, spacing: float) -> float:
        """Degrees between the lines of the graticule."""
        _, south, _, north = self.envelope()
        degrees_a_mm = (north - south) / self.box.height
        place = bisect.bisect_left(TICK_MINUTES, spacing * degrees_a_mm * 60)
        return TICK_MINUTES[min(place, len(TICK_MINUTES) - 1)] / 60

    def true_north(self, x: float, y: float) -> float:
        """By how much true north at a point of the sheet turns clockwise from its upper edge, in radians."""
        longitude, latitude = self.degrees(np.array([x]), np.array([y]))
        above = self._to_sheet(np.column_stack([longitude, latitude + 0.01]))[0]
        return math.atan2(above[0] - x, y - above[1])

    def scale_bar(self, length: float) -> float:
        """The round number of metres whose bar is at most `length` mm long."""
        metres = length * self.metres_a_mm
        power = 10.0 ** math.floor(math.log10(metres))
        return max(factor for factor in ROUND_LENGTHS if factor * power <= metres) * power


def round_up(number: float, factors: tuple[float, ...]) -> float:
    """The least product of a factor and a power of ten that is not below the number."""
    power = 10.0 ** math.floor(math.log10(number))
    return next(factor * power for factor in factors if factor * power >= number * (1 - 1e-9))


def projected_bounds(shapes: Sequence[BaseGeometry]) -> tuple[Datum, tuple[float, float, float, float]]:
    """The zone of the shapes' middle and their bounds in its metres, not less than LEAST_EXTENT across.

    Raises DatumError outside China's zones.
    """
    west, _, east, _ = shapely.total_bounds(shapes)
    datum = zone_of((west + east) / 2, 3)
    forward = Transformer.from_crs(WGS84, datum.epsg, always_xy=True)

    def to_metres(lonlat: Floats) -> Floats:
        return np.column_stack(forward.transform(lonlat[:, 0], lonlat[:, 1]))

    moved = [shapely.transform(shape, to_metres) for shape in shapes]
    low_x, low_y, high_x, high_y = shapely.total_bounds(moved)
    grow_x, grow_y = max(LEAST_EXTENT - (high_x - low_x), 0) / 2, max(LEAST_EXTENT - (high_y - low_y), 0) / 2
    return datum, (low_x - grow_x, low_y - grow_y, high_x + grow_x, high_y + grow_y)

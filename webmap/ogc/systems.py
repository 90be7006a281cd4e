"""Coordinate reference systems by their OGC addresses, with the axis order of their authority (Features Part 2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pyproj
from sqlalchemy import SQLColumnExpression, func
from werkzeug.exceptions import BadRequest

from geodata.datums import DATUMS, WGS84, Datum
from geodata.models import SRID

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
BBOX_STEPS = 16  # pieces that a side of a box is cut into before it is projected: its sides are bent then


@dataclass(frozen=True, slots=True)
class System:
    """A system as services speak of it. `north_first` is its authority's axis order."""

    uri: str
    datum: Datum
    north_first: bool

    def written(self, geometry: SQLColumnExpression[Any]) -> SQLColumnExpression[Any]:
        """A stored geometry in this system and its axis order."""
        if self.datum.epsg != WGS84:
            geometry = func.ST_Transform(geometry, self.datum.epsg)
        return func.ST_FlipCoordinates(geometry) if self.north_first else geometry

    def read(self, geometry: SQLColumnExpression[Any]) -> SQLColumnExpression[Any]:
        """A geometry given in this system and its axis order, as those stored."""
        if self.north_first:
            geometry = func.ST_FlipCoordinates(geometry)
        geometry = func.ST_SetSRID(geometry, self.datum.epsg)
        return geometry if self.datum.epsg == WGS84 else func.ST_Transform(geometry, SRID)

    def boxes(self, text: str) -> Iterable[SQLColumnExpression[Any]]:
        """The areas of a `bbox` parameter: two where it crosses the date line. Raises BadRequest where it is none."""
        try:
            numbers = [float(part) for part in text.split(",")]
        except ValueError:
            numbers = []
        if len(numbers) == 6:  # with heights, which works do not have
            del numbers[5], numbers[2]
        if len(numbers) != 4 or not all(abs(number) < 1e9 for number in numbers):  # also where it is not a number
            raise BadRequest("bbox: four numbers, or six with heights, separated by commas")
        a, b, c, d = numbers
        west, south, east, north = (b, a, d, c) if self.north_first else (a, b, c, d)
        if self.datum.geographic and not (abs(west) <= 180 and abs(east) <= 180 and -90 <= south <= north <= 90):
            raise BadRequest("bbox: degrees in the axis order of bbox-crs, the southern edge not above the northern")
        if not self.datum.geographic and (west > east or south > north):
            raise BadRequest("bbox: the lower corner first")
        if west <= east:
            return [self._area(west, south, east, north)]
        return [self._area(west, south, 180, north), self._area(-180, south, east, north)]

    def _area(self, west: float, south: float, east: float, north: float) -> SQLColumnExpression[Any]:
        area = func.ST_MakeEnvelope(west, south, east, north, self.datum.epsg)
        if self.datum.epsg == WGS84:
            return area
        side = max(east - west, north - south) / BBOX_STEPS
        return func.ST_Transform(func.ST_Segmentize(area, side) if side else area, SRID)


@cache
def systems() -> dict[str, System]:
    """All systems of the services by address. GCJ-02 is none of them: it has no address and is no datum."""
    found = {CRS84: System(CRS84, DATUMS["EPSG:4326"], False)}
    for datum in DATUMS.values():
        if datum.epsg is not None:
            uri = f"http://www.opengis.net/def/crs/EPSG/0/{datum.epsg}"
            axes = pyproj.CRS.from_epsg(datum.epsg).axis_info
            found[uri] = System(uri, datum, axes[0].direction == "north")
    return found


def system_of(parameter: str, uri: str | None) -> System:
    """The system of a parameter's value, CRS84 where there is none; raises BadRequest where it is no system of ours."""
    if uri is None:
        return systems()[CRS84]
    uri = uri.removeprefix("[").removesuffix("]")
    if uri.upper().startswith("EPSG:"):
        uri = f"http://www.opengis.net/def/crs/EPSG/0/{uri[5:]}"
    if uri not in systems():
        raise BadRequest(f"{parameter}: none of the systems that the collection lists")
    return systems()[uri]

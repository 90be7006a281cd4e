"""Datums and projections that downloads and services speak: WGS 84, CGCS2000 and its Gauss-Kruger zones, and GCJ-02.

Everything but GCJ-02 is PROJ's work. GCJ-02 is no datum but an offset of some 100 to 700 m that Chinese web maps lay
over WGS 84 (`gazetteer.offsets`). It is applied only where a person asks for GCJ-02 by name, and the result says so.
"""

import math
from dataclasses import dataclass

import shapely

from gazetteer.errors import GuatuError
from gazetteer.offsets import wgs84_to_gcj02

WGS84 = 4326
CGCS2000 = 4490
WEB_MERCATOR = 3857

# EPSG's codes for CGCS2000 / Gauss-Kruger, GB/T 18314: the first code of a run and the zone it stands for.
ZONE_3_FIRST, ZONE_3_LAST, ZONE_3_CODE, MERIDIAN_3_CODE = 25, 45, 4513, 4534
ZONE_6_FIRST, ZONE_6_LAST, ZONE_6_CODE, MERIDIAN_6_CODE = 13, 23, 4491, 4502


class DatumError(GuatuError):
    """A coordinate system that guatu does not write, or that does not fit."""


@dataclass(frozen=True, slots=True)
class Datum:
    """A coordinate system for coordinates in files: longitude or easting first.

    `key` is what a person types or an address says; `epsg` is None for GCJ-02. `mark` goes into file names.
    """

    key: str
    name: str
    epsg: int | None
    geographic: bool

    @property
    def mark(self) -> str:
        return self.key.replace(":", "")

    @property
    def declaration(self) -> str:
        """What a file declares as its coordinate system, for GDAL: EPSG's code.

        GCJ-02 is declared as a local system with no relation to the Earth, so that no program takes it for WGS 84.
        """
        return GCJ02_WKT if self.epsg is None else f"EPSG:{self.epsg}"

    @property
    def decimals(self) -> int:
        """Decimals that keep 0.1 mm: of a degree, or of a metre."""
        return 9 if self.geographic else 4


GCJ02_WKT = (
    'LOCAL_CS["GCJ-02 火星坐标 (offset of WGS 84 for Chinese web maps, not a datum)",UNIT["degree",0.0174532925199433]]'
)
GCJ02 = Datum("GCJ-02", "GCJ-02 火星坐标（仅供叠加国内网络地图，不作测量用）", None, True)
_FIXED = (
    Datum("EPSG:4326", "WGS 84 经纬度", WGS84, True),
    Datum("EPSG:4490", "CGCS2000 经纬度", CGCS2000, True),
    Datum("EPSG:3857", "WGS 84 / Web 墨卡托", WEB_MERCATOR, False),
    GCJ02,
)
CHOSEN_ZONE = ("cgcs2000-gk3", "cgcs2000-gk6")  # the zone of 3 or 6 degrees that holds the middle of the works


def _gauss_kruger() -> dict[str, Datum]:
    datums = {}
    for width, first, last, zoned, central in (
        (3, ZONE_3_FIRST, ZONE_3_LAST, ZONE_3_CODE, MERIDIAN_3_CODE),
        (6, ZONE_6_FIRST, ZONE_6_LAST, ZONE_6_CODE, MERIDIAN_6_CODE),
    ):
        for zone in range(first, last + 1):
            meridian = _meridian(width, zone)
            title = f"CGCS2000 / 高斯-克吕格 {width}° 带，中央经线 {meridian}°E"
            for code, form in (
                (central + zone - first, "东坐标无带号"),
                (zoned + zone - first, f"东坐标加带号 {zone}"),
            ):
                datums[f"EPSG:{code}"] = Datum(f"EPSG:{code}", f"{title}，{form}", code, False)
    return datums


def _meridian(width: int, zone: int) -> int:
    """The central meridian of a zone in degrees east: 3n for zones of 3 degrees, 6n - 3 for those of 6 (GB/T 18314)."""
    return 3 * zone if width == 3 else 6 * zone - 3


DATUMS: dict[str, Datum] = {**{datum.key: datum for datum in _FIXED}, **_gauss_kruger()}


def datum_of(key: str, longitude: float | None = None) -> Datum:
    """The datum of a key such as `EPSG:4549`, `GCJ-02` or `cgcs2000-gk3`; case and a missing `EPSG:` do not matter.

    `cgcs2000-gk3` and `-gk6` mean the zone that holds `longitude` (degrees east), without the zone's number in the
    eastings. Raises DatumError where there is no such datum, or no longitude in China to choose a zone by.
    """
    asked = key.strip().upper()
    asked = f"EPSG:{asked}" if asked.isdigit() else asked
    if asked.lower() in CHOSEN_ZONE:
        if longitude is None:
            raise DatumError(f"{key}: no work here has a place to choose the zone by; name one such as EPSG:4549")
        return zone_of(longitude, 3 if asked.endswith("3") else 6)
    if asked not in DATUMS:
        raise DatumError(
            f"“{key[:40]}” is no coordinate system guatu writes: EPSG:4326, EPSG:4490, EPSG:3857, GCJ-02, "
            f"{' or '.join(CHOSEN_ZONE)}, or a zone of CGCS2000 by its code, EPSG:4491 to EPSG:4554"
        )
    return DATUMS[asked]


def zone_of(longitude: float, width: int, *, numbered: bool = False) -> Datum:
    """The CGCS2000 Gauss-Kruger zone, 3 or 6 degrees wide, that holds a longitude in degrees east.

    `numbered` eastings begin with the zone's number. Raises DatumError outside China's zones (73.5 to 136.5 degrees
    east for 3, 72 to 138 for 6).
    """
    if width == 3:
        zone, first, last = math.floor(longitude / 3 + 0.5), ZONE_3_FIRST, ZONE_3_LAST
        code = ZONE_3_CODE if numbered else MERIDIAN_3_CODE
    else:
        zone, first, last = math.floor(longitude / 6) + 1, ZONE_6_FIRST, ZONE_6_LAST
        code = ZONE_6_CODE if numbered else MERIDIAN_6_CODE
    if not first <= zone <= last:
        raise DatumError(f"{longitude:.2f}°E lies outside the {width}-degree zones of CGCS2000: choose EPSG:4490")
    return DATUMS[f"EPSG:{code + zone - first}"]


def geometries_to_gcj02(wkb: list[bytes | None]) -> list[bytes | None]:
    """GCJ-02 geometries of WGS 84 ones, as WKB, longitude first."""
    moved = shapely.transform(shapely.from_wkb(wkb), wgs84_to_gcj02)
    found: list[bytes | None] = shapely.to_wkb(moved).tolist()
    return found

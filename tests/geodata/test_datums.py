"""Datums: zones by name, Gauss-Kruger as PROJ's own program gives it."""

import shutil
import subprocess

import pyproj
import pytest
from geoalchemy2 import Geometry
from sqlalchemy import cast, func, select
from sqlalchemy.orm import Session

from geodata.datums import DATUMS, DatumError, datum_of, zone_of

METRES_A_DEGREE = 111_320


@pytest.mark.parametrize(
    ("longitude", "width", "code", "meridian"),
    [(120.04, 3, 4549, 120), (120.04, 6, 4510, 123), (119.0, 3, 4549, 120), (118.4, 3, 4548, 117), (75, 3, 4534, 75)],
)
def test_the_zone_is_that_whose_central_meridian_is_nearest(longitude: float, width: int, code: int, meridian: int):
    datum = zone_of(longitude, width)
    assert datum.epsg == code
    assert f"中央经线 {meridian}°E" in datum.name


@pytest.mark.parametrize("key", [key for key, datum in DATUMS.items() if "高斯" in datum.name])
def test_every_zone_is_epsgs_of_that_meridian_and_form(key: str):
    datum = DATUMS[key]
    crs = pyproj.CRS.from_epsg(datum.epsg)
    parameters = {p.name: p.value for p in crs.coordinate_operation.params}
    assert f"中央经线 {parameters['Longitude of natural origin']:.0f}°E" in datum.name
    zone, metres = divmod(parameters["False easting"], 1_000_000)
    assert metres == 500_000
    assert ("无带号" in datum.name) if zone == 0 else datum.name.endswith(f"加带号 {zone:.0f}")
    assert ("3° 带" in datum.name) == ("3-degree" in crs.name)


@pytest.mark.parametrize("key", ["epsg:4549", "4549", " EPSG:4549 "])
def test_a_code_is_understood_however_it_is_typed(key: str):
    assert datum_of(key).epsg == 4549


@pytest.mark.parametrize("key", ["", "EPSG:99999", "4549; drop table", "WGS84", "EPSG:4214"])
def test_an_unknown_system_is_refused_with_those_that_there_are(key: str):
    with pytest.raises(DatumError, match="EPSG:4490"):
        datum_of(key)


def test_a_zone_is_not_chosen_without_a_place_or_outside_china():
    with pytest.raises(DatumError, match="name one"):
        datum_of("cgcs2000-gk3")
    with pytest.raises(DatumError, match="outside"):
        datum_of("cgcs2000-gk6", 2.35)


@pytest.mark.skipif(shutil.which("cs2cs") is None, reason="PROJ's programs are not installed")
@pytest.mark.parametrize("code", [4490, 4549, 4528, 4510, 4499, 3857])
def test_postgis_projects_as_cs2cs_does(session: Session, code: int):
    lon, lat = 120.047123, 28.888456
    given_back = subprocess.run(
        ["cs2cs", "-f", "%.9f", "EPSG:4326", f"EPSG:{code}"],
        input=f"{lat} {lon}\n",
        text=True,
        capture_output=True,
        check=True,
    ).stdout.split()
    crs = pyproj.CRS.from_epsg(code)
    north_first = crs.axis_info[0].direction == "north"
    y, x = map(float, given_back[:2]) if north_first else map(float, given_back[1::-1])
    point = func.ST_Transform(func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326), code)
    found = session.execute(select(func.ST_X(cast(point, Geometry)), func.ST_Y(cast(point, Geometry)))).one()
    tolerance = 0.001 / METRES_A_DEGREE if crs.is_geographic else 0.001
    assert found == pytest.approx((x, y), abs=tolerance)

"""The Earth on the sheet."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geodata.datums import DatumError
from webmap.poster.furniture import degrees_in_words
from webmap.poster.layout import Box
from webmap.poster.projection import ROUND_LENGTHS, Projection, projected_bounds, round_up

COUNTY = shapely.box(119.8, 28.7, 120.3, 29.1)
FRAME = Box(20, 30, 250, 200)


@pytest.fixture(scope="module")
def projection() -> Projection:
    return Projection(*_swapped(*projected_bounds([COUNTY])))


def _swapped(datum, bounds):
    return datum, FRAME, bounds


def test_the_zone_is_that_of_the_county(projection):
    assert projection.datum.key == "EPSG:4549"
    assert projection.central_meridian == 120


def test_outside_china_there_is_no_zone():
    with pytest.raises(DatumError):
        projected_bounds([shapely.Point(2, 48)])


def test_all_of_the_county_lies_in_the_frame(projection):
    left, top, right, bottom = projection.shape(COUNTY).bounds
    assert FRAME.x <= left < right <= FRAME.right
    assert FRAME.y <= top < bottom <= FRAME.bottom


def test_a_millimetre_is_what_the_scale_says(projection):
    one, other = shapely.Point(119.99, 28.9), shapely.Point(120.01, 28.9)
    metres = Geod(ellps="GRS80").inv(one.x, one.y, other.x, other.y)[2]
    on_sheet = shapely.distance(projection.shape(one), projection.shape(other))
    assert on_sheet * projection.scale / 1000 == pytest.approx(metres, rel=1e-4)


def test_north_is_up_and_east_is_right(projection):
    corner = shapely.get_coordinates(projection.shape(shapely.LineString([(120, 28.8), (120.2, 29.0)])))
    assert corner[1, 0] > corner[0, 0]
    assert corner[1, 1] < corner[0, 1]


def test_degrees_lead_back(projection):
    x, y = shapely.get_coordinates(projection.shape(shapely.Point(120.13, 28.97)))[0]
    longitude, latitude = projection.degrees(np.array([x]), np.array([y]))
    assert (longitude[0], latitude[0]) == pytest.approx((120.13, 28.97), abs=1e-7)


def test_the_arrow_points_to_true_north(projection):
    assert projection.true_north(*shapely.get_coordinates(projection.shape(shapely.Point(120, 28.9)))[0]) == (
        pytest.approx(0, abs=1e-6)
    )
    east_of_the_meridian = projection.shape(shapely.Point(120.25, 28.9))
    assert projection.true_north(east_of_the_meridian.x, east_of_the_meridian.y) < 0


def test_ticks_stand_where_their_degrees_are(projection):
    ticks = list(projection.ticks(40))
    assert {tick.edge for tick in ticks} == {"top", "bottom", "left", "right"}
    for tick in ticks:
        found = projection.degrees(np.array([tick.x]), np.array([tick.y]))[0 if tick.edge in ("top", "bottom") else 1]
        assert found[0] == pytest.approx(tick.degrees, abs=1e-5)


def test_the_scale_bar_is_a_round_number(projection):
    metres = projection.scale_bar(50)
    assert metres / projection.metres_a_mm <= 50
    assert metres / 10 ** np.floor(np.log10(metres)) in ROUND_LENGTHS


@given(st.floats(100, 1e7))
def test_scales_are_rounded_up_by_little(number):
    rounded = round_up(number, (1, 2, 5, 10))
    assert number * (1 - 1e-9) <= rounded <= number * 2.5 * (1 + 1e-9)


@pytest.mark.parametrize(
    ("degrees", "words"), [(120, "120°00′"), (28.75, "28°45′"), (29.99999999, "30°00′"), (119.0041666666, "119°00′15″")]
)
def test_degrees_are_written_in_minutes_and_seconds(degrees, words):
    assert degrees_in_words(degrees) == words

"""The crowded part of the map is enlarged in a corner where no work lies."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from webmap.poster.inset import LEAST_WORKS, find_inset
from webmap.poster.layout import Box
from webmap.poster.projection import Projection, projected_bounds

FRAME = Box(20, 30, 250, 200)
ARROW = Box(255, 33, 12, 19)
CROWD = [(145 + column, 130 + row) for column in range(4) for row in range(4)]


@pytest.fixture(scope="module")
def main() -> Projection:
    datum, bounds = projected_bounds([shapely.box(119.8, 28.7, 120.3, 29.1)])
    return Projection(datum, FRAME, bounds)


def test_works_in_one_place_are_enlarged(main):
    inset = find_inset(CROWD, main, [], ARROW, 2)
    assert all(inset.window.holds(x, y) for x, y in CROWD)
    assert main.scale / inset.projection.scale > 2


def test_scattered_works_need_no_inset(main):
    assert find_inset([(30 + 20 * n % 230, 40 + 37 * n % 180) for n in range(40)], main, [], ARROW, 2) is None
    assert find_inset(CROWD[: LEAST_WORKS - 1], main, [], ARROW, 2) is None


def test_where_works_lie_in_every_corner_there_is_none(main):
    corners = [(30, 40), (30, 220), (260, 60), (260, 220)]
    assert find_inset(CROWD + corners, main, [], ARROW, 2) is None


def test_it_hides_as_little_of_the_county_as_it_can(main):
    county = shapely.box(FRAME.x, FRAME.y, FRAME.right, FRAME.bottom) - shapely.box(200, 150, 300, 300)
    box = find_inset(CROWD, main, [county], ARROW, 2).projection.box
    assert (box.right, box.bottom) == (FRAME.right - 2, FRAME.bottom - 2)


def test_the_enlarged_part_fills_the_inset(main):
    inset = find_inset(CROWD, main, [], ARROW, 2)
    window, box = inset.window, inset.projection.box
    assert inset.projection.scale / main.scale == pytest.approx(window.width / box.width, rel=1e-6)
    x, y = main.degrees(np.array([window.x]), np.array([window.y]))
    corner = inset.projection.shape(shapely.Point(x[0], y[0]))
    assert (corner.x, corner.y) == pytest.approx((box.x, box.y), abs=1e-3)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(20, 270), st.floats(30, 230)), min_size=0, max_size=40))
def test_it_hides_no_other_work(main, others):
    inset = find_inset(CROWD + others, main, [], ARROW, 2)
    if inset:
        box = inset.projection.box
        assert not any(box.holds(x, y) and not inset.window.holds(x, y) for x, y in CROWD + others)
        assert not shapely.intersects(
            shapely.box(box.x, box.y, box.right, box.bottom),
            shapely.box(inset.window.x, inset.window.y, inset.window.right, inset.window.bottom),
        )

"""GCJ-02 and BD-09: there and back, and as other implementations have them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetteer.offsets import bd09_to_wgs84, gcj02_to_wgs84, wgs84_to_gcj02

METRES_A_DEGREE = 111_320


@given(
    st.lists(st.tuples(st.floats(73.5, 135.1), st.floats(3.8, 53.6)), min_size=1, max_size=50),
)
def test_gcj02_there_and_back_is_within_a_centimetre_anywhere_in_china(points: list[tuple[float, float]]):
    wgs84 = np.array(points)
    back = gcj02_to_wgs84(wgs84_to_gcj02(wgs84))
    assert np.abs(back - wgs84).max() * METRES_A_DEGREE < 0.01


def test_gcj02_is_what_other_implementations_say_of_tiananmen():
    """116.39100, 39.90734 -> 116.39724, 39.90874: hundreds of metres apart, to five decimals."""
    (moved,) = wgs84_to_gcj02(np.array([[116.39100, 39.90734]]))
    assert moved == pytest.approx([116.39724, 39.90874], abs=2e-5)


def test_gcj02_leaves_the_rest_of_the_world_alone():
    paris = np.array([[2.35, 48.85]])
    assert (wgs84_to_gcj02(paris) == paris).all()
    assert (gcj02_to_wgs84(paris) == paris).all()


def test_bd09_is_what_other_implementations_say_of_tiananmen():
    """coordtransform, in use since 2014, gives 116.404, 39.915 as 116.39138, 39.90725."""
    (found,) = bd09_to_wgs84(np.array([[116.404, 39.915]]))
    assert found == pytest.approx([116.39138, 39.90725], abs=1e-5)

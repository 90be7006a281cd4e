"""No number and no name lies on another."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from webmap.poster.labels import Occupied, along_lines, around, place_along, place_beside, place_discs
from webmap.poster.layout import Box

FRAME = Box(10, 20, 200, 100)
points = st.tuples(st.floats(15, 205), st.floats(25, 115))


@settings(max_examples=40, deadline=None)
@given(st.lists(points, min_size=1, max_size=40))
def test_discs_lie_apart_and_inside_the_map(anchors):
    spots = np.array(place_discs(anchors, 2, Occupied(FRAME)))
    distance = np.abs(spots[:, None] - spots[None]).max(axis=2) + 99 * np.eye(len(spots))
    assert distance.min() >= 4 - 1e-9
    assert (spots >= (12, 22)).all()
    assert (spots <= (208, 118)).all()


def test_a_disc_stays_where_its_work_is_when_there_is_room():
    assert place_discs([(50, 50), (60, 50)], 2, Occupied(FRAME)) == [(50, 50), (60, 50)]


@settings(max_examples=40, deadline=None)
@given(st.lists(points, min_size=1, max_size=40))
def test_names_lie_on_no_disc_and_on_no_other_name(anchors):
    occupied = Occupied(FRAME)
    spots = place_discs(anchors, 2, occupied)
    labels = [place_beside(x, y, 2, "名", 12, 3, occupied) for x, y in spots]
    boxes = [shapely.box(label.x, label.y - 2.7, label.x + 12, label.y + 0.6) for label in labels if label]
    boxes += [shapely.box(x - 2, y - 2, x + 2, y + 2) for x, y in spots]
    for number, one in enumerate(boxes):
        assert all(shapely.intersection(one, other).area < 1e-6 for other in boxes[:number])


def test_the_first_place_for_a_name_is_to_the_right():
    assert place_beside(50, 50, 2, "名", 10, 3, Occupied(FRAME)).x == 52


def test_a_name_that_finds_no_room_is_left_out():
    occupied = Occupied(FRAME)
    occupied.take(around(50, 50, 60, 60))
    assert place_beside(50, 50, 2, "名", 10, 3, occupied) is None


def test_a_name_follows_its_road_and_reads_from_left_to_right():
    from_the_right = shapely.LineString([(150, 60), (50, 60)])
    characters = place_along(from_the_right, "人民路", [4, 4, 4], 3, Occupied(FRAME))
    assert [c.text for c in characters] == ["人", "民", "路"]
    assert characters[0].x < characters[1].x < characters[2].x
    assert all(abs(c.angle) < 1e-9 and c.y == 60 for c in characters)


def test_a_name_is_not_bent_around_a_sharp_corner():
    corner = shapely.LineString([(100, 60), (108, 60), (108, 68)])
    assert place_along(corner, "人民路", [4, 4, 4], 3, Occupied(FRAME)) is None


def test_names_keep_off_the_lines_of_works():
    occupied = Occupied(FRAME)
    occupied.take(along_lines([shapely.LineString([(20, 50), (200, 50)])], 1, 0.5))
    label = place_beside(100, 50, 2, "名", 10, 3, occupied)
    assert label is None or abs(label.y - 50) > 1.5

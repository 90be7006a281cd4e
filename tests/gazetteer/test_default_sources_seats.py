"""Where 城区 is, on counties of one degree each."""

import pytest
import shapely

from gazetteer.place import Place
from gazetteer.sources.seats import seats


def division(name: str, kind: str = "county") -> Place:
    return Place("110001", name, kind, shapely.box(0, 0, 1, 1))


def point(name: str, *names: str, lon: float = 0.5) -> Place:
    return Place(name, name, "locality", shapely.Point(lon, 0.5), names=names)


@pytest.mark.parametrize(("county", "name"), [("新县", "县城"), ("永康市", "市区"), ("前旗", "城区")])
def test_the_seat_is_the_point_of_the_countys_name(county: str, name: str) -> None:
    (seat,) = seats([division(county)], [point("东城街道", county), point("芝英镇", lon=0.2)])
    assert seat.geometry == shapely.Point(0.5, 0.5)
    assert {seat.name, *seat.names} >= {"城区", name}
    assert (seat.key, seat.parent) == ("110001/seat", "110001")


def test_a_countys_name_without_its_level_counts_where_it_is_the_only_one() -> None:
    assert len(seats([division("永康市")], [point("永康")])) == 1
    (seat,) = seats([division("永康市")], [point("永康"), point("东城街道", "永康市", lon=0.2)])
    assert seat.geometry == shapely.Point(0.2, 0.5)


def test_two_points_of_the_name_are_refused() -> None:
    assert not seats([division("永康市")], [point("永康市"), point("东城街道", "永康市", lon=0.2)])


def test_a_prefecture_is_not_taken_for_a_town_of_its_name() -> None:
    assert not seats([division("甘孜市", "city")], [point("甘孜")])


def test_a_district_and_a_point_elsewhere_have_no_seat() -> None:
    assert not seats([division("城北区")], [point("城北区")])
    assert not seats([division("永康市")], [point("永康市", lon=3)])
    assert not seats([division("永康市")], [])

"""Which points become towns, on two counties of one degree each."""

import shapely

from gazetteer.division_names import town_stem, upper_forms
from gazetteer.place import Place
from gazetteer.sources.town_points import TownPoints, match_town_points

WEST = Place("110001", "西县", "county", shapely.box(0, 0, 1, 1))
EAST = Place("110002", "东县", "county", shapely.box(1, 0, 2, 1))


def town(code: str, name: str) -> Place:
    return Place(code, name, "town", None, adcode=code, parent=code[:6])


def point(key: str, name: str, lon: float, *names: str) -> Place:
    return Place(key, name, "locality", shapely.Point(lon, 0.5), names=names)


def match(towns: list[Place], points: list[Place]) -> TownPoints:
    return match_town_points(towns, [WEST, EAST], points)


def test_a_town_takes_the_point_of_its_name_in_its_own_county() -> None:
    found = match([town("110001100", "新街镇"), town("110002100", "新街镇")], [point("a", "新街", 0.5)])
    assert {key: place.key for key, place in found.points.items()} == {"110001100": "a"}


def test_a_town_that_has_become_a_subdistrict_keeps_its_point() -> None:
    assert "110001001" in match([town("110001001", "新街街道")], [point("a", "新街镇", 0.5)]).points


def test_a_point_that_could_be_two_towns_is_refused() -> None:
    found = match([town("110001100", "城关镇"), town("110001200", "城关乡")], [point("a", "城关", 0.5)])
    assert not found.points
    assert found.doubtful == {"110001100", "110001200"}


def test_a_whole_name_decides_between_two_towns_of_one_stem() -> None:
    found = match([town("110001100", "城关镇"), town("110001200", "城关乡")], [point("a", "城关", 0.5, "城关乡")])
    assert list(found.points) == ["110001200"]


def test_a_town_with_two_points_of_its_name_is_refused() -> None:
    found = match([town("110001100", "新街镇")], [point("a", "新街镇", 0.2), point("b", "新街镇", 0.8)])
    assert not found.points
    assert found.doubtful == {"110001100"}


def test_a_point_in_no_county_is_no_town() -> None:
    assert not match([town("110001100", "新街镇")], [point("a", "新街镇", 5)]).points


def test_no_points_match_nothing() -> None:
    assert match([town("110001100", "新街镇")], []) == TownPoints({}, frozenset())


def test_stems_leave_out_level_and_peoples() -> None:
    assert [town_stem(name) for name in ("芝英镇", "卧龙朝鲜族乡", "通红彝族苗族乡", "查干苏木", "老街")] == [
        "芝英",
        "卧龙",
        "通红",
        "查干",
        "老街",
    ]


def test_forms_of_an_autonomous_division_are_those_that_people_use() -> None:
    assert upper_forms("恩施土家族苗族自治州") == {"恩施土家族苗族自治州", "恩施州", "恩施"}
    assert upper_forms("新疆维吾尔自治区") >= {"新疆"}
    assert upper_forms("内蒙古自治区") >= {"内蒙古"}
    assert upper_forms("城区") == {"城区"}

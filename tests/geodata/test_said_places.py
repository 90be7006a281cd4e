"""Where a work is by what a list says of its place beside its name, on a small map drawn here."""

from pathlib import Path

import pytest
from drawing import a_report, a_work
from geoalchemy2.shape import to_shape
from grid import Grid
from lists import keep_list
from shapely import Point
from sqlalchemy import select
from sqlalchemy.orm import Session

from gazetteer.build import build_index
from gazetteer.geocode import Gazetteer
from gazetteer.index import TAUGHT
from gazetteer.place import Place, Source
from gazetteer.vocabulary import Kind, Precision
from geodata.locations import locate
from geodata.models import Location, Report, Work

TOWNS_APART = """
A---------B         E---------F
|  h-------------------i      |
|    v  p |         |  w   q  |
|         |         |         |
C---------D         G---------H
"""


@pytest.fixture(scope="module")
def grid() -> Grid:
    grid = Grid(TOWNS_APART)
    grid.area("永康市", "AFHC", kind="county", adcode="330784")
    grid.area("芝英镇", "ABDC", kind="town")
    grid.area("方岩镇", "EFHG", kind="town")
    grid.place("大塘沿村", "v")
    grid.place("派溪村", "w")
    grid.place("人民公园", "p", kind="park")
    grid.place("健身广场", "p", kind="park")
    grid.place("健身广场", "q", kind="park")
    grid.road("五金大道", "hi")
    return grid


@pytest.fixture(scope="module")
def gazetteer(grid: Grid, tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    return grid.gazetteer(tmp_path_factory.mktemp("gazetteer"))


def located(session: Session, gazetteer: Gazetteer, name: str, *places: str, **columns) -> Location:
    report = session.scalars(select(Report)).first() or a_report(session, county="永康市")
    work = a_work(session, report, name, places=[name, *places], key=f"{name}{places}", sentence=name, **columns)
    locate(session, gazetteer)
    return session.scalars(select(Location).where(Location.work_id == work.id, Location.current)).one()


def at(grid: Grid, location: Location) -> set[str]:
    """The letters of the map that a location lies at."""
    shape = to_shape(location.geometry)
    return {letter for letter, point in grid.points.items() if shape.equals(Point(point))}


def test_a_work_whose_name_says_no_place_lies_near_the_one_that_the_list_says(session, gazetteer, grid):
    location = located(session, gazetteer, "智能门锁产业园", "大塘沿村", kind=Kind.ZONE)
    assert (location.precision, at(grid, location)) == (Precision.NEAR, {"v"})
    assert "所说的地点是“大塘沿村”" in location.reason
    assert location.evidence["matched"][0]["name"] == "大塘沿村"
    assert located(session, gazetteer, "智能门锁产业园", kind=Kind.ZONE).precision is Precision.NONE


@pytest.mark.parametrize(
    ("said", "precision", "place"),
    [
        (["方岩镇"], Precision.TOWN, "方岩镇"),
        (["方岩镇派溪村"], Precision.NEAR, "派溪村"),
        (["方岩镇", "派溪村东侧"], Precision.NEAR, "派溪村"),
        (["五金大道以东"], Precision.NEAR, "五金大道"),
        (["永康市方岩镇派溪村"], Precision.NEAR, "派溪村"),
    ],
)
def test_the_finest_place_that_can_be_found_counts(session, gazetteer, said, precision, place):
    location = located(session, gazetteer, "智能门锁产业园", *said, kind=Kind.ZONE)
    assert location.precision is precision
    assert location.evidence["matched"][0]["name"] == place


@pytest.mark.parametrize("said", [["永康市"], ["全市"], ["某某村"], []])
def test_a_place_that_tells_nothing_is_no_find(session, gazetteer, said):
    assert located(session, gazetteer, "智能门锁产业园", *said, kind=Kind.ZONE).precision is Precision.NONE


def test_the_said_place_tells_which_of_two_things_of_one_name_is_meant(session, gazetteer, grid):
    for town, letter in (("芝英镇", "p"), ("方岩镇", "q")):
        location = located(session, gazetteer, "健身广场", town, kind=Kind.PARK)
        assert (location.precision, at(grid, location)) == (Precision.EXACT, {letter})


def test_a_thing_of_the_name_in_another_town_than_the_list_says_is_not_the_work(session, gazetteer):
    assert located(session, gazetteer, "人民公园", "芝英镇", kind=Kind.PARK).precision is Precision.EXACT
    elsewhere = located(session, gazetteer, "人民公园", "方岩镇", kind=Kind.PARK)
    assert elsewhere.precision is Precision.TOWN
    assert "不在所说的“方岩镇”" in elsewhere.reason
    assert located(session, gazetteer, "人民公园", "方岩镇", "芝英镇", kind=Kind.PARK).precision is Precision.EXACT
    through = located(session, gazetteer, "五金大道", "方岩镇", kind=Kind.ROAD)
    assert through.precision is Precision.EXACT


def test_what_a_person_placed_is_not_doubted(session: Session, grid: Grid, tmp_path: Path):
    grid.gazetteer(tmp_path)
    taught = Place("work/1", "清风亭", "park", Point(grid.points["v"]))
    build_index(Source(TAUGHT, "", "", ""), [taught], tmp_path)
    location = located(session, Gazetteer.open(tmp_path), "清风亭", "方岩镇", kind=Kind.PARK)
    assert location.precision is Precision.EXACT


def test_a_list_s_column_of_places_is_used(session: Session, gazetteer: Gazetteer, grid: Grid):
    text = "永康市项目,,,\n项目名称,建设地点,所属乡镇,责任单位\n智能门锁产业园,大塘沿村、派溪村,芝英镇,局\n"
    _, listed = keep_list(session, text, adcode="330784")
    (work,) = listed.works
    assert work.places[-3:] == ("大塘沿村", "派溪村", "芝英镇")
    locate(session, gazetteer)
    location = session.scalars(select(Location).join(Work)).one()
    assert (location.precision, at(grid, location)) == (Precision.NEAR, {"v"})

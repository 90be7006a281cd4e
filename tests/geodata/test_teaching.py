"""What people placed by hand is found by the gazetteer, preferred, and forgotten when it is undone."""

from pathlib import Path

import pytest
from drawing import a_report, a_work
from shapely import wkt
from sqlalchemy import select
from sqlalchemy.orm import Session

from gazetteer.build import build_index
from gazetteer.geocode import Gazetteer, Query
from gazetteer.place import Place, Source
from gazetteer.vocabulary import Kind, Precision
from geodata import placing
from geodata.locations import locate
from geodata.models import GazetteerPlace, Location, Work
from geodata.teaching import teach

HERE = {"type": "Point", "coordinates": [120.1, 28.9]}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A gazetteer whose map has the school in the wrong place."""
    build_index(
        Source("a map", "图", "", ""),
        [
            Place("1", "第九小学", "school", wkt.loads("POINT(120.5 28.5)")),
            Place("2", "永康市", "county", wkt.loads("POLYGON((120 28, 121 28, 121 29, 120 29, 120 28))")),
        ],
        tmp_path,
    )
    return tmp_path


@pytest.fixture
def school(session: Session) -> Work:
    return a_work(session, a_report(session, "新建第九小学。"), "第九小学", kind=Kind.SCHOOL, place="POINT(120.5 28.5)")


def found(directory: Path) -> tuple[float, float]:
    answer = Gazetteer.open(directory).geocode(Query("1", "第九小学", kind="school", within="永康市"))
    return answer.geometry.x, answer.geometry.y


def test_what_a_planner_draws_is_found_before_what_the_map_says(session: Session, directory: Path, school: Work):
    assert teach(session, directory) == 0
    assert found(directory) == (120.5, 28.5)
    seen = school.locations[-1].id
    drawn = placing.draw(session, school.id, seen, "张三", HERE)
    assert teach(session, directory) == 1
    assert found(directory) == (120.1, 28.9)
    assert session.scalars(select(GazetteerPlace.name)).all() == ["第九小学"]
    placing.undo(session, school.id, drawn.id, "张三")
    assert teach(session, directory) == 0
    assert found(directory) == (120.5, 28.5)


def test_it_outlasts_a_reload_of_the_map(session: Session, directory: Path, school: Work):
    placing.draw(session, school.id, school.locations[-1].id, "张三", HERE)
    teach(session, directory)
    build_index(
        Source("a map", "图", "", ""),
        [
            Place("1", "第九小学", "school", wkt.loads("POINT(120.6 28.6)")),
            Place("2", "永康市", "county", wkt.loads("POLYGON((120 28, 121 28, 121 29, 120 29, 120 28))")),
        ],
        directory,
    )
    assert found(directory) == (120.1, 28.9)


def test_the_same_work_of_next_years_report_is_placed_where_a_person_put_it(session: Session, directory: Path):
    ends = {"extent_from": "甲路", "extent_to": "乙桥"}
    work = a_work(session, a_report(session), place="POINT(120.5 28.5)", **ends)
    line = {"type": "LineString", "coordinates": [[120.1, 28.9], [120.2, 28.9]]}
    placing.draw(session, work.id, work.locations[-1].id, "张三", line)
    following = a_report(session, "续建人民路。", year=2023)
    again = a_work(session, following, **ends)
    locate(session, Gazetteer.open(directory), reports=[following.id])
    location = session.scalars(select(Location).where(Location.work_id == again.id)).one()
    assert (location.precision, location.placed_by) == (Precision.EXACT, "guatu")
    assert "张三" in location.reason

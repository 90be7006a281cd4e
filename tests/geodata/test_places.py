"""Loading places: rows and index together, again as often as one likes, all or nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from shapely.geometry import LineString, Point
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.errors import GuatuError
from gazetteer.geocode import Gazetteer
from gazetteer.place import Place, Source
from geodata.database import Database
from geodata.models import GazetteerPlace, GazetteerSource, PlaceName
from geodata.places import load_places
from geodata.session import open_engine, session_factory

SOURCE = Source("drawn", "手绘", licence="", attribution="测试")
ROAD = Place("1", "人民路", "road", LineString([(120, 28.9), (120.1, 28.9)]), names=("解放路",))
VILLAGE = Place("2", "上坪村", "village", Point(120.05, 28.91))


@pytest.fixture
def sessions(database: Database) -> Iterator[sessionmaker[Session]]:
    engine = open_engine(database.owner)
    yield session_factory(engine)
    engine.dispose()


def rows(sessions: sessionmaker[Session]) -> list[str]:
    with sessions() as session:
        return sorted(session.scalars(select(GazetteerPlace.name)))


def test_loaded_places_are_rows_and_can_be_found(sessions, tmp_path: Path):
    assert load_places(sessions, tmp_path, SOURCE, [ROAD, VILLAGE]) == 2
    assert rows(sessions) == ["上坪村", "人民路"]
    with sessions() as session:
        assert list(session.scalars(select(PlaceName.name))) == ["解放路"]
        assert session.scalar(select(GazetteerSource.places)) == 2
    assert Gazetteer.open(tmp_path).find("解放路").candidates[0].title == "人民路"


def test_loading_a_source_again_replaces_it(sessions, tmp_path: Path):
    load_places(sessions, tmp_path, SOURCE, [ROAD, VILLAGE])
    load_places(sessions, tmp_path, SOURCE, [VILLAGE])
    assert rows(sessions) == ["上坪村"]
    assert not Gazetteer.open(tmp_path).find("人民路").candidates


def test_other_sources_are_left_as_they_are(sessions, tmp_path: Path):
    load_places(sessions, tmp_path, SOURCE, [ROAD])
    load_places(sessions, tmp_path, Source("other", "另一", "", ""), [VILLAGE])
    load_places(sessions, tmp_path, SOURCE, [ROAD])
    assert rows(sessions) == ["上坪村", "人民路"]


def test_a_load_that_breaks_off_leaves_what_was_there(sessions, tmp_path: Path):
    load_places(sessions, tmp_path, SOURCE, [ROAD])

    def broken() -> Iterator[Place]:
        yield VILLAGE
        raise GuatuError("the file is cut in half")

    with pytest.raises(GuatuError, match="cut in half"):
        load_places(sessions, tmp_path, SOURCE, broken())
    assert rows(sessions) == ["人民路"]
    assert [c.title for c in Gazetteer.open(tmp_path).find("人民路").candidates] == ["人民路"]
    assert not Gazetteer.open(tmp_path).find("上坪村").candidates


def test_a_source_without_places_is_refused_and_changes_nothing(sessions, tmp_path: Path):
    load_places(sessions, tmp_path, SOURCE, [ROAD])
    with pytest.raises(GuatuError):
        load_places(sessions, tmp_path, SOURCE, [])
    assert rows(sessions) == ["人民路"]

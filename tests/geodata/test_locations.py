"""Locating works: where they are, how sure that is, and why."""

import csv
from pathlib import Path

import pytest
import shapely
from drawing import a_report, a_work
from geoalchemy2.shape import from_shape, to_shape
from shapely.geometry import LineString, Point, box
from sqlalchemy import select
from sqlalchemy.orm import Session

from gazetteer.build import build_index
from gazetteer.geocode import Gazetteer
from gazetteer.place import Place, Source
from gazetteer.reading import read_works
from gazetteer.reading.documents import open_document
from gazetteer.sources.osm import read_osm
from gazetteer.vocabulary import Kind, Precision
from geodata.database import Database
from geodata.locations import locate
from geodata.models import GazetteerPlace, GazetteerSource, Location, Work
from geodata.places import load_places
from geodata.reports import report_of, save_report
from geodata.session import open_engine, session_factory
from webmap.demo import FICTIONAL, FICTIONAL_MAP, REPORTS

DRAWN = Source("drawn", "手绘", licence="", attribution="测试")
PLACES = [
    Place("c", "永康市", "county", box(120, 28.8, 120.3, 29.1), adcode="330784"),
    Place("t", "芝英镇", "town", box(120.1, 28.9, 120.2, 29.0), adcode="330784103"),
    Place("s", "方岩镇", "town", None, adcode="330784104", parent="c"),
    Place("v", "上坪村", "village", Point(120.15, 28.95)),
    Place("r", "城北东路", "road", LineString([(120.02, 28.85), (120.12, 28.85)])),
    Place("x", "花园大道", "road", LineString([(120.04, 28.82), (120.04, 28.88)])),
    Place("y", "建设路", "road", LineString([(120.08, 28.82), (120.08, 28.88)])),
    Place("a", "第一中学", "school", Point(119.0, 28.0)),
]


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    folder = tmp_path_factory.mktemp("gazetteer")
    build_index(DRAWN, PLACES, folder)
    return Gazetteer.open(folder)


@pytest.fixture(autouse=True)
def places(session: Session) -> None:
    """The drawn places in the database, as loading them leaves them."""
    source = GazetteerSource(name="drawn", title="", licence="", attribution="", places=len(PLACES))
    session.add(source)
    session.flush()
    for place in PLACES:
        shape = from_shape(place.geometry, 4326) if place.geometry else None
        session.add(
            GazetteerPlace(
                source_id=source.id,
                key=place.key,
                name=place.name,
                kind=place.kind,
                adcode=place.adcode,
                geometry=shape,
            )
        )
    session.flush()


def located(session: Session, gazetteer: Gazetteer, work: Work) -> Location:
    locate(session, gazetteer)
    return session.scalars(select(Location).where(Location.work_id == work.id, Location.current)).one()


def test_a_road_between_two_ends_is_cut_to_its_stretch(session: Session, gazetteer: Gazetteer):
    work = a_work(session, a_report(session), "城北东路", extent_from="花园大道", extent_to="建设路")
    location = located(session, gazetteer, work)
    assert location.precision is Precision.STRETCH
    assert shapely.bounds(to_shape(location.geometry)).round(4).tolist() == [120.04, 28.85, 120.08, 28.85]
    assert {match["name"] for match in location.evidence["matched"]} == {"城北东路", "花园大道", "建设路"}


def test_a_work_that_the_gazetteer_does_not_know_lies_near_the_town_in_its_name(session, gazetteer):
    work = a_work(session, a_report(session), "芝英污水处理厂", kind=Kind.PLANT)
    location = located(session, gazetteer, work)
    assert (location.precision, location.town) == (Precision.TOWN, "芝英镇")
    assert location.confidence < 0.9


def test_a_work_in_a_town_without_coordinates_is_somewhere_in_the_county_and_its_town_is_said(session, gazetteer):
    work = a_work(session, a_report(session, adcode="330784"), "方岩卫生院", kind=Kind.HOSPITAL)
    location = located(session, gazetteer, work)
    assert (location.precision, location.town) == (Precision.COUNTY, "方岩镇")


def test_a_place_outside_the_county_is_never_taken(session: Session, gazetteer: Gazetteer):
    work = a_work(session, a_report(session), "第一中学", kind=Kind.SCHOOL)
    location = located(session, gazetteer, work)
    assert location.precision is Precision.NONE
    assert "永康市" in location.reason


def test_works_that_are_only_counted_have_no_place_and_say_so(session: Session, gazetteer: Gazetteer):
    work = a_work(session, a_report(session), "老旧小区", named=False, quantity=3, unit="个")
    assert "数量" in located(session, gazetteer, work).reason


def test_the_town_is_the_one_whose_area_holds_the_place(session: Session, gazetteer: Gazetteer):
    inside = a_work(session, a_report(session), "上坪村", kind=Kind.VILLAGE)
    assert located(session, gazetteer, inside).town == "芝英镇"


def test_locating_again_keeps_what_a_person_placed_and_adds_no_history_where_nothing_changed(session, gazetteer):
    report = a_report(session)
    by_hand = a_work(session, report, "城北东路", key="1")
    by_guatu = a_work(session, report, "建设路", key="2")
    locate(session, gazetteer)
    placed = session.scalars(select(Location).where(Location.work_id == by_hand.id)).one()
    placed.placed_by = "张三"
    session.flush()
    assert locate(session, gazetteer).total() == 0
    assert locate(session, gazetteer, again=True).total() == 1
    for work in (by_hand, by_guatu):
        assert len(session.scalars(select(Location).where(Location.work_id == work.id)).all()) == 1
    assert session.scalars(select(Location).where(Location.work_id == by_hand.id)).one().placed_by == "张三"


def test_the_fictional_county_is_placed_as_its_map_intends(database: Database, tmp_path: Path):
    """Text to works to places to locations, against what the map's makers wrote down by hand."""
    engine = open_engine(database.owner)
    sessions = session_factory(engine)
    load_places(sessions, tmp_path, FICTIONAL, read_osm(FICTIONAL_MAP))
    with sessions.begin() as session:
        for path in REPORTS[1:]:
            document = open_document(path)
            save_report(session, report_of(document, path.name, tmp_path), read_works(document.text).works)
        locate(session, Gazetteer.open(tmp_path))
    with sessions() as session, (FICTIONAL_MAP.parent / "expected.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
        misses = [row for row in rows if not any(is_right(location, row) for location in places_of(session, row))]
    engine.dispose()
    assert len(misses) / len(rows) <= 0.2, [(row["report"], row["work"], row["precision"]) for row in misses]


def places_of(session: Session, row: dict[str, str]) -> list[Location]:
    """Where the works lie whose name is, or begins with, that of the row, between the same two ends."""
    works = session.scalars(
        select(Work)
        .where(Work.name.startswith(row["work"]), Work.report.has(year=int(row["report"])))
        .where(Work.extent_from.is_not_distinct_from(row["extent_from"] or None))
    )
    return [location for work in works for location in work.locations if location.current]


NEAR_DEGREES = 0.01
"""Some 1 km: a stretch of the wrong road or a namesake in another town lies farther off."""


VAGUE = {Precision.TOWN, Precision.COUNTY, Precision.NEAR}


def is_right(location: Location, row: dict[str, str]) -> bool:
    """As precise as intended, at the right place; a part of a thing (its second phase, its new wing) may be near it."""
    wanted = row["precision"].split()
    if location.work.name != row["work"] and "exact" in wanted:
        wanted.append("near")
    if location.precision not in wanted:
        return False
    if location.geometry is None or not row["lon"] or location.precision in VAGUE:
        return True
    truth = Point(float(row["lon"]), float(row["lat"]))
    return to_shape(location.geometry).distance(truth) <= NEAR_DEGREES

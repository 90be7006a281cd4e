"""`guatu gazetteer`: a county fetched over HTTP or cut out of a file, and what people taught out to a file and back."""

import json
import socket
import time
from collections.abc import Callable
from pathlib import Path

import osmium
import pytest
import shapely
from drawing import a_report, a_work
from sqlalchemy import select
from sqlalchemy.orm import Session
from web_server import Asked, Reply, serve

from gazetteer.build import build_index
from gazetteer.geocode import Gazetteer, Query
from gazetteer.place import Place
from gazetteer.sources.divisions import SOURCE as DIVISIONS
from gazetteer.vocabulary import Kind
from geodata import placing
from geodata.database import Database
from geodata.models import GazetteerPlace, GazetteerSource
from geodata.session import open_engine
from geodata.teaching import teach

COUNTY = shapely.box(120.0, 28.8, 120.3, 29.1)

WAYS = {
    "城北东路": [(120.02, 28.85), (120.12, 28.85)],
    "出县公路": [(120.25, 28.9), (120.40, 28.9)],
    "邻县大道": [(120.6, 28.9), (120.7, 28.9)],
}
ROADS_OF_THE_COUNTY = {"城北东路", "出县公路"}


@pytest.fixture
def divisions(home: Path) -> None:
    places = [
        Place("330000", "浙江省", "province", COUNTY.buffer(1), adcode="330000"),
        Place("330784", "永康市", "county", COUNTY, adcode="330784", parent="330000"),
        Place("330703", "金东区", "county", COUNTY, adcode="330703", parent="330000"),
        Place("340000", "安徽省", "province", COUNTY.buffer(1), adcode="340000"),
        Place("341102", "金东区", "county", COUNTY, adcode="341102", parent="340000"),
        Place("330771", "某经济开发区", "zone", None, adcode="330771", parent="330000"),
    ]
    build_index(DIVISIONS, places, home / "gazetteer")


def osm_file(path: Path) -> Path:
    """The ways above as OpenStreetMap writes them: XML or PBF by the file's ending."""
    with osmium.SimpleWriter(str(path)) as writer:
        nodes = [point for line in WAYS.values() for point in line]
        for number, point in enumerate(nodes, 1):
            writer.add_node(osmium.osm.mutable.Node(id=number, version=1, location=point))
        for number, name in enumerate(WAYS, 1):
            refs = [2 * number - 1, 2 * number]
            tags = {"highway": "primary", "name": name}
            writer.add_way(osmium.osm.mutable.Way(id=number, version=1, nodes=refs, tags=tags))
    return path


@pytest.fixture
def xml(tmp_path: Path) -> bytes:
    return osm_file(tmp_path / "county.osm").read_bytes()


def roads(database: Database, source: str) -> set[str]:
    engine = open_engine(database.owner)
    with Session(engine) as session:
        statement = select(GazetteerPlace.name).join(GazetteerSource).where(GazetteerSource.name == source)
        names = set(session.scalars(statement))
    engine.dispose()
    return names


@pytest.mark.usefixtures("divisions")
@pytest.mark.parametrize("county", ["永康市", "330784", "浙江永康"])
def test_a_county_is_fetched_from_overpass_and_found(guatu, home, database, xml, monkeypatch, county: str):
    with serve(lambda _: Reply(xml, headers={"Content-Type": "application/osm3s+xml"})) as server:
        monkeypatch.setenv("GUATU_OVERPASS", f"{server.url}/api/interpreter")
        called = guatu("gazetteer", "fetch", county)
    assert (called.status, called.out) == (0, "osm-330784: 2 places\n"), called.err
    assert "[bbox:28.79000,119.99000,29.11000,120.31000]" in server.asked[0].parameters["data"]
    assert server.asked[0].headers["User-Agent"].startswith("guatu/")
    assert roads(database, "osm-330784") == ROADS_OF_THE_COUNTY
    answer = Gazetteer.open(home / "gazetteer").geocode(Query("1", "城北东路", within="永康市"))
    assert answer.matched[0]["source"] == "osm-330784"
    assert not list(home.glob("fetch-*"))


@pytest.mark.usefixtures("divisions")
def test_a_county_is_cut_out_of_an_extract(guatu, tmp_path, database):
    extract = osm_file(tmp_path / "zhejiang.osm.pbf")
    with serve(lambda _: Reply(extract.read_bytes())) as server:
        called = guatu("gazetteer", "fetch", "永康市", "--url", f"{server.url}/zhejiang-latest.osm.pbf")
    assert (called.status, called.out) == (0, "osm-330784: 2 places\n"), called.err
    assert roads(database, "osm-330784") == ROADS_OF_THE_COUNTY


@pytest.mark.usefixtures("divisions")
def test_a_county_is_cut_out_of_a_file_that_was_brought_along(guatu, tmp_path, database):
    called = guatu("gazetteer", "load", osm_file(tmp_path / "zhejiang.osm.pbf"), "--within", "永康市")
    assert (called.status, called.out) == (0, "zhejiang.osm.pbf-330784: 2 places\n"), called.err
    refused = guatu("gazetteer", "load", "geonames", "--within", "永康市")
    assert refused.status == 1
    assert "no such option" in refused.err


def html(_: Asked) -> Reply:
    return Reply('<?xml version="1.0"?><!DOCTYPE html><html><body>Error: too many requests</body></html>')


def busy(_: Asked) -> Reply:
    return Reply(status=429, headers={"Retry-After": "0"})


FAILURES: dict[str, tuple[Callable[[bytes], Callable[[Asked], Reply]], str]] = {
    "an error page": (lambda _: html, "no OpenStreetMap data"),
    "busy": (lambda _: busy, "is busy"),
    "an answer cut by the network": (lambda xml: lambda _: Reply(xml[:300], length=len(xml)), "cut its answer off"),
    "an answer cut by the server": (lambda xml: lambda _: Reply(xml[:-40]), "cut its answer off"),
    "a query given up": (
        lambda xml: (
            lambda _: Reply(
                xml.replace(b"</osm>", b"<remark> runtime error: Query timed out in &quot;query&quot; </remark></osm>")
            )
        ),
        "gave up",
    ),
    "broken XML": (lambda xml: lambda _: Reply(xml.replace(b"<way", b"<<way")), "a whole OpenStreetMap file"),
    "nothing at all": (lambda _: lambda _: Reply(b""), "no OpenStreetMap data"),
}


@pytest.mark.usefixtures("divisions")
@pytest.mark.parametrize("failure", FAILURES)
def test_what_overpass_does_wrong_is_said_in_one_line_and_what_was_there_stays(
    guatu, home, database, xml, monkeypatch, failure: str
):
    reply, said = FAILURES[failure]
    with serve(lambda _: Reply(xml)) as server:
        monkeypatch.setenv("GUATU_OVERPASS", server.url)
        assert guatu("gazetteer", "fetch", "永康市").status == 0
    with serve(reply(xml)) as server:
        monkeypatch.setenv("GUATU_OVERPASS", server.url)
        called = guatu("gazetteer", "fetch", "永康市")
    assert (called.status, called.out) == (1, "")
    assert said in called.err
    assert called.err.count("\n") == 1
    assert roads(database, "osm-330784") == ROADS_OF_THE_COUNTY
    assert not list(home.glob("fetch-*"))


@pytest.mark.usefixtures("divisions")
def test_an_extract_that_is_no_pbf_or_half_of_one_is_refused(guatu, tmp_path):
    extract = osm_file(tmp_path / "zhejiang.osm.pbf").read_bytes()
    for body, said in ((b"<html>moved</html>", "no .osm.pbf"), (extract[:-50], "whole OpenStreetMap file")):
        with serve(lambda _, body=body: Reply(body)) as server:
            called = guatu("gazetteer", "fetch", "永康市", "--url", server.url)
        assert (called.status, called.err.count("\n")) == (1, 1)
        assert said in called.err


@pytest.mark.usefixtures("divisions")
def test_no_network_is_said_at_once(guatu, monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv("GUATU_OVERPASS", f"http://127.0.0.1:{unused.getsockname()[1]}/")
        started = time.monotonic()
        called = guatu("gazetteer", "fetch", "永康市")
    assert "is there a network?" in called.err
    assert called.status == 1
    assert time.monotonic() - started < 5


@pytest.mark.usefixtures("divisions")
@pytest.mark.parametrize(
    ("county", "said"),
    [
        ("不存在县", "No such province"),
        ("金东区", "浙江省金东区 330703、安徽省金东区 341102"),
        ("某经济开发区", "has no area"),
    ],
)
def test_a_county_that_is_not_clear_is_refused_before_anything_is_fetched(guatu, monkeypatch, county: str, said: str):
    with serve(lambda _: Reply(b"")) as server:
        monkeypatch.setenv("GUATU_OVERPASS", server.url)
        called = guatu("gazetteer", "fetch", county)
    assert (called.status, server.asked) == (1, [])
    assert said in called.err


def test_without_divisions_it_says_what_to_load(guatu):
    assert "guatu gazetteer load divisions" in guatu("gazetteer", "fetch", "永康市").err


@pytest.fixture
def school(database: Database, home: Path) -> None:
    """A school that a planner has drawn."""
    engine = open_engine(database.owner)
    with Session(engine) as session, session.begin():
        work = a_work(session, a_report(session, "新建第九小学。"), "第九小学", kind=Kind.SCHOOL, place="POINT(120 28)")
        here = {"type": "Point", "coordinates": [120.1, 28.9]}
        placing.draw(session, work.id, work.locations[-1].id, "张三", here)
        teach(session, home / "gazetteer")
    engine.dispose()


def forget(database: Database, home: Path) -> None:
    """Takes the planner's work away, as on another machine."""
    engine = open_engine(database.owner)
    with Session(engine) as session, session.begin():
        session.execute(GazetteerSource.__table__.delete())
        session.connection().exec_driver_sql("DELETE FROM report")
        teach(session, home / "gazetteer")
    engine.dispose()


@pytest.mark.usefixtures("school")
def test_what_people_taught_goes_out_to_a_file_and_comes_back(guatu, home, database, tmp_path):
    out = tmp_path / "taught.geojson"
    exported = guatu("gazetteer", "export", "taught", out)
    assert (exported.status, exported.out) == (0, f"{out}: 1 places\n"), exported.err
    (feature,) = json.loads(out.read_text(encoding="utf-8"))["features"]
    assert feature["properties"]["name"] == "第九小学"
    assert feature["geometry"] == {"type": "Point", "coordinates": [120.1, 28.9]}

    assert guatu("gazetteer", "import", out).out == f"{out}: 0 places\n"  # it is here already
    forget(database, home)
    assert roads(database, "taught") == set()
    for _ in range(2):
        assert guatu("gazetteer", "import", out).out == f"{out}: 1 places\n"
        answer = Gazetteer.open(home / "gazetteer").geocode(Query("1", "第九小学", kind="school"))
        assert (answer.geometry, answer.matched[0]["source"]) == (shapely.Point(120.1, 28.9), "taught")

    engine = open_engine(database.owner)
    with Session(engine) as session, session.begin():
        assert teach(session, home / "gazetteer") == 1  # a planner's next step keeps it
    engine.dispose()
    assert guatu("gazetteer", "import", "--undo").status == 0
    assert roads(database, "taught") == set()
    assert guatu("gazetteer", "import").status == 2


def test_a_source_that_is_not_there_leaves_no_file(guatu, tmp_path):
    called = guatu("gazetteer", "export", "taught", tmp_path / "taught.geojson")
    assert called.status == 1
    assert "no places" in called.err
    assert not list(tmp_path.glob("*.geojson*"))
    assert not list(tmp_path.glob(".*"))


def test_a_file_that_was_not_exported_is_refused(guatu, tmp_path):
    other = tmp_path / "other.geojson"
    feature = {"type": "Feature", "properties": {"名称": "甲"}, "geometry": {"type": "Point", "coordinates": [120, 28]}}
    other.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    called = guatu("gazetteer", "import", other)
    assert (called.status, called.err.count("\n")) == (1, 1)


@pytest.mark.usefixtures("divisions")
def test_geocode_asks_online_only_when_it_is_told_to(guatu, monkeypatch):
    query = json.dumps({"id": 1, "name": "黄泥岭隧道", "within": "永康市"})
    hit = {"name": "黄泥岭隧道", "display_name": "黄泥岭隧道", "lat": "28.9", "lon": "120.1"}
    with serve(lambda _: Reply(json.dumps([hit]))) as server:
        monkeypatch.setenv("GUATU_GEOCODER", "nominatim")
        monkeypatch.setenv("GUATU_GEOCODER_URL", server.url)
        assert json.loads(guatu("geocode", given=query).out)["precision"] == "none"
        assert server.asked == []
        answer = json.loads(guatu("geocode", "--online", given=query).out)
    assert (answer["precision"], answer["geometry"]["coordinates"]) == ("near", [120.1, 28.9])
    assert answer["matched"][0]["source"] == "online:nominatim"
    monkeypatch.delenv("GUATU_GEOCODER")
    assert "set GUATU_GEOCODER" in guatu("geocode", "--online", given=query).err


@pytest.mark.usefixtures("divisions")
def test_locate_asks_online_about_what_the_gazetteer_does_not_know(guatu, tmp_path, monkeypatch):
    report = tmp_path / "report.txt"
    report.write_text("2022年永康市政府工作报告\n\n二、2022年工作安排\n\n建成黄泥岭隧道。\n", encoding="utf-8")
    assert guatu("read", report, "--save").status == 0
    hit = {"name": "黄泥岭隧道", "display_name": "黄泥岭隧道", "lat": "28.9", "lon": "120.1"}
    with serve(lambda _: Reply(json.dumps([hit]))) as server:
        monkeypatch.setenv("GUATU_GEOCODER", "nominatim")
        monkeypatch.setenv("GUATU_GEOCODER_URL", server.url)
        assert guatu("locate").out == "1 works: 1 none\n"
        assert server.asked == []
        assert guatu("locate", "--again", "--online").out == "1 works: 1 near\n"

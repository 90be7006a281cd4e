"""Tiles of works, read back with GDAL's own driver, and answers that are sent once and compressed."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyogrio
import pytest
from drawing import a_report, a_work
from flask import Flask
from flask.testing import FlaskClient
from geopandas import GeoDataFrame
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.vocabulary import Precision, Sector

Sessions = sessionmaker[Session]


@contextmanager
def statements() -> Iterator[list[str]]:
    """What any session asks the database meanwhile."""
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_others) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield asked
    event.remove(Engine, "before_cursor_execute", note)


def read(client: FlaskClient, folder: Path, address: str, layer: str) -> GeoDataFrame | None:
    file = folder / "tile.mvt"
    file.write_bytes(client.get(address).data)
    if not file.stat().st_size or layer not in pyogrio.list_layers(file)[:, 0]:
        return None
    return pyogrio.read_dataframe(file, layer=layer)


@pytest.fixture
def forty_works(sessions: Sessions) -> Sessions:
    """Forty points within a kilometre around 120.1 E 28.9 N, one stretch of road, one work that is nowhere."""
    with sessions.begin() as session:
        report = a_report(session)
        for number in range(40):
            sector = Sector.WATER if number < 10 else Sector.TRANSPORT
            a_work(session, report, f"第{number}处", place=f"POINT({120.1 + number / 10000} 28.9)", sector=sector)
        a_work(session, report, "一条路", place="LINESTRING(120.1 28.9, 120.12 28.9)", precision=Precision.STRETCH)
        a_work(session, report, "无处", precision=Precision.NONE)
    return sessions


def test_from_afar_works_are_clusters_that_count_every_placed_one(client, forty_works, tmp_path):
    frame = read(client, tmp_path, "/tiles/works/6/53/26.mvt", "works")
    assert frame["n"].sum() == 41
    assert len(frame) < 4


def test_tiles_keep_to_the_choices(client, forty_works, tmp_path):
    frame = read(client, tmp_path, "/tiles/works/6/53/26.mvt?sector=water", "works")
    assert frame["n"].sum() == 10


def test_from_near_every_work_is_there_once_with_its_shape(client, forty_works, tmp_path):
    ids: list[int] = []
    shapes = 0
    for x in range(27314, 27319):
        for y in range(13633, 13636):
            frame = read(client, tmp_path, f"/tiles/works/15/{x}/{y}.mvt", "works")
            if frame is not None:
                assert (frame["n"] == 1).all()
                ids += frame["id"].tolist()
            shapes += read(client, tmp_path, f"/tiles/works/15/{x}/{y}.mvt", "shapes") is not None
    assert len(ids) == len(set(ids)) == 41
    assert shapes


def test_no_cluster_is_lost_or_doubled_between_tiles(client, forty_works, tmp_path):
    frames = [
        read(client, tmp_path, f"/tiles/works/13/{x}/{y}.mvt", "works")
        for x in range(6827, 6831)
        for y in range(3407, 3412)
    ]
    assert sum(frame["n"].sum() for frame in frames if frame is not None) == 41


def test_no_cluster_reaches_into_the_cell_of_another(client, sessions, tmp_path):
    with sessions.begin() as session:
        report = a_report(session)
        for number in range(300):
            lon, lat = 119.6 + number % 20 / 25, 28.7 + number // 20 / 25
            a_work(session, report, f"第{number}处", place=f"POINT({lon} {lat})")
    frame = read(client, tmp_path, "/tiles/works/9/426/212.mvt", "works")
    clusters = frame[frame["n"] > 1]
    assert len(clusters) > 4
    for places in (clusters.geometry.x, clusters.geometry.y):
        from_edge = places % 512  # of a cell of an eighth of the tile's 4096
        assert ((from_edge >= 175) & (from_edge <= 337)).all()


@pytest.mark.parametrize("address", ["/tiles/works/3/9/0.mvt", "/tiles/works/40/0/0.mvt"])
def test_a_tile_outside_the_world_is_not_there(client, address):
    assert client.get(address).status_code == 404


def test_an_answer_is_known_to_be_the_same_until_a_work_changes(client: FlaskClient, forty_works: Sessions):
    for address in (
        *("/map/works.json", "/map/choices.json?sector=water", "/tiles/works/7/106/53.mvt"),
        *("/ogc/collections/works/items?f=json", "/ogc/tiles/works/7/106/53.mvt"),
    ):
        first = client.get(address)
        again = {"If-None-Match": first.headers["ETag"]}
        assert client.get(address, headers=again).status_code == 304
        with forty_works.begin() as session:
            a_work(session, a_report(session, address), place="POINT(120.1 28.9)")
        assert client.get(address, headers=again).status_code == 200


def test_an_answer_is_made_once_for_each_state_of_the_works(client: FlaskClient, forty_works: Sessions):
    addresses = ("/works.geojson", "/ogc/collections/works/items?f=json&limit=5", "/ogc/collections/works")
    for east, address in enumerate(addresses, 121):
        with statements() as asked:
            first = client.get(address)
            made_with = len(asked)
            again = client.get(address)
            assert len(asked) - made_with < made_with
            assert not any("location" in statement for statement in asked[made_with:])
        assert (again.data, again.headers["Content-Type"]) == (first.data, first.headers["Content-Type"])
        with forty_works.begin() as session:
            a_work(session, a_report(session, address), place=f"POINT({east} 28.9)")
        assert client.get(address).data != first.data


def test_an_answer_is_kept_for_each_language_and_compression(client: FlaskClient, forty_works: Sessions):
    address = "/ogc/collections/works/items?f=json"
    titles = [
        client.get(address + language).json["links"][0]["title"] for language in ("&lang=zh", "&lang=en", "&lang=zh")
    ]
    assert titles[0] == titles[2] != titles[1]
    packed = client.get("/works.geojson", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/works.geojson")
    assert gzip.decompress(packed.data) == plain.data
    assert client.head("/works.geojson").headers["Content-Length"] == str(len(plain.data))


def test_what_is_kept_is_not_for_strangers_where_viewing_needs_an_account(app: Flask, client: FlaskClient, forty_works):
    assert client.get("/works.geojson").status_code == 200
    app.config["VIEWING_NEEDS_ACCOUNT"] = True
    assert client.get("/works.geojson").status_code == 401


def test_pages_are_made_for_whoever_asks(client: FlaskClient, forty_works: Sessions):
    address = "/ogc/collections/works/items?f=html"
    first, again = client.get(address), client.get(address)
    assert first.headers["Content-Security-Policy"] != again.headers["Content-Security-Policy"]
    assert "ETag" not in first.headers


def test_what_is_large_is_compressed_for_those_who_accept_it(client: FlaskClient, forty_works: Sessions):
    plain = client.get("/works.geojson")
    packed = client.get("/works.geojson", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 5
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_the_list_is_ordered_both_ways_and_paged(client: FlaskClient, forty_works: Sessions):
    def names(query: str) -> list[str]:
        return [row["name"] for row in client.get(f"/works.json?limit=100&{query}").json["rows"]]

    for order in ("report", "name", "sector", "status", "town", "precision", "confidence"):
        forwards, backwards = names(f"order={order}"), names(f"order=-{order}")
        assert sorted(forwards) == sorted(backwards)
    assert names("order=name") == names("order=-name")[::-1]
    assert names("order=name")[5:10] == [
        row["name"] for row in client.get("/works.json?order=name&offset=5&limit=5").json["rows"]
    ]

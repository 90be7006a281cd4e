"""The base map's vector tiles, read back with GDAL's own driver."""

from pathlib import Path

import pyogrio
import pytest
from flask.testing import FlaskClient
from geoalchemy2.shape import from_shape
from shapely import wkt
from sqlalchemy.orm import Session, sessionmaker

from geodata.models import GazetteerPlace, GazetteerSource

Sessions = sessionmaker[Session]


@pytest.fixture
def county(sessions: Sessions) -> Sessions:
    """A county of one town with its seat, a road through it and a village, around 120.1 E 28.9 N."""
    drawn = {
        ("永康市", "county"): "POLYGON((120 28.8, 120.2 28.8, 120.2 29, 120 29, 120 28.8))",
        ("芝英镇", "town"): "POLYGON((120.05 28.85, 120.15 28.85, 120.15 28.95, 120.05 28.95, 120.05 28.85))",
        ("人民路", "road"): "LINESTRING(120.05 28.9, 120.15 28.9)",
        ("上坪村", "village"): "POINT(120.1 28.91)",
    }
    with sessions.begin() as session:
        source = GazetteerSource(name="drawn", title="图", licence="", attribution="", places=len(drawn) + 1)
        session.add(source)
        session.flush()
        for number, ((name, kind), shape) in enumerate([*drawn.items(), (("芝英镇", "town"), "POINT(120.1 28.9)")]):
            geometry = from_shape(wkt.loads(shape), 4326)
            session.add(GazetteerPlace(source_id=source.id, key=str(number), name=name, kind=kind, geometry=geometry))
    return sessions


def read(client: FlaskClient, folder: Path, z: int, x: int, y: int, layer: str) -> list[tuple[str, str]]:
    """(name, kind of geometry) of a tile's features."""
    file = folder / f"{z}-{x}-{y}.mvt"
    file.write_bytes(client.get(f"/tiles/gazetteer/{z}/{x}/{y}.mvt").data)
    if not file.stat().st_size or layer not in pyogrio.list_layers(file)[:, 0]:
        return []
    frame = pyogrio.read_dataframe(file, layer=layer)
    return sorted(zip(frame["name"], frame.geometry.geom_type, strict=True))


def test_a_tile_has_the_places_of_its_zoom(client: FlaskClient, county: Sessions, tmp_path: Path):
    assert [name for name, _ in read(client, tmp_path, 7, 106, 53, "places")] == ["永康市"]
    assert ("人民路", "LineString") in read(client, tmp_path, 12, 3414, 1704, "places")


def test_an_area_is_named_once_and_by_its_seat_where_it_has_one(client: FlaskClient, county: Sessions, tmp_path: Path):
    names = [
        name for x in range(3413, 3417) for y in range(1702, 1707) for name in read(client, tmp_path, 12, x, y, "names")
    ]
    assert names.count(("永康市", "Point")) == 1
    assert names.count(("芝英镇", "Point")) == 1
    assert names.count(("上坪村", "Point")) == 1


def test_an_empty_tile_is_an_answer_too(client: FlaskClient, county: Sessions):
    response = client.get("/tiles/gazetteer/12/0/0.mvt")
    assert response.status_code == 200
    assert response.data == b""


def test_an_unchanged_tile_is_not_sent_again(client: FlaskClient, county: Sessions):
    first = client.get("/tiles/gazetteer/12/3414/1704.mvt")
    again = client.get("/tiles/gazetteer/12/3414/1704.mvt", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304

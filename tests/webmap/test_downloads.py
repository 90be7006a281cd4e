"""Downloads from the page: exactly the filtered works, in the chosen form, or a refusal that says why."""

import io
import zipfile

import pyogrio
import pytest
from drawing import a_report, a_work
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.vocabulary import Sector
from geodata.exports import FORMATS


@pytest.fixture
def works(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        report = a_report(session)
        a_work(session, report, "人民路", place="LINESTRING(120 29, 120.1 29)")
        a_work(session, report, "㙦头水厂", place="POINT(120 29)", sector=Sector.WATER)


@pytest.mark.parametrize("kind", list(FORMATS))
def test_every_format_downloads_with_its_length_and_name(works, client: FlaskClient, kind: str):
    answer = client.get(f"/downloads/works?format={kind}&sector=transport")
    assert answer.status_code == 200
    assert answer.content_length == len(answer.data) > 0
    assert f"guatu-works-EPSG4326{FORMATS[kind].ending}" in answer.headers["Content-Disposition"]


def test_a_download_is_exactly_the_filtered_works(works, client: FlaskClient, tmp_path):
    (tmp_path / "w.gpkg").write_bytes(client.get("/downloads/works?sector=water&crs=cgcs2000-gk3").data)
    assert [layer for layer, _ in pyogrio.list_layers(tmp_path / "w.gpkg")] == ["工程点", "layer_styles"]
    info = pyogrio.read_info(tmp_path / "w.gpkg", layer="工程点")
    assert (info["features"], info["crs"]) == (1, "EPSG:4549")


def test_a_shapefile_explains_its_short_field_names(works, client: FlaskClient):
    archive = zipfile.ZipFile(io.BytesIO(client.get("/downloads/works?format=shp").data))
    assert "位置版\t位置版本\tlocation_id" in archive.read("fields.txt").decode("utf-8-sig")


@pytest.mark.parametrize(
    ("query", "status", "word"),
    [
        ("format=dwg", 400, "gpkg"),
        ("crs=EPSG:1", 400, "EPSG:4490"),
        ("format=kml&crs=EPSG:4549", 400, "EPSG:4326"),
        ("format=csv&encoding=GBK", 400, "㙦"),
        ("format=gpkg&encoding=GBK", 400, "UTF-8"),
        ("encoding=latin1", 400, "encoding"),
        ("names=fr", 400, "names"),
        ("words=没有", 404, "没有符合条件的工程"),
        ("sector=boats", 400, "sector"),
        ("bbox=120,30,121,29", 400, "bbox"),
        ("bbox=1,2,3", 400, "bbox"),
    ],
)
def test_a_wrong_address_is_answered_with_problem_details(
    works, client: FlaskClient, query: str, status: int, word: str
):
    answer = client.get(f"/downloads/works?{query}")
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert word in answer.json["detail"]


def test_the_page_offers_the_zones_of_the_works_by_name(works, client: FlaskClient):
    page = client.get("/downloads/?sector=water").text
    assert "中央经线 120°E" in page
    assert '<input type="hidden" name="sector" value="water">' in page


def test_no_file_is_left_on_the_server(works, app: Flask, client: FlaskClient, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for query in ("format=gpkg", "format=csv&encoding=GBK"):
        client.get(f"/downloads/works?{query}").close()
    assert list(tmp_path.iterdir()) == []

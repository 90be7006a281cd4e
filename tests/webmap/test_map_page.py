"""The map's shell, the works that come to it, and the choices in its address."""

import re
from pathlib import Path

import pytest
from drawing import a_report, a_work
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.vocabulary import Precision, Sector, Status

Sessions = sessionmaker[Session]
SCRIPTS = Path(__file__).resolve().parents[2] / "webmap/static/js"


@pytest.fixture
def two_works(sessions: Sessions) -> Sessions:
    with sessions.begin() as session:
        report = a_report(session, "建成人民路、第一小学。")
        a_work(
            session, report, "人民路", place="LINESTRING(120.1 28.9, 120.2 28.9)", town="芝英镇", status=Status.START
        )
        a_work(session, report, "第一小学", sector=Sector.EDUCATION, precision=Precision.NONE, reason="地名库里没有")
    return sessions


def test_the_page_is_the_same_size_whatever_is_on_the_map(client: FlaskClient, sessions: Sessions):
    def shell_bytes() -> int:
        return len(client.get("/").data.replace(b"\n", b""))

    empty = shell_bytes()
    with sessions.begin() as session:
        for year in (2024, 2025, 2026):
            report = a_report(session, f"{year}年的报告", year=year)
            for number in range(100):
                a_work(session, report, f"第{number}路", place="POINT(120 28.9)", start=0, end=1)
    assert shell_bytes() == empty < 10_000


def test_the_page_names_no_other_host(client: FlaskClient):
    page = client.get("/").text.replace("http://www.w3.org", "")
    assert "http://" not in page
    assert "https://" not in page


def test_the_browser_is_told_at_once_of_all_that_it_will_ask_for(client: FlaskClient):
    def imported(script: str) -> set[str]:
        names = set(re.findall(r'^import .* from "\./(.+)";$', (SCRIPTS / script).read_text(), re.MULTILINE))
        return names.union(*map(imported, names))

    page = client.get("/?sector=water&words=a%26b&lang=zh").text
    assert set(re.findall('rel="modulepreload" href="/static/js/(.+?)"', page)) == imported("map.js")
    assert "/map/choices.json?sector=water&amp;words=a%26b&amp;box=1" in page
    assert client.get("/map/shell-zh.js").text.count("L.featureGroup") == len(Sector)
    assert client.get("/map/shell-xx.js").status_code == 404


def test_reports_are_named_beside_the_map(client: FlaskClient, sessions: Sessions):
    with sessions.begin() as session:
        known = a_report(session)
        made_up = a_report(session, "虚构的报告", county="丙县", fictional=True)
    assert client.get("/map/reports.json").json == [
        {"id": made_up.id, "title": "丙县 2022（虚构）"},
        {"id": known.id, "title": "永康市 2022"},
    ]


def test_works_come_by_address_with_what_decides_their_looks(client: FlaskClient, two_works: Sessions):
    works = client.get("/map/works.json").json
    assert [feature["properties"] for feature in works["features"]] == [
        {"sector": "transport", "status": "start", "precision": "exact"},
        {"sector": "education", "status": "ongoing", "precision": "none"},
    ]


def test_the_download_holds_exactly_what_the_choices_show(client: FlaskClient, two_works: Sessions):
    response = client.get("/works.geojson?sector=education")
    assert response.mimetype == "application/geo+json"
    assert [feature["properties"]["name"] for feature in response.json["features"]] == ["第一小学"]


def test_an_unchanged_selection_is_not_sent_again(client: FlaskClient, two_works: Sessions):
    first = client.get("/map/works.json")
    again = client.get("/map/works.json", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert not again.data


def test_choices_come_with_counts_and_the_box_of_what_is_placed(client: FlaskClient, two_works: Sessions):
    state = client.get("/map/choices.json?sector=transport&box=1").json
    assert state["counts"]["sector"] == {"transport": 1, "education": 1}
    assert state["counts"]["town"] == {"芝英镇": 1}
    assert (state["works"], state["placed"]) == (1, 1)
    assert state["bbox"] == [120.1, 28.9, 120.2, 28.9]


@pytest.mark.parametrize(
    "query",
    [
        "sector=magic",
        "status=开工",
        "report=abc",
        "report=-1",
        "report=99999999999999999999",
        "bbox=1,2,3",
        "bbox=1,2,3,nan",
        "bbox=0,50,1,40",
        "bbox=-999,0,1,1",
    ],
)
def test_a_choice_that_is_none_is_answered_with_its_name(client: FlaskClient, query: str):
    response = client.get(f"/works.geojson?{query}")
    assert response.status_code == 400
    assert query.partition("=")[0] in response.json["detail"]


def test_strange_words_are_only_looked_for(client: FlaskClient, two_works: Sessions):
    for words in ("'; drop table work; --", "%", "\x00%", "{{7*7}}", "x" * 5000):
        assert client.get("/works.geojson", query_string={"words": words}).json["features"] == []
    assert len(client.get("/works.geojson").json["features"]) == 2


@pytest.mark.parametrize(
    "address", ["/tiles/gazetteer/3/9/0.mvt", "/tiles/gazetteer/40/0/0.mvt", "/works/1", "/reports/1"]
)
def test_what_is_not_there_is_answered_so(client: FlaskClient, address: str):
    assert client.get(address).status_code == 404


def test_the_page_speaks_english_when_asked_and_remembers(client: FlaskClient):
    assert "筛选" in client.get("/").text
    assert "Filters" in client.get("/?lang=en").text
    assert "Filters" in client.get("/").text

"""Edited exports come back through a page and the API: shown first, taken by planners, undone through the history."""

import io
import json

import pytest
from drawing import a_report, a_work
from flask.testing import FlaskClient
from people import signed_in
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.vocabulary import Precision, Status
from geodata import accounts
from geodata.models import AuditEntry, GazetteerPlace, Location, Role, StatusChange
from webmap import returns

Sessions = sessionmaker[Session]
HOSTILE = "<img src=x onerror=alert(1)>{{ 7*191 }}"


@pytest.fixture
def works(sessions: Sessions) -> list[int]:
    with sessions.begin() as session:
        report = a_report(session)
        return [
            a_work(session, report, "人民路", place="LINESTRING(120 29, 120.1 29)").id,
            a_work(session, report, "水厂", place="POINT(120 29)").id,
            a_work(session, report, HOSTILE, precision=Precision.NONE).id,
        ]


@pytest.fixture
def exported(works: list[int], client: FlaskClient) -> dict:
    return json.loads(client.get("/downloads/works?format=geojson").data)


def edited(document: dict, place: dict[int, tuple[float, float]], status: dict[int, str] | None = None) -> bytes:
    """The file after somebody moved works and said statuses."""
    for feature in document["features"]:
        work = feature.get("id")
        if work in place:
            feature["geometry"] = {"type": "Point", "coordinates": place[work]}
        if work in (status or {}):
            feature["properties"]["进展"] = status[work]
    return json.dumps(document, ensure_ascii=False).encode()


def send(client: FlaskClient, content: bytes, name: str = "改.geojson"):
    return client.post("/returns/", data={"file": (io.BytesIO(content), name)})


def current(sessions: Sessions, work: int) -> tuple[str, Status]:
    """Who placed a work, and its status."""
    with sessions() as session:
        placed_by = session.scalar(select(Location.placed_by).where(Location.work_id == work, Location.current))
        status = session.scalar(select(StatusChange.status).where(StatusChange.work_id == work, StatusChange.current))
        return placed_by, status


def test_what_a_file_changes_is_shown_and_written_only_when_confirmed(planner, sessions, works, exported):
    address = send(planner, edited(exported, {works[1]: (120.2, 28.8)}, {works[0]: "建成"})).location
    page = planner.get(address).text
    assert "2 项工程有改动" in page
    assert "1 项没有改动" in page
    shapes = planner.get(f"{address}.json").json
    assert shapes[str(works[1])]["current"]["coordinates"] == [120, 29]
    assert shapes[str(works[1])]["found"]["coordinates"] == [120.2, 28.8]
    assert current(sessions, works[1]) == ("guatu", Status.ONGOING)
    versions = versions_of(planner, works)
    ticks = {"place": works[1], "status": works[0], **versions}
    assert "收回了 1 处位置、1 处进展" in planner.post(f"{address}/take", data=ticks, follow_redirects=True).text
    assert current(sessions, works[1]) == ("张三", Status.ONGOING)
    assert current(sessions, works[0]) == ("guatu", Status.COMPLETE)
    with sessions() as session:
        assert session.scalars(select(GazetteerPlace.name)).all() == ["水厂"]  # taught, as a place drawn on the page
        actions = set(session.scalars(select(AuditEntry.action)))
        assert {"work.place", "work.status", "works.take_back"} <= actions


def versions_of(client: FlaskClient, works: list[int]) -> dict[str, object]:
    found = {}
    for work in works:
        state = client.get(f"/works/{work}/state.json").json
        found |= {f"place-{work}": state["place"] or "", f"status-{work}": state["status_id"]}
    return found


def test_only_what_is_ticked_is_taken_and_confirming_twice_takes_once(planner, sessions, works, exported):
    content = edited(exported, {works[1]: (120.2, 28.8), works[2]: (120.3, 28.9)})
    address = send(planner, content).location
    for _ in range(2):
        planner.post(f"{address}/take", data={"place": works[2], **versions_of(planner, works)})
    assert current(sessions, works[1])[0] == "guatu"
    assert current(sessions, works[2])[0] == "张三"
    with sessions() as session:
        assert len(session.scalars(select(Location).where(Location.work_id == works[2])).all()) == 2


def test_a_conflict_shows_who_changed_it_and_is_not_ticked(app, planner, sessions, works, exported):
    seen = planner.get(f"/works/{works[1]}/state.json").json["place"]
    drawn = {"seen": seen, "geometry": {"type": "Point", "coordinates": [120.5, 28.5]}}
    signed_in(app, sessions, Role.PLANNER, "王五").post(f"/works/{works[1]}/place.json", json=drawn)
    address = send(planner, edited(exported, {works[1]: (120.2, 28.8)})).location
    page = planner.get(address).text
    assert "导出以后位置被改过" in page
    assert "王五" in page
    assert f'name="place" value="{works[1]}">' in page
    places = planner.get(f"{address}.json").json[str(works[1])]
    assert [places[what]["coordinates"] for what in ("shown", "current", "found")] == [
        [120, 29],
        [120.5, 28.5],
        [120.2, 28.8],
    ]


def test_what_changes_while_the_page_is_open_is_left_and_told(app, planner, sessions, works, exported):
    address = send(planner, edited(exported, {works[1]: (120.2, 28.8)})).location
    versions = versions_of(planner, works)
    drawn = {"seen": versions[f"place-{works[1]}"], "geometry": {"type": "Point", "coordinates": [120.5, 28.5]}}
    signed_in(app, sessions, Role.PLANNER, "王五").post(f"/works/{works[1]}/place.json", json=drawn)
    page = planner.post(f"{address}/take", data={"place": works[1], **versions}, follow_redirects=True).text
    assert "王五刚改过这项工程" in page
    assert current(sessions, works[1])[0] == "王五"


def test_what_was_taken_is_undone_one_by_one_or_all(planner, sessions, works, exported):
    content = edited(exported, {works[1]: (120.2, 28.8), works[2]: (120.3, 28.9)}, {works[0]: "建成"})
    address = send(planner, content).location
    ticks = {"place": works[1:], "status": works[0], **versions_of(planner, works)}
    planner.post(f"{address}/take", data=ticks)
    assert "已撤销" in planner.post(f"{address}/undo", data={"work": works[1]}, follow_redirects=True).text
    assert [current(sessions, work)[0] for work in works] == ["guatu", "guatu", "张三"]
    planner.post(f"{address}/undo")
    assert [current(sessions, work) for work in works] == [("guatu", Status.ONGOING)] * 3


def test_text_of_a_file_is_shown_as_text(planner, works, exported):
    exported["features"].append({"type": "Feature", "geometry": None, "properties": {"名称": HOSTILE}})
    content = edited(exported, {works[2]: (120.3, 28.9)}, {works[0]: HOSTILE})
    address = send(planner, content, f"{HOSTILE}.geojson").location
    page = planner.get(address).text
    assert page.count("没有编号的行") == 1
    assert "<img src=x" not in page
    assert "1337" not in page


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.gpkg", b"nothing", 422),
        ("a.shp", b"{}", 422),
        ("a.geojson", b'{"type":"FeatureCollection","features":[]}', 422),
        ("a.geojson", b'<OGRVRTDataSource><OGRVRTLayer name="passwd"/></OGRVRTDataSource>', 422),
        ("", b"", 422),
    ],
)
def test_what_is_no_export_is_told_in_a_line(planner, name: str, content: bytes, code: int):
    answer = send(planner, content, name)
    assert answer.status_code == code
    assert 'role="alert"' in answer.text


def test_a_file_that_is_too_large_is_turned_back(planner, monkeypatch):
    monkeypatch.setattr(returns, "MAX_BYTES", 1000)
    answer = send(planner, b"{" + b" " * (2 << 20))
    assert answer.status_code == 413


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.INSPECTOR])
def test_only_planners_take_back(app, sessions, client, planner, works, exported, role):
    address = send(planner, edited(exported, {works[1]: (120.2, 28.8)})).location
    asking = signed_in(app, sessions, role) if role else client
    for path in ("/returns/", address, f"{address}.json"):
        assert asking.get(path).status_code in (401, 403)
    for path in ("/returns/", f"{address}/take", f"{address}/undo"):
        assert asking.post(path, data={"place": works[1]}).status_code in (400, 401, 403)
    assert current(sessions, works[1])[0] == "guatu"


def bearer(sessions: Sessions, role: Role) -> dict[str, str]:
    with sessions.begin() as session:
        account = accounts.add_account(session, f"脚本{role}", role)
        return {"Authorization": f"Bearer {accounts.add_token(session, account, 'test')}"}


def test_a_script_compares_first_and_then_takes(client, sessions, works, exported):
    content, token = edited(exported, {works[1]: (120.2, 28.8)}, {works[0]: "停工"}), bearer(sessions, Role.PLANNER)

    def post(query: str = "") -> dict:
        answer = client.post(f"/api/v1/edits{query}", data=content, content_type="application/geo+json", headers=token)
        assert answer.status_code == 200, answer.text
        return answer.json

    compared = post("?dry_run=true")
    assert (compared["dry_run"], compared["unchanged"]) == (True, 1)
    assert {work["work"]: (work["place"], work["refused"]) for work in compared["works"]} == {
        works[0]: (None, ["no-status"]),
        works[1]: ("left", []),
    }
    assert current(sessions, works[1])[0] == "guatu"
    assert [work["place"] for work in post()["works"]] == [None, "taken"]
    assert current(sessions, works[1])[0] == f"脚本{Role.PLANNER}"
    assert post()["unchanged"] == 2


@pytest.mark.parametrize("token", [None, "Bearer wrong"])
def test_a_script_without_its_token_is_asked_for_it(client, token):
    answer = client.post("/api/v1/edits", data=b"{}", headers={"Authorization": token} if token else {})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "令牌" in answer.json["detail"]


def test_a_signed_in_browser_still_shows_its_csrf_token_to_the_api(planner, exported):
    sent = {"data": json.dumps(exported).encode(), "content_type": "application/geo+json"}
    assert planner.post("/api/v1/edits?dry_run=true", **sent).status_code == 200
    del planner.environ_base["HTTP_X_CSRFTOKEN"]
    assert planner.post("/api/v1/edits?dry_run=true", **sent).status_code == 400


@pytest.mark.parametrize(
    ("media", "query", "code"),
    [("text/csv", "", 415), ("application/geo+json", "?dry_run=x", 400), ("application/geopackage+sqlite3", "", 422)],
)
def test_what_the_api_cannot_take_is_told_with_problem_details(client, sessions, media, query, code):
    answer = client.post(
        f"/api/v1/edits{query}", data=b"{}", content_type=media, headers=bearer(sessions, Role.PLANNER)
    )
    assert (answer.status_code, answer.mimetype) == (code, "application/problem+json")


def test_the_api_takes_from_planners_alone(client, sessions):
    for role in (Role.VIEWER, Role.INSPECTOR):
        assert client.post("/api/v1/edits", data=b"{}", headers=bearer(sessions, role)).status_code == 403

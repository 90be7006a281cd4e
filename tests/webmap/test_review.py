"""Reviews by requests: who may, what is refused, uploads, and what a step answers."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import signed_in
from readings import a_reading, an_unsaved_report
from shapely import box
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.place import Place, Source
from geodata.audit import entries
from geodata.models import Correction, Draft, Report, Role, Work
from geodata.places import load_places
from geodata.reports import save_report

TEXT = "澜溪县2025年政府工作报告\n二、2025年工作安排\n新建人民路、人民桥，扩建石桥污水处理厂。\n"
WORKS = (a_reading(TEXT, "人民路"), a_reading(TEXT, "人民桥"))


@pytest.fixture
def report_id(sessions: sessionmaker[Session]) -> int:
    with sessions.begin() as session:
        return save_report(session, an_unsaved_report(TEXT), WORKS).report.id


@pytest.fixture
def gazetteer(app: Flask, sessions: sessionmaker[Session]) -> None:
    """A gazetteer that knows one county."""
    county = Place("county/1", "澜溪县", "county", box(119, 38, 120, 39), adcode="990121")
    source = Source("test", "test", licence="test", attribution="test", fictional=True)
    load_places(sessions, app.config["GAZETTEER"], source, [county])


def opened(client: FlaskClient, report_id: int) -> str:
    return client.post(f"/review/report/{report_id}").headers["Location"]


def items(client: FlaskClient, review: str) -> dict[str, dict]:
    return {item["name"]: item for item in client.get(f"{review}/items.json").json["items"]}


def fields(item: dict, **changed) -> dict:
    names = ("name", "kind", "status", "nature", "sector", "period", "named", "area", "places")
    return {name: item[name] for name in names} | changed


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.INSPECTOR])
def test_only_planners_review(app: Flask, sessions, report_id, planner, role):
    review = opened(planner, report_id)
    client = signed_in(app, sessions, role) if role else app.test_client()
    for path in ("/review/", "/review/new", review, f"{review}/items.json"):
        assert client.get(path, headers={"Accept": "application/json"}).status_code in (401, 403)
    report = f"/review/report/{report_id}"
    for path in ("/review/new", report, f"{report}/locate.json", *(f"{review}/{what}" for what in POSTS)):
        assert client.post(path, headers={"Accept": "application/json"}).status_code in (400, 401, 403)
    assert "人民路" in items(planner, review)


POSTS = ("steps.json", "undo.json", "save.json", "discard")


def test_a_request_without_the_token_of_the_page_is_refused(planner, report_id):
    review = opened(planner, report_id)
    del planner.environ_base["HTTP_X_CSRFTOKEN"]
    for what in POSTS:
        assert planner.post(f"{review}/{what}").status_code == 400


def test_a_step_answers_what_left_the_list_and_what_came(planner, report_id):
    review = opened(planner, report_id)
    road = items(planner, review)["人民路"]
    body = {
        "action": "correct",
        "items": [road["id"]],
        "fields": fields(road, name="人民大道", extent_from="甲", extent_to="乙", area=["一、交通", "（一）道路"]),
    }
    answer = planner.post(f"{review}/steps.json", json=body).json
    assert answer["removed"] == [road["id"]]
    (made,) = answer["added"]
    assert (made["name"], made["extent_from"], made["action"], made["by"]) == ("人民大道", "甲", "correct", "张三")
    assert made["area"] == ["一、交通", "（一）道路"]
    undone = planner.post(f"{review}/undo.json").json
    assert (undone["removed"], undone["undone"]) == ([made["id"]], "correct")
    assert undone["added"][0]["name"] == "人民路"
    assert undone["version"] == answer["version"] + 1


def test_saving_puts_the_corrections_in_force_and_is_on_record(planner, sessions, report_id):
    review = opened(planner, report_id)
    bridge = items(planner, review)["人民桥"]
    planner.post(f"{review}/steps.json", json={"action": "drop", "items": [bridge["id"]]})
    assert planner.post(f"{review}/save.json").json["address"] == f"/reports/{report_id}"
    assert planner.get(review).status_code == 404
    with sessions() as session:
        assert session.scalars(select(Work.name)).all() == ["人民路"]
        assert session.scalars(select(Correction)).one().made_by == "张三"
        assert entries(session, subject=f"report {report_id}", limit=1)[0].who == "张三"


def test_a_review_that_is_discarded_changes_nothing(planner, sessions, report_id):
    review = opened(planner, report_id)
    planner.post(f"{review}/steps.json", json={"action": "drop", "items": [items(planner, review)["人民桥"]["id"]]})
    planner.post(f"{review}/discard")
    with sessions() as session:
        assert session.scalars(select(Draft)).first() is None
        assert len(session.scalars(select(Work)).all()) == 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"action": "burn"}, 400),
        ({"action": "drop", "items": "w1"}, 400),
        ({"action": "drop", "items": ["w1"], "more": 1}, 400),
        ({"action": "drop", "items": ["w999999"]}, 409),
        ({"action": "correct", "items": []}, 422),
        ({"action": "split", "items": ["ROAD"], "names": ["一"]}, 422),
        ({"action": "split", "items": ["ROAD"], "names": ["x" * 500, "y"]}, 400),
        ({"action": "merge", "items": ["ROAD"]}, 422),
        ({"action": "merge", "items": ["ROAD", "ROAD"]}, 422),
        ({"action": "add", "span": [5, 5]}, 422),
        ({"action": "add", "span": [-5, 5]}, 422),
        ({"action": "add", "span": [0, 10**9]}, 422),
    ],
)
def test_a_step_that_cannot_be_is_refused_in_one_line_and_changes_nothing(planner, report_id, body, status):
    review = opened(planner, report_id)
    road = items(planner, review)["人民路"]
    if isinstance(body.get("items"), list):
        body = body | {"items": [road["id"] if name == "ROAD" else name for name in body["items"]]}
    answer = planner.post(f"{review}/steps.json", json=body)
    assert answer.status_code == status
    assert "\n" not in answer.json["detail"]
    assert planner.get(f"{review}/items.json").json["version"] == 0


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "x" * 500},
        {"kind": "castle"},
        {"quantity": -1},
        {"quantity": 1e99},
        {"extent_from": "甲"},
        {"places": ["x" * 500]},
        {"places": ["甲"] * 500},
        {"places": "甲"},
    ],
)
def test_a_field_that_cannot_be_is_refused(planner, report_id, change):
    review = opened(planner, report_id)
    road = items(planner, review)["人民路"]
    body = {"action": "correct", "items": [road["id"]], "fields": fields(road, **change)}
    assert planner.post(f"{review}/steps.json", json=body).status_code in (400, 422)


def test_an_uploaded_report_is_read_reviewed_and_saved(planner, sessions, gazetteer):
    sent = {"file": (io.BytesIO(TEXT.encode("gb18030")), "报告.txt")}
    answer = planner.post("/review/new", data=sent)
    assert answer.status_code == 302
    review = answer.headers["Location"]
    assert {"人民路", "人民桥", "石桥污水处理厂"} <= set(items(planner, review))
    with sessions() as session:
        assert session.scalars(select(Report)).first() is None
    assert "澜溪县" in planner.get("/review/").text
    saved = planner.post(f"{review}/save.json").json["address"]
    assert "石桥污水处理厂" in planner.get(saved).text
    with sessions() as session:
        report = session.scalars(select(Report)).one()
        assert (report.county, report.year, report.source_file) == ("澜溪县", 2025, "报告.txt")
        assert all(work.locations for work in session.scalars(select(Work)))


def test_the_works_of_a_long_list_are_placed_part_by_part(planner, sessions, report_id, gazetteer, monkeypatch):
    monkeypatch.setattr("webmap.review.LOCATED_AT_ONCE", 1)
    saved = planner.post(f"{opened(planner, report_id)}/save.json").json
    assert saved["left"] == 1
    assert planner.post(saved["locate"]).json == {"left": 0}
    assert planner.post(saved["locate"]).json == {"left": 0}
    with sessions() as session:
        assert all(work.locations for work in session.scalars(select(Work)))


def test_without_a_gazetteer_works_wait_for_one(planner, sessions, report_id):
    saved = planner.post(f"{opened(planner, report_id)}/save.json").json
    assert saved["left"] == 0
    with sessions() as session:
        assert not any(work.locations for work in session.scalars(select(Work)))


def test_a_pasted_report_may_be_told_its_county_and_year(planner, gazetteer):
    text = "二、工作安排\n新建人民路。\n"
    assert "请填写县名" in planner.post("/review/new", data={"text": text}).text
    assert "请填写年份" in planner.post("/review/new", data={"text": text, "county": "澜溪县"}).text
    told = planner.post("/review/new", data={"text": text, "county": "澜溪县", "year": "2025"})
    assert told.status_code == 302
    again = planner.post("/review/new", data={"text": text, "county": "澜溪县", "year": "2025"})
    assert again.headers["Location"] == told.headers["Location"]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ({}, "请选择一个文件"),
        ({"text": "   "}, "请选择一个文件"),
        ({"text": "你好，世界", "county": "澜溪县", "year": "2025"}, "没有读到工程"),
        ({"text": "新建人民路。", "county": "澜溪县", "year": "25"}, "四位数字"),
        ({"text": "字" * 400_001}, "文字超过"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(planner, gazetteer, data, line):
    answer = planner.post("/review/new", data=data)
    assert answer.status_code == 422
    assert line in answer.text


@pytest.mark.parametrize(
    ("content", "line"), [(b"", "empty"), (b"\x89PNG\r\n\x1a\n....", "a picture"), (b"PK\x03\x04broken", "broken")]
)
def test_a_file_that_is_no_report_is_refused(planner, gazetteer, content, line):
    answer = planner.post("/review/new", data={"file": (io.BytesIO(content), "a.txt")})
    assert answer.status_code == 422
    assert line in answer.text


def test_a_place_that_was_taught_is_forgotten_with_its_work(planner, sessions, report_id, gazetteer):
    with sessions() as session:
        bridge = session.scalars(select(Work.id).where(Work.name == "人民桥")).one()
    seen = planner.get(f"/works/{bridge}/state.json").json["place"]
    point = {"type": "Point", "coordinates": [119.5, 38.5]}
    assert planner.post(f"/works/{bridge}/place.json", json={"seen": seen, "geometry": point}).status_code == 200
    with sessions() as session:
        road = session.scalars(select(Work.id).where(Work.name == "人民路")).one()

    def sources() -> set[str]:
        found = planner.get(f"/works/{road}/candidates.json?words=人民桥").json["candidates"]
        return {candidate["source"] for candidate in found}

    assert sources() == {"taught"}
    review = opened(planner, report_id)
    planner.post(f"{review}/steps.json", json={"action": "drop", "items": [items(planner, review)["人民桥"]["id"]]})
    assert planner.post(f"{review}/save.json").status_code == 200
    assert sources() == set()

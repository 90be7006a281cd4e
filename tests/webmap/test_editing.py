"""Planners change places and statuses through the pages; others may not."""

import pytest
from drawing import a_report, a_work
from flask import Flask
from flask.testing import FlaskClient
from people import signed_in
from shapely import wkt
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.build import build_index
from gazetteer.place import Place, Source
from gazetteer.vocabulary import Precision
from geodata.models import Role

Sessions = sessionmaker[Session]
POINT = {"type": "Point", "coordinates": [120.1, 28.9]}


@pytest.fixture
def work(sessions: Sessions) -> int:
    with sessions.begin() as session:
        return a_work(session, a_report(session), place="POINT(119 28)").id


def test_a_planner_draws_a_place_and_takes_it_back(planner: FlaskClient, work: int):
    before = planner.get(f"/works/{work}/state.json").json
    drawn = planner.post(f"/works/{work}/place.json", json={"seen": before["place"], "geometry": POINT})
    assert drawn.status_code == 200
    assert (drawn.json["placed_by"], drawn.json["precision"]) == ("张三", "exact")
    undone = planner.post(f"/works/{work}/place.json", json={"seen": drawn.json["place"], "undo": True}).json
    assert (undone["geometry"], undone["placed_by"]) == (before["geometry"], "guatu")


def test_the_second_of_two_planners_is_told_and_sees_what_stands(
    app: Flask, sessions: Sessions, planner: FlaskClient, work: int
):
    seen = planner.get(f"/works/{work}/state.json").json["place"]
    planner.post(f"/works/{work}/place.json", json={"seen": seen, "geometry": POINT})
    other = signed_in(app, sessions, Role.PLANNER, "李四")
    answer = other.post(f"/works/{work}/place.json", json={"seen": seen, "nowhere": "没有"})
    assert answer.status_code == 409
    assert "张三" in answer.json["detail"]
    assert answer.json["precision"] == "exact"


def test_a_status_is_changed_with_date_and_note(planner: FlaskClient, work: int):
    seen = planner.get(f"/works/{work}/state.json").json["status_id"]
    change = {"seen": seen, "status": "complete", "date": "2026-03-01", "note": "验收"}
    state = planner.post(f"/works/{work}/status.json", json=change).json
    assert (state["status"], state["changed_by"]) == ("complete", "张三")
    assert "验收" in planner.get(f"/works/{work}").text
    undo = {"seen": state["status_id"], "undo": True}
    assert planner.post(f"/works/{work}/status.json", json=undo).json["changed_by"] == "guatu"


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.INSPECTOR])
def test_only_planners_change_works(app: Flask, sessions: Sessions, client: FlaskClient, work: int, role: Role | None):
    asking = signed_in(app, sessions, role) if role else client
    body = {"seen": None, "geometry": POINT}
    refused = {asking.post(f"/works/{work}/{what}.json", json=body).status_code for what in ("place", "status")}
    assert refused <= {400, 401, 403}
    assert client.get(f"/works/{work}/state.json").json["placed_by"] == "guatu"


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"seen": None},
        {"seen": "1", "undo": True},
        {"seen": True, "undo": True},
        {"seen": None, "geometry": {"type": "Point", "coordinates": [500, 0]}},
        {"seen": None, "candidate": "x"},
        {"seen": None, "candidate": {"source": 1, "key": 2}},
        {"seen": None, "candidate": {"source": "a", "key": "b"}, "ends": [1, 2]},
        {"seen": None, "nowhere": 1},
        {"seen": None, "restore": 2**40},
    ],
)
def test_what_is_no_change_is_refused(planner: FlaskClient, work: int, body: object):
    assert planner.post(f"/works/{work}/place.json", json=body).status_code in (400, 409)
    assert planner.get(f"/works/{work}/state.json").json["placed_by"] == "guatu"


def test_candidates_come_with_those_left_out(app: Flask, planner: FlaskClient, work: int):
    assert planner.get(f"/works/{work}/candidates.json").json == {"candidates": [], "rejected": []}
    road = Place("1", "人民路", "road", wkt.loads("LINESTRING(120 28.9, 120.1 28.9)"))
    build_index(Source("a map", "图", "", ""), [road], app.config["GAZETTEER"])
    (candidate,) = planner.get(f"/works/{work}/candidates.json").json["candidates"]
    assert (candidate["source"], candidate["key"], candidate["line"]) == ("a map", "1", True)
    assert planner.get(f"/works/{work}/candidates.json?words=没有的").json["candidates"] == []


def test_the_queue_has_the_worst_first_and_nothing_that_a_person_settled(planner: FlaskClient, sessions: Sessions):
    with sessions.begin() as session:
        report = a_report(session)
        near = a_work(session, report, "近处路", place="POINT(120 28.9)", precision=Precision.NEAR).id
        nowhere = a_work(session, report, "无处路", precision=Precision.NONE).id
        a_work(session, report, "有处路", place="POINT(120 28.9)")
    assert planner.get("/queue.json").json == {"works": [nowhere, near], "total": 2}
    seen = planner.get(f"/works/{nowhere}/state.json").json["place"]
    planner.post(f"/works/{nowhere}/place.json", json={"seen": seen, "nowhere": "已并入其他工程"})
    assert planner.get("/queue.json").json["works"] == [near]


def test_taught_places_reach_the_gazetteer_of_the_pages(planner: FlaskClient, work: int):
    seen = planner.get(f"/works/{work}/state.json").json["place"]
    planner.post(f"/works/{work}/place.json", json={"seen": seen, "geometry": POINT})
    (candidate,) = planner.get(f"/works/{work}/candidates.json").json["candidates"]
    assert candidate["source"] == "taught"

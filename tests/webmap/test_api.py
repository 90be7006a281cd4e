"""The JSON API: what it says of itself is what it does."""

from datetime import UTC, datetime, timedelta

import pytest
import schemathesis
from drawing import a_report, a_work
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import validate
from people import an_account
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import delete, text, update
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.vocabulary import Precision, Sector, Status
from geodata.accounts import add_token
from geodata.models import GazetteerPlace, GazetteerSource, PlaceName, Report, Role, StatusChange, Work, WorkSummary

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
CASES = 25  # an operation: schemathesis's own choice of values good and bad


@pytest.fixture
def works(sessions: sessionmaker[Session]) -> list[int]:
    """Three works told of yesterday."""
    with sessions.begin() as session:
        report = a_report(session)
        found = [
            a_work(session, report, "人民路", place="LINESTRING(120 29, 120.1 29)"),
            a_work(session, report, "水厂", place="POINT(120 29)", sector=Sector.WATER),
            a_work(session, report, "无处的桥", precision=Precision.NONE),
        ]
        source = GazetteerSource(name="osm", title="OSM", licence="ODbL", attribution="OSM", places=1)
        session.add(source)
        session.flush()
        place = GazetteerPlace(
            source_id=source.id, key="1", name="永康市", kind="county", geometry="SRID=4326;POINT(120 29)"
        )
        session.add(place)
        session.flush()
        session.add(PlaceName(place_id=place.id, name="永康县"))
        ids = [work.id for work in found]
    for statement in (
        text("ALTER TABLE work_summary DISABLE TRIGGER summary_changed"),
        update(WorkSummary).values(changed_at=datetime.now(UTC) - timedelta(days=1)),
        text("ALTER TABLE work_summary ENABLE TRIGGER summary_changed"),
    ):
        with sessions.begin() as session:
            session.execute(statement)
    return ids


def test_the_description_is_valid_openapi(client: FlaskClient):
    validate(client.get("/api/v1/openapi.json").json)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("role", [None, Role.PLANNER])
def test_no_request_brings_a_server_error_or_an_answer_that_is_not_described(
    works, app: Flask, sessions: sessionmaker[Session], role: Role | None
):
    headers = {"Accept-Encoding": "identity"}  # schemathesis does not unpack
    if role:
        with sessions.begin() as session:
            headers["Authorization"] = f"Bearer {add_token(session, an_account(session, '脚本', role), 'test')}"
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    for operation in schema.get_all_operations():
        if role and operation.ok().method == "get" and not operation.ok().path.endswith("inspections"):
            continue  # a stranger is answered the same

        @settings(
            max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True
        )
        @given(case=operation.ok().as_strategy())
        def ask(case: schemathesis.Case) -> None:
            case.call_and_validate(checks=CHECKS, headers=headers)

        ask()


def test_a_work_has_its_current_status_and_place(works, client: FlaskClient):
    work = client.get(f"/api/v1/works/{works[0]}").json
    assert work["name"] == "人民路"
    assert work["status"]["status"] == "ongoing"
    assert work["location"]["geometry"] == {"type": "LineString", "coordinates": [[120, 29], [120.1, 29]]}
    assert client.get(f"/api/v1/works/{works[2]}").json["location"]["geometry"] is None


def test_the_cursor_leads_to_every_work_once(works, client: FlaskClient):
    address, seen = "/api/v1/works?limit=2&sector=water&sector=transport", []
    while address:
        page = client.get(address.replace("http://localhost", "")).json
        seen += [work["id"] for work in page["works"]]
        address = page["next"]
    assert seen == works


def test_changes_since_a_time_are_the_works_that_changed(works, client: FlaskClient, sessions):
    until = client.get("/api/v1/works").json["until"].replace("+", "%2B")
    assert client.get(f"/api/v1/works?since={until}").json["works"] == []
    with sessions.begin() as session:
        session.execute(update(StatusChange).where(StatusChange.work_id == works[1]).values(current=False))
        session.add(StatusChange(work_id=works[1], status=Status.COMPLETE, changed_by="李工"))
    (changed,) = client.get(f"/api/v1/works?since={until}").json["works"]
    assert (changed["id"], changed["status"]["status"]) == (works[1], "complete")
    history = client.get(f"/api/v1/works/{works[1]}/statuses").json["statuses"]
    assert [(entry["status"], entry["current"]) for entry in history] == [("ongoing", False), ("complete", True)]


@pytest.mark.parametrize("column", [{"name": "人民大道"}, {"quantity": 5}])
def test_a_work_read_anew_is_among_the_changes(works, client: FlaskClient, sessions, column):
    until = client.get("/api/v1/works").json["until"].replace("+", "%2B")
    with sessions.begin() as session:
        session.execute(update(Work).where(Work.id == works[0]).values(**column))
    (changed,) = client.get(f"/api/v1/works?since={until}").json["works"]
    assert (changed["id"], changed[next(iter(column))]) == (works[0], next(iter(column.values())))


def test_deleted_works_are_among_the_changes_also_when_their_report_goes(works, client: FlaskClient, sessions):
    until = client.get("/api/v1/works").json["until"].replace("+", "%2B")
    with sessions.begin() as session:
        session.execute(delete(Work).where(Work.id == works[1]))
    page = client.get(f"/api/v1/works?since={until}").json
    assert ([gone["id"] for gone in page["deleted"]], page["works"]) == ([works[1]], [])
    with sessions.begin() as session:
        session.execute(delete(Report))
    address, gone = f"/api/v1/works?since={until}&limit=2&sector=water", []
    while address:
        page = client.get(address.replace("http://localhost", "")).json
        gone += [work["id"] for work in page["deleted"]]
        address = page["next"]
    assert gone == works
    assert client.get("/api/v1/works").json["deleted"] == []


@pytest.mark.parametrize("path", ["works", "works/1", "places", "reports"])
def test_what_has_not_changed_is_not_sent_again(works, client: FlaskClient, path: str):
    path = f"works/{works[0]}" if path == "works/1" else path
    tag = client.get(f"/api/v1/{path}").headers["ETag"]
    again = client.get(f"/api/v1/{path}", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_places_are_found_by_any_of_their_names(works, client: FlaskClient):
    for name in ("永康市", "永康县"):
        (place,) = client.get(f"/api/v1/places?name={name}").json["places"]
        assert (place["name"], place["names"], place["source"]) == ("永康市", ["永康县"], "osm")
        assert client.get(f"/api/v1/places/{place['id']}").json == place


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=1000000000",
        "limit=x",
        "cursor=-1",
        "since=gestern",
        "since=2024-01-01",
        "unknown=1",
        "bbox=1,2",
    ],
)
def test_a_wrong_parameter_is_400_with_problem_details(client: FlaskClient, query: str):
    answer = client.get(f"/api/v1/works?{query}")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.json["detail"].startswith(query.partition("=")[0])


@pytest.mark.parametrize("path", ["works/999", "works/99999999999", "places/999", "nothing"])
def test_what_is_not_there_is_404_with_problem_details(client: FlaskClient, path: str):
    answer = client.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_inspections_name_people_and_so_need_an_account(works, client: FlaskClient):
    assert client.get(f"/api/v1/works/{works[0]}/inspections").status_code == 401

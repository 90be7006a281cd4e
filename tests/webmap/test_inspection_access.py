"""Every address of the inspections, asked by hand by everybody: who gets what."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from checks import a_check, a_jpeg, announced
from drawing import a_report, a_work
from flask import Flask
from flask.testing import FlaskClient
from people import signed_in
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from geodata.accounts import add_token, disable, find_account
from geodata.inspections import CheckRefusedError, receive, receive_part
from geodata.models import Inspection, Photo, RefusedCheck, Role

Sessions = sessionmaker[Session]
PEOPLE = {
    "stranger": None,
    "viewer": Role.VIEWER,
    "inspector": Role.INSPECTOR,  # who made the check
    "another inspector": Role.INSPECTOR,
    "planner": Role.PLANNER,
    "administrator": Role.ADMINISTRATOR,
}
ALL = (200,) * 6
INSPECTORS = (401, 403, 200, 200, 200, 200)
PLANNERS = (401, 403, 403, 403, 200, 200)
OWN = (401, 403, 200, 404, 404, 404)
STATUSES = {  # of the answers to PEOPLE, one after the other
    "GET inspection.page": ALL,
    "GET inspection.manifest": ALL,
    "GET inspection.worker": ALL,
    "GET inspection.authority": (404,) * 6,  # there is none but with `guatu up --https`
    "GET inspection.areas": INSPECTORS,
    "GET inspection.works": INSPECTORS,
    "GET inspection.photo": (401, 404, 200, 404, 200, 200),
    "GET sync.own_checks": INSPECTORS,
    "PUT sync.put_check": (401, 403, 200, 409, 409, 409),  # the check that is there, again
    "PUT sync.put_part": OWN,
    "GET queue.page": PLANNERS,
    "GET queue.review": PLANNERS,
    "GET queue.on_map": PLANNERS,
    "GET queue.round_xlsx": PLANNERS,
    "GET queue.round_pdf": PLANNERS,
    "POST queue.return_inspection": (401, 403, 403, 403, 302, 302),
    "POST queue.accept_inspection": (401, 403, 403, 403, 302, 409),  # the planner has accepted it by then
    "POST queue.settle": (401, 403, 403, 403, 302, 302),
}


@dataclass
class Made:
    """A check that waits, with a whole photo: all that is needed to ask for it by hand."""

    check: UUID
    photo: str
    jpeg: bytes
    content: dict[str, Any]
    refused: int


@pytest.fixture
def people(app: Flask, sessions: Sessions) -> dict[str, FlaskClient]:
    clients = {name: signed_in(app, sessions, role, name) for name, role in PEOPLE.items() if role}
    stranger = app.test_client()
    stranger.environ_base["HTTP_X_CSRFTOKEN"] = stranger.get("/account/session.json").json["csrf"]
    return {"stranger": stranger} | clients


@pytest.fixture
def made(people: dict[str, FlaskClient], sessions: Sessions) -> Made:
    jpeg, check_id = a_jpeg(), uuid4()
    photo = announced(jpeg)
    with sessions.begin() as session:
        account = find_account(session, "inspector")
        work = a_work(session, a_report(session), place="POINT(120 28.9)")
        content = a_check(work, account, note="note of the inspector", photos=[photo])
        receive(session, account, check_id, content)
        receive_part(session, account, UUID(photo["id"]), 0, jpeg)
        with pytest.raises(CheckRefusedError):
            receive(session, account, uuid4(), {"work": "none"})
        refused = session.scalar(select(RefusedCheck.id))
    return Made(check_id, photo["id"], jpeg, content, refused)


def ask(app: Flask, client: FlaskClient, what: str, made: Made):
    """The request that `what` names, by hand, about the check that was made."""
    method, endpoint = what.split()
    with app.test_request_context():
        values = {
            "check_id": made.check,
            "inspection_id": made.check,
            "photo_id": made.photo,
            "number": 0,
            "refused_id": made.refused,
        }
        (rule,) = app.url_map.iter_rules(endpoint)
        address = app.url_for(endpoint, **{name: values[name] for name in rule.arguments})
    digest = base64.b64encode(hashlib.sha256(made.jpeg).digest()).decode()
    sent: dict[str, dict[str, Any]] = {
        "sync.put_check": {"json": made.content},
        "sync.put_part": {"data": made.jpeg, "headers": {"Content-Digest": f"sha-256=:{digest}:"}},
        "queue.return_inspection": {"data": {"question": "which side?"}},
    }
    return client.open(address, method=method, **sent.get(endpoint, {}))


def test_everybody_gets_what_the_role_allows(app: Flask, people: dict[str, FlaskClient], made: Made):
    answers = {what: tuple(ask(app, client, what, made).status_code for client in people.values()) for what in STATUSES}
    assert answers == STATUSES


def test_no_address_of_the_inspections_is_left_out(app: Flask):
    rooms = {"inspection", "sync", "queue"}
    there = {
        f"{method} {rule.endpoint}"
        for rule in app.url_map.iter_rules()
        if rule.endpoint.split(".")[0] in rooms
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert there == set(STATUSES)


def test_without_the_token_of_the_page_nothing_is_changed(app: Flask, people: dict[str, FlaskClient], made: Made):
    changes = [what for what in STATUSES if not what.startswith("GET")]
    for name in ("inspector", "planner", "administrator"):
        del people[name].environ_base["HTTP_X_CSRFTOKEN"]
        assert {ask(app, people[name], what, made).status_code for what in changes} == {400}


@pytest.mark.parametrize("name", ["viewer", "another inspector", "planner", "administrator"])
def test_nobody_sends_a_check_in_anothers_name(
    people: dict[str, FlaskClient], made: Made, sessions: Sessions, name: str
):
    stolen = made.content | {"photos": []}
    mine = stolen | {"inspector": name}
    told = {
        "in the inspector's name": people[name].put(f"/inspection/checks/{uuid4()}", json=stolen),
        "with the inspector's photo": people[name].put(
            f"/inspection/checks/{uuid4()}", json=made.content | {"inspector": name}
        ),
        "under the inspector's identifier": people[name].put(f"/inspection/checks/{made.check}", json=mine),
        "answering the inspector's question": people[name].put(
            f"/inspection/checks/{uuid4()}", json=mine | {"answers": str(made.check)}
        ),
        "with the inspector's account": people[name].put(f"/inspection/checks/{uuid4()}", json=mine | {"account": 1}),
    }
    statuses = {what: answer.status_code for what, answer in told.items()}
    expected = dict.fromkeys(told, 403) if name == "viewer" else dict.fromkeys(told, 422)
    if name != "viewer":
        expected["under the inspector's identifier"] = 409
    assert statuses == expected
    for answer in told.values():
        assert "note of the inspector" not in answer.text
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Inspection)) == 1
        assert session.scalar(select(Photo.content)) == made.jpeg


def test_the_state_of_anothers_checks_is_not_told(people: dict[str, FlaskClient], made: Made):
    assert people["inspector"].get(f"/inspection/checks.json?id={made.check}").json["checks"] != []
    for name in ("another inspector", "planner", "administrator"):
        assert people[name].get(f"/inspection/checks.json?id={made.check}").json["checks"] == []
        assert people[name].get("/inspection/checks.json").json["checks"] == []


def places_to_read(made: Made) -> list[str]:
    work = made.content["work"]
    return [f"/works/{work}", f"/api/v1/works/{work}/inspections", "/inspection/works.json"]


def test_what_waits_is_shown_to_planners_and_its_inspector_alone(people: dict[str, FlaskClient], made: Made):
    for name in ("inspector", "planner", "administrator"):
        for address in places_to_read(made):
            assert "note of the inspector" in people[name].get(address).text, (name, address)
    for name in ("stranger", "viewer", "another inspector"):
        for address in places_to_read(made):
            answer = people[name].get(address)
            assert answer.status_code in (200, 401, 403), (name, address)
            for secret in ("note of the inspector", made.photo, str(made.check)):
                assert secret not in answer.text, (name, address)


def test_a_question_about_checks_that_is_none_is_refused(people: dict[str, FlaskClient]):
    many = "&".join(f"id={uuid4()}" for _ in range(201))
    assert [people["inspector"].get(f"/inspection/checks.json?{query}").status_code for query in ("id=x", many)] == [
        400,
        400,
    ]


def test_who_was_disabled_sends_nothing_more(
    app: Flask, people: dict[str, FlaskClient], made: Made, sessions: Sessions
):
    with sessions.begin() as session:
        account = find_account(session, "inspector")
        token = add_token(session, account, "script")
        disable(session, account)
    assert people["inspector"].get("/inspection/works.json").status_code == 401
    assert people["inspector"].get(f"/inspection/photos/{made.photo}.jpg").status_code == 401
    answer = app.test_client().put(
        f"/inspection/checks/{uuid4()}", json=made.content, headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 401

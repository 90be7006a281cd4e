"""What devices send over HTTP, and what nobody can do with requests made by hand."""

import base64
import hashlib
from uuid import uuid4

import pytest
from checks import a_check, a_jpeg, announced
from drawing import a_report, a_work
from flask import Flask
from flask.testing import FlaskClient
from people import signed_in
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from geodata.accounts import find_account
from geodata.models import Inspection, Location, Photo, Role

Sessions = sessionmaker[Session]


@pytest.fixture
def inspector(app: Flask, sessions: Sessions) -> FlaskClient:
    return signed_in(app, sessions, Role.INSPECTOR, "巡查员甲")


@pytest.fixture
def content(inspector: FlaskClient, sessions: Sessions) -> dict:
    with sessions.begin() as session:
        work = a_work(session, a_report(session), place="POINT(120 28.9)")
        return a_check(work, find_account(session, "巡查员甲"))


def put_part(client: FlaskClient, photo_id: str, part: bytes, number: int = 0, digest: bytes | None = None):
    sha256 = base64.b64encode(digest or hashlib.sha256(part).digest()).decode()
    address = f"/inspection/photos/{photo_id}/parts/{number}"
    return client.put(address, data=part, headers={"Content-Digest": f"sha-256=:{sha256}:"})


def count(sessions: Sessions, table: type) -> int:
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_a_check_and_its_photo_arrive(inspector: FlaskClient, sessions: Sessions, content: dict):
    jpeg, check_id = a_jpeg(), uuid4()
    photo = announced(jpeg)
    address, content = f"/inspection/checks/{check_id}", content | {"photos": [photo]}
    first = inspector.put(address, json=content)
    assert (first.status_code, first.json["decision"], first.json["conflict"]) == (201, "waiting", False)
    assert first.json["photos"][photo["id"]]["missing"] == [0]
    assert put_part(inspector, photo["id"], jpeg).json == {"missing": []}
    again = inspector.put(address, json=content)
    assert (again.status_code, again.json["photos"][photo["id"]]["missing"]) == (200, [])
    assert inspector.get(f"/inspection/checks.json?id={check_id}").json["checks"] == [again.json]
    assert count(sessions, Inspection) == 1
    with sessions() as session:
        assert session.scalar(select(Photo.content)) == jpeg


def test_a_refusal_says_why(inspector: FlaskClient, content: dict):
    address = f"/inspection/checks/{uuid4()}"
    inspector.put(address, json=content)
    changed = inspector.put(address, json=content | {"note": "x"})
    assert (changed.status_code, changed.json["detail"]) == (409, "another check has this identifier already")
    wrong = inspector.put(f"/inspection/checks/{uuid4()}", json=content | {"work": 999_999})
    assert (wrong.status_code, wrong.json["detail"]) == (422, "work: there is no work 999999")


def test_a_damaged_part_is_asked_for_again(inspector: FlaskClient, content: dict):
    jpeg = a_jpeg()
    photo = announced(jpeg)
    inspector.put(f"/inspection/checks/{uuid4()}", json=content | {"photos": [photo]})
    assert put_part(inspector, photo["id"], jpeg[:-1], digest=hashlib.sha256(jpeg).digest()).status_code == 400
    assert put_part(inspector, photo["id"], jpeg, digest=b"x" * 32).status_code == 400
    assert put_part(inspector, photo["id"], jpeg, number=5).status_code == 400
    assert put_part(inspector, str(uuid4()), jpeg).status_code == 404
    assert put_part(inspector, photo["id"], jpeg).status_code == 200


@pytest.mark.parametrize("body", [b" ", b"{", b"[]", b'{"a": Infinity}'])
def test_a_body_that_is_no_check_is_a_bad_request(inspector: FlaskClient, body: bytes):
    assert inspector.put(f"/inspection/checks/{uuid4()}", data=body).status_code == 400


def test_a_body_without_end_is_not_read(inspector: FlaskClient):
    assert inspector.put(f"/inspection/checks/{uuid4()}", data=b"x" * (600 * 1024)).status_code == 413
    assert put_part(inspector, str(uuid4()), b"x" * (300 * 1024)).status_code == 413


@pytest.mark.parametrize(("role", "answer"), [(None, 401), (Role.VIEWER, 403)])
def test_who_is_no_inspector_sends_and_reads_no_checks(
    app: Flask, sessions: Sessions, content: dict, role: Role | None, answer: int
):
    client = signed_in(app, sessions, role) if role else app.test_client()
    if role is None:
        client.environ_base["HTTP_X_CSRFTOKEN"] = client.get("/account/session.json").json["csrf"]
    assert client.put(f"/inspection/checks/{uuid4()}", json=content).status_code == answer
    assert put_part(client, str(uuid4()), b"x").status_code == answer
    assert client.get("/inspection/checks.json").status_code == answer
    assert count(sessions, Inspection) == 0


def test_an_inspector_neither_sees_nor_answers_for_another(
    app: Flask, inspector: FlaskClient, sessions: Sessions, content: dict
):
    jpeg, check_id = a_jpeg(), uuid4()
    photo = announced(jpeg)
    inspector.put(f"/inspection/checks/{check_id}", json=content | {"photos": [photo]})
    other = signed_in(app, sessions, Role.INSPECTOR, "巡查员乙")
    assert other.get(f"/inspection/checks.json?id={check_id}").json["checks"] == []
    assert other.put(f"/inspection/checks/{uuid4()}", json=content).status_code == 422
    assert other.put(f"/inspection/checks/{check_id}", json=content).status_code == 409
    assert put_part(other, photo["id"], jpeg).status_code == 404
    assert count(sessions, Inspection) == 1


def test_a_check_alone_moves_no_work(inspector: FlaskClient, sessions: Sessions, content: dict):
    inspector.put(f"/inspection/checks/{uuid4()}", json=content)
    assert count(sessions, Location) == 1


def test_a_tablets_token_stands_in_for_a_session(app: Flask, sessions: Sessions, content: dict):
    from geodata.accounts import add_token

    with sessions.begin() as session:
        token = add_token(session, find_account(session, "巡查员甲"), "script")
    answer = app.test_client().put(
        f"/inspection/checks/{uuid4()}", json=content, headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 201

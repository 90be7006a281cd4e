"""Administrators add, change and close accounts on a page, and read the record; nobody else does."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import PASSWORD, signed_in
from sqlalchemy.orm import Session, sessionmaker

from geodata.accounts import get_account
from geodata.models import Role

Sessions = sessionmaker[Session]


@pytest.fixture
def administrator(app: Flask, sessions: Sessions) -> FlaskClient:
    return signed_in(app, sessions, Role.ADMINISTRATOR, "管理员甲")


def account(sessions: Sessions, name: str):
    with sessions() as session:
        return get_account(session, name)


def test_an_administrator_adds_somebody_who_then_signs_in(app: Flask, administrator: FlaskClient, sessions: Sessions):
    page = administrator.post("/people/", data={"name": "巡查员乙", "role": "inspector"}).text
    path = re.search(r"http://localhost(/account/once/[\w-]+)", page)[1]
    newcomer = app.test_client()
    token = newcomer.get("/account/session.json").json["csrf"]
    chosen = {"password": PASSWORD, "again": PASSWORD, "csrf_token": token}
    assert newcomer.post(path, data=chosen).status_code == 302
    assert newcomer.get("/account/session.json").json["role"] == "inspector"
    assert path not in administrator.get("/people/").text


def test_roles_are_changed_and_accounts_closed_and_opened(administrator: FlaskClient, sessions: Sessions):
    administrator.post("/people/", data={"name": "乙", "role": "viewer"})
    number = account(sessions, "乙").id
    administrator.post(f"/people/{number}/change", data={"role": "planner"})
    assert account(sessions, "乙").role is Role.PLANNER
    administrator.post(f"/people/{number}/change", data={"role": ""})
    assert account(sessions, "乙").disabled
    administrator.post(f"/people/{number}/reset")
    assert not account(sessions, "乙").disabled


def test_the_last_administrator_cannot_step_down(administrator: FlaskClient, sessions: Sessions):
    number = account(sessions, "管理员甲").id
    answer = administrator.post(f"/people/{number}/change", data={"role": ""})
    assert answer.status_code == 409
    assert "至少要留一位管理员" in answer.text
    assert not account(sessions, "管理员甲").disabled


@pytest.mark.parametrize(
    "form", [{"name": "", "role": "viewer"}, {"name": "乙", "role": "king"}, {"name": "管理员甲", "role": "viewer"}]
)
def test_an_account_that_cannot_be_is_refused(administrator: FlaskClient, form: dict):
    assert administrator.post("/people/", data=form).status_code == 400


def test_the_record_is_shown_and_narrowed_to_one_thing(administrator: FlaskClient):
    administrator.post("/people/", data={"name": "乙", "role": "viewer"})
    assert "account.add" in administrator.get("/people/record").text
    page = administrator.get("/people/record?subject=account 乙&before=x").text
    assert "account 乙" in page
    assert "account 管理员甲" not in page


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.INSPECTOR, Role.PLANNER])
def test_nobody_else_sees_or_changes_accounts(app: Flask, sessions: Sessions, role: Role | None):
    client = signed_in(app, sessions, role) if role else app.test_client()
    if role is None:
        client.environ_base["HTTP_X_CSRFTOKEN"] = client.get("/account/session.json").json["csrf"]
    answer = 403 if role else 401
    assert client.get("/people/").status_code == answer
    assert client.get("/people/record").status_code == answer
    for address in ("/people/", "/people/1/reset", "/people/1/change"):
        assert client.post(address, data={"name": "x", "role": "administrator"}).status_code == answer

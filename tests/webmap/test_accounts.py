"""Sign-in, sessions, tokens, forged requests, and who may see what."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import PASSWORD, an_account, signed_in
from sqlalchemy.orm import Session, sessionmaker

from geodata import accounts
from geodata.database import Database
from geodata.models import Role
from webmap.accounts import current_account, invitation_path, role_required
from webmap.app import create_app

Sessions = sessionmaker[Session]
PAGE = {"Accept": "text/html"}


@pytest.fixture
def app(database: Database) -> Flask:
    """An application with a view for planners, as other rooms have them."""
    app = create_app(database.web, SECRET_KEY="for tests", TESTING=True)

    @app.route("/for-planners", methods=["GET", "POST"])
    @role_required(Role.PLANNER)
    def for_planners() -> str:
        return current_account().name

    return app


def csrf_of(page: str) -> str:
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]


def sign_in(client: FlaskClient, name: str, password: str, address: str = "/account/sign-in"):
    token = csrf_of(client.get(address).text)
    return client.post(address, data={"name": name, "password": password, "csrf_token": token})


def test_somebody_signs_in_and_out(client: FlaskClient, sessions: Sessions):
    with sessions.begin() as session:
        an_account(session, "李四", Role.PLANNER, password=True)
    assert sign_in(client, "李四", PASSWORD).status_code == 302
    assert client.get("/account/session.json").json["role"] == "planner"
    cookie = client.get_cookie("guatu").value
    page = client.get("/account/").text
    assert "李四" in page
    client.post("/account/sign-out", data={"csrf_token": csrf_of(page)})
    assert client.get("/account/session.json").json["name"] is None
    client.set_cookie("guatu", cookie)
    assert client.get("/account/session.json").json["name"] is None, "the session ended on the server too"


def test_a_wrong_password_is_counted_and_locks(client: FlaskClient, sessions: Sessions):
    with sessions.begin() as session:
        an_account(session, "李四", password=True)
    for _ in range(accounts.FREE_FAILURES):
        answer = sign_in(client, "李四", "not the password")
        assert answer.status_code == 403
        assert "姓名或密码不对" in answer.text
    assert "输错太多次" in sign_in(client, "李四", PASSWORD).text


def test_after_signing_in_one_is_where_one_wanted_to_be(client: FlaskClient, sessions: Sessions):
    with sessions.begin() as session:
        an_account(session, "李四", Role.PLANNER, password=True)
    wanted = client.get("/for-planners?a=1", headers=PAGE)
    assert wanted.status_code == 302
    answer = sign_in(client, "李四", PASSWORD, wanted.location)
    assert answer.location == "/for-planners?a=1"


@pytest.mark.parametrize(
    "elsewhere", ["https://bad.example/", "//bad.example", "/\\bad.example", "javascript:alert(1)"]
)
def test_signing_in_leads_to_no_other_host(client: FlaskClient, sessions: Sessions, elsewhere: str):
    with sessions.begin() as session:
        an_account(session, "李四", password=True)
    client.get("/account/sign-in")
    assert sign_in(client, "李四", PASSWORD, f"/account/sign-in?next={elsewhere}").location == "/"


def test_an_invitation_is_used_once(client: FlaskClient, app: Flask, sessions: Sessions):
    with sessions.begin() as session:
        path = invitation_path(accounts.invite(session, an_account(session, "王五")))
    client.get(path)
    token = csrf_of(client.get(path).text)
    weak = client.post(path, data={"password": "123", "again": "123", "csrf_token": token})
    assert "至少" in weak.text
    unlike = client.post(path, data={"password": PASSWORD, "again": PASSWORD + "x", "csrf_token": token})
    assert "两遍不一样" in unlike.text
    assert client.post(path, data={"password": PASSWORD, "again": PASSWORD, "csrf_token": token}).status_code == 302
    assert client.get("/account/session.json").json["name"] == "王五"
    assert app.test_client().get(path).status_code == 404


def test_changing_the_password_asks_for_the_present_one(client: FlaskClient, sessions: Sessions):
    with sessions.begin() as session:
        an_account(session, "王五", password=True)
    sign_in(client, "王五", PASSWORD)
    token = csrf_of(client.get("/account/password").text)
    new = {"password": "another long password", "again": "another long password", "csrf_token": token}
    assert "现在的密码不对" in client.post("/account/password", data={"current": "wrong", **new}).text
    assert client.post("/account/password", data={"current": PASSWORD, **new}).status_code == 302
    assert client.get("/account/session.json").json["name"] == "王五"


@pytest.mark.parametrize(
    ("role", "answer"), [(None, 401), (Role.VIEWER, 403), (Role.INSPECTOR, 403), (Role.PLANNER, 200)]
)
def test_a_view_lets_in_the_role_it_asks_for_and_those_above(app: Flask, sessions: Sessions, role, answer: int):
    client = signed_in(app, sessions, role) if role else app.test_client()
    assert client.get("/for-planners").status_code == answer
    assert signed_in(app, sessions, Role.ADMINISTRATOR).get("/for-planners").text == "administrator"


def test_a_change_without_the_csrf_token_is_refused(app: Flask, sessions: Sessions):
    client = signed_in(app, sessions, Role.PLANNER)
    assert client.post("/for-planners").status_code == 200
    assert client.post("/for-planners", headers={"X-CSRFToken": "forged"}).status_code == 400
    del client.environ_base["HTTP_X_CSRFTOKEN"]
    assert client.post("/for-planners").status_code == 400


def test_a_script_shows_its_token_instead(app: Flask, client: FlaskClient, sessions: Sessions):
    with sessions.begin() as session:
        account = an_account(session, "脚本", Role.PLANNER)
        token = accounts.add_token(session, account, "nightly")
    header = {"Authorization": f"Bearer {token}"}
    assert client.post("/for-planners", headers=header).text == "脚本"
    assert client.get("/for-planners", headers={"Authorization": "Bearer wrong"}).status_code == 401
    with sessions.begin() as session:
        accounts.disable(session, accounts.get_account(session, "脚本"))
    assert client.post("/for-planners", headers=header).status_code == 401


def test_a_token_does_not_stand_in_for_the_csrf_token_of_a_signed_in_browser(app: Flask, sessions: Sessions):
    client = signed_in(app, sessions, Role.PLANNER)
    with sessions.begin() as session:
        token = accounts.add_token(session, an_account(session, "旁人"), "x")
    del client.environ_base["HTTP_X_CSRFTOKEN"]
    assert client.post("/for-planners", headers={"Authorization": f"Bearer {token}"}).status_code == 400


def test_one_ends_ones_own_sessions_and_no_others(app: Flask, sessions: Sessions):
    mine, others = signed_in(app, sessions, Role.PLANNER), signed_in(app, sessions, Role.VIEWER)
    with sessions.begin() as session:
        tablet = accounts.start_session(session, accounts.get_account(session, "planner"), "平板")
        keys = {key.label: key.id for key in accounts.get_account(session, "planner").keys}
    assert others.post(f"/account/keys/{keys['平板']}/revoke").status_code == 404
    assert mine.post(f"/account/keys/{keys['平板']}/revoke").status_code == 302
    with app.test_client() as client:
        with client.session_transaction() as cookie:
            cookie["_user_id"] = tablet
        assert client.get("/account/session.json").json["name"] is None


def test_viewing_is_open_unless_the_operator_closes_it(database: Database, client: FlaskClient, sessions: Sessions):
    assert client.get("/").status_code == 200
    closed = create_app(database.web, SECRET_KEY="for tests", TESTING=True, VIEWING_NEEDS_ACCOUNT=True)
    stranger = closed.test_client()
    assert stranger.get("/", headers=PAGE).location.startswith("/account/sign-in")
    for address in ("/works.geojson", "/map/works.json", "/map/choices.json", "/reports/", "/works/1", "/sources"):
        assert stranger.get(address).status_code == 401
    for address in ("/account/sign-in", "/static/css/guatu.css"):
        assert stranger.get(address).status_code == 200
    assert signed_in(closed, sessions, Role.VIEWER).get("/").status_code == 200


def test_the_environment_closes_viewing_and_bounds_work_without_a_network(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("GUATU_VIEWING", "account")
    monkeypatch.setenv("GUATU_OFFLINE_DAYS", "3")
    app = create_app(database.web, SECRET_KEY="for tests")
    assert app.config["VIEWING_NEEDS_ACCOUNT"]
    assert app.config["OFFLINE_DAYS"] == 3
    monkeypatch.setenv("GUATU_OFFLINE_DAYS", "a week")
    with pytest.raises(accounts.GuatuError, match="whole number of days"):
        create_app(database.web, SECRET_KEY="for tests")

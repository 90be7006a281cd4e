"""Accounts for tests, and browsers that are signed in as one of them."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from geodata import accounts
from geodata.models import Account, Role

PASSWORD = "correct horse battery"


def an_account(session: Session, name: str = "张三", role: Role = Role.INSPECTOR, *, password: bool = False) -> Account:
    """An account; `password` gives it PASSWORD, which takes a tenth of a second."""
    account = accounts.add_account(session, name, role)
    if password:
        accounts.choose_password(session, account, PASSWORD)
    return account


def signed_in(app: Flask, sessions: sessionmaker[Session], role: Role, name: str | None = None) -> FlaskClient:
    """A browser whose user has the role, with the CSRF token in every request it sends."""
    name = name or role.value
    with sessions.begin() as session:
        account = accounts.find_account(session, name) or an_account(session, name, role)
        secret = accounts.start_session(session, account, "test")
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = secret
    client.environ_base["HTTP_X_CSRFTOKEN"] = client.get("/account/session.json").json["csrf"]
    return client

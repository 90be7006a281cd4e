"""An application on a database of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pages import configured
from people import signed_in
from sqlalchemy.orm import Session, sessionmaker

from geodata.database import Database
from geodata.models import Role
from webmap.app import create_app


@pytest.fixture(scope="session")
def kept_app(kept) -> Flask:
    """The application, connected as the web process is; it stays connected to the worker's database."""
    return create_app(kept.database.web, SECRET_KEY="for tests", TESTING=True)


@pytest.fixture
def app(kept_app: Flask, database: Database, tmp_path: Path) -> Iterator[Flask]:
    """The application on an empty database and an empty gazetteer. What a test changes of its settings is put back."""
    with configured(kept_app, GAZETTEER=tmp_path / "gazetteer") as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def planner(app: Flask, sessions: sessionmaker[Session]) -> FlaskClient:
    """The browser of the planner 张三."""
    return signed_in(app, sessions, Role.PLANNER, "张三")

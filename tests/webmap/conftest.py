"""An application on a database of the test's own."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from geodata.database import Database
from geodata.session import open_engine, session_factory
from webmap.app import create_app


@pytest.fixture
def app(database: Database) -> Flask:
    """The application, connected as the web process is."""
    return create_app(database.web, SECRET_KEY="for tests", TESTING=True)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def sessions(database: Database) -> Iterator[sessionmaker[Session]]:
    """Sessions of whoever loads reports and places."""
    engine = open_engine(database.owner)
    yield session_factory(engine)
    engine.dispose()

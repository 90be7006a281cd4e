"""An application on a database of the test's own."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geodata.database import Database
from webmap.app import create_app


@pytest.fixture(scope="session")
def kept_app(kept) -> Flask:
    """The application, connected as the web process is; it stays connected to the worker's database."""
    return create_app(kept.database.web, SECRET_KEY="for tests", TESTING=True)


@pytest.fixture
def app(kept_app: Flask, database: Database) -> Iterator[Flask]:
    """The application on an empty database. What a test changes in its configuration is put back."""
    configuration = dict(kept_app.config)
    yield kept_app
    kept_app.config.clear()
    kept_app.config.update(configuration)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()

"""Some works, and a server that programs can reach."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from drawing import a_report, a_work
from flask import Flask

from gazetteer.vocabulary import Precision, Sector, Status
from geodata.database import Database
from geodata.session import open_engine, session_factory
from webmap.app import create_app

LINES = 25
SERVE = """
import logging, sys
from werkzeug.serving import make_server
from webmap.app import create_app
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = make_server("127.0.0.1", 0, create_app(sys.argv[1], SECRET_KEY="for tests"), threaded=True)
print(server.port, flush=True)
server.serve_forever()
"""


@pytest.fixture(scope="session")
def filled(server) -> Iterator[Database]:
    """A point, an area, a work without a place, and 25 lines going east from 120 degrees. They are only read."""
    with server.copy() as copy:
        engine = open_engine(copy.owner)
        with session_factory(engine).begin() as session:
            report = a_report(session)
            older = a_report(session, "去年的报告。", year=2021)
            a_work(
                session, report, "水厂", place="POINT(120 29)", sector=Sector.WATER, status=Status.START, quantity=5.5
            )
            area = "POLYGON((120 29, 120 29.1, 120.1 29.1, 120.1 29, 120 29))"
            a_work(session, older, "城北区块", place=area, town="城北镇")
            a_work(session, report, "没有位置的桥", precision=Precision.NONE)
            for number in range(LINES):
                west = 120 + number / 100
                a_work(session, report, f"第{number}路", place=f"LINESTRING({west} 28.5, {west + 0.005} 28.5)")
        engine.dispose()
        yield copy


@pytest.fixture(scope="session")
def app(filled: Database) -> Flask:
    return create_app(filled.web, SECRET_KEY="for tests", TESTING=True)


@pytest.fixture(scope="session")
def address(filled: Database) -> Iterator[str]:
    """The address of the services on a running server: a process of its own, since GDAL keeps Python's lock as it waits
    for an answer.
    """
    with subprocess.Popen([sys.executable, "-c", SERVE, filled.web], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        yield f"http://127.0.0.1:{int(server.stdout.readline())}/ogc"
        server.terminate()

"""Real PostGIS for the tests.

One server for the whole run, shared by its workers: a private cluster in a folder of its own, or the server of
DATABASE_URL, whose role then must be allowed to make databases. The tables are made once, in a template:

- `database`: a fresh copy of the template, for tests that commit or use several connections;
- `session`: a session whose changes are rolled back after the test, for all others.

`cluster` is a stopped private cluster of the test's own, to be mistreated.
"""

import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from geodata.cluster import ADMIN, OWNER, WEB, Cluster
from geodata.database import Database, check, upgrade
from geodata.session import open_engine

settings.register_profile("guatu", deadline=None)  # how long an example takes depends on what else the machine does
settings.load_profile("guatu")

HOME = "GUATU_TEST_HOME"  # set by the first process of the run, inherited by its workers
DATABASE_URL = os.environ.get("DATABASE_URL")


@dataclass(frozen=True)
class Server:
    """A server to make databases on. `address` gives the one of a role and a database."""

    address: Callable[[str, str], str]
    maintenance: str
    template: str

    def execute(self, statement: str) -> None:
        engine = open_engine(self.address(ADMIN, self.maintenance))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(statement))
        engine.dispose()

    @contextlib.contextmanager
    def copy(self) -> Iterator[Database]:
        """A copy of the template while the context lasts."""
        name = f"guatu_test_{secrets.token_hex(6)}"
        owner = make_url(self.address(OWNER, name)).username
        self.execute(f'CREATE DATABASE {name} TEMPLATE {self.template} OWNER "{owner}"')
        try:
            yield Database(owner=self.address(OWNER, name), web=self.address(WEB, name))
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")


def operators_server(template: str) -> Server:
    """The server of DATABASE_URL; one role plays all three."""
    url = make_url(DATABASE_URL)
    return Server(
        address=lambda _, name: url.set(database=name).render_as_string(hide_password=False),
        maintenance=url.database,
        template=template,
    )


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        home = Path(tempfile.mkdtemp(prefix="guatu-tests-", dir="/tmp"))
        home.chmod(0o711)
        os.environ[HOME] = str(home)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        home = Path(os.environ.pop(HOME))
        if DATABASE_URL and (home / "template").exists():
            name = (home / "template").read_text()
            operators_server(name).execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        shutil.rmtree(home)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    home = Path(os.environ[HOME])
    with contextlib.ExitStack() as stack:
        if DATABASE_URL:
            check(DATABASE_URL)
            server = operators_server(f"guatu_template_{home.name[-8:].lower()}")
        else:
            cluster = Cluster(home)
            stack.enter_context(cluster.running())
            server = Server(address=cluster.url, maintenance="postgres", template="guatu_template")
        with (home / "template.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (home / "template").exists():
                if DATABASE_URL:
                    server.execute(f"CREATE DATABASE {server.template} ENCODING 'UTF8' TEMPLATE template0")
                else:
                    # Nothing here has to survive a power cut.
                    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                        server.execute(f"ALTER SYSTEM SET {setting} = off")
                    server.execute("SELECT pg_reload_conf()")
                    cluster.create_database(server.template)
                    cluster.grant_web(server.template)
                upgrade(server.address(OWNER, server.template))
                (home / "template").write_text(server.template)
        yield server


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    """A database of the test's own, with empty tables."""
    with server.copy() as copy:
        yield copy


@pytest.fixture(scope="session")
def shared_engine(server: Server) -> Iterator[Engine]:
    """The database behind `session`; nothing is ever committed to it."""
    with server.copy() as copy:
        engine = open_engine(copy.owner)
        yield engine
        engine.dispose()


@pytest.fixture
def session(shared_engine: Engine) -> Iterator[Session]:
    """A session on empty tables. Its commits are savepoints: all is rolled back after the test."""
    with shared_engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        transaction.rollback()


def empty_folder() -> Path:
    """A folder that the server's user can reach, which pytest's own are not for root."""
    folder = Path(tempfile.mkdtemp(prefix="guatu-cluster-", dir="/tmp"))
    folder.chmod(0o711)
    return folder


@pytest.fixture
def folder() -> Iterator[Path]:
    folder = empty_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def prototype() -> Iterator[Path]:
    """The home of a cluster that was made once, to be copied, since making one takes a second."""
    folder = empty_folder()
    cluster = Cluster(folder / "home")
    with cluster.running():
        pass
    with (cluster.data / "postgresql.conf").open("a") as configuration:
        configuration.write("fsync = off\n")  # nothing here has to survive a power cut
    yield cluster.home
    shutil.rmtree(folder)


@pytest.fixture
def cluster(folder: Path, prototype: Path) -> Iterator[Cluster]:
    subprocess.run(["cp", "-a", prototype, folder], check=True)
    cluster = Cluster(folder / "home")
    yield cluster
    if cluster.pid:
        os.kill(cluster.pid, signal.SIGINT)
    while cluster.pid:
        time.sleep(0.05)

"""Real PostGIS for the tests.

One server for the whole run, shared by its workers: a private cluster in a folder of its own, or the server of
DATABASE_URL, whose role then must be allowed to make databases. The tables are made once, in a template:

- `session`: a session whose changes are rolled back after the test;
- `database`: the worker's own copy of the template, emptied after the test, for tests that commit or use several
  connections;
- `own_database`: a copy for one test, for those that change more than rows.

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
from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from geodata.cluster import ADMIN, OWNER, WEB, Cluster
from geodata.database import Database, check, upgrade
from geodata.session import open_engine, session_factory

settings.register_profile("guatu", deadline=None)  # how long an example takes depends on what else the machine does
settings.load_profile("guatu")

HOME = "GUATU_TEST_HOME"  # set by the first process of the run, inherited by its workers
DATABASE_URL = os.environ.get("DATABASE_URL")
SETTINGS = (
    *("fsync = off", "synchronous_commit = off", "full_page_writes = off"),  # nothing here has to survive a power cut
    "shared_preload_libraries = 'postgis-3'",  # read once, not by every connection
)
EMPTYING = """
    SELECT concat_ws(
        '; ',
        -- nobody who was left over from the last test writes into the next
        'SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> ''idle''',
        'SET session_replication_role = replica',  -- no triggers, which would refuse it
        (SELECT string_agg(format('DELETE FROM %I', tablename), '; ') FROM pg_tables WHERE schemaname = 'public'
         AND tablename NOT IN ('alembic_version', 'spatial_ref_sys', 'works_version')),
        'UPDATE works_version SET number = DEFAULT, transaction = DEFAULT',
        (SELECT string_agg(format('ALTER SEQUENCE %I RESTART', sequencename), '; ') FROM pg_sequences
         WHERE schemaname = 'public')
    )
"""


@dataclass(frozen=True)
class Server:
    """A server to make databases on. `address` gives the one of a role and a database."""

    address: Callable[[str, str], str]
    maintenance: str
    template: str

    @contextlib.contextmanager
    def connect(self, database: str) -> Iterator[Connection]:
        """An autocommitting connection of the superuser."""
        engine = open_engine(self.address(ADMIN, database))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection
        engine.dispose()

    def execute(self, statement: str) -> None:
        with self.connect(self.maintenance) as connection:
            connection.execute(text(statement))

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
    cluster = Cluster(home)
    if DATABASE_URL:
        check(DATABASE_URL)
        server = operators_server(f"guatu_template_{home.name[-8:].lower()}")
    else:
        server = Server(address=cluster.url, maintenance="postgres", template="guatu_template")
    with contextlib.ExitStack() as stack:
        with (home / "template.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            first = not (home / "template").exists()
            if not DATABASE_URL:
                if first:
                    with cluster.running():
                        for setting in SETTINGS:
                            server.execute(f"ALTER SYSTEM SET {setting}")
                stack.enter_context(cluster.running())
            if first:
                if DATABASE_URL:
                    server.execute(f"CREATE DATABASE {server.template} ENCODING 'UTF8' TEMPLATE template0")
                else:
                    cluster.create_database(server.template)
                    cluster.grant_web(server.template)
                upgrade(server.address(OWNER, server.template))
                (home / "template").write_text(server.template)
        yield server


@pytest.fixture
def own_database(server: Server) -> Iterator[Database]:
    """A database of the test's own, with empty tables."""
    with server.copy() as copy:
        yield copy


@dataclass(frozen=True)
class Kept:
    """The worker's database, sessions on it that stay connected, and what empties it."""

    database: Database
    sessions: sessionmaker[Session]
    empty: Callable[[], object]


@pytest.fixture(scope="session")
def kept(server: Server) -> Iterator[Kept]:
    with server.copy() as copy, server.connect(make_url(copy.owner).database) as connection:
        engine = open_engine(copy.owner)
        statement = text(connection.scalar(text(EMPTYING)))
        yield Kept(copy, session_factory(engine), lambda: connection.execute(statement))
        engine.dispose()


@pytest.fixture
def database(kept: Kept) -> Iterator[Database]:
    """A database with empty tables, in which rows may change."""
    yield kept.database
    kept.empty()


@pytest.fixture
def sessions(kept: Kept, database: Database) -> sessionmaker[Session]:
    """Sessions on `database` of whoever loads reports and places."""
    return kept.sessions


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

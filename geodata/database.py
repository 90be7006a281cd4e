"""The one database: which it is, that it is fit for use, and that its tables are those of this release."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.errors import GuatuError
from geodata.cluster import OWNER, WEB, Cluster
from geodata.session import open_engine, session_factory
from geodata.settings import Settings

MIGRATIONS = Path(__file__).parent.parent / "migrations"
CONNECT_SECONDS = 10  # a host that drops packets is told from a slow one
UPGRADE_LOCK = 0x67756174  # "guat": the advisory lock held while the tables change


class DatabaseError(GuatuError):
    """The database cannot be used as it is."""


@dataclass(frozen=True, slots=True)
class Database:
    """Addresses of the one database: `owner` for whoever changes tables and loads data, `web` for the web process."""

    owner: str
    web: str


@contextlib.contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The operator's database where DATABASE_URL names one, else that of the private cluster, which runs meanwhile.

    Raises GuatuError where it cannot be reached or is no PostGIS database in UTF-8.
    """
    if settings.database_url:
        check(settings.database_url)
        yield Database(owner=settings.database_url, web=settings.database_url)
        return
    cluster = Cluster(settings.home)
    with cluster.running():
        yield Database(owner=cluster.url(OWNER), web=cluster.url(WEB))


@contextlib.contextmanager
def open_sessions(settings: Settings | None = None) -> Iterator[sessionmaker[Session]]:
    """Sessions of the one database, with the tables of this release: what a command of the command line works with."""
    with open_database(settings or Settings.from_environment()) as database:
        upgrade(database.owner)
        engine = open_engine(database.owner)
        try:
            yield session_factory(engine)
        finally:
            engine.dispose()


def check(url: str) -> None:
    """Find out whether an address is that of a PostGIS database.

    Raises DatabaseError with what to do about it where it is not.
    """
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        address = None
    if address is None or address.get_backend_name() not in ("postgresql", "postgres"):
        raise DatabaseError("DATABASE_URL is not a PostgreSQL address: write postgresql://user:password@host:port/name")
    asked = {"connect_timeout": str(CONNECT_SECONDS), "client_encoding": "utf8", **address.query}
    engine = open_engine(address.set(query=asked).render_as_string(hide_password=False))
    try:
        with engine.connect() as connection:
            _check_postgis(connection)
    except DBAPIError as error:
        raise DatabaseError(
            f"the database {_shown(url)} of DATABASE_URL does not answer: {_reason(error)}."
            " Start it, correct the address, or unset DATABASE_URL to use guatu's own"
        ) from error
    finally:
        engine.dispose()


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the tables of a database to a revision; one process at a time, all or nothing.

    Raises DatabaseError where the database is from a newer release, or a migration fails.
    """
    engine = open_engine(url)
    configuration = _alembic(url)
    try:
        with engine.connect() as connection:
            if revision == "head" and current_revision(connection) == newest_revision():
                return
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": UPGRADE_LOCK})
            connection.execute(text("SET client_min_messages = warning"))
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
            connection.commit()
            command.upgrade(configuration, revision)
    except CommandError as error:
        if "Can't locate revision" not in str(error):
            raise
        raise DatabaseError(
            f"the database {_shown(url)} was made by a newer guatu ({error}): install that one"
        ) from error
    except DBAPIError as error:
        raise DatabaseError(f"the tables of {_shown(url)} could not be brought up to date: {_reason(error)}") from error
    finally:
        engine.dispose()


def current_revision(connection: Connection) -> str | None:
    """The revision of a database's tables; None where there are none."""
    if connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def newest_revision() -> str:
    """The revision of this release."""
    found = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    if found is None:
        raise DatabaseError(f"{MIGRATIONS} holds no migrations: run guatu from its source checkout")
    return found


def _alembic(url: str) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    configuration.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return configuration


def _check_postgis(connection: Connection) -> None:
    version, encoding, available, installed, creates = connection.execute(
        text("""
            SELECT current_setting('server_version_num')::int / 10000,
                   current_setting('server_encoding'),
                   EXISTS (SELECT FROM pg_available_extensions WHERE name = 'postgis'),
                   EXISTS (SELECT FROM pg_extension WHERE extname = 'postgis'),
                   (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
        """)
    ).one()
    name = _shown(connection.engine.url.render_as_string())
    if not available:
        raise DatabaseError(
            f"the server of {name} has no PostGIS: install it there (Debian: postgresql-{version}-postgis-3)"
        )
    if not installed and not creates:
        raise DatabaseError(f"{name} has no PostGIS yet: a superuser has to run CREATE EXTENSION postgis in it")
    if encoding != "UTF8":
        raise DatabaseError(f"{name} is encoded as {encoding}: guatu needs a database in UTF8")


def _shown(url: str) -> str:
    """An address to show to people: host and name, no password."""
    parsed = make_url(url)
    host = parsed.host or parsed.query.get("host") or "the local socket"
    return f"{parsed.database or parsed.username} at {host}{f':{parsed.port}' if parsed.port else ''}"


def _reason(error: DBAPIError) -> str:
    return str(error.orig).strip().partition("\n")[0].rstrip(".")

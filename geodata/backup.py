"""Backups in PostgreSQL's custom format: taken and read back, and put in the place of the database in one step."""

import os
import tempfile
import time
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, ProgrammingError

from geodata.cluster import ADMIN, Cluster
from geodata.database import DatabaseError, check, open_database, upgrade
from geodata.postgresql import PostgresqlError, newest_client, newest_release
from geodata.session import open_engine
from geodata.settings import Settings

# Entries of a backup that only the maker of the extension may restore, who is not the owner of the database.
OF_POSTGIS = (" COMMENT - EXTENSION ", " TABLE DATA public spatial_ref_sys ", " ACL public TABLE spatial_ref_sys ")
SWAP_SECONDS = 10  # sessions that are told to go may take a moment, and new ones come between


def backup(settings: Settings, target: Path) -> None:
    """Write the database to a file that only its owner can read, and read it back before it takes its name.

    Raises GuatuError where either fails; a file of that name that was there before is then untouched.
    """
    if not target.absolute().parent.is_dir():
        raise DatabaseError(f"there is no folder {target.absolute().parent} to write a backup to")
    with open_database(settings) as database:
        descriptor, name = tempfile.mkstemp(dir=target.absolute().parent, prefix=f".{target.name}.")
        os.close(descriptor)
        unfinished = Path(name)
        try:
            _run("pg_dump", database.owner, "--format=custom", f"--file={unfinished}")
            _contents(unfinished)
            newest_client().run("pg_restore", "--file=/dev/null", unfinished)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)


def restore(settings: Settings, source: Path) -> None:
    """Put a backup, brought up to this release, in the place of the database.

    The backup goes into a new database, which then takes the old one's name in one step; whoever was connected has to
    connect again. Raises GuatuError where the file is no backup or cannot be restored; nothing has changed then.
    """
    contents = _contents(source)
    with open_database(settings) as database:
        owner = make_url(database.owner)
        current, fresh = str(owner.database), f"{owner.database}_restored"
        fresh_url = owner.set(database=fresh).render_as_string(hide_password=False)
        drop = f'DROP DATABASE IF EXISTS "{fresh}" WITH (FORCE)'
        _administer(settings, drop)
        try:
            if settings.database_url:
                _administer(settings, f"CREATE DATABASE \"{fresh}\" ENCODING 'UTF8' TEMPLATE template0")
                check(fresh_url)
                _fill(fresh_url, source, contents, "--no-privileges")
            else:
                cluster = Cluster(settings.home)
                cluster.create_database(fresh)
                _fill(fresh_url, source, contents)
                cluster.grant_web(fresh)
            upgrade(fresh_url)
            _swap(settings, current, fresh)
        finally:
            _administer(settings, drop)


def renew(settings: Settings) -> int | None:
    """Move the private cluster to the newest installed PostgreSQL, if that is newer than its own; the version moved to.

    The old data stay beside the new ones until somebody removes them. Raises GuatuError, with the old cluster in its
    place, where the data cannot be moved.
    """
    cluster = Cluster(settings.home)
    newest = newest_release().version
    if cluster.version is None or cluster.version >= newest:
        return None
    rebuild(settings)
    return newest


def rebuild(settings: Settings) -> None:
    """Move the private cluster's database through a backup into a new cluster of the newest installed PostgreSQL."""
    cluster = Cluster(settings.home)
    stays, saved = cluster.stays, settings.home / "before-upgrade.backup"
    backup(settings, saved)
    old = cluster.set_aside()
    try:
        restore(settings, saved)
    except BaseException:
        cluster.put_back(old)
        raise
    finally:
        if stays:
            cluster.start()


def _contents(source: Path) -> list[str]:
    """The entries of a backup."""
    if not source.is_file():
        raise DatabaseError(f"there is no file {source}")
    try:
        entries = newest_client().run("pg_restore", "--list", source.absolute()).splitlines()
    except PostgresqlError as error:
        raise DatabaseError(f"{source} is not a whole backup: {error}") from error
    if not any(" TABLE DATA public alembic_version " in entry for entry in entries):
        raise DatabaseError(f"{source} is a backup of some other database, not of guatu's")
    return entries


def _fill(url: str, source: Path, contents: list[str], *options: str) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".list") as listing:
        listing.writelines(f"{entry}\n" for entry in contents if not any(other in entry for other in OF_POSTGIS))
        listing.flush()
        chosen = f"--use-list={listing.name}"
        _run("pg_restore", url, "--exit-on-error", "--no-owner", chosen, *options, str(source.absolute()))


def _swap(settings: Settings, current: str, fresh: str) -> None:
    """Exchange the names of two databases, both or neither."""
    exchange = (
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ('{current}', '{fresh}')",  # noqa: S608  our own names
        f'ALTER DATABASE "{current}" RENAME TO "{current}_old"',
        f'ALTER DATABASE "{fresh}" RENAME TO "{current}"',
        f'ALTER DATABASE "{current}_old" RENAME TO "{fresh}"',
    )
    deadline = time.monotonic() + SWAP_SECONDS
    while True:
        try:
            _administer(settings, *exchange, together=True)
        except DBAPIError as error:
            if time.monotonic() > deadline:
                raise DatabaseError(f"{current} stays in use, stop what uses it: {error.orig}") from error
            time.sleep(0.2)
        else:
            return


def _administer(settings: Settings, *statements: str, together: bool = False) -> None:
    """Run statements about whole databases, from a database that is none of them."""
    if settings.database_url:
        url = make_url(settings.database_url).set(database="postgres").render_as_string(hide_password=False)
    else:
        url = Cluster(settings.home).url(ADMIN, "postgres")
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            if not together:
                connection.execution_options(isolation_level="AUTOCOMMIT")
            for statement in statements:
                connection.execute(text(statement))
            connection.commit()
    except ProgrammingError as error:
        raise DatabaseError(
            f"a restore needs a new database beside the old: {error.orig}. Allow it with ALTER ROLE ... CREATEDB"
        ) from error
    finally:
        engine.dispose()


def _run(program: str, url: str, *arguments: str) -> None:
    """Run one of PostgreSQL's client programs on a database; the password goes through its environment."""
    address = make_url(url).set(drivername="postgresql")
    newest_client().run(
        program,
        *arguments,
        f"--dbname={address._replace(password=None).render_as_string()}",
        environment={"PGPASSWORD": str(address.password)} if address.password else {},
    )

"""`guatu db`: the database's own commands."""

from pathlib import Path

import click

from gazetteer.errors import GuatuError
from geodata import backup as backups
from geodata.cluster import Cluster
from geodata.database import check, current_revision, newest_revision, open_database, upgrade
from geodata.session import open_engine
from geodata.settings import Settings

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group(no_args_is_help=True)
def command() -> None:
    """Start, stop, upgrade, back up and restore the database."""


@command.command()
def start() -> None:
    """Start the private cluster and let it run until `guatu db stop`."""
    cluster = _private_cluster(Settings.from_environment())
    cluster.start()
    click.echo(f"PostgreSQL {cluster.version} runs, its data are in {cluster.store}")


@command.command()
def stop() -> None:
    """Stop the private cluster."""
    _private_cluster(Settings.from_environment()).stop()
    click.echo("stopped")


@command.command()
def status() -> None:
    """Say which database it is, whether it runs and whether its tables are this release's."""
    settings = Settings.from_environment()
    if settings.database_url:
        check(settings.database_url)
        click.echo("database of DATABASE_URL: answers")
        click.echo(_tables(settings.database_url))
        return
    cluster = Cluster(settings.home)
    if cluster.version is None:
        click.echo(f"private cluster in {settings.home}: not made yet, `guatu up` or `guatu db start` makes it")
        return
    pid = cluster.pid
    state = f"runs (process {pid})" if pid else "stopped"
    click.echo(f"private cluster in {settings.home}: PostgreSQL {cluster.version}, {state}")
    click.echo(f"data and log in {cluster.store}, socket in {cluster.socket_folder}")
    if pid:
        with open_database(settings) as database:
            click.echo(_tables(database.owner))


@command.command("upgrade")
def upgrade_command() -> None:
    """Bring the tables up to this release, and the private cluster to the newest installed PostgreSQL."""
    settings = Settings.from_environment()
    if not settings.database_url and (version := backups.renew(settings)):
        click.echo(f"moved to PostgreSQL {version}; the old data are still in {Cluster(settings.home).store}")
    with open_database(settings) as database:
        upgrade(database.owner)
        click.echo(_tables(database.owner))


@command.command("backup")
@click.argument("file", type=_FILE)
def backup_command(file: Path) -> None:
    """Write the whole database to FILE, in PostgreSQL's custom format, and check that it can be read."""
    backups.backup(Settings.from_environment(), file)
    click.echo(f"{file}: {file.stat().st_size / 1e6:.1f} MB, checked")


@command.command("restore")
@click.argument("file", type=_FILE)
@click.option("--yes", is_flag=True, help="Replace what is in the database now.")
def restore_command(file: Path, yes: bool) -> None:
    """Replace the database by the backup in FILE: all of it, or nothing when something fails."""
    settings = Settings.from_environment()
    with open_database(settings) as database:
        if not yes and _revision(database.owner):
            raise GuatuError("the database is not empty: `--yes` replaces all that is in it")
    backups.restore(settings, file)
    click.echo(f"restored from {file}")


def _private_cluster(settings: Settings) -> Cluster:
    if settings.database_url:
        raise GuatuError("DATABASE_URL is set: that database is started and stopped where it runs")
    return Cluster(settings.home)


def _revision(url: str) -> str | None:
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return current_revision(connection)
    finally:
        engine.dispose()


def _tables(url: str) -> str:
    found, newest = _revision(url), newest_revision()
    if found == newest:
        return f"tables: up to date (revision {newest})"
    return f"tables: {f'revision {found}' if found else 'none'}, `guatu db upgrade` makes them revision {newest}"

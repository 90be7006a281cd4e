"""Backups: what comes back, and what happens with files that are none."""

import os
import subprocess

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from gazetteer.errors import GuatuError
from geodata.backup import backup, rebuild, restore
from geodata.cluster import ADMIN, OWNER, WEB
from geodata.database import open_database, upgrade
from geodata.session import open_engine
from geodata.settings import Settings

private = pytest.mark.skipif("DATABASE_URL" in os.environ, reason="with DATABASE_URL no cluster is touched")
SOURCE = (
    "INSERT INTO gazetteer_source (name, title, licence, attribution, places) VALUES ('{0}', '{0}', 'CC0', '{0}', 0)"
)


@pytest.fixture
def settings(server, own_database, tmp_path) -> Settings:
    """A database of the test's own, as an operator would name it whose role may make databases."""
    return Settings(home=tmp_path, database_url=server.address(ADMIN, make_url(own_database.owner).database))


def execute(url: str, *statements: str) -> list[object]:
    engine = open_engine(url)
    with engine.begin() as connection:
        answers = [connection.execute(text(statement)) for statement in statements]
        rows = [answer.scalars().all() if answer.returns_rows else None for answer in answers]
    engine.dispose()
    return rows


def sources(url: str) -> list[str]:
    return execute(url, "SELECT name FROM gazetteer_source ORDER BY id")[0]


def test_a_restored_backup_holds_what_was_there_when_it_was_taken(settings, tmp_path):
    execute(settings.database_url, SOURCE.format("永康"))
    backup(settings, tmp_path / "a.backup")
    execute(settings.database_url, SOURCE.format("later"))
    restore(settings, tmp_path / "a.backup")
    assert sources(settings.database_url) == ["永康"]


def test_a_backup_is_for_its_owner_alone(settings, tmp_path):
    backup(settings, tmp_path / "a.backup")
    assert (tmp_path / "a.backup").stat().st_mode & 0o077 == 0
    assert [file.name for file in tmp_path.iterdir()] == ["a.backup"]


def test_a_running_application_does_not_hinder_a_restore_and_finds_the_new_database(settings, tmp_path):
    backup(settings, tmp_path / "a.backup")
    execute(settings.database_url, SOURCE.format("later"))
    application, in_the_middle = open_engine(settings.database_url), open_engine(settings.database_url).connect()
    with application.connect() as reader:
        assert reader.scalar(text("SELECT count(*) FROM gazetteer_source")) == 1
    in_the_middle.execute(text("SELECT count(*) FROM gazetteer_source"))
    restore(settings, tmp_path / "a.backup")
    with application.connect() as reader:
        assert reader.scalar(text("SELECT count(*) FROM gazetteer_source")) == 0
    in_the_middle.invalidate()
    application.dispose()


@pytest.mark.parametrize("kept", [0, 1, 100, 5000, -200])
def test_a_backup_that_is_cut_changes_nothing(settings, tmp_path, kept):
    execute(settings.database_url, SOURCE.format("永康"))
    backup(settings, tmp_path / "a.backup")
    whole = (tmp_path / "a.backup").read_bytes()
    (tmp_path / "cut.backup").write_bytes(whole[:kept])
    with pytest.raises(GuatuError):
        restore(settings, tmp_path / "cut.backup")
    assert sources(settings.database_url) == ["永康"]


def test_a_backup_of_another_database_is_refused(settings, server, tmp_path):
    execute(settings.database_url, "ALTER TABLE alembic_version RENAME TO something_else")
    dump = tmp_path / "other.backup"
    engine = open_engine(settings.database_url)
    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    subprocess.run(["pg_dump", "--format=custom", f"--file={dump}", address], check=True)
    with pytest.raises(GuatuError, match="some other database"):
        restore(settings, dump)


@private
def test_a_role_that_may_not_make_databases_is_told_so(database, tmp_path):
    settings = Settings(home=tmp_path, database_url=database.owner)
    backup(settings, tmp_path / "a.backup")
    with pytest.raises(GuatuError, match="CREATEDB"):
        restore(settings, tmp_path / "a.backup")


def test_a_missing_file_and_a_missing_folder_are_told(settings, tmp_path):
    with pytest.raises(GuatuError, match="no file"):
        restore(settings, tmp_path / "missing")
    with pytest.raises(GuatuError, match="no folder"):
        backup(settings, tmp_path / "missing" / "a.backup")


@private
def test_a_rebuilt_cluster_keeps_rows_and_the_web_roles_rights(cluster):
    settings = Settings(home=cluster.home, database_url=None)
    with open_database(settings) as private:
        upgrade(private.owner)
        execute(private.owner, SOURCE.format("永康"), "REVOKE UPDATE, DELETE ON status_change FROM guatu_web")
    cluster.start()
    rebuild(settings)
    assert cluster.pid, "it was to stay"
    rights = "SELECT string_agg(privilege_type, ' ' ORDER BY privilege_type) FROM information_schema.table_privileges"
    for table, expected in (("work", "DELETE INSERT SELECT UPDATE"), ("status_change", "INSERT SELECT")):
        found = execute(cluster.url(OWNER), f"{rights} WHERE grantee = '{WEB}' AND table_name = '{table}'")
        assert found == [[expected]]
    assert sources(cluster.url(WEB)) == ["永康"]
    cluster.stop()

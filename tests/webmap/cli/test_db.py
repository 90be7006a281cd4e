"""`guatu db` on a database that DATABASE_URL names, and on a private cluster."""

import os

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.engine import make_url

from geodata.cluster import ADMIN
from webmap.cli import cli

private = pytest.mark.skipif("DATABASE_URL" in os.environ, reason="with DATABASE_URL no cluster is touched")


@pytest.fixture
def operators(server, own_database, tmp_path, monkeypatch) -> None:
    """A database with the newest tables, named by DATABASE_URL."""
    monkeypatch.setenv("DATABASE_URL", server.address(ADMIN, make_url(own_database.owner).database))
    monkeypatch.setenv("GUATU_HOME", str(tmp_path / "home"))


def guatu(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["db", *map(str, arguments)])


def test_status_says_that_the_tables_are_up_to_date(operators):
    assert "tables: up to date" in guatu("status").output


def test_with_database_url_nothing_is_made_in_the_home(operators, tmp_path):
    for command in (("status",), ("upgrade",), ("backup", tmp_path / "a.backup")):
        assert guatu(*command).exit_code == 0
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("command", ["start", "stop"])
def test_the_operators_server_is_not_guatus_to_start_or_stop(operators, command):
    assert "DATABASE_URL is set" in str(guatu(command).exception)


def test_a_restore_over_data_wants_yes(operators, tmp_path):
    backup = tmp_path / "a.backup"
    assert "checked" in guatu("backup", backup).output
    assert "--yes" in str(guatu("restore", backup).exception)
    assert guatu("restore", "--yes", backup).exit_code == 0


@private
def test_a_private_cluster_is_started_upgraded_and_stopped(cluster, monkeypatch):
    monkeypatch.setenv("GUATU_HOME", str(cluster.home))
    assert "stopped" in guatu("status").output
    assert guatu("start").exit_code == 0
    assert "tables: none" in guatu("status").output
    assert "up to date" in guatu("upgrade").output
    assert guatu("stop").exit_code == 0
    assert cluster.pid is None


@private
def test_status_of_a_cluster_that_was_never_made_makes_none(tmp_path, monkeypatch):
    monkeypatch.setenv("GUATU_HOME", str(tmp_path / "home"))
    assert "not made yet" in guatu("status").output
    assert not (tmp_path / "home").exists()

"""`guatu user` on a database of the test's own."""

import pytest
from click.testing import CliRunner, Result

from geodata.database import Database
from webmap.cli import cli


@pytest.fixture
def guatu(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", database.owner)

    def run(*words: str) -> Result:
        return CliRunner().invoke(cli, ["user", *words])

    return run


def test_an_account_is_added_listed_and_disabled(guatu):
    added = guatu("add", "张三", "--role", "planner")
    assert added.stdout.startswith("/account/once/")
    assert guatu("list").stdout == "张三\tplanner\tinvited\t-\n"
    assert guatu("disable", "张三").exit_code == 0
    assert "disabled" in guatu("list").stdout
    assert guatu("reset", "张三").stdout.startswith("/account/once/")
    assert "invited" in guatu("list").stdout


def test_a_role_is_changed_and_a_token_is_made(guatu):
    guatu("add", "张三")
    assert guatu("role", "张三", "administrator").exit_code == 0
    assert "administrator" in guatu("list").stdout
    assert len(guatu("token", "张三", "--label", "夜间同步").stdout.strip()) > 40


@pytest.mark.parametrize("words", [("disable", "没有"), ("reset", "没有"), ("token", "没有", "--label", "x")])
def test_a_name_that_nobody_has_is_said(guatu, words):
    result = guatu(*words)
    assert result.exit_code == 1
    assert "there is no account 没有" in str(result.exception)

"""The command line as a whole: exit statuses, and errors as one line that says what to do."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from webmap.cli import COMMANDS, cli

GUATU = (sys.executable, "-c", "from webmap.cli import main; main()")


def guatu(*arguments: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*GUATU, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "GUATU_HOME": str(home), **environment},
    )


def test_help_names_every_command_and_loads_none():
    program = (
        "import sys; from webmap.cli import main\ntry: main(['--help'])\nfinally: print(*sys.modules, file=sys.stderr)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    for command in COMMANDS:
        assert f"\n  {command} " in answer.stdout
    assert not {"sqlalchemy", "shapely", "flask"} & set(answer.stderr.split())


def test_reading_loads_neither_database_nor_maps(tmp_path):
    report = tmp_path / "report.txt"
    report.write_text("2022年建成人民路。", encoding="utf-8")
    program = (
        "import sys; from webmap.cli import main\n"
        "try: main(['read', '--jsonl', sys.argv[1]])\nfinally: print(*sys.modules, file=sys.stderr)"
    )
    command = [sys.executable, "-c", program, str(report)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(answer.stdout)["name"] == "人民路"
    assert not {"sqlalchemy", "shapely", "numpy", "pandas", "flask", "folium"} & set(answer.stderr.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command):
    answer = CliRunner().invoke(cli, [command, "--help"])
    assert answer.exit_code == 0
    assert f" {command} [OPTIONS]" in answer.output


@pytest.mark.parametrize(
    "arguments",
    [("nope",), ("--nope",), ("db", "nope"), ("up", "--port", "many"), ("up", "--port", "0"), ("db", "backup")],
)
def test_a_wrong_call_is_one_line_and_status_2(arguments, tmp_path):
    answer = guatu(*arguments, home=tmp_path)
    assert answer.returncode == 2
    assert answer.stderr.count("\n") == 1
    assert "--help" in answer.stderr


def test_a_failure_is_one_line_and_status_1(tmp_path):
    answer = guatu("db", "status", home=tmp_path, DATABASE_URL="postgresql://guatu:geheim@127.0.0.1:1/works")
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert "DATABASE_URL" in answer.stderr
    assert "geheim" not in answer.stderr
    assert "Traceback" not in answer.stderr


def test_debug_shows_where_it_failed(tmp_path):
    answer = guatu("db", "status", "--debug", home=tmp_path, DATABASE_URL="postgresql://guatu@127.0.0.1:1/works")
    assert answer.returncode == 1
    assert "Traceback" in answer.stderr


def test_control_characters_in_an_error_do_not_reach_the_terminal(tmp_path):
    answer = guatu("db", "restore", "\x1b[31m\nred", home=tmp_path, DATABASE_URL="postgresql://guatu@127.0.0.1:1/works")
    assert answer.stderr.count("\n") == 1
    assert "\x1b" not in answer.stderr


def test_a_reader_that_leaves_early_is_no_error(tmp_path):
    piped = f"{shlex.join(GUATU)} --help | true"
    answer = subprocess.run(["bash", "-o", "pipefail", "-c", piped], capture_output=True, text=True, check=False)
    assert "Traceback" not in answer.stderr

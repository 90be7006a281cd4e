"""The command as it is called: its output, its one line of error, its exit status."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from geodata.database import Database
from webmap.cli import main


@dataclass(frozen=True)
class Called:
    """What a call printed and how it ended."""

    status: int
    out: str
    err: str


Guatu = Callable[..., Called]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def guatu(database: Database, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> Guatu:
    """Calls `guatu` with a home and a database of the test's own; `given` is its standard input."""
    monkeypatch.setenv("DATABASE_URL", database.owner)
    monkeypatch.setenv("GUATU_HOME", str(home))

    def call(*arguments: object, given: str = "") -> Called:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given.encode()), encoding="utf-8"))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Called(int(ended.value.code or 0), printed.out, printed.err)

    return call

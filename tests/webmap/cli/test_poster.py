"""`guatu poster`: the file, and one line for whatever is wrong."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from drawing import a_report, a_work
from PIL import Image
from sqlalchemy.orm import Session, sessionmaker

from webmap.cli import cli


@pytest.fixture(autouse=True)
def works(database, sessions: sessionmaker[Session], tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database.owner)
    monkeypatch.setenv("GUATU_HOME", str(tmp_path / "home"))
    with sessions.begin() as session:
        a_work(session, a_report(session), place="LINESTRING(120 29, 120.1 29)")


def guatu_poster(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["poster", *map(str, arguments)])


def test_a_pdf_is_drawn_and_described_in_one_line(tmp_path):
    done = guatu_poster(tmp_path / "挂图.pdf", "--size", "A3", "--sector", "transport")
    assert done.exit_code == 0, done.exception
    assert "A3, 1 : " in done.output
    assert "1 of 1 works on the map" in done.output
    assert (tmp_path / "挂图.pdf").read_bytes().startswith(b"%PDF")


def test_a_png_has_150_dots_an_inch(tmp_path):
    assert guatu_poster(tmp_path / "a.png", "--size", "A4").exit_code == 0
    assert Image.open(tmp_path / "a.png").size == (1754, 1240)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("{out}.docx",), "ends neither in"),
        (("{out}/nowhere/a.pdf",), "make it first"),
        (("{out}.pdf", "--size", "A9"), "A9"),
        (("{out}.pdf", "--report", "x"), "report"),
        (("{out}.pdf", "--words", "没有这样的工程"), "没有符合条件的工程"),
        (("{out}.pdf", "--words", "没有这样的工程", "--language", "en"), "no work meets"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, arguments, word):
    done = guatu_poster(*(argument.format(out=tmp_path / "a") for argument in arguments))
    assert done.exit_code != 0
    assert word in done.output + str(done.exception)

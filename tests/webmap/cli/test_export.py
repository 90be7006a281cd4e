"""`guatu export`: the file, and one line for whatever is wrong."""

from pathlib import Path

import pyogrio
import pytest
from click.testing import CliRunner, Result
from drawing import a_report, a_work
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.vocabulary import Sector
from webmap.cli import cli


@pytest.fixture(autouse=True)
def works(database, sessions: sessionmaker[Session], tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database.owner)
    monkeypatch.setenv("GUATU_HOME", str(tmp_path / "home"))
    with sessions.begin() as session:
        report = a_report(session)
        a_work(session, report, "人民路", place="LINESTRING(120 29, 120.1 29)")
        a_work(session, report, "水厂", place="POINT(120 29)", sector=Sector.WATER)


def guatu_export(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["export", *map(str, arguments)])


def test_the_ending_chooses_the_format_and_the_options_the_works(tmp_path):
    out = tmp_path / "水利.geojson"
    done = guatu_export(out, "--sector", "water", "--crs", "EPSG:4490", "--names", "en")
    assert done.exit_code == 0, done.exception
    assert "1 works, GeoJSON, EPSG:4490" in done.output
    info = pyogrio.read_info(out)
    assert (info["features"], info["crs"]) == (1, "EPSG:4490")
    assert "sector" in info["fields"]


def test_the_zone_is_chosen_and_named(tmp_path):
    assert "中央经线 120°E" in guatu_export(tmp_path / "w.gpkg", "--crs", "cgcs2000-gk3").output


def test_words_are_chinese_unless_asked_otherwise(tmp_path):
    guatu_export(tmp_path / "w.csv", "--sector", "water")
    assert "水利" in (tmp_path / "w.csv").read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["w.dwg"], "--format"),
        (["w.gpkg", "--crs", "EPSG:1"], "EPSG:4490"),
        (["w.gpkg", "--bbox", "1,2"], "bbox"),
        (["w.gpkg", "--sector", "boats"], "transport"),
        (["w.gpkg", "--words", "没有"], "nothing to write"),
        (["none/w.gpkg"], "make it first"),
        (["w.xlsx", "--encoding", "GBK"], "UTF-8"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(tmp_path, monkeypatch, arguments, word):
    monkeypatch.chdir(tmp_path)
    done = guatu_export(*arguments)
    assert done.exit_code != 0
    assert word in str(done.exception) + done.output
    assert not list(tmp_path.glob("w.*"))


def test_a_file_that_stands_there_is_replaced_as_a_whole(tmp_path):
    out = tmp_path / "w.gpkg"
    guatu_export(out)
    guatu_export(out, "--sector", "water")
    assert [layer for layer, _ in pyogrio.list_layers(out)] == ["工程点", "layer_styles"]
    before = out.read_bytes()
    assert guatu_export(out, "--words", "没有").exit_code
    assert out.read_bytes() == before

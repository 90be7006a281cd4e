"""`guatu import` on a database and a gazetteer of the test's own."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from drawing import a_report, a_work
from people import an_account
from shapely import box
from sqlalchemy import select

from gazetteer.place import Place, Source
from gazetteer.reading.column_words import column_words
from geodata.database import Database
from geodata.models import Location, Report, Role, Work
from geodata.places import load_places
from webmap.cli import cli

LIST = """澜溪县2025年重点项目,,,
项目名称,责任单位,总投资（万元）,备注
城北东路新建工程,县交通局,1200,甲
人民公园提升,县住建局,八百,乙
合计,,2000,
"""


@pytest.fixture
def guatu(database: Database, sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", database.owner)
    monkeypatch.setenv("GUATU_HOME", str(tmp_path))
    county = Place("county/1", "澜溪县", "county", box(119, 38, 120, 39), adcode="990121")
    source = Source("test", "test", licence="test", attribution="test", fictional=True)
    load_places(sessions, tmp_path / "gazetteer", source, [county])
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")

    def run(*words: str) -> Result:
        return CliRunner().invoke(cli, ["import", str(tmp_path / "list.csv"), *words])

    return run


def test_the_columns_that_were_guessed_and_the_rows_left_out_are_shown(guatu):
    shown = guatu("--dry-run").stdout
    assert "总投资" in shown
    assert "investment (万元)" in shown
    assert "合计行" in shown
    assert "2 works would be kept" in shown


def test_a_dry_run_keeps_nothing(guatu, sessions):
    guatu("--dry-run")
    with sessions() as session:
        assert session.scalars(select(Report)).first() is None


def test_a_list_is_kept_once(guatu, sessions):
    first = guatu()
    assert first.exit_code == 0, first.output
    assert "澜溪县 2025" in first.stdout
    assert "八百" in first.stderr
    again = guatu().stdout
    assert "added: 0\nchanged: 0\nunchanged: 2\nmissing: 0\n" in again
    with sessions() as session:
        assert [(work.name, work.investment) for work in session.scalars(select(Work).order_by(Work.start))] == [
            ("城北东路新建工程", 1200),
            ("人民公园提升", None),
        ]


def test_a_dry_run_says_what_a_newer_version_would_change_and_changes_nothing(guatu, sessions, tmp_path):
    guatu()
    (tmp_path / "list.csv").write_text(LIST.replace("1200", "1500"), encoding="utf-8")
    shown = guatu("--dry-run").stdout
    assert "would be brought up to date" in shown
    assert "changed: 1\n  城北东路新建工程" in shown
    with sessions() as session:
        assert session.scalars(select(Work.investment).order_by(Work.start)).all() == [1200, None]


def test_a_dry_run_without_a_database_shows_the_works_all_the_same(guatu, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    result = guatu("--dry-run")
    assert result.exit_code == 0, result.output
    assert "2 works would be kept" in result.stdout
    assert "not compared with what is kept" in result.stderr


def test_a_newer_version_says_what_is_new_changed_unchanged_and_missing(guatu, sessions, tmp_path):
    guatu()
    newer = LIST.replace("1200", "1500").replace("人民公园提升,县住建局,八百,乙", "第二小学迁建,县教育局,900,丙")
    (tmp_path / "list.csv").write_text(newer, encoding="utf-8")
    shown = guatu().stdout
    for line in (
        "added: 1\n  第二小学迁建\n",
        "changed: 1\n  城北东路新建工程: 总投资（万元）：1200 → 1500\n",
        "unchanged: 0\n",
        "missing: 1, kept with the flag not-in-list\n  人民公园提升\n",
    ):
        assert line in shown
    with sessions() as session:
        assert session.scalars(select(Work.name).order_by(Work.start)).all() == [
            "城北东路新建工程",
            "第二小学迁建",
            "人民公园提升",
        ]


def test_a_column_is_set_by_its_header_or_its_letter(guatu, sessions):
    for words in (("--map", "responsible=备注"), ("--map", "responsible=D")):
        guatu(*words)
        with sessions() as session:
            assert session.scalars(select(Work.responsible).order_by(Work.start)).all() == ["甲", "乙"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--map", "责任单位"), "FIELD=COLUMN"),
        (("--map", "colour=A"), "FIELD=COLUMN"),
        (("--map", "name=不存在"), "不存在"),
        (("--sheet", "水利"), "水利"),
    ],
)
def test_what_is_called_wrongly_is_said_in_one_line(guatu, words, message):
    result = guatu(*words)
    assert result.exit_code != 0
    assert message in result.output + str(result.exception)


def test_an_edited_export_is_taken_back_as_a_planners_edits(database, sessions, tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", database.owner)
    monkeypatch.setenv("GUATU_HOME", str(tmp_path))
    with sessions.begin() as session:
        an_account(session, "张三", Role.PLANNER)
        a_work(session, a_report(session), place="POINT(120 29)")
    path = tmp_path / "w.geojson"
    run = CliRunner().invoke
    assert run(cli, ["export", str(path)]).exit_code == 0
    path.write_text(path.read_text().replace("在建", "建成").replace("[120,29]", "[120.2,28.8]"))
    shown = run(cli, ["import", str(path), "--dry-run"]).stdout
    assert "ongoing -> complete" in shown
    assert "1 works would be changed, 0 left, 0 the same" in shown
    assert "planner" in run(cli, ["import", str(path), "--by", "李四"]).output
    assert "1 works changed, 0 left" in run(cli, ["import", str(path), "--by", "张三"]).stdout
    assert "0 works changed, 0 left, 1 the same" in run(cli, ["import", str(path), "--by", "张三"]).stdout
    with sessions() as session:
        assert session.scalars(select(Location.placed_by).where(Location.current)).all() == ["张三"]


def test_the_words_of_the_planners_own_folder_are_used(guatu, sessions, tmp_path, monkeypatch):
    (tmp_path / "list.csv").write_text(LIST.replace("责任单位", "哪家管"), encoding="utf-8")
    folder = tmp_path / "words"
    folder.mkdir()
    (folder / "columns.toml").write_text('[field.responsible]\nis = ["哪家管"]\n', encoding="utf-8")
    monkeypatch.setenv("GUATU_LEXICON", str(folder))
    assert guatu().exit_code == 0
    with sessions() as session:
        assert session.scalars(select(Work.responsible).order_by(Work.start)).all() == ["县交通局", "县住建局"]
    (folder / "columns.toml").write_text('[field.owner]\nis = ["哪家管"]\n', encoding="utf-8")
    column_words.cache_clear()
    assert "columns.toml:1:" in str(guatu().exception)

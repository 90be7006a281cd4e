"""What bureaus call their columns: extended and overridden from a planner's folder, checked when it is loaded."""

from pathlib import Path

import pytest

from gazetteer.reading.column_words import column_words
from gazetteer.reading.columns import Field
from gazetteer.reading.lexicon_file import LexiconError
from gazetteer.reading.project_list import SpreadsheetError, project_list_from_bytes
from gazetteer.vocabulary import Sector, Status

LIST = """项目名称,工地在哪,牵头科,花多少（百万元）,走到哪步
人民路,东街,交通科,3,打桩中
人民桥,西街,水务科,5,扫尾
总数,,,8,
"""
OWN = """
totals = ["总数"]

[unit]
"百万元" = 100

[field.place]
is = ["工地在哪"]

[field.investment]
has = ["花多少"]

[field.responsible]
is = ["牵头科"]

[field.progress]
is = ["走到哪步"]

[words.status]
"打桩" = "ongoing"
"扫尾" = "complete"
"""


def folder(tmp_path: Path, text: str) -> Path:
    (tmp_path / "columns.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_list_in_a_bureaus_own_words_is_read_with_the_planners_file(tmp_path: Path) -> None:
    words = column_words(folder(tmp_path, OWN))
    rows = project_list_from_bytes(LIST.encode(), "list.csv", words=words).rows
    assert [(row.place, row.responsible, row.investment, row.status) for row in rows] == [
        ("东街", "交通科", 300.0, Status.ONGOING),
        ("西街", "水务科", 500.0, Status.COMPLETE),
    ]
    with pytest.raises(SpreadsheetError, match="say which one it is"):
        project_list_from_bytes(LIST.encode(), "list.csv")


def test_a_name_given_to_another_field_is_no_longer_the_first_ones(tmp_path: Path) -> None:
    def fields(words) -> set[Field]:
        return {guess.field for guess in words.guesses(["属地"])}

    assert fields(column_words()) == {Field.TOWN}
    assert fields(column_words(folder(tmp_path, '[field.responsible]\nis = ["属地"]\n'))) == {Field.RESPONSIBLE}


def test_a_word_takes_the_planners_meaning_and_can_be_taken_away(tmp_path: Path) -> None:
    text = 'remove = ["序号", "小计"]\n[words.status]\n"开工" = "complete"\n[words.sector]\n"安置房" = "civil"\n'
    words = column_words(folder(tmp_path, text))
    assert words.status_in("计划于5月开工") is Status.COMPLETE
    assert words.sector_in("拆迁安置房") is Sector.CIVIL
    assert words.guesses(["序号"]) == []
    assert "小计" not in words.totals
    assert words.status_in("未开工") is Status.PRELIMINARY
    assert column_words().status_in("计划于5月开工") is Status.START


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("\n[field.owner]\n", 2, "owner"),
        ('[field.name]\nis = ["名目"]\n\n[field.place]\nis = "工地"\n', 5, "is"),
        ('[field.name]\ntitle = "名"\n[field.place]\nlike = ["工地"]\n', 4, "like"),
        ('[words.nature]\n"开工" = "new"\n[words.status]\n"开工" = "started"\n', 4, "started"),
        ('[words.colour]\n"红" = "red"\n', 1, "colour"),
        ('[unit]\n"元" = 0.0001\n"斤" = -1\n', 3, "斤"),
        ('\ntotal = ["总数"]\n', 2, "total"),
        ("[field.name]\ntitle = 3\n", 2, "title"),
        ("field = 3\n", 1, "field"),
        ('\nremove = "序号"\n', 2, "remove"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    with pytest.raises(LexiconError) as error:
        column_words(folder(tmp_path, text))
    assert f"columns.toml:{line}:" in str(error.value)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_toml_and_a_missing_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"columns\.toml.*line 1"):
        column_words(folder(tmp_path, "totals = oops\n"))
    with pytest.raises(LexiconError, match="no such"):
        column_words(tmp_path / "elsewhere")

"""The word lists: extended and overridden from a planner's folder, checked when they are loaded."""

from pathlib import Path

import pytest

from gazetteer.reading import read_works
from gazetteer.reading.lexicon import load, trie_pattern
from gazetteer.reading.lexicon_file import LexiconError
from gazetteer.vocabulary import Kind, Status

PLAN = "二、2022年工作安排\n\n"


def folder(tmp_path: Path, name: str, text: str) -> Path:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def names(text: str, path: Path) -> list[str]:
    return [work.name for work in read_works(PLAN + text, lexicon=load(path)).works]


def test_a_head_of_the_planners_own_is_found(tmp_path: Path) -> None:
    path = folder(tmp_path, "heads.toml", '[[head]]\nkind = "facility"\nsector = "industry"\nwords = ["晾晒亭廊阁"]\n')
    assert names("推进城西晾晒亭廊阁建设。", path) == ["城西晾晒亭廊阁"]
    work = read_works(PLAN + "推进城西晾晒亭廊阁建设。", lexicon=load(path)).works[0]
    assert work.kind is Kind.FACILITY


def test_a_word_that_is_there_takes_the_planners_meaning(tmp_path: Path) -> None:
    path = folder(tmp_path, "verbs.toml", '[[verb]]\nstatus = "ongoing"\nwords = ["启动"]\n')
    assert read_works(PLAN + "启动城北东路建设。", lexicon=load(path)).works[0].status is Status.ONGOING
    assert read_works(PLAN + "启动城北东路建设。").works[0].status is Status.START


def test_a_word_can_be_taken_away(tmp_path: Path) -> None:
    assert read_works(PLAN + "新建公厕12座。").works
    assert names("新建公厕12座。", folder(tmp_path, "heads.toml", 'remove = ["公厕"]\n')) == []


@pytest.mark.parametrize(
    ("name", "text", "line", "says"),
    [
        ("heads.toml", '\n[[head]]\nkind = "castle"\nsector = "urban"\nwords = ["堡"]\n', 3, "castle"),
        ("verbs.toml", '[[verb]]\nstatus = "done"\nwords = ["好了"]\n', 2, "done"),
        ("verbs.toml", '[[verb]]\nstate = "complete"\nwords = ["好了"]\n', 2, "state"),
        ("stops.toml", '[[stop]]\nwhy = "x"\nends = "行动"\n', 3, "ends"),
        ("cues.toml", '[[name]]\nsector = "urban"\nwords = [3]\n', 3, "words"),
        ("units.toml", '\n\nweight = ["吨"]\n', 3, "weight"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_line(tmp_path: Path, name: str, text: str, line: int, says: str) -> None:
    with pytest.raises(LexiconError) as error:
        load(folder(tmp_path, name, text))
    assert f"{name}:{line}:" in str(error.value)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"verbs\.toml.*line 1"):
        load(folder(tmp_path, "verbs.toml", "adverbs = [\n".rstrip() + " oops\n"))


def test_an_unknown_file_and_a_missing_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="unknown lexicon file"):
        load(folder(tmp_path, "nouns.toml", ""))
    with pytest.raises(LexiconError, match="no such"):
        load(tmp_path / "elsewhere")


def test_the_pattern_of_a_lexicon_finds_the_longest_word() -> None:
    import re

    pattern = re.compile(trie_pattern(["污水", "污水处理", "污水处理厂", "厂"]))
    assert pattern.findall("污水处理厂和污水处理、厂") == ["污水处理厂", "污水处理", "厂"]

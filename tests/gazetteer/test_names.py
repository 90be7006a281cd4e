"""Names: one folding, tested as a table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetteer.names import MAX_NAME, fold

FOLDED = [
    ("ＡＢＣ路", "abc路"),
    ("城北 东路", "城北东路"),
    ("城北·东路", "城北东路"),
    ("Main Street", "mainstreet"),
    ("臺灣大道", "台湾大道"),
    ("東環路", "东环路"),
    ("三环路", "3环路"),
    ("八号桥", "8号桥"),
    ("８号桥", "8号桥"),
    ("十二号桥", "12号桥"),
    ("二十路", "20路"),
    ("三三〇国道", "330国道"),
    ("一百零八号", "108号"),
    ("百货大楼", "百货大楼"),
    ("青山路(北段)", "青山路北段"),
    ("\u200b花园\u202e大道", "花园大道"),
    ("", ""),
    ("（）", ""),
]


@pytest.mark.parametrize(("written", "folded"), FOLDED)
def test_a_name_is_folded(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing_and_stays_short(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert len(once) <= MAX_NAME

"""What holds of reading whatever the text."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetteer.reading import read_works

WORDS = [
    *("建成", "启动", "新建", "改造", "加快推进", "完成", "竣工", "通车", "前期工作", "年底前", "其中", "东起"),
    *("城北东路", "人民医院", "（花园大道-8号桥）", "污水处理厂", "老旧小区", "G244", "城区", "一期", "项目", "工程"),
    *("3个", "5.7公里", "1.", "（", "）", "“", "”", "、", "和", "等", "的", "至", "段", "-", "——", "#"),
    *("，", "。", "；", "：", "\n", "\n\n", " ", "\u3000", "二、工作安排", "（三）"),
]

report_like = st.lists(st.sampled_from(WORDS), max_size=60).map("".join)


def check(text: str) -> None:
    reading = read_works(text)
    for work in reading.works:
        for span in (*work.spans, *work.mentions):
            assert 0 <= span.start < span.end <= len(text)
        assert "".join(text[span.start : span.end] for span in work.spans) == work.name
        assert work.name
    for rejection in reading.rejected:
        assert 0 <= rejection.span.start < rejection.span.end <= len(text)
    for heading in reading.headings:
        assert 0 <= heading.span.start < heading.span.end <= len(text)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_without_a_crash_and_spans_spell_the_names(text: str) -> None:
    check(text)


@settings(max_examples=600, deadline=None)
@given(report_like)
def test_anything_made_of_a_reports_words_is_read_and_spans_spell_the_names(text: str) -> None:
    check(text)


@pytest.mark.parametrize("passage", sorted(Path(__file__).with_name("passages").glob("*/*.txt")), ids=lambda p: p.stem)
def test_spans_of_a_passage_spell_the_names(passage: Path) -> None:
    check(passage.read_text(encoding="utf-8"))


PARTS = [
    "一、2021年工作回顾\n\n建成城北东路（花园大道-8号桥）、南四环，改造老旧小区3个。\n\n",
    "二、2022年工作安排\n\n扩建城区、象珠、芝英等3个污水处理厂，启动花园立交桥改造。\n\n",
    "三、2022年民生实事\n\n新建公厕12座，完工方岩和西溪卫生院等一批项目。\n\n",
]


@given(st.lists(st.sampled_from(PARTS), min_size=2, max_size=6), st.data())
@settings(max_examples=60, deadline=None)
def test_two_halves_of_a_report_hold_the_works_of_the_whole(parts: list[str], data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(parts) - 1))
    whole = read_works("".join(parts))
    halves = [read_works("".join(parts[:cut])), read_works("".join(parts[cut:]))]
    names = {(work.name, work.quantity) for work in whole.works}
    assert names == {(work.name, work.quantity) for half in halves for work in half.works}


def seconds(text: str) -> float:
    """Of the processor, so that a busy machine does not count."""
    read_works("")  # the lexicon is compiled once a process
    start = time.process_time()
    read_works(text)
    return time.process_time() - start


HOSTILE = {
    "no punctuation": "建成城北东路新建污水处理厂",
    "one character": "建",
    "brackets": "（",
    "list marks": "、",
    "a list without end": "城北东路、",
    "digits": "1",
    "control characters": "建成\x00\x07\u202e城北东路\u200b。",
    "adverbs": "扎实有序",
    "quotation marks": "“城”",
    "ends": "至到-",
    "headings": "一、工作回顾\n",
    "line breaks": "建成\n",
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
def test_time_grows_with_the_length_of_hostile_text_no_faster_than_the_text(unit: str) -> None:
    short, long = (unit * (size // len(unit)) for size in (5_000, 40_000))
    assert seconds(long) < 20 * max(seconds(short), 0.05)


def test_a_list_that_ends_in_many_sums_of_money_is_read_at_once() -> None:
    assert seconds(f"建成城北东路、人民医院等{'1个1元' * 22}。") < 1  # matched in every way that there is, 4 seconds


def test_a_megabyte_of_report_is_read_in_bounded_time() -> None:
    text = "".join(PARTS)
    assert seconds(text * (340_000 // len(text))) < 60  # seconds, on a busy machine

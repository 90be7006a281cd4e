"""What corrections make of works: the words that spell them are found again, and nothing else changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from readings import a_reading

from gazetteer.errors import GuatuError
from gazetteer.vocabulary import Kind, Period, Sector
from gazetteer.work import Extent, Span
from geodata.revisions import added, corrected, merged, sentence_around, split

TEXT = "一、回顾\n建成人民路。\n二、安排\n扩建城区、象珠、芝英等3个污水处理厂；新建人民桥，改造第一小学。\n"
XIANGZHU = a_reading(TEXT, "象珠", area=("安排",), flags=("count-mismatch",))
ROAD = a_reading(TEXT, "人民路", area=("回顾",), period=Period.DONE)


def words(work) -> list[str]:
    return [TEXT[span.start : span.end] for span in work.spans]


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("象珠", ["象珠"]),
        ("象珠污水处理厂", ["象珠", "污水处理厂"]),
        ("芝英等3个污水处理厂", ["芝英等3个污水处理厂"]),
        ("另有他名", ["象珠"]),
        ("人民桥", ["象珠"]),  # it stands in another sentence
    ],
)
def test_a_corrected_name_is_spelled_by_the_words_of_its_sentence(name: str, spelled: list[str]):
    made = corrected(TEXT, XIANGZHU, {"name": name})
    assert made.name == name
    assert words(made) == spelled
    assert made.flags == ()
    assert made.area == XIANGZHU.area


def test_an_extent_has_two_ends_or_none():
    assert corrected(TEXT, ROAD, {"extent_from": "甲", "extent_to": "乙"}).extent == Extent("甲", "乙")
    assert corrected(TEXT, ROAD, {"extent_from": "", "extent_to": None}).extent is None
    with pytest.raises(GuatuError):
        corrected(TEXT, ROAD, {"extent_from": "甲", "extent_to": ""})


def test_a_new_name_is_looked_up_instead_of_the_old_one_unless_the_places_are_given_too():
    work = a_reading(TEXT, "人民路", places=("人民路", "东街"))
    assert corrected(TEXT, work, {"name": "人民大道", "places": ("人民路", "东街")}).places == ("人民大道", "东街")
    assert corrected(TEXT, work, {"name": "人民大道", "places": ("西街",)}).places == ("西街",)
    assert corrected(TEXT, work, {"name": "人民路", "places": ()}).places == ()


def test_the_parts_of_a_split_work_are_spelled_each_by_its_own_words():
    parts = split(TEXT, XIANGZHU, ["象珠污水处理厂", "芝英污水处理厂"])
    assert [words(part)[0] for part in parts] == ["象珠", "芝英"]
    with pytest.raises(GuatuError):
        split(TEXT, XIANGZHU, ["象珠", "象珠"])


def test_what_is_merged_is_mentioned_where_the_others_stood():
    one = merged([ROAD, XIANGZHU])
    assert (one.name, one.spans) == (ROAD.name, ROAD.spans)
    assert one.mentions == XIANGZHU.spans
    with pytest.raises(GuatuError):
        merged([ROAD])


def test_a_work_added_has_the_heading_and_period_of_the_work_before_it():
    at = TEXT.index("第一小学")
    work = added(TEXT, Span(at, at + 4), [ROAD, XIANGZHU])
    assert (work.name, work.kind, work.sector) == ("第一小学", Kind.SCHOOL, Sector.EDUCATION)
    assert (work.area, work.period) == (("安排",), Period.PLANNED)
    assert work.sentence == "新建人民桥，改造第一小学。"
    at = TEXT.index("人民路")
    assert added(TEXT, Span(at, at + 3), [ROAD]).period is Period.DONE


@pytest.mark.parametrize("span", [Span(0, 0), Span(-1, 2), Span(3, 2), Span(0, 10_000), Span(4, 5)])
def test_words_that_are_no_name_are_refused(span: Span):
    with pytest.raises(GuatuError):
        added(TEXT, span, [])


@given(st.text(alphabet="路桥。；\n、", min_size=1, max_size=40), st.data())
def test_a_sentence_holds_its_span(text: str, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    first, last = sentence_around(text, Span(start, end))
    assert 0 <= first <= start < end <= last <= len(text)

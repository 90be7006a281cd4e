"""Two names: when they are one place, what is a slip and what another place."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gazetteer.names import fold, forms
from gazetteer.slips import Agreement, Contradiction, Slip, compare, slip

SAME = [
    ("三环路", "3环路"),
    ("八号桥", "8号桥"),
    ("永康市第一人民医院", "第一人民医院"),
    ("永康一院", "永康市第一人民医院"),
    ("永康卫校", "永康市卫生学校"),
    ("象珠污水厂", "象珠镇污水处理厂"),
    ("象珠污水处理厂", "象珠镇污水处理厂"),
    ("桂水污水厂", "桂水污水处理厂"),
    ("永康二中", "永康市第二中学"),
    ("实验小学", "永康市实验小学"),
    ("330国道", "G330"),
    ("G330国道", "330国道"),
    ("老330国道", "G330"),
    ("下里溪", "下里溪村"),
    ("下里溪社区", "下里溪村"),
    ("象珠镇", "象珠"),
    ("象珠街道", "象珠镇"),
    ("花园", "花园大道"),
    ("花园路", "花园大道"),
    ("杭金衢高速", "杭金衢高速公路"),
    ("八号大桥", "8号桥"),
    ("永康市象珠镇下里溪村", "下里溪村"),
    ("城北东路(一期)", "城北东路"),
]


@pytest.mark.parametrize(("query", "place"), SAME)
def test_two_names_of_one_place_agree_without_a_slip(query: str, place: str) -> None:
    agreement = compare(forms(query), forms(place))
    assert isinstance(agreement, Agreement)
    assert agreement.slip is Slip.NONE


SLIPS = [
    ("城北冬路", "城北东路", Slip.HOMOPHONE),
    ("人名路", "人民路", Slip.HOMOPHONE),
    ("人良路", "人民路", Slip.SUBSTITUTED),
    ("人路", "人民路", Slip.DROPPED),
    ("人民民路", "人民路", Slip.ADDED),
    ("园花大道", "花园大道", Slip.SWAPPED),
    ("下理西", "下里溪村", Slip.HOMOPHONE),
    ("特别区道47玄号", "特别区道472号", Slip.SUBSTITUTED),
]


@pytest.mark.parametrize(("query", "place", "kind"), SLIPS)
def test_one_slip_of_the_pen_is_seen_as_what_it_is(query: str, place: str, kind: Slip) -> None:
    agreement = compare(forms(query), forms(place))
    assert isinstance(agreement, Agreement)
    assert agreement.slip is kind


SISTERS = [
    ("城北西路", "城北东路"),
    ("城北路", "城北东路"),
    ("城北中路", "城北东路"),
    ("建设一路", "建设二路"),
    ("建设东路", "建设二路"),
    ("东环路", "西环路"),
    ("上溪村", "下溪村"),
    ("新城路", "老城路"),
    ("G330", "G331"),
    ("8号桥", "9号桥"),
    ("人民路", "人民街"),
    ("象珠村", "象珠镇"),
    ("金陵中学", "金陵中路"),
    ("六合里", "六合路"),
    ("南台巷", "南台"),
    ("北街", "北大街"),
    ("教学楼A", "教学楼"),
    ("17号楼", "1号楼"),
    ("文化街14巷", "文化街148巷"),
    ("教学楼A", "教学楼B"),
    ("谷中西路", "谷西中路"),
]


@pytest.mark.parametrize(("query", "place"), SISTERS)
def test_a_sister_name_is_never_a_slip(query: str, place: str) -> None:
    assert not isinstance(compare(forms(query), forms(place)), Agreement)


def test_a_flip_says_which_characters_tell_the_places_apart() -> None:
    found = compare(forms("城北西路"), forms("城北东路"))
    assert isinstance(found, Contradiction)
    assert "“西”与“东”" in found.reason


def test_the_library_of_a_university_is_not_the_library() -> None:
    assert not isinstance(compare(forms("农业大学图书馆"), forms("图书馆")), Agreement)
    assert isinstance(compare(forms("永康图书馆"), forms("图书馆")), Agreement)


def test_the_same_hospital_of_two_cities_is_two_places() -> None:
    assert compare(forms("东阳市第一人民医院"), forms("永康市第一人民医院")) is None


@given(st.text(alphabet="东西花园路大道8一二村镇(（", max_size=12))
def test_a_name_agrees_with_itself(name: str) -> None:
    assume(fold(name))
    agreement = compare(forms(name), forms(name))
    assert isinstance(agreement, Agreement)
    assert agreement.cost == 0


@given(st.text(alphabet="人民花园城北东西路街一二", min_size=2, max_size=8), st.data())
def test_what_one_slip_made_is_one_slip_away_or_a_sister(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    other = name[:at] + data.draw(st.sampled_from("湖海金银")) + name[at + 1 :]
    assert slip(other, name) is not None

"""Finding the county that a report is of, in an index built from the real divisions."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from gazetteer.build import build_index
from gazetteer.divisions import UPPER, Divisions
from gazetteer.errors import GuatuError
from gazetteer.place import Place
from gazetteer.sources import boundaries, divisions


def _upper_and_yongkang() -> Iterator[Place]:
    for place in divisions.places(counties=boundaries.places()):
        if place.kind in UPPER or place.key.startswith("330784"):
            yield place


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Divisions:
    directory = tmp_path_factory.mktemp("gazetteer")
    build_index(divisions.SOURCE, _upper_and_yongkang(), directory)
    return Divisions.open(directory)


@pytest.mark.parametrize(
    "text",
    ["永康", "永康市", "330784", "浙江省永康市", "金华市永康市", "浙江金华永康", " 永康 市 ", "永康县", "330784"],
)
def test_a_county_is_found_by_name_code_and_full_name(found: Divisions, text: str) -> None:
    county = found.find(text)
    assert found.full_name(county) == "浙江省金华市永康市"
    assert county.geometry is not None


@pytest.mark.parametrize(
    ("text", "full_name"),
    [
        ("南京市鼓楼区", "江苏省南京市鼓楼区"),
        ("北京市朝阳区", "北京市朝阳区"),
        ("恩施州", "湖北省恩施土家族苗族自治州"),
        ("恩施市", "湖北省恩施土家族苗族自治州恩施市"),
        ("吉林省吉林市", "吉林省吉林市"),
        ("秀山县", "重庆市秀山土家族苗族自治县"),
        ("东莞", "广东省东莞市"),
        ("仙桃市", "湖北省仙桃市"),
        ("萧山市", "浙江省杭州市萧山区"),
        ("兰州新区", "甘肃省兰州市兰州新区"),
        ("九江县", "江西省九江市柴桑区"),
        ("浙江省杭州市下城区", "浙江省杭州市拱墅区"),
        ("新市区", "新疆维吾尔自治区乌鲁木齐市新市区"),
        ("保定市新市区", "河北省保定市竞秀区"),
    ],
)
def test_divisions_of_every_level_are_found(found: Divisions, text: str, full_name: str) -> None:
    assert found.full_name(found.find(text)) == full_name


@pytest.mark.parametrize(
    ("text", "candidate"),
    [
        ("鼓楼区", "江苏省徐州市鼓楼区 320302"),
        ("城区", "山西省晋城市城区 140502"),
        ("吉林", "吉林省吉林市 220200"),
        ("恩施", "湖北省恩施土家族苗族自治州恩施市 422801"),
        ("江干区", "浙江省杭州市钱塘区 330114"),
    ],
)
def test_an_ambiguous_name_is_refused_with_its_candidates(found: Divisions, text: str, candidate: str) -> None:
    with pytest.raises(GuatuError, match=candidate):
        found.find(text)


@pytest.mark.parametrize("text", ["", "无此县", "999999", "浙江省鼓楼区", "永" * 10_000, "\0\n", "省", "市", "金华县"])
def test_what_is_no_division_is_refused_in_one_line(found: Divisions, text: str) -> None:
    with pytest.raises(GuatuError) as error:
        found.find(text)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 300


def test_every_successor_of_a_former_county_is_there(found: Divisions) -> None:
    text = files("gazetteer").joinpath("former_counties.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line[0].isdigit()]
    assert all(found.find(code).kind == "county" for row in rows for code in row[3].split(","))


def test_a_county_knows_its_towns_and_villages(found: Divisions) -> None:
    county = found.find("永康")
    towns = found.towns(county)
    villages = found.villages(county)
    assert {town.parent for town in towns} == {"330784"}
    assert {village.parent for village in villages} <= {town.key for town in towns}
    assert len(villages) == sum(len(found.villages(town)) for town in towns)
    assert found.full_name(villages[0]).startswith("浙江省金华市永康市")


def test_a_city_counts_the_towns_of_its_counties(found: Divisions) -> None:
    assert found.towns(found.find("金华市")) == found.towns(found.find("永康市"))


def test_a_gazetteer_without_divisions_says_what_to_load(tmp_path: Path) -> None:
    with pytest.raises(GuatuError, match="guatu gazetteer load divisions"):
        Divisions.open(tmp_path)

"""The names that bureaus give their columns, and the field each stands for."""

import pytest

from gazetteer.reading.column_words import column_words
from gazetteer.reading.columns import Field
from gazetteer.vocabulary import Nature, Sector, Status

WORDS = column_words()

HEADERS = [
    ("序号", Field.SERIAL),
    ("项目名称", Field.NAME),
    ("项目名称及建设内容", Field.NAME),
    ("工程名称", Field.NAME),
    ("建设规模及主要内容", Field.CONTENT),
    ("建设内容及规模（主要建设内容）", Field.CONTENT),
    ("主要建设规模和内容", Field.CONTENT),
    ("2023年度主要建设内容", Field.PLAN),
    ("2024年建设内容及形象进度", Field.PLAN),
    ("2023年工作目标", Field.PLAN),
    ("2022年计划形象进度", Field.PLAN),
    ("年度目标任务", Field.PLAN),
    ("总投资（万元）", Field.INVESTMENT),
    ("总投资\n(亿元)", Field.INVESTMENT),
    ("计划总投资", Field.INVESTMENT),
    ("估算总投资（万元）", Field.INVESTMENT),
    ("项目总投资额", Field.INVESTMENT),
    ("其中：中央预算内投资", None),
    ("2023年计划投资（万元）", Field.PLAN_INVESTMENT),
    ("2023年度计划完成投资", Field.PLAN_INVESTMENT),
    ("今年计划投资", Field.PLAN_INVESTMENT),
    ("2023年投资计划(万元)", Field.PLAN_INVESTMENT),
    ("2023年投资（亿元）", Field.PLAN_INVESTMENT),
    ("本年度投资计划", Field.PLAN_INVESTMENT),
    ("2023年度投资任务", Field.PLAN_INVESTMENT),
    ("截至2022年底累计完成投资", Field.INVESTED),
    ("截止2022年底已完成投资（万元）", Field.INVESTED),
    ("至2022年底累计完成投资", Field.INVESTED),
    ("1-6月完成投资", None),
    ("2023年1-6月累计完成投资", None),
    ("投资完成率（%）", None),
    ("建设性质", Field.NATURE),
    ("建设地点", Field.PLACE),
    ("项目所在地", Field.PLACE),
    ("所在乡镇（街道）", Field.TOWN),
    ("所属区域", Field.TOWN),
    ("责任单位", Field.RESPONSIBLE),
    ("牵头单位", Field.RESPONSIBLE),
    ("责任单位（牵头）", Field.RESPONSIBLE),
    ("配合单位", None),
    ("项目业主（建设单位）", Field.RESPONSIBLE),
    ("业主单位", Field.RESPONSIBLE),
    ("责任领导", None),
    ("包联县领导", None),
    ("联系人", None),
    ("联系电话", None),
    ("建设年限", Field.PERIOD),
    ("建设起止年限", Field.PERIOD),
    ("起止年限", Field.PERIOD),
    ("建设工期（年）", Field.PERIOD),
    ("计划开工时间", Field.START),
    ("开工时间（年月）", Field.START),
    ("开（竣）工时间", Field.PERIOD),
    ("计划竣工时间", Field.FINISH),
    ("预计完工时间", Field.FINISH),
    ("目前进展情况", Field.PROGRESS),
    ("形象进度", Field.PROGRESS),
    ("截至6月底形象进度", Field.PROGRESS),
    ("项目进展情况及存在问题", Field.PROGRESS),
    ("存在问题", None),
    ("下步工作计划", None),
    ("备注", None),
    ("项目类别", Field.SECTOR),
    ("所属行业", Field.SECTOR),
    ("项目代码", Field.CODE),
    ("投资项目在线审批监管平台代码", Field.CODE),
    ("行业代码", None),
    ("统一社会信用代码", None),
    ("资金来源", None),
    ("前期工作情况", None),
    ("用地面积（亩）", None),
    ("项目状态", Field.STATUS),
    ("建设阶段", Field.STATUS),
]

TWO_LINES = [
    (["投资（万元）", "总投资"], Field.INVESTMENT),
    (["总投资（万元）", "合计"], Field.INVESTMENT),
    (["总投资（万元）", "其中:财政资金"], None),
    (["2023年计划", "投资额（万元）"], Field.PLAN_INVESTMENT),
    (["2023年计划", "建设内容"], Field.PLAN),
    (["2023年度计划", "计划投资"], Field.PLAN_INVESTMENT),
    (["2023年度计划", "形象进度"], Field.PLAN),
    (["年度计划投资(万元)", "合计"], Field.PLAN_INVESTMENT),
    (["年度计划投资", "一季度"], None),
    (["建设年限", "开工"], Field.START),
    (["建设年限", "竣工"], Field.FINISH),
    (["建设起止年限", "开工年月"], Field.START),
    (["责任单位", "牵头单位"], Field.RESPONSIBLE),
    (["责任单位", "配合单位"], None),
    (["投资情况", "截至2022年底累计完成投资"], Field.INVESTED),
    (["资金来源", "上级补助"], None),
    (["项目基本情况", "项目名称"], Field.NAME),
    (["项目基本情况", "总投资"], Field.INVESTMENT),
    (["进展情况", "形象进度"], Field.PROGRESS),
    (["时间节点", "开工时间"], Field.START),
    (["2023年", "计划投资"], Field.PLAN_INVESTMENT),
    (["项目", "名称"], Field.NAME),
]


def best(path):
    return max(WORDS.guesses(path), key=lambda guess: guess.confidence, default=None)


@pytest.mark.parametrize(("header", "field"), HEADERS)
def test_a_header_names_its_field_or_none(header, field):
    guess = best([header])
    assert (guess and guess.field) == field


@pytest.mark.parametrize(("path", "field"), TWO_LINES)
def test_a_header_of_two_lines_is_read_as_a_whole(path, field):
    guess = best(path)
    assert (guess and guess.field) == field


def test_a_whole_name_is_surer_than_a_part_of_one():
    assert best(["总投资"]).confidence > best(["新建项目总投资约数"]).confidence


def test_cells_say_what_an_unnamed_column_holds_only_where_most_of_them_do():
    assert WORDS.guess_by_content(["续建", "新开工", "前期"]).field == Field.STATUS
    assert WORDS.guess_by_content(["续建", "王五", "李四", "赵六"]) is None
    assert WORDS.guess_by_content(["续建"]) is None


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("续建", Status.ONGOING),
        ("新开工", Status.START),
        ("计划新开工项目", Status.START),
        ("前期", Status.PRELIMINARY),
        ("储备项目", Status.PRELIMINARY),
        ("未开工", Status.PRELIMINARY),
        ("计划竣工", Status.ONGOING),
        ("已竣工", Status.COMPLETE),
        ("建成投产", Status.COMPLETE),
        ("交通类", None),
    ],
)
def test_words_of_a_list_say_a_status(words, status):
    assert WORDS.status_in(words) == status


def test_words_of_a_list_say_a_nature_and_a_sector():
    assert (WORDS.nature_in("改扩建"), WORDS.nature_in("续建"), WORDS.nature_in("迁建")) == (
        Nature.EXPAND,
        None,
        Nature.RELOCATE,
    )
    assert (WORDS.sector_in("交通基础设施"), WORDS.sector_in("教育事业"), WORDS.sector_in("其他")) == (
        Sector.TRANSPORT,
        Sector.EDUCATION,
        None,
    )


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        ("总投资(万元)", "万元"),
        ("总投资\uff08亿元\uff09", "亿元"),
        ("单位:万元", "万元"),
        ("单位\uff1a 万元、亩", "万元"),
        ("万元", "万元"),
        ("千万元以上项目名称", None),
        ("总投资", None),
    ],
)
def test_a_unit_of_money_is_found_in_headers_and_lines(words, unit):
    assert WORDS.unit_in(words) == unit

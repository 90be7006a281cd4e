"""Links between the works of successive reports, and what became of promises."""

from pathlib import Path

import pytest
from readings import a_reading, an_unsaved_report
from sqlalchemy import select
from sqlalchemy.orm import Session

from gazetteer.errors import GuatuError
from gazetteer.reading import read_works
from gazetteer.vocabulary import Period, Status
from geodata.linking import cut_link, make_link
from geodata.models import Relation, Report, ReportKind, Work, WorkLink
from geodata.outcomes import Outcome, next_report, outcomes
from geodata.reports import save_report

EXAMPLES = Path(__file__).parents[2] / "examples" / "fictional"


def a_year(session: Session, year: int, *works: str, **columns) -> Report:
    """A report of a year that plans works with these names."""
    text = f"{year}年新建{'、'.join(works)}。"
    read = [a_reading(text, name) for name in works]
    return save_report(session, an_unsaved_report(text, year=year, **columns), read).report


def links(session: Session) -> set[tuple[str, str, int]]:
    """The links in force: both names and the later year."""
    found = session.scalars(select(WorkLink).where(~WorkLink.cut)).all()
    return {(link.earlier.name, link.later.name, link.later.report.year) for link in found}


def test_a_work_of_one_year_is_linked_to_that_of_the_next(session: Session):
    a_year(session, 2022, "人民路", "永康卫校")
    a_year(session, 2023, "永康卫校迁建", "解放路")
    assert links(session) == {("永康卫校", "永康卫校迁建", 2023)}
    (link,) = session.scalars(select(WorkLink))
    assert link.made_by == "guatu"
    assert link.reason
    assert link.confidence >= 0.9


def test_links_are_made_anew_when_a_report_comes_between(session: Session):
    a_year(session, 2022, "人民路")
    a_year(session, 2024, "人民路")
    assert links(session) == {("人民路", "人民路", 2024)}
    a_year(session, 2023, "人民路")
    assert links(session) == {("人民路", "人民路", 2023), ("人民路", "人民路", 2024)}
    assert {(link.earlier.report.year, link.later.report.year) for link in session.scalars(select(WorkLink))} == {
        (2022, 2023),
        (2023, 2024),
    }


def test_a_work_that_a_report_leaves_out_is_linked_over_it(session: Session):
    for year, name in ((2022, "人民路"), (2023, "解放路"), (2024, "人民路")):
        a_year(session, year, name)
    assert links(session) == {("人民路", "人民路", 2024)}


def test_works_of_other_counties_and_of_project_lists_are_not_linked(session: Session):
    a_year(session, 2022, "人民路")
    a_year(session, 2023, "人民路", county="义乌市")
    a_year(session, 2024, "人民路", kind=ReportKind.PROJECT_LIST)
    assert links(session) == set()


def test_what_a_person_cuts_stays_cut_and_what_a_person_links_stays_linked(session: Session):
    a_year(session, 2022, "人民路", "甲桥")
    later = a_year(session, 2023, "人民路", "乙桥")
    cut_link(session, session.scalars(select(WorkLink)).one(), "张三")
    by_name = {work.name: work for work in session.scalars(select(Work).where(Work.name.in_(("甲桥", "乙桥"))))}
    make_link(session, by_name["甲桥"], by_name["乙桥"], "张三")
    assert links(session) == {("甲桥", "乙桥", 2023)}
    a_year(session, 2024, "乙桥")  # all links of the county are made anew
    assert links(session) == {("甲桥", "乙桥", 2023), ("乙桥", "乙桥", 2024)}
    read = [a_reading(later.text, "人民路")]  # 乙桥 is no longer read, but a person linked it
    save_report(session, an_unsaved_report(later.text, year=2023), read)
    assert ("甲桥", "乙桥", 2023) in links(session)


def test_a_person_cannot_link_works_of_one_year_or_of_two_counties(session: Session):
    report = a_year(session, 2022, "人民路", "甲桥")
    elsewhere = a_year(session, 2023, "人民路", county="义乌市")
    road, bridge = report.works
    for other in (bridge, elsewhere.works[0]):
        with pytest.raises(GuatuError):
            make_link(session, road, other, "张三")


@pytest.mark.parametrize(
    ("promised", "period", "said", "outcome"),
    [
        (Status.ONGOING, Period.DONE, Status.COMPLETE, Outcome.DONE),
        (Status.START, Period.DONE, Status.ONGOING, Outcome.GOING),
        (Status.START, Period.PLANNED, Status.ONGOING, Outcome.GOING),
        (Status.ONGOING, Period.PLANNED, Status.COMPLETE, Outcome.GOING),
        (Status.PRELIMINARY, Period.PLANNED, Status.START, Outcome.GOING),
        (Status.COMPLETE, Period.PLANNED, Status.COMPLETE, Outcome.SLIPPED),
        (Status.START, Period.PLANNED, Status.START, Outcome.SLIPPED),
        (Status.START, Period.PLANNED, Status.PRELIMINARY, Outcome.SLIPPED),
        (Status.ONGOING, Period.PLANNED, Status.PRELIMINARY, Outcome.SLIPPED),
    ],
)
def test_what_became_of_a_promise_follows_from_what_the_next_report_says(session, promised, period, said, outcome):
    first, second = "新建人民路。", "人民路。"
    before = save_report(session, an_unsaved_report(first), [a_reading(first, "人民路", status=promised)]).report
    work = a_reading(second, "人民路", status=said, period=period)
    after = save_report(session, an_unsaved_report(second, year=2023), [work]).report
    (promise,) = outcomes(session, before, after)
    assert promise.outcome is outcome
    assert promise.why


def test_a_work_that_the_next_report_calls_late_has_slipped(session: Session):
    first, second = "建设人民路。", "人民路进度滞后。加快人民路。"
    before = save_report(session, an_unsaved_report(first), [a_reading(first, "人民路")]).report
    late = a_reading(second, "人民路", nth=1, mentions=a_reading(second, "人民路").spans)
    after = save_report(session, an_unsaved_report(second, year=2023), [late]).report
    (promise,) = outcomes(session, before, after)
    assert (promise.outcome, promise.why) == (Outcome.SLIPPED, "下一份报告说“滞后”")


def test_fewer_done_than_promised_have_slipped(session: Session):
    first, second = "整治山塘12座。", "整治山塘9座。"
    counted = {"named": False, "unit": "座"}
    before = save_report(session, an_unsaved_report(first), [a_reading(first, "山塘", quantity=12.0, **counted)]).report
    done = a_reading(second, "山塘", quantity=9.0, period=Period.DONE, status=Status.COMPLETE, **counted)
    after = save_report(session, an_unsaved_report(second, year=2023), [done]).report
    (promise,) = outcomes(session, before, after)
    assert (promise.outcome, promise.why) == (Outcome.SLIPPED, "计划 12，完成 9 座")


# What became of the works that the fictional report of 2024 promises, as one who reads both reports finds it.
DONE = [
    "城北东路",
    "龙泉南路",
    "石枫线",
    "黄泥岭隧道",
    "龙潭旅游公路",
    "龙泉大桥",
    "石桥互通",
    "锦绣小区",
    "阳光花园",
    "人民公园",
    "儿童公园",
    "滨江公园",
    "城东停车场",
    "高标准农田",
    "城区污水处理厂",
    "石门溪湿地公园",
    "石门水库",
    "樟溪樟坪段",
    "病险山塘",
    "石桥工业园",
    "标准厂房",
    "枫林光伏电站",
    "110千伏南浦变电站",
    "城北小学",
    "南浦幼儿园",
    "古渡镇卫生院",
    "县图书馆",
    "青山陵园",
]
GOING = [
    "建设西路",
    "解放桥",
    "澜海城际铁路",
    "398国道",
    "市民中心",
    "老街村",
    "学苑路",
    "滨河北路污水主管",
    "中心农贸市场",
    "乡村振兴示范带",
    "枫林古村",
    "青塘农产品加工园",
    "澜溪冷链物流园",
    "石桥污水处理厂",
    "古渡污水处理厂",
    "澜溪城区段堤防",
    "县职教中心",
    "南浦初级中学",
    "县中医院门诊综合楼",
    "县体育中心",
    "县殡仪馆",
]
SLIPPED = ["工业三路", "县粮库", "县垃圾焚烧发电厂", "县人民医院"]
SILENT = ["供水管网", "未来乡村", "渡头村", "沙洲村", "和美乡村", "幸福食堂", "独立烟感报警器", "古渡古镇"]
TRUTH = {
    name: outcome
    for outcome, names in (
        (Outcome.DONE, DONE),
        (Outcome.GOING, GOING),
        (Outcome.SLIPPED, SLIPPED),
        (Outcome.SILENT, SILENT),
    )
    for name in names
}
# Two of these may be wrong where the reader takes a name or a status otherwise.
MAY_BE_WRONG = 2


@pytest.fixture
def lanxi(session: Session) -> tuple[Report, Report]:
    texts = {year: (EXAMPLES / f"lanxi-{year}.txt").read_text(encoding="utf-8") for year in (2024, 2025)}
    first, second = (
        save_report(session, an_unsaved_report(text, county="澜溪县", year=year), read_works(text).works).report
        for year, text in texts.items()
    )
    return first, second


def test_what_became_of_the_fictional_county_s_promises_is_what_a_reader_finds(session: Session, lanxi):
    first, second = lanxi
    assert next_report(session, first) is second
    promises = outcomes(session, first, second)
    found = {promise.earlier.name: promise.outcome for promise in promises if promise.earlier}
    wrong = {
        name: found.get(next((own for own in found if name in own or own in name), ""))
        for name, outcome in TRUTH.items()
        if outcome not in {right for own, right in found.items() if name in own or own in name}
    }
    assert len(wrong) <= MAY_BE_WRONG, wrong
    new = {promise.later.name for promise in promises if promise.outcome is Outcome.NEW}
    assert {"望江东路", "石桥消防站", "南塘村城中村"} <= new
    assert not new & {"398国道", "市民中心", "县人民医院"}


def test_the_phases_of_the_fictional_county_s_works_are_kept_apart(session: Session, lanxi):
    things = {
        (link.earlier.name, link.later.name)
        for link in session.scalars(select(WorkLink).where(WorkLink.relation == Relation.THING))
    }
    assert {("南湖公园一期", "南湖公园二期"), ("青山陵园二期", "青山陵园三期")} <= things

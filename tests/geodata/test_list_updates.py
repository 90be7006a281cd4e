"""A project list imported again after it was changed: no work twice, none lost, and what planners made stands."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lists import keep_list
from sqlalchemy import select
from sqlalchemy.orm import Session

from gazetteer.errors import GuatuError
from gazetteer.reading.columns import Field
from gazetteer.vocabulary import Kind, Precision, Status
from geodata import drafts
from geodata.audit import entries
from geodata.list_rows import pairs, rows_of
from geodata.list_updates import NOT_IN_LIST, SavedList
from geodata.models import Action, Draft, Location, Report, ReportKind, Work
from geodata.placing import say_status

HEAD = "序号,项目名称,建设地点,总投资（万元）,责任单位,开工时间,进度\n"
ROAD = "城北东路(花园大道-8号桥)工程,东城街道,12000,市交通局,2023-03,前期"
ROAD_NAME = "城北东路(花园大道-8号桥)工程"
PLANT = "象珠污水处理厂扩建,象珠镇,3500,市水务局,2022,在建"
PARK = "人民公园提升,西城街道,800,市住建局,2023,在建"
SCHOOL = "第二小学迁建,东城街道,9000,市教育局,2023,前期"


def a_list(*rows: str, head: str = HEAD) -> str:
    return head + "".join(f"{number},{row}\n" for number, row in enumerate(rows, 1))


def kept(session: Session, text: str, file: str = "重点项目.csv", **columns) -> SavedList:
    return keep_list(session, text, file, **columns)[0]


def the(session: Session, name: str) -> Work:
    return session.scalars(select(Work).where(Work.name.contains(name))).one()


def names(session: Session) -> list[str]:
    return list(session.scalars(select(Work.name).order_by(Work.start)))


def words_hold(session: Session) -> bool:
    """Whether every work's offsets lead to its words in its list's text, and its sentence is a row of it."""
    return all(
        work.report.text[work.start : work.end] == work.name and work.sentence in work.report.text.split("\n")
        for work in session.scalars(select(Work))
    )


def test_a_text_that_is_kept_as_a_report_is_no_list(session: Session):
    kept(session, a_list(ROAD)).report.kind = ReportKind.REPORT
    session.flush()
    with pytest.raises(GuatuError, match="already kept as the report"):
        kept(session, a_list(ROAD))


def test_a_row_that_changed_is_the_same_work_and_its_status_has_a_history_that_names_the_file(session: Session):
    kept(session, a_list(ROAD, PLANT))
    before = the(session, "城北东路").id
    changed = ROAD.replace("前期", "已开工").replace("12000", "15000").replace("2023-03", "2023-06")
    saved = kept(session, a_list(changed, PLANT))
    road = the(session, "城北东路")
    assert (road.id, road.investment, road.planned_start) == (before, 15000, "2023-06")
    assert [(status.status, status.current) for status in road.statuses] == [
        (Status.PRELIMINARY, False),
        (Status.ONGOING, True),
    ]
    assert "重点项目.csv" in road.statuses[-1].note
    ((name, said),) = saved.changed
    assert name == road.name
    assert said == ["总投资（万元）：12000 → 15000", "开工时间：2023-03 → 2023-06", "进度：前期 → 已开工"]
    entry = entries(session, subject=f"work {road.id}", limit=1)[0]
    assert (entry.action, entry.detail["said"]) == ("list.change", said)
    assert (saved.added, saved.unchanged, saved.missing) == ([], 1, [])
    assert words_hold(session)


def test_a_row_put_in_between_is_added_and_moves_no_other(session: Session):
    kept(session, a_list(ROAD, PLANT))
    saved = kept(session, a_list(ROAD, SCHOOL, PLANT))
    assert (saved.added, saved.changed, saved.unchanged, saved.missing) == (["第二小学迁建"], [], 2, [])
    assert len(names(session)) == 3
    assert words_hold(session)


def test_a_row_that_is_no_longer_there_is_said_flagged_and_kept_and_comes_back(session: Session):
    kept(session, a_list(ROAD, PLANT, PARK))
    before = the(session, "人民公园").id
    for _ in range(2):
        saved = kept(session, a_list(ROAD, PLANT))
        assert saved.missing == ["人民公园提升"]
        assert the(session, "人民公园").flags == [NOT_IN_LIST]
        assert words_hold(session)
    back = kept(session, a_list(PARK, ROAD, PLANT))
    assert the(session, "人民公园").id == before
    assert the(session, "人民公园").flags == []
    assert [name for name, _ in back.changed] == ["人民公园提升"]
    assert back.report.text == session.scalars(select(Report.text)).one()
    assert "新表中没有" not in back.report.text


def test_the_list_s_text_is_that_of_the_newest_version(session: Session):
    first = kept(session, a_list(ROAD, PLANT)).report
    second = kept(session, a_list(PLANT, SCHOOL, ROAD), title="重点项目（调整）").report
    assert (second.id, second.title) == (first.id, "重点项目（调整）")
    assert [row.name for row in rows_of(second.text)] == [row.split(",")[0] for row in (PLANT, SCHOOL, ROAD)]


def test_the_place_tells_rows_of_one_name_apart(session: Session):
    rows = [
        f"老旧小区改造,{town},{money},市住建局,2023,前期" for town, money in (("东城", 1), ("西城", 2), ("江南", 3))
    ]
    kept(session, a_list(*rows))
    before = {work.places[-1]: work.id for work in session.scalars(select(Work))}
    saved = kept(session, a_list(rows[2].replace("前期", "在建"), rows[0]))
    assert [name for name, _ in saved.changed] == ["老旧小区改造"]
    assert saved.unchanged == 1
    works = {work.places[-1]: work for work in session.scalars(select(Work))}
    assert {place: work.id for place, work in works.items()} == before
    assert works["江南"].statuses[-1].status is Status.ONGOING
    assert [place for place, work in works.items() if NOT_IN_LIST in work.flags] == ["西城"]


def test_a_project_s_code_tells_that_a_renamed_row_is_the_same(session: Session):
    head = "序号,项目代码,项目名称,建设地点,责任单位\n"
    kept(session, a_list("2303-01,城北东路工程,东城,市交通局", "2303-02,人民公园提升,西城,市住建局", head=head))
    before = the(session, "城北东路").id
    renamed = "2303-01,城北东路(花园大道-8号桥)新建工程,东城,市交通局"
    saved = kept(session, a_list("2303-02,人民公园提升,西城,市住建局", renamed, head=head))
    road = the(session, "城北东路")
    assert (road.id, road.name, road.extent_from) == (before, "城北东路(花园大道-8号桥)新建工程", "花园大道")
    assert (saved.added, saved.missing) == ([], [])
    assert words_hold(session)


@pytest.mark.parametrize("codes", [("待赋码", "2303-02"), ("1", "2"), ("2303-01", "2303-02")])
def test_a_row_that_only_stands_where_another_stood_is_no_renamed_one(session: Session, codes):
    first, second = codes
    head = "序号,项目编号,项目名称,建设地点,责任单位\n"
    road, park = "城北东路工程,东城,市交通局", "人民公园提升,西城,市住建局"
    kept(session, a_list(f"{first},{road}", f"{second},{park}", head=head))
    before = [the(session, "城北东路").id, the(session, "人民公园").id]
    plant = "象珠污水处理厂扩建,象珠,市水务局"
    saved = kept(session, a_list(f"{first},{plant}", f"{second},{road}", f"2303-03,{park}", head=head))
    assert [the(session, "城北东路").id, the(session, "人民公园").id] == before
    assert (saved.added, saved.missing) == ([the(session, "象珠").name], [])


@pytest.mark.parametrize("code", ["待赋码", "1", "/"])
def test_what_is_no_code_does_not_make_a_new_project_an_older_one(session: Session, code):
    head = "序号,项目编号,项目名称,建设地点,责任单位\n"
    park = "2303-02,人民公园提升,西城,市住建局"
    kept(session, a_list(f"{code},城北东路工程,东城,市交通局", park, head=head))
    saved = kept(session, a_list(f"{code},象珠污水处理厂扩建,象珠,市水务局", park, head=head))
    assert saved.missing == [the(session, "城北东路").name]
    assert saved.added == [the(session, "象珠").name]


@pytest.mark.parametrize(
    ("file", "same"),
    [("重点项目.csv", True), ("重点项目（11月）.csv", True), ("2023年重点项目-2.csv", True), ("实事项目.csv", False)],
)
def test_a_newer_version_is_known_by_its_file_s_name_numbers_and_brackets_aside(session, file, same):
    kept(session, a_list(ROAD, PLANT))
    saved = kept(session, a_list(ROAD, PLANT, PARK), file=file)
    assert saved.is_new is not same
    assert len(names(session)) == (3 if same else 5)


@pytest.mark.parametrize("other", [{"year": 2024}, {"county": "武义县"}])
def test_a_list_of_another_year_or_county_is_another_list(session: Session, other):
    kept(session, a_list(ROAD, PLANT))
    assert kept(session, a_list(ROAD, PLANT, PARK), **other).is_new


def test_a_list_that_only_shares_the_file_s_name_is_another_list(session: Session):
    kept(session, a_list(ROAD, PLANT, PARK))
    saved = kept(session, a_list(SCHOOL, "第三小学迁建,江南街道,5,市教育局,2023,前期", PARK))
    assert saved.is_new
    assert len(names(session)) == 6


def corrected(session: Session, report: Report, action: Action, row: str, **changed) -> None:
    draft = drafts.open_draft(session, report, "张三")
    (item,) = (item for item in drafts.items_of(session, draft).values() if item.work.name == row)
    made = [] if action is Action.DROP else [replace(item.work, **changed)]
    drafts.take_step(session, draft, action, [item.id], made, "张三")
    drafts.save(session, draft, "张三")


def test_what_a_planner_corrected_stands_and_what_the_list_plans_is_brought_up_to_date(session: Session):
    report = kept(session, a_list(ROAD, PLANT, PARK)).report
    corrected(session, report, Action.CORRECT, "象珠污水处理厂扩建", name="象珠污水处理厂", kind=Kind.WASTE)
    corrected(session, report, Action.DROP, "人民公园提升")
    new_plant = PLANT.replace("3500", "4000").replace("在建", "已完工")
    saved = kept(session, a_list(SCHOOL, PARK.replace("800", "900"), ROAD, new_plant))
    plant = the(session, "象珠")
    assert (plant.name, plant.kind, plant.reviewed_by) == ("象珠污水处理厂", Kind.WASTE, "张三")
    assert (plant.investment, plant.statuses[-1].status) == (4000, Status.COMPLETE)
    assert plant.report.text[plant.start : plant.end] == "象珠污水处理厂扩建"
    assert "4000" in plant.sentence
    assert saved.added == ["第二小学迁建"]
    assert not any("人民公园" in name for name in names(session))


def test_a_status_that_a_person_gave_stands_against_the_list_and_is_said(session: Session):
    kept(session, a_list(ROAD, PLANT))
    road = the(session, "城北东路")
    say_status(session, road.id, road.statuses[-1].id, "张三", Status.START, None, "")
    session.expire_all()
    assert kept(session, a_list(ROAD, PLANT, PARK)).stands == []
    saved = kept(session, a_list(ROAD.replace("前期", "已完工"), PLANT, PARK))
    current = next(status for status in the(session, "城北东路").statuses if status.current)
    assert (current.status, current.changed_by) == (Status.START, "张三")
    (line,) = saved.stands
    assert "张三" in line and "complete" in line


def test_a_name_that_planner_and_list_agree_on_is_one_work(session: Session):
    report = kept(session, a_list(ROAD, PLANT)).report
    corrected(session, report, Action.CORRECT, "象珠污水处理厂扩建", name="象珠镇污水处理厂扩容")
    saved = kept(session, a_list(ROAD, PLANT.replace("象珠污水处理厂扩建", "象珠镇污水处理厂扩容")))
    assert (saved.added, saved.missing) == ([], [])
    assert words_hold(session)


def test_a_work_that_was_split_or_merged_keeps_its_words(session: Session):
    report = kept(session, a_list(ROAD, PLANT, PARK)).report
    draft = drafts.open_draft(session, report, "张三")
    items = {item.work.name: item for item in drafts.items_of(session, draft).values()}
    park, plant = items["人民公园提升"], items["象珠污水处理厂扩建"]
    merged = replace(park.work, mentions=plant.work.spans)
    drafts.take_step(session, draft, Action.MERGE, [park.id, plant.id], [merged], "张三")
    drafts.save(session, draft, "张三")
    saved = kept(session, a_list(SCHOOL, PARK, PLANT.replace("在建", "完工"), ROAD))
    assert names(session) == ["第二小学迁建", "人民公园提升", ROAD_NAME]
    work = the(session, "人民公园")
    assert [work.report.text[start:end] for start, end in work.mentions] == ["象珠污水处理厂扩建"]
    assert saved.added == ["第二小学迁建"]


def test_a_review_that_is_not_saved_stops_the_import_and_an_empty_one_ends(session: Session):
    report = kept(session, a_list(ROAD, PLANT)).report
    draft = drafts.open_draft(session, report, "张三")
    (item, *_) = drafts.items_of(session, draft).values()
    step = drafts.take_step(session, draft, Action.ACCEPT, [item.id], [item.work], "张三")
    assert kept(session, a_list(ROAD, PLANT)).unchanged == 2
    with pytest.raises(GuatuError, match="review"):
        kept(session, a_list(ROAD, PLANT, PARK))
    assert step.number == 1
    drafts.undo(session, draft, "张三")
    kept(session, a_list(ROAD, PLANT, PARK))
    assert session.scalars(select(Draft)).all() == []


def test_a_place_that_guatu_found_is_looked_for_again_only_where_the_row_names_another(session: Session):
    kept(session, a_list(ROAD, PLANT))
    for work in session.scalars(select(Work)):
        work.locations.append(
            Location(geometry=None, precision=Precision.NONE, confidence=0, reason="-", evidence={}, placed_by="guatu")
        )
    session.flush()
    kept(session, a_list(ROAD.replace("12000", "13000"), PLANT.replace("象珠镇", "方岩镇")))
    session.expire_all()
    placed = session.scalars(select(Work.name).join(Location).where(Location.current)).all()
    assert placed == [ROAD_NAME]


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["人民路", "人民桥", "老旧小区改造"]), st.sampled_from(["", "东城", "西城"]), st.integers(0, 3)
    ),
    min_size=1,
    max_size=6,
)


@given(ROWS, ROWS)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_are_paired_one_to_one_and_every_row_that_is_as_before_is_found(old, new):
    headers = {Field.PLACE: frozenset({"地点"})}

    def rows(cells):
        return list(
            rows_of("# 表\n" + "".join(f"{name}｜地点：{place}｜额：{money}\n" for name, place, money in cells))
        )

    before, now = rows(old), rows(new)
    found = pairs(before, now, headers, {})
    assert len(set(found.values())) == len(found)
    assert all(before[number].name == now[at].name for at, number in found.items())
    same = sum(min(old.count(row), new.count(row)) for row in set(old))
    assert sum(before[number].line == now[at].line for at, number in found.items()) == same


@given(ROWS, ROWS, st.sampled_from([None, Action.DROP, Action.ACCEPT]))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_changed_every_row_has_its_work_every_work_its_words_and_a_second_import_changes_nothing(
    session, old, new, action
):
    def text(cells):
        return a_list(*(f"{name},{place},{money},市局,2023,在建" for name, place, money in cells))

    with session.begin_nested() as nested:
        report = kept(session, text(old)).report
        draft = drafts.open_draft(session, report, "张三")
        item = next(iter(drafts.items_of(session, draft).values()))
        if action is not None:
            made = [] if action is Action.DROP else [item.work]
            drafts.take_step(session, draft, action, [item.id], made, "张三")
        drafts.save(session, draft, "张三")
        for number, saved in enumerate([kept(session, text(new)), kept(session, text(new))]):
            assert words_hold(session)
            works = list(session.scalars(select(Work).where(Work.report_id == saved.report.id)))
            listed = [work for work in works if NOT_IN_LIST not in work.flags]
            lost = len(new) - len(listed)
            assert lost in (0, 1) and (not lost or action is Action.DROP)
            if number:
                assert (saved.added, saved.changed, saved.unchanged) == ([], [], len(new))
        nested.rollback()

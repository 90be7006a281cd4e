"""The same choices give the same works everywhere, and the counts beside a choice keep what they promise."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from checks import a_check
from drawing import a_report, a_work
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people import an_account
from sqlalchemy import update
from sqlalchemy.orm import Session

from gazetteer.vocabulary import Precision, Sector, Status
from geodata.inspections import receive
from geodata.models import Finding, Inspection, ReportKind, Work
from geodata.selection import NOT_INSPECTED, Selection, count, facets, shown, works_in

TOWNS = ("芝英镇", "象珠镇", None)
AREAS = (("一、交通",), ("一、交通", "(一)城区"), ("二、教育",), ())


def names(session: Session, selection: Selection) -> set[str]:
    return set(session.scalars(works_in(selection, Work.name)))


@pytest.fixture
def sixty_works(session: Session) -> Session:
    dice = random.Random(7)
    for year in (2021, 2022):
        report = a_report(session, f"{year}年的报告", year=year)
        for number in range(30):
            precision = dice.choice([*Precision, None])
            placed = precision not in (None, Precision.NONE)
            a_work(
                session,
                report,
                f"{year}年第{number}项",
                sector=dice.choice(list(Sector)[:3]),
                status=dice.choice(list(Status)[:3]),
                area=dice.choice(AREAS),
                precision=precision,
                place=f"POINT({119 + dice.random()} {28 + dice.random()})" if placed else None,
                town=dice.choice(TOWNS),
                start=0,
                end=1,
            )
    return session


def some(values: list) -> st.SearchStrategy[tuple]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


SELECTIONS = st.builds(
    Selection,
    sector=some(list(Sector)[:4]),
    status=some(list(Status)[:4]),
    town=some(["芝英镇", "象珠镇", "-"]),
    precision=some(list(Precision)),
    report_kind=some(list(ReportKind)),
    finding=some([Finding.HERE.value, NOT_INSPECTED]),
    area=some(["一、交通", "一、交通›(一)城区", "二、教育"]),
    words=st.sampled_from(["", "2021", "第1", "%", "没有"]),
    bbox=st.sampled_from([None, (119.0, 28.0, 119.5, 29.0), (119.5, 28.0, 119.0, 29.0)]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(selection=SELECTIONS)
def test_the_count_beside_a_choice_is_what_choosing_it_alone_shows(sixty_works: Session, selection: Selection):
    counts = facets(sixty_works, selection)
    for sector in Sector:
        assert counts["sector"].get(sector, 0) == count(sixty_works, replace(selection, sector=(sector,)))
    for town in ("芝英镇", "-"):
        assert counts["town"].get(town, 0) == count(sixty_works, replace(selection, town=(town,)))
    for kind in ReportKind:
        assert counts["report_kind"].get(kind, 0) == count(sixty_works, replace(selection, report_kind=(kind,)))
    for finding in (Finding.HERE.value, NOT_INSPECTED):
        assert counts["finding"].get(finding, 0) == count(sixty_works, replace(selection, finding=(finding,)))
    for area in ("一、交通", "一、交通›(一)城区"):
        assert counts["area"].get(area, 0) == count(sixty_works, replace(selection, area=(area,)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(selection=SELECTIONS)
def test_the_facets_say_how_many_works_a_selection_holds(sixty_works: Session, selection: Selection):
    placed = tuple(word for word in selection.precision or Precision if word is not Precision.NONE)
    works, with_a_place = shown(facets(sixty_works, selection), selection)
    assert works == count(sixty_works, selection)
    assert with_a_place == (count(sixty_works, replace(selection, precision=placed)) if placed else 0)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(selection=SELECTIONS)
def test_every_further_choice_only_narrows(sixty_works: Session, selection: Selection):
    narrower = replace(selection, status=(Status.START,))
    if not selection.status or Status.START in selection.status:
        assert names(sixty_works, narrower) <= names(sixty_works, selection)


def test_a_heading_takes_in_the_headings_below_it(session: Session):
    report = a_report(session)
    a_work(session, report, "甲路", area=["一、交通", "(一)城区"])
    a_work(session, report, "乙路", area=["一、交通"])
    a_work(session, report, "丙校", area=["二、教育"])
    assert names(session, Selection(area=("一、交通",))) == {"甲路", "乙路"}
    assert names(session, Selection(area=("一、交通›(一)城区",))) == {"甲路"}
    assert facets(session, Selection())["area"] == {"一、交通": 2, "一、交通›(一)城区": 1, "二、教育": 1}


def test_a_work_not_located_yet_counts_as_without_a_place(session: Session):
    a_work(session, a_report(session))
    assert names(session, Selection(precision=(Precision.NONE,))) == {"人民路"}


def test_words_are_looked_for_as_they_are_written(session: Session):
    report = a_report(session)
    a_work(session, report, "100%清洁能源园")
    a_work(session, report, "1000亩林场")
    assert names(session, Selection(words="100%")) == {"100%清洁能源园"}


def test_a_box_across_the_date_line_holds_both_sides(session: Session):
    report = a_report(session)
    a_work(session, report, "东岛", place="POINT(179.5 10)")
    a_work(session, report, "西岛", place="POINT(-179.5 10)")
    a_work(session, report, "大陆", place="POINT(0 10)")
    assert names(session, Selection(bbox=(179.0, 0.0, -179.0, 20.0))) == {"东岛", "西岛"}


def test_works_are_chosen_by_what_an_inspector_said_last(session: Session):
    inspector = an_account(session)
    report = a_report(session)
    seen, other = (a_work(session, report, name, place="POINT(120 28.9)") for name in ("甲路", "乙路"))
    for day, finding in ((2, "here"), (1, "not_found")):  # the older arrives later
        content = a_check(seen, inspector, finding=finding, geometry=None, seen_at=f"2026-02-0{day}T09:00:00+08:00")
        receive(session, inspector, uuid4(), content, datetime(2026, 3, 1, tzinfo=UTC))
    assert facets(session, Selection())["finding"] == {"here": 1, "-": 1}
    assert names(session, Selection(finding=("here",))) == {seen.name}
    assert names(session, Selection(finding=(NOT_INSPECTED,))) == {other.name}
    session.execute(update(Inspection).values(work_id=other.id))  # as works that become one take them over
    assert facets(session, Selection(words="乙路"))["finding"] == {"here": 1}


def test_works_of_project_lists_are_told_from_those_of_reports(session: Session):
    a_work(session, a_report(session), "甲路")
    a_work(session, a_report(session, "项目清单", kind=ReportKind.PROJECT_LIST), "乙路")
    assert facets(session, Selection())["report_kind"] == {"report": 1, "project-list": 1}
    assert names(session, Selection(report_kind=(ReportKind.PROJECT_LIST,))) == {"乙路"}


def test_words_are_found_in_either_case_of_latin_letters(session: Session):
    a_work(session, a_report(session), "CBD广场")
    assert names(session, Selection(words="cbd广")) == {"CBD广场"}


def test_summaries_and_reports_are_not_read_where_nothing_is_asked_of_them(session: Session):
    wanted = works_in(Selection(), Work.name).compile(session.get_bind())
    plan = "\n".join(session.connection().exec_driver_sql(f"EXPLAIN {wanted}").scalars())
    assert "location" in plan
    assert not any(table in plan for table in ("work_summary", "report"))

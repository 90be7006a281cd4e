"""Saving a report and its works."""

import hashlib

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gazetteer.vocabulary import Kind, Nature, Period, Sector, Status
from gazetteer.work import Extent, Span
from gazetteer.work import Work as ReadWork
from geodata.models import Report, StatusChange, Work
from geodata.reports import save_report

TEXT = "建成人民路(甲路-乙桥)、人民路(丙路-丁路)、第一小学。"


def report() -> Report:
    return Report(
        title="政府工作报告",
        county="永康市",
        year=2022,
        text=TEXT,
        source_file="report.txt",
        sha256=hashlib.sha256(TEXT.encode()).hexdigest(),
    )


def read(name: str, extent: Extent | None = None, status: Status = Status.COMPLETE) -> ReadWork:
    start = TEXT.find(name)
    return ReadWork(
        name=name,
        kind=Kind.ROAD,
        status=status,
        nature=Nature.NEW,
        sector=Sector.TRANSPORT,
        named=True,
        extent=extent,
        quantity=None,
        unit=None,
        area=(),
        period=Period.PLANNED,
        places=(name,),
        action="建成",
        sentence=TEXT,
        spans=(Span(start, start + len(name)),),
    )


WORKS = (read("人民路", Extent("甲路", "乙桥")), read("人民路", Extent("丙路", "丁路")), read("第一小学"))


def everything(session: Session) -> tuple[int, int, int]:
    return tuple(session.scalar(select(func.count()).select_from(table)) for table in (Report, Work, StatusChange))


def test_two_stretches_of_one_road_are_two_works(session: Session):
    saved = save_report(session, report(), WORKS)
    assert saved.new == 3
    assert everything(session) == (1, 3, 3)


def test_loading_the_same_report_twice_changes_nothing(session: Session):
    save_report(session, report(), WORKS)
    before = everything(session)
    again = save_report(session, report(), WORKS)
    assert (again.new, again.changed, again.known) == (0, 0, 3)
    assert everything(session) == before


def test_a_work_read_better_the_second_time_stays_the_same_work(session: Session):
    save_report(session, report(), WORKS)
    school = session.scalar(select(Work).where(Work.name == "第一小学"))
    better = ReadWork(**{f: getattr(WORKS[2], f) for f in WORKS[2].__slots__} | {"kind": Kind.SCHOOL})
    saved = save_report(session, report(), (*WORKS[:2], better))
    assert (saved.new, saved.changed) == (0, 1)
    assert session.get(Work, school.id).kind is Kind.SCHOOL


@pytest.mark.parametrize("column", ["start", "spans"])
def test_offsets_lead_to_the_words_that_name_the_work(session: Session, column: str):
    save_report(session, report(), WORKS)
    for work in session.scalars(select(Work)):
        span = [work.start, work.end] if column == "start" else work.spans[0]
        assert work.report.text[slice(*span)] == work.name

"""Project lists as works: rows lead back to their words, and what is planned is kept."""

from pathlib import Path

import openpyxl
import pytest
from lists import keep_list
from sqlalchemy import select
from sqlalchemy.orm import Session

from gazetteer.errors import GuatuError
from gazetteer.reading.project_list import read_project_list
from gazetteer.vocabulary import Kind, Sector, Status
from geodata.models import ReportKind, Work
from geodata.project_lists import NO_STATUS, NOT_READ, listed_works

CSV = """永康市2023年重点建设项目表,,,,,,,
序号,项目名称,建设地点,总投资（万元）,责任单位,开工时间,完工时间,进度
一、交通类,,,,,,,
1,城北东路(花园大道-8号桥)工程,东城街道,12000,市交通局,2023-03,2025,已开工
2,象珠污水处理厂扩建,象珠镇,3500.5,市水务局,2022,2024-06,
二、民生类,,,,,,,
3,无从归类之物,,八百,市政府,2025,2023,前期
合计,,,15500.5,,,,
"""


def kept(session: Session, text: str = CSV):
    return keep_list(session, text, "list.csv", title="永康市2023年重点建设项目表")


def the(session: Session, name: str) -> Work:
    return session.scalars(select(Work).where(Work.name.contains(name))).one()


def test_every_row_is_a_work_whose_offsets_lead_back_to_the_row(session: Session):
    saved, _ = kept(session)
    assert len(saved.added) == 3
    assert saved.report.kind is ReportKind.PROJECT_LIST
    for work in session.scalars(select(Work)):
        assert saved.report.text[work.start : work.end] == work.name
        assert work.sentence in saved.report.text.splitlines()
    assert "建设地点：象珠镇" in the(session, "象珠").sentence


def test_what_the_list_plans_is_kept_on_the_work(session: Session):
    kept(session)
    road, plant = the(session, "城北东路"), the(session, "象珠")
    assert (road.responsible, road.investment) == ("市交通局", 12000)
    assert (road.planned_start, road.planned_finish) == ("2023-03", "2025")
    assert plant.investment == 3500.5
    assert road.area == ["交通类"]


def test_the_list_s_own_columns_come_first_and_the_name_says_the_rest(session: Session):
    kept(session)
    road, plant, thing = (the(session, name) for name in ("城北东路", "象珠", "无从"))
    assert (road.statuses[0].status, road.flags) == (Status.ONGOING, [])
    assert (road.kind, road.sector) == (Kind.ROAD, Sector.TRANSPORT)
    assert (road.extent_from, road.extent_to) == ("花园大道", "8号桥")
    assert plant.kind is Kind.PLANT
    assert plant.flags == [NO_STATUS]
    assert thing.statuses[0].status is Status.PRELIMINARY
    assert NOT_READ in thing.flags or thing.kind is Kind.OTHER


def test_the_same_list_twice_changes_nothing(session: Session):
    kept(session)
    again, _ = kept(session)
    assert (again.added, again.changed, again.missing, again.unchanged) == ([], [], [], 3)


def test_what_cannot_be_is_said_and_not_kept(session: Session):
    _, listed = kept(session)
    thing = the(session, "无从")
    assert (thing.planned_start, thing.planned_finish, thing.investment) == (None, None, None)
    assert len(listed.problems) == 2
    assert any("2025" in problem for problem in listed.problems)


def test_one_sheet_may_be_chosen_and_one_that_is_missing_is_refused(tmp_path: Path):
    book = openpyxl.Workbook()
    for name in ("交通", "民生"):
        sheet = book.create_sheet(name)
        sheet.append(["项目名称", "责任单位", "总投资"])
        sheet.append([f"{name}项目一", "市局", 5])
    book.save(tmp_path / "list.xlsx")
    projects = read_project_list(tmp_path / "list.xlsx")
    assert [work.name for work in listed_works(projects, "民生").works] == ["民生项目一"]
    assert len(listed_works(projects).works) == 2
    with pytest.raises(GuatuError, match="交通、民生"):
        listed_works(projects, "水利")

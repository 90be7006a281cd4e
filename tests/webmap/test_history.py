"""The pages that follow works from year to year."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import signed_in
from readings import a_reading, an_unsaved_report
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.vocabulary import Period, Sector, Status
from geodata.models import Role, Work, WorkLink
from geodata.reports import save_report

FIRST, SECOND = "新建人民路、甲桥、第一小学。", "建成人民路。新建乙桥、第一小学。"


@pytest.fixture
def works(sessions: sessionmaker[Session]) -> dict[tuple[int, str], int]:
    """The identifiers of the works of two years, by year and name."""
    with sessions.begin() as session:
        for year, text, read in (
            (
                2022,
                FIRST,
                [
                    a_reading(FIRST, "人民路"),
                    a_reading(FIRST, "甲桥"),
                    a_reading(FIRST, "第一小学", sector=Sector.EDUCATION, status=Status.START),
                ],
            ),
            (
                2023,
                SECOND,
                [
                    a_reading(SECOND, "人民路", period=Period.DONE, status=Status.COMPLETE),
                    a_reading(SECOND, "乙桥"),
                    a_reading(SECOND, "第一小学", sector=Sector.EDUCATION, status=Status.START),
                ],
            ),
        ):
            save_report(session, an_unsaved_report(text, year=year), read)
        return {(work.report.year, work.name): work.id for work in session.scalars(select(Work))}


def report_of(sessions: sessionmaker[Session], work_id: int) -> int:
    with sessions() as session:
        return session.get_one(Work, work_id).report_id


@pytest.fixture
def promises(sessions, works) -> str:
    return f"/promises/{report_of(sessions, works[2022, '人民路'])}"


def rows(page: str) -> list[str]:
    body = page.partition('<table class="promises">')[2]
    return [row for row in body.split("<tr>")[2:] if "outcome" in row]


def test_every_promise_has_an_outcome_and_a_reason(client: FlaskClient, promises: str):
    page = client.get(promises).text
    found = rows(page)
    assert len(found) == 4
    for name, outcome in (("人民路", "done"), ("甲桥", "silent"), ("第一小学", "slipped"), ("乙桥", "new")):
        (row,) = (row for row in found if name in row)
        assert f"outcome-{outcome}" in row
    assert promises in client.get("/promises/").text


def test_promises_are_chosen_by_sector_and_outcome(client: FlaskClient, promises: str):
    assert len(rows(client.get(f"{promises}?sector=education").text)) == 1
    assert len(rows(client.get(f"{promises}?outcome=done&outcome=new").text)) == 2
    assert "没有符合条件的工程" in client.get(f"{promises}?sector=education&outcome=done").text
    for wrong in ("sector=castle", "outcome=burnt"):
        assert client.get(f"{promises}?{wrong}").status_code == 400


def test_the_history_of_a_work_goes_across_reports_with_the_reason(client: FlaskClient, works):
    for year in (2022, 2023):
        page = client.get(f"/works/{works[year, '人民路']}/history").text
        assert "名称一致" in page
        for other in (2022, 2023):
            assert f"/works/{works[other, '人民路']}" in page
    assert client.get("/works/999999/history").status_code == 404


def test_a_planner_cuts_a_link_and_makes_another(planner: FlaskClient, sessions, works, promises):
    address = f"/works/{works[2022, '人民路']}/history"
    with sessions() as session:
        link = session.scalars(select(WorkLink).where(WorkLink.earlier_id == works[2022, "人民路"])).one()
    planner.post(f"{address}/cut", data={"link": link.id})
    assert "张三 认为不是同一项工程" in planner.get(address).text
    bridge = f"/works/{works[2022, '甲桥']}/history"
    assert "乙桥" in planner.get(f"{bridge}?words=桥").text
    planner.post(f"{bridge}/link", data={"other": works[2023, "乙桥"]})
    assert "张三 认为是同一项工程" in planner.get(bridge).text
    silent = [row for row in rows(planner.get(promises).text) if "outcome-silent" in row]
    assert len(silent) == 1
    assert "人民路" in silent[0]


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.INSPECTOR])
def test_only_planners_cut_and_link(app: Flask, sessions, works, role):
    client = signed_in(app, sessions, role) if role else app.test_client()
    address = f"/works/{works[2022, '人民路']}/history"
    for what, data in (("cut", {"link": 1}), ("link", {"other": works[2023, "乙桥"]})):
        answer = client.post(f"{address}/{what}", data=data, headers={"Accept": "application/json"})
        assert answer.status_code in (400, 401, 403)
    assert "不是同一项</button>" not in client.get(address).text


@pytest.mark.parametrize("other", ["", "x", "0", "99999999999", "-1"])
def test_a_work_that_is_none_is_not_linked(planner: FlaskClient, works, other):
    answer = planner.post(f"/works/{works[2022, '人民路']}/history/link", data={"other": other})
    assert answer.status_code in (400, 404)

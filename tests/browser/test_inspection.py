"""The inspector's page on a tablet, with the network switched off and on, and positions set."""

from pathlib import Path

import pytest
from drawing import a_report, a_work
from people import an_account
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.vocabulary import Precision, Sector, Status
from geodata import accounts
from geodata.models import Inspection, Role

Sessions = sessionmaker[Session]
HERE = {"longitude": 120.1, "latitude": 28.9, "accuracy": 12.0}
NAME = "巡查员甲"


@pytest.fixture(params=[{"width": 1024, "height": 768}, {"width": 800, "height": 1180}], ids=["landscape", "portrait"])
def browser_context_args(request: pytest.FixtureRequest, base_url: str) -> dict[str, object]:
    return {
        "viewport": request.param,
        "base_url": base_url,
        "locale": "zh-CN",
        "geolocation": HERE,
        "permissions": ["geolocation"],
        "has_touch": True,
    }


@pytest.fixture
def works(sessions: Sessions) -> dict[str, int]:
    with sessions.begin() as session:
        report = a_report(session, "建成人民路、第一小学、清溪公园。", title="政府工作报告")
        road = a_work(session, report, "人民路", place="LINESTRING(120.105 28.9, 120.11 28.9)", town="芝英镇")
        school = a_work(
            session, report, "第一小学", place="POINT(120.101 28.901)", sector=Sector.EDUCATION, town="芝英镇"
        )
        park = a_work(
            session, report, "清溪公园", place="POINT(120.11 28.91)", precision=Precision.TOWN, status=Status.START
        )
        return {work.name: work.id for work in (road, school, park)}


@pytest.fixture
def tablet(page: Page, sessions: Sessions, works, base_url: str) -> Page:
    """A tablet whose inspector signed in and took the works along."""
    with sessions.begin() as session:
        secret = accounts.invite(session, an_account(session, NAME, Role.INSPECTOR))
    page.goto(f"/account/once/{secret}")
    page.locator("[name=password]").fill("correct horse battery")
    page.locator("[name=again]").fill("correct horse battery")
    page.locator("main button").click()
    page.wait_for_url("**/account/")
    open_page(page)
    page.evaluate("navigator.serviceWorker.ready")
    take_along(page)
    return page


def open_page(page: Page) -> None:
    page.goto("/inspection/")
    page.wait_for_selector("body[data-ready]")


def take_along(page: Page) -> None:
    page.get_by_role("tab", name="离线区域").click()
    expect(page.locator("#area-town option").first).to_contain_text("全部乡镇（3）")
    page.get_by_role("button", name="下载到平板").click()
    expect(page.locator("#area-state")).to_contain_text("工程 3 项", timeout=30_000)
    page.get_by_role("tab", name="工程").click()


def stored(sessions: Sessions, table: type = Inspection) -> list:
    with sessions() as session:
        return list(session.scalars(select(table)))


def test_works_are_listed_by_distance_with_the_direction(tablet: Page, tmp_path: Path):
    cards = tablet.locator("#works .card")
    expect(cards.locator("strong")).to_have_text(["第一小学", "人民路", "清溪公园"])
    expect(cards.first.locator(".far")).to_contain_text("东北 150 米")
    expect(cards.nth(1).locator(".far")).to_contain_text("东 490 米")


def test_a_check_takes_four_taps_and_arrives(tablet: Page, sessions: Sessions, works):
    tablet.locator(f"[data-work='{works['第一小学']}']").tap()
    tablet.get_by_role("radio", name="在这里").tap()
    tablet.get_by_role("radio", name="建成").tap()
    tablet.get_by_role("button", name="保存").tap()
    tablet.get_by_role("tab", name="记录").click()
    expect(tablet.locator("#check-list li")).to_contain_text(["已到达"])
    (inspection,) = stored(sessions)
    assert (inspection.work_id, inspection.finding, inspection.status_seen) == (works["第一小学"], "here", "complete")
    assert inspection.content["position"] == {"lon": 120.1, "lat": 28.9, "accuracy_m": 12}

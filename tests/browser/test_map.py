"""The planners' map in a browser, on a desktop's and on a tablet's screen."""

import json
import re
from uuid import uuid4

import pytest
from checks import a_check
from drawing import a_report, a_work
from people import an_account
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.vocabulary import Precision, Sector, Status
from geodata.inspections import receive
from geodata.models import Work
from webmap import map_page

TEXT = "建成人民路(甲路-乙桥)、第一小学，谋划无名桥。"


@pytest.fixture
def county(sessions: sessionmaker[Session]) -> dict[str, int]:
    """Three works: a stretch of road, a school, and a bridge that is nowhere."""
    with sessions.begin() as session:
        report = a_report(session, TEXT)
        road = a_work(
            session,
            report,
            "人民路",
            place="LINESTRING(120.1 28.9, 120.12 28.9)",
            precision=Precision.STRETCH,
            status=Status.COMPLETE,
            extent_from="甲路",
            extent_to="乙桥",
            town="芝英镇",
        )
        school = a_work(session, report, "第一小学", place="POINT(120.15 28.92)", sector=Sector.EDUCATION)
        bridge = a_work(session, report, "无名桥", precision=Precision.NONE, reason="地名库里没有“无名桥”")
        works = (road, school, bridge)
    return {work.name: work.id for work in works}


def open_map(page: Page, address: str = "/") -> None:
    page.goto(address)
    page.wait_for_selector("body[data-ready]")


def test_the_map_shows_how_many_works_it_holds_and_how_many_are_placed(page: Page, county):
    open_map(page)
    expect(page.locator("#tally")).to_have_text("3 项工程，2 项在图上")


def test_choosing_a_sector_narrows_the_map_and_stays_in_the_address(page: Page, county):
    open_map(page)
    page.locator(".facet input[name=sector][value=education]").check()
    expect(page.locator("#tally")).to_have_text("1 项工程，1 项在图上")
    expect(page).to_have_url(re.compile("sector=education"))
    page.reload()
    page.wait_for_selector("body[data-ready]")
    expect(page.locator(".facet input[value=education]")).to_be_checked()
    expect(page.locator("#tally")).to_have_text("1 项工程，1 项在图上")
    page.go_back()
    expect(page.locator("#tally")).to_have_text("3 项工程，2 项在图上")


def test_works_that_could_not_be_placed_are_listed_with_the_reason(page: Page, county):
    open_map(page)
    expect(page.locator("#unplaced-count")).to_have_text("1")
    page.get_by_role("tab", name="未定位").click()
    expect(page.locator("#unplaced li")).to_contain_text(["无名桥"])
    expect(page.locator("#unplaced li")).to_contain_text(["地名库里没有“无名桥”"])


def test_a_work_in_the_list_is_shown_on_the_map_and_leads_to_its_page(page: Page, county):
    open_map(page)
    page.get_by_role("tab", name="清单").click()
    page.locator(f"[data-work='{county['人民路']}'] .facts").click()
    popup = page.locator(".popup")
    expect(popup).to_contain_text("人民路（甲路–乙桥）")
    expect(popup).to_contain_text(TEXT)
    expect(page.locator(f"[data-work='{county['人民路']}']")).to_have_class(re.compile("current"))
    popup.get_by_role("link", name="详情").click()
    page.wait_for_url("**/works/*")
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("mark")).to_have_text("人民路")
    expect(page.locator("#map canvas").first).to_be_visible()


def test_the_download_is_what_the_choices_show(page: Page, county):
    open_map(page, "/?status=complete")
    with page.expect_download() as download:
        page.locator("#download").click()
    features = json.loads(download.value.path().read_bytes())["features"]
    assert [feature["properties"]["name"] for feature in features] == ["人民路"]


def test_searching_narrows_as_one_types(page: Page, county):
    open_map(page)
    page.get_by_role("searchbox").fill("小学")
    expect(page.locator("#tally")).to_have_text("3 项工程，2 项在图上")  # its sentence names the school too
    page.get_by_role("searchbox").fill("没有的")
    expect(page.locator("#tally")).to_have_text("没有符合条件的工程")


def test_the_switch_turns_the_page_to_english_and_keeps_the_choices(page: Page, county):
    open_map(page, "/?sector=education")
    page.get_by_role("link", name="English").click()
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("#tally")).to_have_text("1 works, 1 on the map")
    expect(page.locator(".facet input[value=education]")).to_be_checked()


def test_every_choice_can_be_reached_and_made_with_the_keyboard(page: Page, county):
    open_map(page)
    page.locator(".facet input[name=sector]").first.focus()
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile("sector=transport"))
    expect(page.locator(".facet input[name=sector]").first).to_be_focused()


def test_works_are_chosen_by_what_inspectors_said(page: Page, county, sessions):
    with sessions.begin() as session:
        inspector = an_account(session)
        school = session.get_one(Work, county["第一小学"])
        receive(session, inspector, uuid4(), a_check(school, inspector, finding="not_found", geometry=None))
    open_map(page)
    page.locator(".facet input[name=finding][value=not_found]").check()
    expect(page.locator("#tally")).to_have_text("1 项工程，1 项在图上")
    expect(page).to_have_url(re.compile("finding=not_found"))


def test_print_and_dashboard_keep_the_choices(page: Page, county):
    open_map(page, "/?sector=education")
    page.get_by_role("link", name="打印挂图").click()
    page.wait_for_url("**/poster?sector=education")
    expect(page.locator("main")).to_contain_text("1 项工程")
    page.goto("/dashboard?sector=education")
    expect(page.locator(".cards li").first).to_have_text("1 项工程")
    page.get_by_role("link", name="在地图上看").click()
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("#tally")).to_have_text("1 项工程，1 项在图上")


@pytest.fixture
def many(sessions: sessionmaker[Session]) -> None:
    """More works than are sent whole, in two sectors."""
    with sessions.begin() as session:
        report = a_report(session)
        for number in range(40):
            sector = Sector.WATER if number % 2 else Sector.EDUCATION
            place = f"POINT({120 + number % 8 / 100} {28.9 + number // 8 / 100})"
            a_work(session, report, f"第{number}处", place=place, sector=sector, start=0, end=1)


def test_the_layer_control_holds_for_tiles_too(page: Page, many, monkeypatch):
    monkeypatch.setattr(map_page, "MAX_WHOLE", 10)
    asked: list[str] = []
    page.on("request", lambda request: "/tiles/works/" in request.url and asked.append(request.url))
    open_map(page)
    expect(page.locator("#tally")).to_have_text("40 项工程，40 项在图上")
    page.wait_for_load_state("networkidle")
    assert asked
    asked.clear()
    page.locator(".leaflet-control-layers").hover()
    page.locator(".leaflet-control-layers-overlays label", has_text="水利").click()
    page.wait_for_load_state("networkidle")
    assert asked
    assert all("sector=education" in address and "sector=water" not in address for address in asked)

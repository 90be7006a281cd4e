"""Planners put works right in a browser: with the mouse, with the keyboard, and two at once."""

import re

import pytest
from drawing import a_report, a_work
from flask import Flask
from people import signed_in
from playwright.sync_api import Page, expect
from shapely import wkt
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.place import Place, Source
from gazetteer.vocabulary import Precision
from geodata.models import Role
from geodata.places import load_places

Sessions = sessionmaker[Session]


@pytest.fixture
def app(app: Flask, sessions: Sessions) -> Flask:
    """An application whose gazetteer knows one road."""
    road = Place("1", "人民路", "road", wkt.loads("LINESTRING(120.08 28.9, 120.1 28.9, 120.14 28.9)"))
    load_places(sessions, app.config["GAZETTEER"], Source("drawn", "图", "", ""), [road])
    return app


@pytest.fixture
def works(sessions: Sessions) -> dict[str, int]:
    """A road placed near by, a school placed for sure, and a bridge that is nowhere."""
    with sessions.begin() as session:
        report = a_report(session, "建成人民路、第一小学，谋划无名桥。")
        road = a_work(session, report, "人民路", place="POINT(120.1 28.91)", precision=Precision.NEAR)
        school = a_work(session, report, "第一小学", place="POINT(120.12 28.92)")
        bridge = a_work(session, report, "无名桥", precision=Precision.NONE, reason="地名库里没有“无名桥”")
        return {work.name: work.id for work in (road, school, bridge)}


def edit(page: Page, work: int) -> None:
    page.goto("/")
    page.wait_for_selector("body[data-ready]")
    page.get_by_role("tab", name="清单").click()
    page.locator(f"[data-work='{work}'] .facts").click()
    page.locator(".popup").get_by_role("button", name="定位与进展").click()
    page.wait_for_selector(f"#editor[data-work='{work}']")


def state(page: Page, work: int) -> dict:
    return page.request.get(f"/works/{work}/state.json").json()


def test_a_candidate_is_chosen_and_undone(planner: Page, works):
    edit(planner, works["人民路"])
    planner.locator(".candidate").click()
    planner.get_by_role("button", name=re.compile("^保存")).click()
    expect(planner.locator("#editor [data-part=message]")).to_have_text("已保存")
    assert state(planner, works["人民路"])["precision"] == "exact"
    planner.locator("#editor [data-part=undo]").click()
    expect(planner.locator("#editor [data-part=place]")).to_contain_text("guatu")
    assert state(planner, works["人民路"])["precision"] == "near"


def test_a_road_is_cut_between_two_clicks(planner: Page, works):
    edit(planner, works["人民路"])
    planner.locator(".candidate").click()
    planner.get_by_role("button", name="只取其中一段").click()
    box = planner.locator(".map .leaflet-container").bounding_box()
    for share in (0.35, 0.65):
        planner.mouse.click(box["x"] + share * box["width"], box["y"] + 0.5 * box["height"])
    planner.locator("#editor [data-part=save]").click()
    expect(planner.locator("#editor [data-part=message]")).to_have_text("已保存")
    cut = state(planner, works["人民路"])
    assert cut["precision"] == "stretch"
    assert '"LineString"' in cut["geometry"]


@pytest.mark.parametrize(
    ("tool", "clicks", "kind"),
    [
        ("point", [(0.4, 0.4)], "Point"),
        ("line", [(0.3, 0.4), (0.5, 0.6), (0.5, 0.6)], "LineString"),
        ("area", [(0.3, 0.3), (0.6, 0.3), (0.6, 0.6), (0.3, 0.3)], "Polygon"),
    ],
)
def test_a_point_a_line_and_an_area_are_drawn(planner: Page, works, tool: str, clicks, kind: str):
    edit(planner, works["第一小学"])
    planner.locator(f"#editor [data-part={tool}]").click()
    box = planner.locator(".map .leaflet-container").bounding_box()
    for across, down in clicks:
        planner.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])
        planner.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])
    planner.locator("#editor [data-part=save]").click()
    expect(planner.locator("#editor [data-part=message]")).to_have_text("已保存")
    assert f'"{kind}"' in state(planner, works["第一小学"])["geometry"]


def test_a_point_is_dragged(planner: Page, works):
    edit(planner, works["第一小学"])
    before = state(planner, works["第一小学"])["geometry"]
    planner.locator("#editor [data-part=adjust]").click()
    point = planner.locator(".drawn-point").bounding_box()
    planner.mouse.move(point["x"] + 10, point["y"] + 10)
    planner.mouse.down()
    planner.mouse.move(point["x"] + 60, point["y"] + 40, steps=5)
    planner.mouse.up()
    planner.locator("#editor [data-part=save]").click()
    expect(planner.locator("#editor [data-part=message]")).to_have_text("已保存")
    assert state(planner, works["第一小学"])["geometry"] != before


def test_the_queue_is_worked_through_with_the_keyboard(planner: Page, works):
    planner.goto("/")
    planner.wait_for_selector("body[data-ready]")
    planner.get_by_role("tab", name="未定位").click()
    planner.get_by_role("button", name="逐项核对存疑的工程").click()
    title = planner.locator("#editor [data-part=title]")
    expect(title).to_have_text("无名桥")
    expect(planner.locator("#editor [data-part=position]")).to_have_text("第 1 项，共 2 项存疑")
    planner.wait_for_selector(f"#editor[data-work='{works['无名桥']}']")
    planner.keyboard.press("n")
    planner.keyboard.type("已并入其他工程")
    planner.keyboard.press("Enter")
    expect(title).to_have_text("人民路")
    planner.wait_for_selector(f"#editor[data-work='{works['人民路']}']")
    planner.keyboard.press("1")
    planner.keyboard.press("Enter")
    expect(planner.locator("#editor [data-part=place]")).to_contain_text("确切位置")
    assert state(planner, works["无名桥"])["reason"] == "已并入其他工程"


def test_the_status_is_changed_with_a_date_and_a_note(planner: Page, works):
    edit(planner, works["第一小学"])
    planner.locator("#editor [data-part=status]").select_option("complete")
    planner.locator("#editor [data-part=date]").fill("2026-03-01")
    planner.locator("#editor [data-part=note]").fill("竣工验收")
    planner.get_by_role("button", name="更改进展").click()
    expect(planner.locator("#editor [data-part=message]")).to_have_text("已保存")
    planner.goto(f"/works/{works['第一小学']}")
    expect(planner.locator(".history")).to_contain_text(["竣工验收"])


def test_the_slower_of_two_planners_is_told_and_loses_nothing(planner: Page, works, app, sessions, complaints):
    edit(planner, works["人民路"])
    planner.locator(".candidate").click()
    other = signed_in(app, sessions, Role.PLANNER, "李四")
    seen = state(planner, works["人民路"])["place"]
    point = {"type": "Point", "coordinates": [120.11, 28.9]}
    other.post(f"/works/{works['人民路']}/place.json", json={"seen": seen, "geometry": point})
    with planner.expect_response("**/place.json"):
        planner.locator("#editor [data-part=save]").click()
    expect(planner.locator("#editor [data-part=message]")).to_contain_text("李四")
    planner.get_by_role("button", name="看过了，仍用我的").click()
    expect(planner.locator("#editor [data-part=message]")).to_have_text("已保存")
    assert state(planner, works["人民路"])["placed_by"] == "张三"
    complaints.remove(next(words for words in complaints if "409" in words))  # the browser's own note of the conflict


def test_an_earlier_place_is_brought_back_from_the_works_page(planner: Page, works):
    seen = state(planner, works["第一小学"])
    csrf = planner.request.get("/account/session.json").json()["csrf"]
    change = {"seen": seen["place"], "nowhere": "误判"}
    planner.request.post(f"/works/{works['第一小学']}/place.json", data=change, headers={"X-CSRFToken": csrf})
    planner.goto(f"/works/{works['第一小学']}")
    planner.wait_for_selector("body[data-ready]")
    planner.get_by_role("button", name="恢复").click()
    expect(planner.locator(".history li.current")).to_contain_text("撤销后恢复")
    assert state(planner, works["第一小学"])["geometry"] == seen["geometry"]


def test_whoever_is_no_planner_has_no_editor(page: Page, works):
    page.goto("/")
    page.wait_for_selector("body[data-ready]")
    assert page.locator("#editor").count() == 0

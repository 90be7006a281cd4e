"""A planner takes an edited export back in a browser: sends it, sees what it changes, confirms, and undoes."""

import json
from pathlib import Path

import pytest
from drawing import a_report, a_work
from flask import Flask
from flask.testing import FlaskClient
from people import signed_in
from playwright.sync_api import APIRequestContext, Locator, Page, expect
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.vocabulary import Precision
from geodata.models import Role

Sessions = sessionmaker[Session]
HOSTILE = "<img src=x onerror=alert(1)>改.geojson"


@pytest.fixture
def works(sessions: Sessions) -> dict[str, int]:
    with sessions.begin() as session:
        report = a_report(session, "建成人民路、第一水厂、第一小学，谋划无名桥。")
        made = [
            a_work(session, report, "人民路", place="LINESTRING(120.08 28.9, 120.1 28.9, 120.14 28.9)"),
            a_work(session, report, "第一水厂", place="POINT(120.1 28.91)"),
            a_work(session, report, "第一小学", place="POINT(120.12 28.92)"),
            a_work(session, report, "无名桥", precision=Precision.NONE, reason="地名库里没有“无名桥”"),
        ]
        return {work.name: work.id for work in made}


@pytest.fixture
def edited(app: Flask, sessions: Sessions, works: dict[str, int], tmp_path: Path) -> Path:
    """An export in which the school and the plant were moved and the road is complete; since it was made, somebody else
    moved the plant.
    """
    other = signed_in(app, sessions, Role.PLANNER, "李四")
    document = json.loads(other.get("/downloads/works?format=geojson").data)
    features = {feature["id"]: feature for feature in document["features"]}
    features[works["第一水厂"]]["geometry"]["coordinates"] = [120.102, 28.912]
    features[works["第一小学"]]["geometry"]["coordinates"] = [120.123, 28.921]
    features[works["人民路"]]["properties"]["进展"] = "建成"
    document["features"].append({"type": "Feature", "geometry": None, "properties": {"名称": "手工加的路"}})
    seen = state(other, works["第一水厂"])["place"]
    point = {"type": "Point", "coordinates": [120.099, 28.909]}
    assert other.post(f"/works/{works['第一水厂']}/place.json", json={"seen": seen, "geometry": point}).is_json
    file = tmp_path / HOSTILE
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return file


def state(client: FlaskClient | APIRequestContext, work: int) -> dict:
    answer = client.get(f"/works/{work}/state.json")
    return answer.json() if callable(answer.json) else answer.json


def send(planner: Page, file: Path) -> None:
    planner.goto("/returns/")
    planner.get_by_label("文件").set_input_files(file)
    planner.get_by_role("button", name="看改了什么").click()


def tick(planner: Page, work: str, what: str) -> Locator:
    return planner.locator("li.change", has_text=work).get_by_role("checkbox", name=what)


def test_an_edited_file_is_shown_taken_and_undone(planner: Page, works, edited: Path):
    before = {name: state(planner.request, work)["place"] for name, work in works.items()}
    send(planner, edited)
    expect(planner.get_by_role("heading", level=1)).to_have_text("3 项工程有改动")
    expect(planner.locator(".notes")).to_contain_text("手工加的路")
    expect(tick(planner, "人民路", "进展")).to_be_checked()
    expect(tick(planner, "第一小学", "位置")).to_be_checked()
    expect(tick(planner, "第一水厂", "位置")).not_to_be_checked()
    conflict = planner.locator("li.conflict")
    expect(conflict).to_have_count(1)
    expect(conflict).to_contain_text("李四")
    conflict.locator(".change-map").scroll_into_view_if_needed()
    expect(conflict.locator(".change-map canvas.leaflet-zoom-animated").first).to_be_visible()
    assert {name: state(planner.request, work)["place"] for name, work in works.items()} == before  # nothing is written

    planner.get_by_role("button", name="确认收回勾选的改动").click()
    expect(planner.get_by_role("heading", level=1)).to_have_text("收回了 1 处位置、1 处进展")
    taken = state(planner.request, works["第一小学"])
    assert json.loads(taken["geometry"])["coordinates"] == [120.123, 28.921]
    assert taken["placed_by"] == "张三"
    assert state(planner.request, works["人民路"])["status"] == "complete"
    assert state(planner.request, works["第一水厂"])["place"] == before["第一水厂"]  # the other planner's stands

    planner.locator("tr", has_text="第一小学").get_by_role("button", name="撤销").click()
    expect(planner.locator("tr", has_text="第一小学")).to_contain_text("已撤销")
    assert json.loads(state(planner.request, works["第一小学"])["geometry"])["coordinates"] == [120.12, 28.92]
    planner.get_by_role("button", name="全部撤销").click()
    expect(planner.get_by_role("heading", level=1)).to_have_text("收回了 0 处位置、0 处进展")
    assert state(planner.request, works["人民路"])["status"] == "ongoing"

    planner.goto("/returns/")
    expect(planner.locator("table")).to_contain_text(edited.name)  # as text: the browser would have complained


def test_what_is_ticked_wins_over_a_conflict(planner: Page, works, edited: Path):
    send(planner, edited)
    tick(planner, "第一水厂", "位置").check()
    tick(planner, "人民路", "进展").uncheck()
    planner.get_by_role("button", name="确认收回勾选的改动").click()
    expect(planner.get_by_role("heading", level=1)).to_have_text("收回了 2 处位置、0 处进展")
    assert json.loads(state(planner.request, works["第一水厂"])["geometry"])["coordinates"] == [120.102, 28.912]


def test_a_file_that_was_not_exported_here_is_refused_on_the_form(planner: Page, works, tmp_path, complaints):
    file = tmp_path / "别的.geojson"
    file.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    send(planner, file)
    expect(planner.get_by_role("alert")).to_be_visible()
    complaints.remove(next(words for words in complaints if "422" in words))  # the browser's own note of the refusal

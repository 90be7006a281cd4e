"""Text from reports, files and gazetteers shows as text in every corner of the pages, whatever it says."""

from collections.abc import Iterator

import pytest
from drawing import a_report, a_work
from flask.testing import FlaskClient
from pages import hand_over, served
from people import signed_in
from playwright.sync_api import BrowserContext, Page, expect
from shapely import Point
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.build import build_index
from gazetteer.place import Place, Source
from gazetteer.vocabulary import Precision
from geodata.database import Database
from geodata.models import Role
from geodata.session import open_engine, session_factory
from webmap.app import create_app

PAYLOADS = {
    "image": "<img src=x onerror=alert(1)>",
    "script": "</script><script>alert(1)</script>",
    "svg": "<svg/onload=alert(1)>",
    "quote": '" onmouseover="alert(1)" x="',
    "template": "${alert(1)}",
    "jinja": "{{ 7*191 }}",
    "statement": "{% for x in range(3) %}x{% endfor %}",
    "address": "javascript:alert(1)",
    "entity": "&lt;b&gt;&amp;#60;",
    "direction": "甲\u202e乙\u2066丙",
    "long": "路" * 5000,
}


Hostile = tuple[str, dict[str, int], FlaskClient]  # the address of the pages, the works by payload, a planner's client


@pytest.fixture(scope="module")
def database(server) -> Iterator[Database]:
    with server.copy() as copy:
        yield copy


@pytest.fixture(scope="module")
def hostile(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    """Pages on a database that says every payload everywhere."""
    engine = open_engine(database.owner)
    sessions: sessionmaker[Session] = session_factory(engine)
    directory = tmp_path_factory.mktemp("gazetteer")
    places = [Place(name, text[:60], text[:60], Point(120, 28.9)) for name, text in PAYLOADS.items()]
    build_index(Source("drawn", "图", "", ""), places, directory)
    works = {}
    with sessions.begin() as session:
        for number, (name, text) in enumerate(PAYLOADS.items()):
            report = a_report(session, f"建成{text}。", county=text, title=text)
            rejected = [{"name": text, "why": text}]
            works[name] = a_work(
                session,
                report,
                text,
                place=f"POINT({120 + number} 28.9)",
                town=text,
                reason=text,
                area=[text],
                extent_from=text,
                extent_to=text,
                evidence={"matched": [{"name": text, "kind": text, "source": text}], "rejected": rejected},
            ).id
            a_work(session, report, f"{text}桥", precision=Precision.NONE, reason=text)
    app = create_app(database.web, SECRET_KEY="for tests", GAZETTEER=directory)
    with served(app) as address:
        yield address, works, signed_in(app, sessions, Role.PLANNER, "张三")
    engine.dispose()


@pytest.fixture(scope="module")
def base_url(hostile) -> str:
    return hostile[0]


@pytest.fixture
def planner(context: BrowserContext, page: Page, hostile) -> Page:
    base_url, _, client = hostile
    hand_over(client, context, base_url)
    return page


def no_foreign_elements(page: Page) -> None:
    """No element was made of text: none of the payloads' own is there."""
    assert page.locator("img[src=x], svg[onload], [onmouseover], [onerror]").count() == 0
    assert "1337" not in page.locator("body").inner_text()


def test_choices_lists_and_popups_show_it_as_text(planner: Page, hostile):
    _, works, _ = hostile
    planner.goto("/")
    planner.wait_for_selector("body[data-ready]")
    for facet in ("report", "town", "area"):
        box = planner.locator(f"[data-facet={facet}]")
        box.evaluate("details => { details.open = true; }")  # what is closed is not filled
        expect(box.locator("label")).not_to_have_count(0)
        shown = box.text_content()
        assert all(text in shown for text in PAYLOADS.values()), facet
    planner.get_by_role("tab", name="未定位").click()
    expect(planner.locator("#unplaced li")).to_have_count(len(PAYLOADS))
    assert set(planner.locator("#unplaced .reason").all_text_contents()) == set(PAYLOADS.values())
    planner.get_by_role("tab", name="清单").click()
    expect(planner.locator("#listing tbody tr")).to_have_count(2 * len(PAYLOADS))
    no_foreign_elements(planner)
    for name, work in works.items():
        planner.locator(f"#listing [data-work='{work}'] td.facts").click()
        expect(planner.locator(".popup h2").last).to_contain_text(PAYLOADS[name], use_inner_text=False)
        assert PAYLOADS[name] in planner.locator(".popup .reason").last.text_content()
    no_foreign_elements(planner)


def test_the_editor_shows_it_as_text(planner: Page, hostile):
    planner.goto("/")
    planner.wait_for_selector("body[data-ready]")
    planner.get_by_role("tab", name="未定位").click()
    planner.get_by_role("button", name="逐项核对存疑的工程").click()
    for _ in PAYLOADS:
        planner.wait_for_selector("#editor[data-work]")
        assert planner.locator("#editor [data-part=reason]").text_content() in PAYLOADS.values()
        planner.locator("#editor [data-part=next]").click()
    for text in PAYLOADS.values():
        planner.locator("#editor [data-part=words]").fill(text[:60])
        with planner.expect_response("**/candidates.json*"):
            planner.locator("#editor [data-part=search] button").click()
    no_foreign_elements(planner)


def test_pages_of_works_and_reports_show_it_as_text(planner: Page, hostile):
    for name, work in hostile[1].items():
        planner.goto(f"/works/{work}")
        planner.wait_for_selector("body[data-ready]")
        assert PAYLOADS[name] in planner.locator("h1").text_content()
        assert PAYLOADS[name] in planner.title() or name in ("direction", "long")
        no_foreign_elements(planner)

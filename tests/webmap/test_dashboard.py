"""The dashboard: pictures made on the server, the same figures in tables, the filters of the address."""

import lxml.html
import pytest
from drawing import a_report, a_work
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.vocabulary import Period, Sector, Status
from geodata.linking import relink
from geodata.models import ReportKind

HOSTILE = ["<img src=x onerror=alert(1)>", "{{ 7*191 }}", '" onmouseover="alert(1)', "路" * 5000]


@pytest.fixture(autouse=True)
def works(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        earlier = a_report(session, "开工建设人民路、城北水厂。", year=2021)
        a_work(session, earlier, "人民路", status=Status.START)
        a_work(session, earlier, "城北水厂", status=Status.START, sector=Sector.WATER)
        later = a_report(session, "建成人民路。")
        a_work(
            session, later, "人民路", status=Status.COMPLETE, period=Period.DONE, place="POINT(120 29)", town="古丽镇"
        )
        relink(session, later)


def page(client: FlaskClient, query: str = "") -> lxml.html.HtmlElement:
    answer = client.get(f"/dashboard?{query}")
    assert answer.status_code == 200
    return lxml.html.fromstring(answer.text)


def cells(table: lxml.html.HtmlElement) -> list[list[str]]:
    return [[cell.text_content().strip() for cell in row.iter("th", "td")] for row in table.iter("tr")]


def test_tables_say_what_the_pictures_show(client: FlaskClient):
    document = page(client)
    rows = cells(document.cssselect("section[aria-labelledby=by-sector] table")[0])
    assert rows[1][:2] == ["交通", "2"]
    assert rows[2][:2] == ["水利", "1"]
    assert rows[-1][:2] == ["合计", "3"]
    first = document.cssselect("section[aria-labelledby=by-sector] svg.stack")[0]
    assert first.get("aria-label") == "开工 1，建成 1"


def test_bars_are_as_long_as_their_numbers(client: FlaskClient):
    bars = page(client).cssselect("section[aria-labelledby=by-sector] svg.stack")
    widths = [sum(float(rect.get("width")) for rect in bar.iter("rect")) for bar in bars]
    assert widths == [1000, 1000, 500, 500]


def test_the_filters_of_the_address_hold_and_are_shown(client: FlaskClient):
    document = page(client, "sector=water")
    assert cells(document.cssselect("section[aria-labelledby=by-sector] table")[0])[-1][1] == "1"
    [ticked] = document.cssselect("input[checked]")
    assert (ticked.get("name"), ticked.get("value")) == ("sector", "water")


def test_rare_choices_are_offered_where_there_is_one_to_make(client: FlaskClient, sessions: sessionmaker[Session]):
    def offered(query: str = "") -> dict[str, list[str]]:
        boxes = page(client, query).cssselect("input[type=checkbox]")
        return {
            name: [box.get("value") for box in boxes if box.get("name") == name] for name in ("report_kind", "finding")
        }

    assert offered() == {"report_kind": [], "finding": []}
    assert offered("finding=-") == {"report_kind": [], "finding": ["-"]}
    with sessions.begin() as session:
        a_work(session, a_report(session, "清单", kind=ReportKind.PROJECT_LIST), "滨江路")
    assert offered() == {"report_kind": ["report", "project-list"], "finding": []}
    [ticked] = page(client, "report_kind=project-list").cssselect("input[checked]")
    assert ticked.getparent().text_content().split() == ["项目清单", "1"]


def test_every_bar_leads_to_its_works_on_the_map(client: FlaskClient):
    link = page(client, "status=start").cssselect("section[aria-labelledby=by-sector] a.name")[0]
    assert link.get("href") == "/?status=start&sector=transport"


def test_last_years_promises_are_held_against_this_year(client: FlaskClient):
    section = page(client).cssselect("section[aria-labelledby=promises]")[0]
    rows = cells(section.cssselect("table")[0])
    assert rows[0][1:] == ["已完成", "仍在进行", "推迟", "未再提及", "下一年新增"]
    assert rows[1] == ["交通", "1", "", "", "", ""]
    assert rows[2] == ["水利", "", "", "", "1", ""]


def test_in_english(client: FlaskClient):
    assert "By work area" in page(client, "lang=en").text_content()


def test_nothing_found_is_said(client: FlaskClient):
    assert "没有符合条件的工程" in page(client, "words=没有").text_content()


def test_no_style_and_no_script_stands_in_the_page(client: FlaskClient):
    document = page(client)
    assert not document.cssselect("[style], main script, main style")


@pytest.mark.parametrize("town", HOSTILE)
def test_hostile_towns_and_counties_show_as_text(client: FlaskClient, sessions: sessionmaker[Session], town: str):
    with sessions.begin() as session:
        report = a_report(session, "另一份", county=town)
        a_work(session, report, place="POINT(120 29)", town=town)
    document = page(client)
    assert not document.cssselect("main img, [onmouseover]")
    names = [link.text_content().strip() for link in document.cssselect("section[aria-labelledby=by-town] a.name")]
    assert town in names

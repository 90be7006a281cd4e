"""Planners decide on inspections; others neither see nor decide; rounds come out as Excel and PDF."""

import ctypes
import io
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pdfplumber
import pypdfium2
import pytest
from checks import a_check, a_jpeg, announced
from drawing import a_report, a_work
from flask import Flask
from flask.testing import FlaskClient
from geoalchemy2.shape import to_shape
from openpyxl import load_workbook
from people import signed_in
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.vocabulary import Status
from geodata.accounts import find_account
from geodata.inspections import CheckRefusedError, receive, receive_part
from geodata.models import GazetteerPlace, Inspection, Location, RefusedCheck, Role, StatusChange

Sessions = sessionmaker[Session]
NOW = datetime(2026, 3, 1, 2, tzinfo=UTC)
HOSTILE = "=cmd|' /C calc'!A0 <img src=x onerror=alert(1)> {{ 7*191 }}"


@pytest.fixture
def planner(app: Flask, sessions: Sessions) -> FlaskClient:
    return signed_in(app, sessions, Role.PLANNER, "规划员李四")


@pytest.fixture
def inspector(app: Flask, sessions: Sessions) -> FlaskClient:
    return signed_in(app, sessions, Role.INSPECTOR, "巡查员甲")


@pytest.fixture
def check(inspector: FlaskClient, sessions: Sessions) -> dict:
    """One waiting check with a photo: its identifier, and those of its work and photo."""
    jpeg, check_id = a_jpeg(), uuid4()
    photo = announced(jpeg)
    with sessions.begin() as session:
        account = find_account(session, "巡查员甲")
        work = a_work(session, a_report(session), place="POINT(120 28.9)")
        content = a_check(work, account, status_seen="complete", note=HOSTILE, photos=[photo])
        receive(session, account, check_id, content, NOW)
        receive_part(session, account, UUID(photo["id"]), 0, jpeg)
    return {"id": check_id, "work": work.id, "photo": photo["id"], "seen": work.locations[-1].id}


def test_a_planner_sees_what_waits_with_both_places(planner: FlaskClient, check: dict):
    assert "人民路" in planner.get("/inspection/queue/").text
    page = planner.get(f"/inspection/queue/{check['id']}").text
    assert "采纳" in page
    assert "<img src=x" not in page
    assert "1337" not in page
    shapes = planner.get(f"/inspection/queue/{check['id']}.json").json["features"]
    assert [shape["properties"]["what"] for shape in shapes] == ["current", "found", "inspector", "photo"]
    assert shapes[0]["geometry"]["coordinates"] == [120.0, 28.9]
    assert shapes[1]["geometry"]["coordinates"] == [120.001, 28.901]


def test_accepting_moves_the_work_and_says_its_status(planner: FlaskClient, sessions: Sessions, check: dict):
    answer = planner.post(
        f"/inspection/queue/{check['id']}/accept", data={"place": "on", "status": "on", "seen": check["seen"]}
    )
    assert answer.location == "/inspection/queue/"
    with sessions() as session:
        location = session.scalar(select(Location).where(Location.current))
        assert (location.precision, location.placed_by) == ("exact", "巡查员甲")
        assert session.scalar(select(StatusChange.status).where(StatusChange.current)) is Status.COMPLETE
    again = planner.post(f"/inspection/queue/{check['id']}/accept", data={"place": "on", "seen": check["seen"]})
    assert again.status_code == 409


def test_an_accepted_place_is_taught_to_the_gazetteer(planner: FlaskClient, sessions: Sessions, check: dict):
    planner.post(f"/inspection/queue/{check['id']}/accept", data={"place": "on", "seen": check["seen"]})
    with sessions() as session:
        place = session.scalars(select(GazetteerPlace)).one()
        assert (place.name, to_shape(place.geometry).coords[0]) == ("人民路", (120.001, 28.901))


def test_a_planner_who_saw_an_older_place_is_told(planner: FlaskClient, sessions: Sessions, check: dict):
    answer = planner.post(f"/inspection/queue/{check['id']}/accept", data={"place": "on", "seen": check["seen"] + 7})
    assert answer.status_code == 409
    with sessions() as session:
        assert session.scalar(select(Inspection.decision)) == "waiting"


def test_a_planner_takes_over_only_what_is_ticked(planner: FlaskClient, sessions: Sessions, check: dict):
    planner.post(f"/inspection/queue/{check['id']}/accept", data={})
    with sessions() as session:
        assert session.scalar(select(Location.placed_by).where(Location.current)) == "guatu"
        assert session.scalar(select(StatusChange.status).where(StatusChange.current)) is Status.ONGOING
        assert session.scalar(select(Inspection.decision)) == "accepted"


def test_returning_needs_a_question(planner: FlaskClient, sessions: Sessions, check: dict):
    assert planner.post(f"/inspection/queue/{check['id']}/return", data={"question": " "}).status_code == 400
    assert planner.post(f"/inspection/queue/{check['id']}/return", data={"question": "哪一侧？"}).status_code == 302
    with sessions() as session:
        assert session.scalar(select(Inspection.question)) == "哪一侧？"


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.INSPECTOR])
def test_nobody_else_sees_or_decides(app: Flask, sessions: Sessions, check: dict, role: Role | None):
    client = signed_in(app, sessions, role) if role else app.test_client()
    answer = 403 if role else 401
    if role is None:
        client.environ_base["HTTP_X_CSRFTOKEN"] = client.get("/account/session.json").json["csrf"]
    for address in ("", f"{check['id']}", f"{check['id']}.json", "round.pdf", "round.xlsx"):
        assert client.get(f"/inspection/queue/{address}").status_code == answer
    for address in (f"{check['id']}/accept", f"{check['id']}/return", "refused/1/settle"):
        assert client.post(f"/inspection/queue/{address}", data={"question": "x"}).status_code == answer
    with sessions() as session:
        assert session.scalar(select(Inspection.decision)) == "waiting"


def test_photos_are_seen_by_those_who_may(
    app: Flask, sessions: Sessions, planner: FlaskClient, inspector: FlaskClient, check: dict
):
    address = f"/inspection/photos/{check['photo']}.jpg"
    viewer, other = signed_in(app, sessions, Role.VIEWER), signed_in(app, sessions, Role.INSPECTOR, "巡查员乙")
    stranger = app.test_client()
    assert [client.get(address).status_code for client in (planner, inspector, viewer, other, stranger)] == [
        200,
        200,
        404,
        404,
        401,
    ]
    planner.post(f"/inspection/queue/{check['id']}/accept", data={"place": "on", "seen": check["seen"]})
    assert [client.get(address).status_code for client in (viewer, other, stranger)] == [200, 200, 401]
    assert viewer.get(address).mimetype == "image/jpeg"


def test_a_works_page_shows_its_inspections_to_those_who_may(
    app: Flask, sessions: Sessions, planner: FlaskClient, check: dict
):
    address, viewer = f"/works/{check['work']}", signed_in(app, sessions, Role.VIEWER)
    assert "巡查员甲" in planner.get(address).text
    assert "巡查员甲" not in viewer.get(address).text
    planner.post(f"/inspection/queue/{check['id']}/accept", data={})
    assert "巡查员甲" in viewer.get(address).text
    assert "巡查员甲" not in app.test_client().get(address).text


def test_what_an_inspector_takes_along_holds_no_strangers_position(
    app: Flask, sessions: Sessions, planner: FlaskClient, inspector: FlaskClient, check: dict
):
    (mine,) = inspector.get("/inspection/works.json").json["works"]
    assert mine["inspections"][0]["photos"] == [check["photo"]]
    other = signed_in(app, sessions, Role.INSPECTOR, "巡查员乙")
    assert other.get("/inspection/works.json").json["works"][0]["inspections"] == []
    planner.post(f"/inspection/queue/{check['id']}/accept", data={})
    (seen,) = other.get("/inspection/works.json").json["works"][0]["inspections"]
    assert set(seen) == {"id", "finding", "status_seen", "note", "seen_at", "decision", "question", "photos"}


def test_refused_checks_are_shown_until_they_are_settled(planner: FlaskClient, sessions: Sessions, check: dict):
    with sessions.begin() as session:
        account = find_account(session, "巡查员甲")
        with pytest.raises(CheckRefusedError):
            receive(session, account, uuid4(), {"work": HOSTILE})
        session.flush()
        number = session.scalar(select(RefusedCheck.id))
    page = planner.get("/inspection/queue/").text
    assert "没有收下的记录" in page
    assert "<img src=x" not in page
    planner.post(f"/inspection/queue/refused/{number}/settle")
    assert "没有收下的记录" not in planner.get("/inspection/queue/").text


def test_a_round_comes_as_excel_without_formulas(planner: FlaskClient, check: dict):
    book = load_workbook(io.BytesIO(planner.get("/inspection/queue/round.xlsx").data))
    head, row = book.active.iter_rows(values_only=True)
    entry = dict(zip(head, row, strict=True))
    assert (entry["工程"], entry["现场情况"], entry["经度"], entry["照片数"]) == ("人民路", "在别处", 120.001, 1)
    assert entry["时间"] == "2026-03-01 09:30"
    assert all(cell.data_type != "f" for cells in book.active.iter_rows() for cell in cells)


def test_a_round_comes_as_a_pdf_with_its_photos_and_its_typeface_in_it(planner: FlaskClient, check: dict):
    answer = planner.get("/inspection/queue/round.pdf")
    with pdfplumber.open(io.BytesIO(answer.data)) as pdf:
        text = "".join(page.extract_text() for page in pdf.pages)
        (image,) = pdf.pages[0].images
    assert image["stream"]["Filter"].name == "DCTDecode"  # the JPEG itself
    for words in ("人民路", "在别处", "巡查员甲", "<img src=x"):
        assert words in text
    fonts = fonts_of(answer.data)
    assert any("NotoSansCJK" in name for name in fonts)
    assert all(fonts.values()), "a reader without the typeface sees it too"


def fonts_of(pdf: bytes) -> dict[str, bool]:
    """The fonts that the first page's text is set in, and whether they are in the file."""
    document = pypdfium2.PdfDocument(pdf)
    raw, found = pypdfium2.raw, {}
    for item in document[0].get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
        font = raw.FPDFTextObj_GetFont(item)
        name = ctypes.create_string_buffer(200)
        raw.FPDFFont_GetBaseFontName(font, name, 200)
        found[name.value.decode()] = bool(raw.FPDFFont_GetIsEmbedded(font))
    return found


def test_a_long_note_and_many_photos_go_on_over_pages(
    planner: FlaskClient, sessions: Sessions, inspector: FlaskClient, check: dict
):
    note = "\n".join(f"第{number}行" + "路面开裂" * 8 for number in range(50))
    photos = [a_jpeg(seed) for seed in range(1, 8)]
    with sessions.begin() as session:
        account = find_account(session, "巡查员甲")
        work = a_work(session, a_report(session, "新建清溪公园。"), "清溪公园", place="POINT(120 28.9)")
        said = [announced(jpeg) for jpeg in photos]
        receive(session, account, uuid4(), a_check(work, account, note=note, photos=said), NOW)
        for photo, jpeg in zip(said, photos, strict=True):
            receive_part(session, account, UUID(photo["id"]), 0, jpeg)
    with pdfplumber.open(io.BytesIO(planner.get("/inspection/queue/round.pdf").data)) as pdf:
        text = "".join(page.extract_text() for page in pdf.pages)
        assert sum(len(page.images) for page in pdf.pages) == 8
        for page in pdf.pages:
            assert all(0 < image["x0"] < image["x1"] < page.width for image in page.images)
            assert all(0 < thing["top"] < thing["bottom"] < page.height for thing in [*page.chars, *page.images])
    assert all(f"第{number}行" in text for number in range(50))
    assert text.count("路面开裂") >= 50 * 7  # some are cut by the end of a line


@pytest.mark.parametrize("query", ["decision=magic", "since=yesterday", "until=2026-13-01"])
def test_a_round_that_is_none_is_refused(planner: FlaskClient, query: str):
    assert planner.get(f"/inspection/queue/?{query}").status_code == 400


def test_rounds_are_chosen_by_day_and_inspector(planner: FlaskClient, check: dict):
    for query, found in (
        ("since=2026-03-01&until=2026-03-01", True),
        ("since=2026-03-02", False),
        ("until=2026-02-28", False),
        ("inspector=巡查员甲", True),
        ("inspector=没有", False),
        ("decision=accepted", False),
    ):
        assert ("人民路" in planner.get(f"/inspection/queue/?{query}").text) == found, query

"""An inspector's tablet in a real browser: signing in, taking works along, making a check."""

import io

from drawing import a_report, a_work
from people import PASSWORD, an_account
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.vocabulary import Precision, Sector, Status
from geodata import accounts
from geodata.models import Inspection, Role

Sessions = sessionmaker[Session]
HERE = {"longitude": 120.1, "latitude": 28.9, "accuracy": 12.0}
NAME = "巡查员甲"


def three_works(sessions: Sessions) -> dict[str, int]:
    """A road, a school and a park of one report: their identifiers by name."""
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


def prepare(page: Page) -> None:
    """Keeps the page for the field and takes the works along; somebody is signed in."""
    open_page(page)
    page.evaluate("navigator.serviceWorker.ready")
    take_along(page)


def accept_invitation(page: Page, sessions: Sessions, name: str) -> None:
    """Signs a new inspector in as one does who got the address of an invitation."""
    with sessions.begin() as session:
        secret = accounts.invite(session, an_account(session, name, Role.INSPECTOR))
    page.goto(f"/account/once/{secret}")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=again]").fill(PASSWORD)
    page.locator("main button").click()
    page.wait_for_url("**/account/")


def open_page(page: Page) -> None:
    page.goto("/inspection/")
    page.wait_for_selector("body[data-ready]")


def take_along(page: Page) -> None:
    page.get_by_role("tab", name="离线区域").click()
    expect(page.locator("#area-town option").first).to_contain_text("全部乡镇")
    page.get_by_role("button", name="下载到平板").click()
    expect(page.locator("#area-state")).to_contain_text("已存到平板", timeout=30_000)
    page.get_by_role("tab", name="工程").click()


def stored(sessions: Sessions, table: type = Inspection) -> list:
    with sessions() as session:
        return list(session.scalars(select(table)))


def check(page: Page, work: int, finding: str = "在这里") -> None:
    page.locator(f"#works [data-work='{work}']").tap()
    page.get_by_role("radio", name=finding).tap()
    page.get_by_role("button", name="保存").tap()
    expect(page.locator("#sheet")).to_be_hidden()


def a_picture() -> dict[str, object]:
    """A photo as a phone takes it: larger than what is kept, with place, time, direction and its owner's name."""
    picture = Image.new("RGB", (3000, 2000), "seagreen")
    data = Image.Exif()
    data[0x013B] = "secret owner"
    data.get_ifd(0x8769).update({0x9003: "2026:03:01 09:30:00", 0x9011: "+08:00"})
    data.get_ifd(0x8825).update({1: "N", 2: (28.0, 54.0, 3.6), 3: "E", 4: (120.0, 6.0, 3.6), 17: 270.5})
    file = io.BytesIO()
    picture.save(file, "JPEG", exif=data)
    return {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}

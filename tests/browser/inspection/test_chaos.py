"""Twenty devices send what they made offline, over a network that does its worst, to a server that is killed meanwhile.

GUATU_CHECKS_A_DEVICE=50 makes it a thousand checks with two thousand photos; the suite sends a tenth of that.
"""

import os
import threading
import time
from collections.abc import Iterator

import pytest
from chaos import Network, Server
from drawing import a_report, a_work
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from tablet import accept_invitation

from geodata.database import Database
from geodata.models import AuditEntry, Inspection, Photo, PhotoPart, RefusedCheck

CHECKS_A_DEVICE = int(os.environ.get("GUATU_CHECKS_A_DEVICE", "5"))
PAGES = 2  # devices that are whole pages, with an inspector of their own
DRIVEN = 18  # devices whose stores are driven in one page by the page's own code
PHOTOS = 2
PATIENCE_S = 240

MAKE = """
async ([stores, checks, photos, work, inspector]) => {
    const { openStore, deviceOf } = await import("/static/inspection/store.js");
    const { preparePhoto, announced } = await import("/static/inspection/photos.js");
    const made = [];
    for (const name of stores) {
        const store = await openStore(name);
        const device = await deviceOf(store);
        for (let i = 0; i < checks; i++) {
            const pictures = [];
            for (let n = 0; n < photos; n++) {
                const canvas = document.createElement("canvas");
                canvas.width = canvas.height = 48;
                const context = canvas.getContext("2d");
                for (let k = 0; k < 40; k++) {
                    context.fillStyle = `hsl(${Math.random() * 360} 80% 50%)`;
                    context.fillRect(Math.random() * 48, Math.random() * 48, 12, 12);
                }
                const file = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
                pictures.push(await preparePhoto(file, null));
            }
            const id = crypto.randomUUID();
            await store.saveCheck({
                id, account: inspector, made_at: Date.now(), state: "waiting", reason: "", name: "人民路",
                content: {
                    device, inspector, work, location: null, finding: "moved",
                    geometry: { type: "Point", coordinates: [120 + i / 1000, 28.9] }, position: null,
                    seen_at: new Date().toISOString(), clock_offset_s: 0, status_seen: null, note: `${name} ${i}`,
                    photos: pictures.map(announced), answers: null,
                },
            }, pictures);
            made.push(id);
        }
        store.close();
    }
    return made;
}
"""
SEND = """
async ([stores]) => {
    const { openStore } = await import("/static/inspection/store.js");
    const { sendAll } = await import("/static/inspection/sync.js");
    const { addresses } = JSON.parse(document.getElementById("settings").textContent);
    await Promise.all(stores.map(async (name) => {
        const store = await openStore(name);
        while (!(await sendAll(addresses, store, { lock: name })).done) {
            await new Promise((wait) => setTimeout(wait, 200));
        }
        store.close();
    }));
}
"""
LEFT = """
async ([stores]) => {
    const { openStore } = await import("/static/inspection/store.js");
    const states = [];
    for (const name of stores) {
        const store = await openStore(name);
        for (const check of await store.checks()) {
            states.push(check.state, ...(await store.photosOf(check.id)).map(({ state }) => state));
        }
        store.close();
    }
    return states;
}
"""


@pytest.fixture
def web_server(database: Database) -> Iterator[Server]:
    server = Server(database.web)
    server.start()
    yield server
    server.kill()


def a_device(browser: Browser, sessions: sessionmaker[Session], address: str, name: str) -> Page:
    """A tablet with the page open and its inspector signed in."""
    page = browser.new_context(base_url=address, locale="zh-CN").new_page()
    page.set_default_timeout(PATIENCE_S * 1000)
    accept_invitation(page, sessions, name)
    page.goto("/inspection/")
    page.wait_for_selector("body[data-online]")
    return page


@pytest.mark.timeout(600)
def test_every_check_and_photo_is_stored_exactly_once(
    browser: Browser, sessions: sessionmaker[Session], web_server: Server
):
    with sessions.begin() as session:
        work = a_work(session, a_report(session)).id
    with Network(web_server.port, seed=20) as network:
        network.calm = True
        address = f"http://127.0.0.1:{network.port}"
        pages = {f"巡查员{n}": a_device(browser, sessions, address, f"巡查员{n}") for n in range(PAGES + 1)}
        stores = {name: ["guatu"] for name in pages} | {f"巡查员{PAGES}": [f"device {n}" for n in range(DRIVEN)]}
        made: list[str] = []
        for name, page in pages.items():
            made += page.evaluate(MAKE, [stores[name], CHECKS_A_DEVICE, PHOTOS, work, name])
        network.calm = False
        ending = threading.Event()

        def kill_now_and_then() -> None:
            if not ending.wait(2):
                web_server.kill_a_worker()
            if not ending.wait(2):
                web_server.kill()
                web_server.start()

        killer = threading.Thread(target=kill_now_and_then)
        killer.start()
        *whole_pages, driver = pages.values()
        for page in whole_pages:
            page.locator("#send").click()
        driver.evaluate(SEND, [stores[f"巡查员{PAGES}"]])
        for page in whole_pages:
            deadline = time.monotonic() + PATIENCE_S
            while page.locator("#send-state").text_content() != "全部已到达" and time.monotonic() < deadline:
                if page.locator("#send").is_enabled():
                    page.locator("#send").click()
                page.wait_for_timeout(300)
            expect(page.locator("#send-state")).to_have_text("全部已到达")
        ending.set()
        killer.join()
        states = {state for name, page in pages.items() for state in page.evaluate(LEFT, [stores[name]])}
        for page in pages.values():
            page.context.close()

    assert states == {"sent"}
    assert len(made) == (PAGES + DRIVEN) * CHECKS_A_DEVICE
    with sessions() as session:
        assert sorted(str(found) for found in session.scalars(select(Inspection.id))) == sorted(made)
        received = select(AuditEntry.detail["inspection"].astext).where(AuditEntry.action == "inspection.receive")
        assert sorted(session.scalars(received)) == sorted(made)
        digest = func.encode(func.sha256(Photo.content), "hex")
        assert session.scalar(select(func.count()).where(digest == Photo.sha256)) == len(made) * PHOTOS
        assert session.scalar(select(func.count()).select_from(Photo)) == len(made) * PHOTOS
        assert session.scalar(select(func.count()).select_from(PhotoPart)) == 0
        assert session.scalar(select(func.count()).select_from(RefusedCheck)) == 0
    for trouble in ("dropped", "cut", "answer lost", "repeated", "delayed"):
        assert network.happened[trouble] > 0

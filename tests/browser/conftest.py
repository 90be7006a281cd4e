"""A real server and a real Chromium that reaches no other host; whatever the browser complains of fails the test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from pages import configured, hand_over, served
from people import signed_in
from playwright.sync_api import BrowserContext, Page
from sqlalchemy.orm import Session, sessionmaker

from geodata.database import Database
from geodata.models import Role
from webmap.app import create_app

CHROMIUM = "/usr/bin/chromium"
# The features of a browser that are switched off. The last such switch counts: Playwright's own are said again.
WITHOUT = (
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "PaintHolding"),
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),  # pages for the address bar, in two more processes a window
)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(WITHOUT)}",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
SIZES = {"desktop": {"width": 1440, "height": 900}, "tablet": {"width": 1024, "height": 768}}


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    assert Path(CHROMIUM).exists(), "the browser tests need Debian's chromium"
    return {"executable_path": CHROMIUM, "args": QUIET}


@pytest.fixture(scope="session")
def kept_app(kept) -> Flask:
    """The application; it stays connected to the worker's database."""
    return create_app(kept.database.web, SECRET_KEY="for tests")


@pytest.fixture(scope="session")
def kept_url(kept_app: Flask) -> Iterator[str]:
    with served(kept_app) as address:
        yield address


@pytest.fixture
def app(kept_app: Flask, database: Database, tmp_path: Path) -> Iterator[Flask]:
    """The application on an empty database and an empty gazetteer."""
    with configured(kept_app, GAZETTEER=tmp_path / "gazetteer") as app:
        yield app


@pytest.fixture
def base_url(kept_url: str, app: Flask) -> str:
    """The address of the application's pages."""
    return kept_url


@pytest.fixture(params=SIZES)
def browser_context_args(request: pytest.FixtureRequest, base_url: str) -> dict[str, object]:
    return {"viewport": SIZES[request.param], "base_url": base_url, "accept_downloads": True, "locale": "zh-CN"}


@pytest.fixture
def expected_complaints() -> list[str]:
    """Words of the complaints that a test brings about."""
    return []


@pytest.fixture
def complaints(context: BrowserContext, expected_complaints: list[str]) -> Iterator[list[str]]:
    """What went wrong in the browser; it says so too where a page asks another host, which it never finds."""
    found: list[str] = []

    context.on("weberror", lambda error: found.append(f"error: {error.error}"))
    context.on("console", lambda message: message.type == "error" and found.append(f"console: {message.text}"))
    context.on("dialog", lambda dialog: (found.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    yield found
    assert [line for line in found if not any(words in line for words in expected_complaints)] == []


@pytest.fixture
def page(context: BrowserContext, complaints: list[str]) -> Iterator[Page]:
    page = context.new_page()
    yield page
    page.close()


@pytest.fixture
def planner(context: BrowserContext, page: Page, app: Flask, sessions: sessionmaker[Session], base_url: str) -> Page:
    """A page of the planner 张三."""
    hand_over(signed_in(app, sessions, Role.PLANNER, "张三"), context, base_url)
    return page


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser on a busy machine may come late for a click; what fails three times is wrong."""
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.flaky(reruns=2))

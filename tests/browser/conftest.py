"""A real server and a real Chromium that reaches no other host; whatever the browser complains of fails the test."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page
from werkzeug.serving import make_server

from geodata.database import Database
from webmap.app import create_app

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"desktop": {"width": 1440, "height": 900}, "tablet": {"width": 1024, "height": 768}}


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    assert Path(CHROMIUM).exists(), "the browser tests need Debian's chromium"
    return {"executable_path": CHROMIUM, "args": QUIET}


@pytest.fixture(scope="session")
def kept_url(kept) -> Iterator[str]:
    """The address of guatu's pages, served from the worker's database."""
    server = make_server("127.0.0.1", 0, create_app(kept.database.web, SECRET_KEY="for tests"), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def base_url(kept_url: str, database: Database) -> str:
    """The address of guatu's pages, served from an empty database."""
    return kept_url


@pytest.fixture(params=SIZES)
def browser_context_args(request: pytest.FixtureRequest, base_url: str) -> dict[str, object]:
    return {"viewport": SIZES[request.param], "base_url": base_url, "accept_downloads": True, "locale": "zh-CN"}


@pytest.fixture
def complaints(context: BrowserContext, base_url: str) -> Iterator[list[str]]:
    """What went wrong in the browser; requests to other hosts are stopped and complained of."""
    found: list[str] = []

    def stop_others(route) -> None:
        if route.request.url.startswith((base_url, "data:", "blob:")):
            route.continue_()
        else:
            found.append(f"asked another host: {route.request.url}")
            route.abort()

    context.route("**/*", stop_others)
    context.on("weberror", lambda error: found.append(f"error: {error.error}"))
    context.on("console", lambda message: message.type == "error" and found.append(f"console: {message.text}"))
    context.on("dialog", lambda dialog: (found.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    yield found
    assert found == []


@pytest.fixture
def page(context: BrowserContext, complaints: list[str]) -> Iterator[Page]:
    page = context.new_page()
    yield page
    page.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser on a busy machine may come late for a click; what fails three times is wrong."""
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.flaky(reruns=2))

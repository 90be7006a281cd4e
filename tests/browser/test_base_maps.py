"""The base maps that the operator chose, in a browser: from a server of tiles on this machine."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from pages import served
from PIL import Image
from playwright.sync_api import Page, expect
from web_server import Reply, serve

from geodata.database import Database
from webmap.app import create_app


@pytest.fixture
def base_url(database: Database, tmp_path: Path) -> Iterator[str]:
    """The address of guatu's pages, with a second base map that this server fetches."""
    picture = io.BytesIO()
    Image.new("RGB", (256, 256), "#cde").save(picture, "PNG")
    with serve(lambda asked: Reply(picture.getvalue(), headers={"Content-Type": "image/png"})) as tiles:
        file = tmp_path / "basemaps.toml"
        file.write_text(f"""
            [[basemap]]
            name = "测试影像"
            address = "{tiles.url}/{{z}}/{{x}}/{{y}}.png"
            datum = "WGS 84"
            attribution = "测绘 <院>"
            proxied = true
        """)
        app = create_app(database.web, SECRET_KEY="for tests", BASEMAPS=str(file))
        with served(app) as address:
            yield address


def test_another_base_map_is_chosen_and_stays_chosen(page: Page):
    page.goto("/")
    page.wait_for_selector("body[data-ready]")
    control = page.locator(".leaflet-control-layers", has_text="测试影像")
    control.hover()
    control.locator("label", has_text="测试影像").click()
    expect(page.locator("img.leaflet-tile-loaded").first).to_be_visible()
    expect(page.locator(".leaflet-control-attribution")).to_contain_text("测绘 <院>")
    page.reload()
    expect(page.locator("img.leaflet-tile-loaded").first).to_be_visible()

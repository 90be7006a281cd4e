"""A tablet in the field: a screen to tap on, a position, and works that were taken along."""

import pytest
from flask import Flask
from pages import hand_over
from people import signed_in
from playwright.sync_api import BrowserContext, Page
from sqlalchemy.orm import Session, sessionmaker
from tablet import HERE, NAME, prepare, three_works

from geodata.models import Role


@pytest.fixture
def screen() -> dict[str, int]:
    return {"width": 1024, "height": 768}


@pytest.fixture
def browser_context_args(screen: dict[str, int], base_url: str) -> dict[str, object]:
    return {
        "viewport": screen,
        "base_url": base_url,
        "locale": "zh-CN",
        "geolocation": HERE,
        "permissions": ["geolocation"],
        "has_touch": True,
    }


@pytest.fixture
def expected_complaints() -> list[str]:
    """What the browser says of a network that a test has switched off."""
    return ["ERR_INTERNET_DISCONNECTED"]


@pytest.fixture
def works(sessions: sessionmaker[Session]) -> dict[str, int]:
    return three_works(sessions)


@pytest.fixture
def inspector(context: BrowserContext, page: Page, app: Flask, sessions: sessionmaker[Session], base_url: str) -> Page:
    """A page of the inspector NAME."""
    hand_over(signed_in(app, sessions, Role.INSPECTOR, NAME), context, base_url)
    return page


@pytest.fixture
def tablet(inspector: Page, works: dict[str, int]) -> Page:
    """A tablet whose inspector took the works along."""
    prepare(inspector)
    return inspector

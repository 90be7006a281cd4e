"""Sheets to look into."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy.orm import Session

from geodata.selection import Selection
from webmap import languages
from webmap.poster import Drawn, draw_poster

EVERYTHING = Selection()
Sheet = tuple[Drawn, pypdfium2.PdfDocument]


@pytest.fixture
def draw(session: Session, tmp_path: Path) -> Iterator[Callable[..., Sheet]]:
    """Draws a wall map of all works of the session and opens it."""
    app = Flask("webmap")
    languages.init_app(app)
    opened = []

    def draw(selection: Selection = EVERYTHING, *, size: str = "A4", language: str = "zh", title: str = "") -> Sheet:
        out = tmp_path / f"{size}.pdf"
        with app.app_context(), force_locale(language):
            drawn = draw_poster(out, session, selection, size=size, title=title)
        opened.append(pypdfium2.PdfDocument(out))
        return drawn, opened[-1]

    yield draw
    for document in opened:
        document.close()

"""The page where a wall map is chosen, and the wall map as an answer."""

import pytest
from drawing import a_report, a_work
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker


@pytest.fixture(autouse=True)
def works(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        a_work(session, a_report(session), place="POINT(120 28.9)")


def test_the_page_keeps_the_choices_of_the_address(client: FlaskClient):
    page = client.get("/poster?sector=transport&words=<b>").text
    assert '<input type="hidden" name="sector" value="transport">' in page
    assert 'name="words" value="&lt;b&gt;"' in page
    assert "sector=transport&amp;words=%3Cb%3E" in page  # of the preview


def test_the_wall_map_is_a_pdf_or_a_picture(client: FlaskClient):
    assert client.get("/poster.pdf?size=A4").data.startswith(b"%PDF")
    assert client.get("/poster.png?size=A4").data.startswith(b"\x89PNG")


@pytest.mark.parametrize("query", ["size=A9", "size=A4&status=built", "size=A4&sector=water", "report=x"])
def test_what_cannot_be_drawn_is_refused_in_words(client: FlaskClient, query):
    assert client.get(f"/poster.pdf?{query}").status_code == 400

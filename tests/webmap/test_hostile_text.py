"""Text from reports and files is shown, never run: neither by the server's templates nor by the browser."""

import json
import re
from html import unescape

import pytest
from drawing import a_report, a_work
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from geodata.models import GazetteerPlace, GazetteerSource

PAYLOADS = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "${alert(1)}",
    "{{ 7*191 }}",
    "{% for x in range(3) %}x{% endfor %}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "javascript:alert(1)",
    '" onmouseover="alert(1)',
    "'-alert(1)-'",
    "甲\u202e乙\u2066丙",
    "路" * 5000,
]


@pytest.fixture(params=PAYLOADS, ids=lambda payload: payload[:12])
def payload(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def everywhere(sessions: sessionmaker[Session], payload: str) -> tuple[int, int]:
    """A report and a work that say the payload wherever a text can be said."""
    with sessions.begin() as session:
        report = a_report(session, f"建成{payload}。", title=payload, county=payload, source_file=payload)
        evidence = {
            "matched": [{"name": payload, "kind": payload, "source": payload}],
            "rejected": [{"name": payload, "why": payload}],
        }
        work = a_work(
            session,
            report,
            payload,
            place="POINT(120 28.9)",
            town=payload,
            reason=payload,
            area=[payload, payload],
            evidence=evidence,
            action=payload,
            unit=payload,
            quantity=1,
            extent_from=payload,
            extent_to=payload,
            flags=[payload],
        )
        source = GazetteerSource(name=payload, title=payload, licence=payload, attribution=payload, places=1)
        session.add(source)
        session.flush()
        session.add(GazetteerPlace(source_id=source.id, key="1", name=payload, kind="road"))
    return report.id, work.id


def test_pages_show_hostile_text_as_text(client: FlaskClient, everywhere: tuple[int, int], payload: str):
    report_id, work_id = everywhere
    for address in ("/", "/reports/", f"/reports/{report_id}", f"/works/{work_id}", "/sources"):
        page = client.get(address).text
        assert "1337" not in page, f"{address} ran a template"
        assert "xxx" not in page, f"{address} ran a template"
        assert "uid=" not in page, f"{address} ran a command"
        assert not re.search(r"<img[^>]+onerror", page)
        assert "<script>alert" not in page
        assert '" onmouseover="' not in page
    assert payload in unescape(client.get(f"/works/{work_id}").text)


def test_data_carries_hostile_text_unchanged(client: FlaskClient, everywhere: tuple[int, int], payload: str):
    (feature,) = json.loads(client.get("/works.geojson").data)["features"]
    assert feature["properties"]["name"] == payload
    assert feature["properties"]["reason"] == payload
    assert client.get("/works.json").json["rows"][0]["name"] == payload
    assert payload in client.get("/map/choices.json").json["counts"]["town"]


def test_every_script_of_a_page_carries_the_nonce_of_its_policy(client: FlaskClient):
    for address in ("/", "/reports/"):
        response = client.get(address)
        policy = response.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        nonce = re.search(r"'nonce-([^']+)'", policy)[1]
        for script in re.findall(r"<script[^>]*>", response.text):
            assert f'nonce="{nonce}"' in script or 'type="application/json"' in script
        assert not re.search(r"<[^>]+\son\w+=", response.text)


def test_no_two_pages_share_a_nonce(client: FlaskClient):
    assert client.get("/").headers["Content-Security-Policy"] != client.get("/").headers["Content-Security-Policy"]

"""The list of works, and the page of one."""

from drawing import a_report, a_work
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.vocabulary import Precision

Sessions = sessionmaker[Session]
TEXT = "一、交通\n前一句话。建成人民路(甲路-乙桥)和第一小学。后一句话。"


def test_the_list_comes_a_page_at_a_time(client: FlaskClient, sessions: Sessions):
    with sessions.begin() as session:
        report = a_report(session)
        for number in range(25):
            a_work(session, report, f"第{number:02}路", start=number, end=number + 1)
    first = client.get("/works.json?limit=10").json
    last = client.get("/works.json?limit=10&offset=20").json
    assert first["works"] == 25
    assert [row["name"] for row in first["rows"]] == [f"第{n:02}路" for n in range(10)]
    assert [row["name"] for row in last["rows"]] == [f"第{n:02}路" for n in range(20, 25)]


def test_the_doubtful_come_first_when_asked(client: FlaskClient, sessions: Sessions):
    with sessions.begin() as session:
        report = a_report(session)
        a_work(session, report, "有处路", place="POINT(120 28.9)")
        a_work(session, report, "无处路", precision=Precision.NONE)
    rows = client.get("/works.json?order=confidence").json["rows"]
    assert [row["name"] for row in rows] == ["无处路", "有处路"]


def test_an_order_or_a_limit_that_is_none_is_refused(client: FlaskClient):
    for query in ("order=magic", "limit=-1", "offset=x", "limit=99999999999999"):
        assert client.get(f"/works.json?{query}").status_code == 400


def test_a_works_page_marks_its_name_in_its_sentence(client: FlaskClient, sessions: Sessions):
    with sessions.begin() as session:
        work = a_work(session, a_report(session, TEXT), "人民路", extent_from="甲路", extent_to="乙桥")
    page = client.get(f"/works/{work.id}").text
    assert "<b>建成</b><mark>人民路</mark><b>(甲路-乙桥)和第一小学。</b>" in page
    assert "前一句话。" in page


def test_a_works_page_says_why_its_place_is_where_it_is(client: FlaskClient, sessions: Sessions):
    with sessions.begin() as session:
        work = a_work(
            session,
            a_report(session, TEXT),
            place="POINT(120 28.9)",
            reason="名称与地名库一致",
            evidence={
                "matched": [{"name": "人民路", "kind": "road", "source": "地图甲"}],
                "rejected": [{"name": "人民东路", "why": "方位字不同"}],
            },
        )
    page = client.get(f"/works/{work.id}").text
    for words in ("名称与地名库一致", "地图甲", "人民东路", "方位字不同", "90%"):
        assert words in page


def test_a_fictional_report_says_so_wherever_it_is_shown(client: FlaskClient, sessions: Sessions):
    with sessions.begin() as session:
        report = a_report(session, TEXT, fictional=True)
        work = a_work(session, report)
    for address in ("/map/reports.json", "/reports/", f"/reports/{report.id}", f"/works/{work.id}"):
        assert "虚构" in client.get(address).text


def test_a_report_leads_from_every_marked_name_to_its_work(client: FlaskClient, sessions: Sessions):
    with sessions.begin() as session:
        report = a_report(session, TEXT)
        works = [a_work(session, report, name) for name in ("人民路", "第一小学")]
    page = client.get(f"/reports/{report.id}").text
    for work in works:
        assert f'href="/works/{work.id}" title="{work.name}">{work.name}</a>' in page

"""The inspector's page on a tablet, with the network switched off and on, and positions set."""

import io

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker
from tablet import a_picture, check, open_page, prepare, stored

from geodata.decisions import return_with_question
from geodata.models import Inspection, Photo, RefusedCheck, Work

Sessions = sessionmaker[Session]


@pytest.fixture(params=[{"width": 1024, "height": 768}, {"width": 800, "height": 1180}], ids=["landscape", "portrait"])
def screen(request: pytest.FixtureRequest) -> dict[str, int]:
    return request.param


def test_works_are_listed_by_distance_with_the_direction(tablet: Page):
    cards = tablet.locator("#works .card")
    expect(cards.locator("strong")).to_have_text(["第一小学", "人民路", "清溪公园"])
    expect(cards.first.locator(".far")).to_contain_text("东北 150 米")
    expect(cards.nth(1).locator(".far")).to_contain_text("东 490 米")


def test_a_check_takes_four_taps_and_arrives(tablet: Page, sessions: Sessions, works):
    tablet.locator(f"[data-work='{works['第一小学']}']").tap()
    tablet.get_by_role("radio", name="在这里").tap()
    tablet.get_by_role("radio", name="建成").tap()
    tablet.get_by_role("button", name="保存").tap()
    tablet.get_by_role("tab", name="记录").click()
    expect(tablet.locator("#check-list li")).to_contain_text(["已到达"])
    (inspection,) = stored(sessions)
    assert (inspection.work_id, inspection.finding, inspection.status_seen) == (works["第一小学"], "here", "complete")
    assert inspection.content["position"] == {"lon": 120.1, "lat": 28.9, "accuracy_m": 12}


def test_a_check_made_offline_survives_closing_the_page_and_arrives_when_there_is_a_network(
    tablet: Page, context: BrowserContext, sessions: Sessions, works
):
    context.set_offline(True)
    tablet.reload()
    tablet.wait_for_selector("body[data-ready]")
    tablet.locator(f"#works [data-work='{works['第一小学']}']").tap()
    tablet.get_by_role("radio", name="在别处").tap()
    tablet.locator("#chooser").set_input_files([a_picture()])
    expect(tablet.locator("#photos img")).to_have_count(1)
    tablet.locator("#note").fill("大门朝西")
    tablet.close()

    again = context.new_page()
    open_page(again)
    again.locator(f"#works [data-work='{works['第一小学']}']").tap()
    expect(again.locator("#note")).to_have_value("大门朝西")
    expect(again.locator("#photos img")).to_have_count(1)
    again.get_by_role("button", name="保存").tap()
    expect(again.locator("#waiting-count")).to_have_text("1")
    assert stored(sessions) == []

    context.set_offline(False)
    again.get_by_role("button", name="上传").click()
    expect(again.locator("#waiting-count")).to_be_hidden()
    (inspection,) = stored(sessions)
    assert (inspection.note, inspection.finding) == ("大门朝西", "moved")
    assert inspection.content["geometry"] == {"type": "Point", "coordinates": [120.1, 28.9]}
    with sessions() as session:
        photo = session.scalars(select(Photo)).one()
        kept = Image.open(io.BytesIO(session.scalar(select(Photo.content))))
        assert photo.taken_at.isoformat() == "2026-03-01T01:30:00+00:00"
        assert photo.direction == 270.5
        assert inspection.content["photos"][0]["position"]["lon"] == pytest.approx(120.101)
    assert max(kept.size) == 2048
    assert not kept.getexif()


def test_a_lost_answer_does_not_double_a_check(tablet: Page, context: BrowserContext, sessions: Sessions, works):
    tablet.evaluate(
        """() => {
            const real = window.fetch;
            window.fetch = async (address, options) => {
                const answer = await real(address, options);
                if (options?.method !== "PUT") return answer;
                window.fetch = real;
                throw new TypeError("the answer was lost");
            };
        }"""
    )
    check(tablet, works["第一小学"])
    expect(tablet.locator("#message")).to_contain_text("没有网络")
    assert len(stored(sessions)) == 1
    expect(tablet.locator("#waiting-count")).to_have_text("1")
    tablet.get_by_role("button", name="上传").click()
    expect(tablet.locator("#waiting-count")).to_be_hidden()
    assert len(stored(sessions)) == 1


def test_what_the_server_refuses_stays_with_the_reason(
    tablet: Page, sessions: Sessions, works, expected_complaints: list[str]
):
    expected_complaints.append("422")
    with sessions.begin() as session:
        session.execute(delete(Work).where(Work.id == works["第一小学"]))
    check(tablet, works["第一小学"])
    tablet.get_by_role("tab", name="记录").click()
    expect(tablet.locator("#check-list li")).to_contain_text([f"there is no work {works['第一小学']}"])
    assert len(stored(sessions, RefusedCheck)) == 1


def test_a_question_comes_back_to_the_inspector_and_is_answered(tablet: Page, sessions: Sessions, works):
    check(tablet, works["第一小学"])
    expect(tablet.locator("#waiting-count")).to_be_hidden()
    with sessions.begin() as session:
        inspection = session.scalars(select(Inspection)).one()
        return_with_question(session, inspection, "规划员", "是校门还是操场？")
    tablet.get_by_role("button", name="上传").click()
    tablet.get_by_role("tab", name="记录").click()
    tablet.get_by_text("规划员问：是校门还是操场？").tap()
    expect(tablet.locator("#sheet-question")).to_contain_text("是校门还是操场？")
    tablet.get_by_role("radio", name="在这里").tap()
    tablet.get_by_role("button", name="保存").tap()
    expect(tablet.locator("#check-list li").first).to_contain_text("已到达")
    assert {inspection.answers for inspection in stored(sessions)} == {None, inspection.id}


def test_without_permission_for_the_position_the_place_is_pointed_out_by_hand(
    inspector: Page, context: BrowserContext, sessions: Sessions, works
):
    context.clear_permissions()
    prepare(inspector)
    expect(inspector.locator("#position")).to_contain_text("没有定位权限")
    inspector.locator(f"#works [data-work='{works['清溪公园']}']").tap()
    inspector.get_by_role("radio", name="在这里").tap()
    inspector.get_by_role("button", name="保存").tap()
    expect(inspector.locator("#message")).to_contain_text("请在地图上点出它的位置")
    inspector.locator("#map").tap(position={"x": 200, "y": 150})
    expect(inspector.locator("#place-state")).to_contain_text("由您在地图上指定")
    inspector.get_by_role("button", name="保存").tap()
    expect(inspector.locator("#waiting-count")).to_be_hidden()
    expect(inspector.locator("#sheet")).to_be_hidden()
    expect(inspector.locator("#send-state")).to_have_text("全部已到达")
    (inspection,) = stored(sessions)
    assert inspection.position is None
    assert inspection.content["geometry"]["type"] == "Point"


def test_a_road_that_lies_elsewhere_is_drawn_as_a_line(tablet: Page, sessions: Sessions, works):
    tablet.locator(f"#works [data-work='{works['人民路']}']").tap()
    tablet.get_by_role("radio", name="在别处").tap()
    tablet.get_by_role("button", name="重画").tap()
    for x in (100, 180, 260):
        tablet.locator("#map").tap(position={"x": x, "y": 120})
        tablet.wait_for_timeout(400)  # two taps at once are Leaflet's double tap
    expect(tablet.locator("#place-state")).to_have_text("已画 3 个点")
    tablet.get_by_role("button", name="撤销上一点").tap()
    tablet.get_by_role("button", name="保存").tap()
    expect(tablet.locator("#sheet")).to_be_hidden()
    expect(tablet.locator("#send-state")).to_have_text("全部已到达")
    (inspection,) = stored(sessions)
    assert inspection.content["geometry"]["type"] == "LineString"
    assert len(inspection.content["geometry"]["coordinates"]) == 2


def test_when_the_tablets_storage_is_full_the_form_stays_and_says_what_to_do(tablet: Page, works):
    tablet.evaluate(
        "() => { IDBObjectStore.prototype.add = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    tablet.locator(f"#works [data-work='{works['第一小学']}']").tap()
    tablet.get_by_role("radio", name="在这里").tap()
    tablet.locator("#note").fill("别丢")
    tablet.get_by_role("button", name="保存").tap()
    expect(tablet.locator("#message")).to_contain_text("平板存储满了")
    expect(tablet.locator("#note")).to_have_value("别丢")
    tablet.reload()
    tablet.wait_for_selector("body[data-ready]")
    tablet.locator(f"#works [data-work='{works['第一小学']}']").tap()
    expect(tablet.locator("#note")).to_have_value("别丢")


def test_when_the_offline_time_is_over_works_are_hidden_and_records_stay(tablet: Page, context: BrowserContext, works):
    context.set_offline(True)
    tablet.reload()
    tablet.wait_for_selector("body[data-ready]")
    check(tablet, works["第一小学"])
    tablet.clock.set_fixed_time("2027-06-01T00:00:00Z")
    tablet.reload()
    tablet.wait_for_selector("body[data-ready]")
    expect(tablet.locator("#works")).to_contain_text("离线使用期已过")
    expect(tablet.locator("#waiting-count")).to_have_text("1")

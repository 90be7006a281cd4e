"""Reviewing a report in a browser: text beside list, on a desktop's and on a tablet's screen."""

import re

import pytest
from grid import Grid
from pages import hand_over
from people import signed_in
from playwright.sync_api import Browser, Page, expect
from readings import a_reading, an_unsaved_report
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.vocabulary import Kind
from geodata.models import Role, Work
from geodata.reports import save_report

TEXT = "一、建设\n𠮷字在前。扩建城区、象珠、芝英等3个污水处理厂，新建人民路和人民桥。\n"
WORKS = (
    a_reading(TEXT, "城区污水处理厂", "城区", "污水处理厂", kind=Kind.PLANT),
    a_reading(TEXT, "象珠", kind=Kind.VILLAGE, flags=("count-mismatch",)),
    a_reading(TEXT, "人民路"),
    a_reading(TEXT, "人民桥", kind=Kind.BRIDGE),
)


@pytest.fixture
def report_id(sessions: sessionmaker[Session]) -> int:
    with sessions.begin() as session:
        return save_report(session, an_unsaved_report(TEXT), WORKS).report.id


@pytest.fixture
def review(planner: Page, report_id: int) -> Page:
    open_review(planner, report_id)
    return planner


def open_review(page: Page, report_id: int) -> None:
    page.goto(f"/reports/{report_id}")
    page.get_by_role("button", name="校核").click()
    page.wait_for_selector("body[data-ready]")


def item(page: Page, name: str):
    return page.locator("#items li[data-item]", has_text=name)


def marked(page: Page, words: str):
    return page.locator("#text mark", has_text=re.compile(f"^{words}$"))


def names(sessions: sessionmaker[Session]) -> list[str]:
    with sessions() as session:
        return list(session.scalars(select(Work.name).order_by(Work.start, Work.id)))


def select_words(page: Page, words: str) -> None:
    """Selects words of the text as a finger or a mouse would."""
    page.evaluate(
        """words => {
            const walker = document.createTreeWalker(document.getElementById("text"), NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
                const at = walker.currentNode.data.indexOf(words);
                if (at < 0) continue;
                getSelection().setBaseAndExtent(walker.currentNode, at, walker.currentNode, at + words.length);
                return;
            }
        }""",
        words,
    )


def save(page: Page) -> None:
    page.get_by_role("button", name="保存校核").first.click()
    page.locator("#save-now").click()
    page.wait_for_url("**/reports/*")


def test_the_text_has_every_work_marked_and_the_list_has_every_work(review: Page):
    expect(review.locator("#tally")).to_have_text("共 4 项，已校核 0 项")
    for words in ("城区", "象珠", "污水处理厂", "人民路", "人民桥"):
        expect(marked(review, words)).to_be_visible()
    marked(review, "人民桥").click()
    expect(item(review, "人民桥")).to_have_class(re.compile("current"))
    item(review, "人民路").locator(".title").click()
    expect(marked(review, "人民路")).to_have_class(re.compile("current"))


def test_a_whole_review_is_done_with_the_keyboard(review: Page, sessions):
    review.keyboard.press("j")
    review.keyboard.press("a")
    expect(review.locator("#tally")).to_have_text("共 4 项，已校核 1 项")
    expect(item(review, "象珠")).to_have_class(re.compile("current"))
    review.keyboard.press("e")
    review.keyboard.type("象珠污水处理厂")
    review.keyboard.press("Enter")
    expect(item(review, "象珠污水处理厂")).to_contain_text("已更正")
    review.keyboard.press("j")
    review.keyboard.press("j")
    review.keyboard.press("d")
    expect(item(review, "人民桥")).to_have_count(0)
    review.keyboard.press("z")
    expect(item(review, "人民桥")).to_be_visible()
    review.keyboard.press("d")
    expect(review.locator("#tally")).to_have_text("共 3 项，已校核 2 项")
    review.keyboard.press("Control+s")
    review.locator("#save-now").click()
    review.wait_for_url("**/reports/*")
    assert names(sessions) == ["城区污水处理厂", "象珠污水处理厂", "人民路"]


def test_words_that_are_selected_become_a_work(review: Page, sessions):
    select_words(review, "芝英")
    review.locator("#add-selection").click()
    form = item(review, "芝英").locator("form")
    expect(form.locator("[name=name]")).to_be_focused()
    form.locator("[name=name]").fill("芝英污水处理厂")
    form.locator("[name=kind]").select_option("plant")
    form.get_by_role("button", name="完成").click()
    expect(item(review, "芝英污水处理厂")).to_be_visible()
    expect(marked(review, "芝英")).to_have_class(re.compile("current"))
    save(review)
    with sessions() as session:
        work = session.scalars(select(Work).where(Work.name == "芝英污水处理厂")).one()
        words = [work.report.text[start:end] for start, end in work.spans]
    assert words == ["芝英", "污水处理厂"]


def test_a_work_is_split_and_two_are_merged(review: Page, sessions):
    item(review, "城区污水处理厂").locator(".title").click()
    review.get_by_role("button", name="拆分").click()
    review.locator("[name=split_names]").fill("城区污水处理厂\n芝英污水处理厂")
    review.get_by_role("button", name="完成").click()
    expect(item(review, "芝英污水处理厂")).to_contain_text("拆分而来")
    expect(review.get_by_role("button", name="合并所选")).to_be_disabled()
    item(review, "人民路").get_by_role("checkbox").check()
    item(review, "人民桥").get_by_role("checkbox").check()
    review.get_by_role("button", name="合并所选").click()
    expect(item(review, "人民桥")).to_have_count(0)
    save(review)
    assert names(sessions) == ["城区污水处理厂", "象珠", "芝英污水处理厂", "人民路"]


def test_the_places_of_a_work_are_put_right_and_stay_so_when_the_report_is_read_again(review: Page, sessions):
    item(review, "人民桥").locator(".title").click()
    review.get_by_role("button", name="更正").click()
    places = review.locator("[name=places]")
    expect(places).to_have_value("人民桥")
    places.fill("人民桥、 芝英镇；溪岸村 ")
    review.get_by_role("button", name="完成").click()
    expect(item(review, "人民桥")).to_contain_text("已更正")
    save(review)
    with sessions.begin() as session:
        save_report(session, an_unsaved_report(TEXT), WORKS)
    with sessions() as session:
        bridge = session.scalars(select(Work).where(Work.name == "人民桥")).one()
        assert bridge.places == ["人民桥", "芝英镇", "溪岸村"]


def test_a_long_list_is_located_part_by_part_while_the_page_says_how_many_are_left(
    review: Page, app, sessions, monkeypatch
):
    grid = Grid("AB")
    grid.road("人民路", "AB")
    grid.gazetteer(app.config["GAZETTEER"])
    monkeypatch.setattr("webmap.review.LOCATED_AT_ONCE", 1)
    asked: list[str] = []
    review.on("request", lambda request: asked.append(request.url) if "locate.json" in request.url else None)
    review.evaluate(
        """() => {
            const notice = document.getElementById("notice");
            const told = () => `${sessionStorage.getItem("told")}|${notice.textContent}`;
            new MutationObserver(() => sessionStorage.setItem("told", told())).observe(notice, { childList: true });
        }"""
    )
    save(review)
    assert len(asked) == len(WORKS) - 1
    told = review.evaluate("() => sessionStorage.getItem('told')")
    assert "还剩 3 项" in told
    assert "还剩 1 项" in told
    with sessions() as session:
        assert all(work.locations for work in session.scalars(select(Work)))


def test_what_was_done_is_still_there_when_the_page_is_opened_again(review: Page, sessions):
    item(review, "人民桥").locator(".title").click()
    review.get_by_role("button", name="删除").click()
    expect(review.locator("#tally")).to_have_text("共 3 项，已校核 0 项")
    review.reload()
    expect(review.locator("#tally")).to_have_text("共 3 项，已校核 0 项")
    assert "人民桥" in names(sessions)


def test_two_planners_at_once_are_told(
    review: Page, browser: Browser, browser_context_args, app, sessions, base_url: str, complaints: list[str]
):
    other_context = browser.new_context(**browser_context_args)
    hand_over(signed_in(app, sessions, Role.PLANNER, "李四"), other_context, base_url)
    other = other_context.new_page()
    other.goto(review.url)
    other.wait_for_selector("body[data-ready]")
    expect(other.locator("#present")).to_have_text("张三 也在校核这份报告")
    item(other, "人民路").locator(".title").click()
    other.get_by_role("button", name="删除").click()
    expect(item(other, "人民路")).to_have_count(0)
    item(review, "人民路").locator(".title").click()
    with review.expect_response("**/steps.json") as answer:
        review.locator("li.current").get_by_role("button", name="确认").click()
    assert answer.value.status == 409
    expect(review.locator("#notice")).to_be_visible()
    expect(item(review, "人民路")).to_have_count(0)
    assert "409" in complaints.pop()  # the browser's own word for it
    other_context.close()


@pytest.mark.parametrize(
    "payload", ["<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "{{ 7*191 }}"]
)
def test_hostile_names_are_shown_as_text(planner: Page, sessions, payload: str):
    with sessions.begin() as session:
        text = f"新建{payload}。"
        work = a_reading(text, payload, area=(payload,), flags=(payload,), unit=payload, quantity=1.0)
        report = save_report(session, an_unsaved_report(text, title=payload), [work]).report
    open_review(planner, report.id)
    expect(planner.locator("#text mark")).to_have_text(payload)
    expect(planner.locator("#items .title")).to_contain_text(payload)
    expect(planner.locator("#items .heading")).to_have_text(payload)
    planner.keyboard.press("j")
    planner.keyboard.press("e")
    expect(planner.locator("[name=area]")).to_have_value(payload)

"""Reviewing a report: what people make of a reading, and what of it survives a later reading."""

from dataclasses import replace
from uuid import uuid4

import pytest
from checks import a_check
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people import an_account
from readings import a_reading, an_unsaved_report
from sqlalchemy import select
from sqlalchemy.orm import Session

from gazetteer.errors import GuatuError
from gazetteer.vocabulary import Kind, Precision, Status
from gazetteer.work import Work as ReadWork
from geodata import drafts
from geodata.inspections import receive
from geodata.models import Action, Correction, Draft, Inspection, Location, Report, Work
from geodata.reports import save_report

TEXT = "扩建城区、象珠、芝英等3个污水处理厂，新建人民路、人民桥。"
CITY = a_reading(TEXT, "城区污水处理厂", "城区", "污水处理厂", kind=Kind.PLANT)
XIANGZHU = a_reading(TEXT, "象珠", kind=Kind.VILLAGE)  # the head was not shared with it
ROAD = a_reading(TEXT, "人民路")
BRIDGE = a_reading(TEXT, "人民桥", kind=Kind.BRIDGE)
WORKS = (CITY, XIANGZHU, ROAD, BRIDGE)


@pytest.fixture
def report(session: Session) -> Report:
    return save_report(session, an_unsaved_report(TEXT), WORKS).report


def names(session: Session, report: Report) -> list[str]:
    return list(session.scalars(select(Work.name).where(Work.report_id == report.id).order_by(Work.start, Work.id)))


def the(session: Session, name: str) -> Work:
    return session.scalars(select(Work).where(Work.name == name)).one()


class Planner:
    """Somebody who reviews a report; works are named by their names."""

    def __init__(self, session: Session, report: Report, name: str = "张三") -> None:
        self.session, self.name = session, name
        self.draft = drafts.open_draft(session, report, name)

    def do(self, action: Action, take: list[str], *made: ReadWork) -> None:
        items = drafts.items_of(self.session, self.draft)
        chosen = [next(i.id for i in items.values() if i.work.name == name) for name in take]
        drafts.take_step(self.session, self.draft, action, chosen, made, self.name)

    def undo(self) -> None:
        drafts.undo(self.session, self.draft, self.name)

    def listed(self) -> set[str]:
        return {item.work.name for item in drafts.items_of(self.session, self.draft).values()}

    def save(self) -> Report:
        return drafts.save(self.session, self.draft, self.name)


@pytest.fixture
def planner(session: Session, report: Report) -> Planner:
    return Planner(session, report)


RIGHT = a_reading(TEXT, "象珠污水处理厂", "象珠", "污水处理厂", kind=Kind.PLANT)


def test_a_draft_changes_nothing_until_it_is_saved(session, report, planner):
    planner.do(Action.DROP, ["人民桥"])
    assert planner.listed() == {"城区污水处理厂", "象珠", "人民路"}
    assert "人民桥" in names(session, report)
    planner.save()
    assert "人民桥" not in names(session, report)
    assert session.scalars(select(Draft)).first() is None


def test_a_corrected_work_stays_the_same_work(session, report, planner):
    before = the(session, "象珠").id
    planner.do(Action.CORRECT, ["象珠"], RIGHT)
    planner.save()
    assert the(session, "象珠污水处理厂").id == before
    assert the(session, "象珠污水处理厂").reviewed_by == "张三"


def test_a_correction_says_what_was_read_what_was_made_who_and_when(session, report, planner):
    planner.do(Action.CORRECT, ["象珠"], RIGHT)
    planner.save()
    (correction,) = session.scalars(select(Correction))
    assert [work["name"] for work in correction.read] == ["象珠"]
    assert [work["name"] for work in correction.made] == ["象珠污水处理厂"]
    assert (correction.action, correction.made_by) == (Action.CORRECT, "张三")
    assert correction.made_at and correction.saved_at


def test_a_status_read_wrongly_is_put_right_in_the_history(session, report, planner):
    planner.do(Action.CORRECT, ["人民路"], replace(ROAD, status=Status.COMPLETE))
    planner.save()
    assert [(s.status, s.changed_by, s.current) for s in the(session, "人民路").statuses] == [
        (Status.ONGOING, "guatu", False),
        (Status.COMPLETE, "张三", True),
    ]


def test_places_put_right_are_looked_up_anew_and_stay_when_the_report_is_read_again(session, report, planner):
    nowhere = {"precision": Precision.NONE, "confidence": 0, "reason": "-", "evidence": {}, "placed_by": "guatu"}
    session.add_all(Location(work_id=the(session, name).id, **nowhere) for name in ("人民路", "人民桥"))
    session.flush()
    planner.do(Action.CORRECT, ["人民路"], replace(ROAD, places=("人民路", "芝英镇")))
    planner.do(Action.ACCEPT, ["人民桥"], BRIDGE)
    planner.save()
    session.expire_all()
    assert [location.work.name for location in session.scalars(select(Location).where(Location.current))] == ["人民桥"]
    save_report(session, an_unsaved_report(TEXT), WORKS)
    assert the(session, "人民路").places == ["人民路", "芝英镇"]


@pytest.mark.parametrize(
    ("action", "take", "made", "left"),
    [
        (Action.ACCEPT, ["人民路"], [ROAD], {"城区污水处理厂", "象珠", "人民路", "人民桥"}),
        (Action.CORRECT, ["象珠"], [RIGHT], {"城区污水处理厂", "象珠污水处理厂", "人民路", "人民桥"}),
        (Action.DROP, ["人民桥"], [], {"城区污水处理厂", "象珠", "人民路"}),
        (Action.MERGE, ["人民路", "人民桥"], [ROAD], {"城区污水处理厂", "象珠", "人民路"}),
        (
            Action.SPLIT,
            ["人民路"],
            [replace(ROAD, name="人民路一期"), replace(ROAD, name="人民路二期")],
            {"城区污水处理厂", "象珠", "人民路一期", "人民路二期", "人民桥"},
        ),
        (
            Action.ADD,
            [],
            [a_reading(TEXT, "芝英污水处理厂", "芝英", "污水处理厂")],
            {"城区污水处理厂", "象珠", "芝英污水处理厂", "人民路", "人民桥"},
        ),
    ],
)
def test_what_a_person_did_survives_the_same_reading_again(session, report, planner, action, take, made, left):
    planner.do(action, take, *made)
    planner.save()
    assert set(names(session, report)) == left
    again = save_report(session, an_unsaved_report(TEXT), WORKS)
    assert (again.new, again.dropped) == (0, 0)
    assert set(names(session, report)) == left


def test_a_better_reader_does_not_read_again_what_a_person_has_judged(session, report, planner):
    planner.do(Action.CORRECT, ["象珠"], RIGHT)
    planner.do(Action.DROP, ["人民桥"])
    planner.save()
    better = (CITY, replace(XIANGZHU, name="象珠镇污水处理厂"), ROAD, replace(BRIDGE, name="人民大桥"))
    save_report(session, an_unsaved_report(TEXT), better)
    assert set(names(session, report)) == {"城区污水处理厂", "象珠污水处理厂", "人民路"}


def test_a_work_that_is_no_longer_read_is_dropped_unless_a_person_touched_it(session, report, planner):
    planner.do(Action.ACCEPT, ["人民路"], ROAD)
    planner.save()
    placed = the(session, "人民桥")
    placed.locations.append(
        Location(precision=Precision.NONE, confidence=0, reason="找不到", evidence={}, placed_by="李四")
    )
    session.flush()
    saved = save_report(session, an_unsaved_report(TEXT), (CITY,))
    assert saved.dropped == 1
    assert names(session, report) == ["城区污水处理厂", "人民路", "人民桥"]


def test_a_reader_may_change_what_nobody_has_reviewed(session, report, planner):
    planner.do(Action.ACCEPT, ["人民路"], ROAD)
    planner.save()
    read = (CITY, XIANGZHU, replace(ROAD, kind=Kind.BRIDGE), replace(BRIDGE, status=Status.COMPLETE))
    save_report(session, an_unsaved_report(TEXT), read)
    assert the(session, "人民路").kind is Kind.ROAD
    assert the(session, "人民桥").statuses[-1].status is Status.COMPLETE


def test_of_two_works_alike_the_one_left_alone_stays(session):
    text = "造林2000亩。造林3000亩。"
    first, second = (a_reading(text, "造林", nth=n, quantity=q) for n, q in ((0, 2000.0), (1, 3000.0)))
    report = save_report(session, an_unsaved_report(text), (first, second)).report
    planner = Planner(session, report)
    drafts.take_step(
        session, planner.draft, Action.DROP, [next(iter(drafts.items_of(session, planner.draft)))], [], "张三"
    )
    planner.save()
    for reading in ((first, second), (second,)):
        save_report(session, an_unsaved_report(text), reading)
        assert [work.quantity for work in session.scalars(select(Work))] == [3000.0]


def test_the_place_that_guatu_found_for_another_name_does_not_stay(session, report, planner):
    work = the(session, "象珠")
    for who in ("guatu", "李四"):
        work.locations = [Location(precision="none", confidence=0, reason="-", evidence={}, placed_by=who)]
        session.flush()
        planner = Planner(session, report)
        made = replace(RIGHT, name=f"象珠{who}厂")
        planner.do(Action.CORRECT, [work.name], made)
        planner.save()
        session.refresh(work)
        assert [location.current for location in work.locations] == [who == "李四"]


def test_a_step_is_undone_by_who_took_it(session, report, planner):
    planner.do(Action.DROP, ["人民桥"])
    planner.do(Action.DROP, ["人民路"])
    planner.undo()
    assert planner.listed() == {"城区污水处理厂", "象珠", "人民路"}
    with pytest.raises(GuatuError):
        drafts.undo(session, planner.draft, "李四")
    planner.undo()
    assert len(planner.listed()) == 4


def test_two_planners_work_in_one_draft_and_neither_takes_what_the_other_has_changed(session, report, planner):
    other = Planner(session, report, "李四")
    before = drafts.items_of(session, other.draft)
    road = next(item.id for item in before.values() if item.work.name == "人民路")
    planner.do(Action.CORRECT, ["人民路"], replace(ROAD, name="人民大道"))
    with pytest.raises(drafts.TakenError) as told:
        drafts.take_step(session, other.draft, Action.DROP, [road], [], "李四")
    assert told.value.by == "张三"
    other.do(Action.DROP, ["人民桥"])
    assert planner.listed() == {"城区污水处理厂", "象珠", "人民大道"}


def test_a_step_that_another_planner_built_on_is_not_undone(session, report, planner):
    planner.do(Action.CORRECT, ["人民路"], replace(ROAD, name="人民大道"))
    Planner(session, report, "李四").do(Action.DROP, ["人民大道"])
    with pytest.raises(drafts.TakenError):
        planner.undo()


def test_who_else_has_the_page_open_is_said(session, report, planner):
    assert drafts.see(planner.draft, "张三") == []
    assert drafts.see(planner.draft, "李四") == ["张三"]
    assert drafts.see(planner.draft, "张三") == ["李四"]


def test_a_report_is_kept_only_when_its_review_is_saved(session):
    draft = drafts.draft_of_reading(session, an_unsaved_report(TEXT), WORKS, "张三")
    assert session.scalars(select(Report)).first() is None
    assert drafts.draft_of_reading(session, an_unsaved_report(TEXT), WORKS, "李四") is draft
    drafts.take_step(session, draft, Action.DROP, ["r3"], [], "张三")
    drafts.take_step(session, draft, Action.CORRECT, ["r1"], [RIGHT], "张三")
    report = drafts.save(session, draft, "张三")
    assert names(session, report) == ["城区污水处理厂", "象珠污水处理厂", "人民路"]
    assert drafts.draft_of_reading(session, an_unsaved_report(TEXT), WORKS, "张三").report_id == report.id


def test_a_draft_goes_on_when_the_report_is_read_again_meanwhile(session, report, planner):
    planner.do(Action.CORRECT, ["象珠"], RIGHT)
    save_report(session, an_unsaved_report(TEXT), (CITY, ROAD, BRIDGE))  # the reader no longer reads 象珠
    assert "象珠污水处理厂" in planner.listed()
    planner.save()
    assert "象珠污水处理厂" in names(session, report)


def test_a_work_that_was_inspected_is_never_dropped_and_a_merge_keeps_its_inspections(session, report, planner):
    work, account = the(session, "人民桥"), an_account(session)
    work.locations.append(Location(precision=Precision.NONE, confidence=0, reason="-", evidence={}, placed_by="guatu"))
    session.flush()
    receive(session, account, uuid4(), a_check(work, account))
    planner.do(Action.DROP, ["人民桥"])
    with pytest.raises(GuatuError, match="人民桥"), session.begin_nested():
        planner.save()
    planner.undo()
    planner.do(Action.MERGE, ["人民路", "人民桥"], ROAD)
    planner.save()
    save_report(session, an_unsaved_report(TEXT), (CITY, XIANGZHU))
    assert session.scalars(select(Inspection)).one().work_id == the(session, "人民路").id


ACTIONS = st.lists(
    st.tuples(st.sampled_from(list(Action)), st.integers(0, 5), st.integers(0, 5), st.sampled_from("甲乙丙丁")),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTIONS)
def test_whatever_is_done_the_saved_works_are_those_of_the_list_and_a_second_reading_changes_nothing(session, done):
    with session.begin_nested() as nested:
        report = save_report(session, an_unsaved_report(TEXT), WORKS).report
        planner = Planner(session, report)
        for action, first, second, name in done:
            items = list(drafts.items_of(session, planner.draft).values())
            if not items and action is not Action.ADD:
                continue
            one, other = (items[n % len(items)] if items else None for n in (first, second))
            take = {Action.ADD: [], Action.MERGE: list({one, other} if items else [])}.get(action, [one])
            base = take[0].work if take else ROAD
            made = {
                Action.DROP: [],
                Action.SPLIT: [base, replace(base, name=f"{base.name}{name}")],
                Action.ACCEPT: [base],
            }.get(action, [replace(base, name=f"人民{name}")])
            drafts.take_step(session, planner.draft, action, [item.id for item in take], made, "张三")
        wanted = sorted(item.work.name for item in drafts.items_of(session, planner.draft).values())
        planner.save()
        assert sorted(names(session, report)) == wanted
        again = save_report(session, an_unsaved_report(TEXT), WORKS)
        assert (again.new, again.dropped) == (0, 0)
        assert sorted(names(session, report)) == wanted
        nested.rollback()

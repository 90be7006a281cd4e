"""What works add up to, against the same sums in Python."""

import random
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from drawing import a_report, a_work
from people import an_account
from sqlalchemy.orm import Session

from gazetteer.vocabulary import Precision, Sector, Status
from geodata.models import Decision, Finding, Inspection, Work
from geodata.selection import NO_TOWN, Selection
from geodata.tallies import CLOSENESS, tallies


def test_the_sums_are_those_of_the_works(session: Session):
    dice, report, works = random.Random(5), a_report(session), []
    for number in range(60):
        precision = dice.choice([*Precision, None])
        placed = precision not in (None, Precision.NONE)
        row = {
            "sector": dice.choice(list(Sector)[:3]),
            "status": dice.choice(list(Status)),
            "town": dice.choice(["芝英镇", "象珠镇"]) if placed else None,
            "precision": precision,
            "investment": dice.choice([None, 100.0, 2500.5]),
        }
        a_work(session, report, f"{number}号", place="POINT(120 28.9)" if placed else None, **row)
        works.append(row)
    found = tallies(session, Selection())
    for dimension, key in (("sector", "sector"), ("town", "town"), ("status", "status")):
        assert sum(tally.works for tally in found[dimension]) == 60
        for tally in found[dimension]:
            mine = [row for row in works if (row[key] or NO_TOWN) == tally.value]
            assert tally.works == len(mine)
            assert tally.statuses == {status: sum(row["status"] == status for row in mine) for status in Status}
            assert tally.closeness == {
                name: sum((row["precision"] or Precision.NONE) in words for row in mine)
                for name, words in CLOSENESS.items()
            }
            assert tally.investment == sum(row["investment"] or 0 for row in mine)
            assert tally.invested == sum(row["investment"] is not None for row in mine)
    [everything] = found["all"]
    assert everything.works == 60
    assert everything.placed == sum(tally.placed for tally in found["sector"])


def test_the_choices_choose_what_is_added_up(session: Session):
    report = a_report(session)
    a_work(session, report, "水厂", sector=Sector.WATER)
    a_work(session, report, "人民路")
    found = tallies(session, Selection(sector=(Sector.WATER,)))
    assert [(tally.value, tally.works) for tally in found["sector"]] == [("water", 1)]


@pytest.mark.parametrize(
    ("quantity", "unit", "km"), [(5.7, "公里", 5.7), (800, "米", 0.8), (3, "座", 0), (None, None, 0)]
)
def test_lengths_are_added_up_in_kilometres_whatever_their_unit(session: Session, quantity, unit, km):
    a_work(session, a_report(session), quantity=quantity, unit=unit)
    assert tallies(session, Selection())["all"][0].stated_km == pytest.approx(km)


def test_only_lines_that_are_the_work_itself_have_a_drawn_length(session: Session):
    report = a_report(session)
    line = "LINESTRING(120 29, 120 29.01)"  # a hundredth of a degree of latitude: 1.108 km there
    a_work(session, report, "甲路", place=line, precision=Precision.STRETCH)
    a_work(session, report, "乙路", place=line, precision=Precision.NEAR)
    assert tallies(session, Selection())["all"][0].drawn_km == pytest.approx(1.108, abs=0.002)


def test_a_work_inspected_twice_counts_once(session: Session):
    account = an_account(session)
    report = a_report(session)
    twice, waiting = a_work(session, report, "甲路"), a_work(session, report, "乙路")
    a_work(session, report, "丙路")
    for work, decision in ((twice, Decision.ACCEPTED), (twice, Decision.WAITING), (waiting, Decision.WAITING)):
        _inspect(session, work, account.id, decision)
    [everything] = tallies(session, Selection())["all"]
    assert (everything.works, everything.inspected, everything.confirmed) == (3, 2, 1)


def _inspect(session: Session, work: Work, account_id: int, decision: Decision) -> None:
    decided = decision is not Decision.WAITING
    session.add(
        Inspection(
            id=uuid4(),
            work_id=work.id,
            account_id=account_id,
            device=UUID(int=1),
            content={},
            sha256="0" * 64,
            finding=Finding.HERE,
            note="",
            seen_at=datetime(2026, 3, 1, tzinfo=UTC),
            clock_doubtful=False,
            conflict=False,
            decision=decision,
            decided_by="李四" if decided else None,
            decided_at=datetime(2026, 3, 2, tzinfo=UTC) if decided else None,
        )
    )
    session.flush()


def test_no_works_add_up_to_nothing(session: Session):
    found = tallies(session, Selection())
    assert [tally.works for tally in found["all"]] in ([], [0])
    assert found["sector"] == []

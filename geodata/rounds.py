"""Inspections as planners ask for them: by what became of them, who made them, when, and of which work."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from geodata.inspections import may_see
from geodata.models import Account, Decision, Inspection, RefusedCheck, Work

CHINA = timezone(timedelta(hours=8))  # one time for the whole country; days of a round are its days


@dataclass(frozen=True, slots=True)
class Round:
    """The inspections that meet every choice that is made. Days are China's and both ends belong to it.

    `seen_by`: only those that this account may see.
    """

    decision: Decision | None = None
    inspector: str | None = None
    since: date | None = None
    until: date | None = None
    work: int | None = None
    seen_by: Account | None = None


def inspections_in(session: Session, asked: Round, limit: int) -> list[Inspection]:
    """The inspections of a round with their works, inspectors and photos (no bytes); conflicts and the oldest first."""
    statement = (
        _where(select(Inspection), asked)
        .options(
            joinedload(Inspection.work).joinedload(Work.report),
            joinedload(Inspection.work).selectinload(Work.locations),
            joinedload(Inspection.account),
            joinedload(Inspection.shown),
            selectinload(Inspection.photos),
        )
        .order_by(Inspection.conflict.desc(), Inspection.received_at)
        .limit(limit)
    )
    return list(session.scalars(statement).unique())


def counts(session: Session) -> dict[Decision, int]:
    """How many inspections there are by what became of them."""
    found = session.execute(select(Inspection.decision, func.count().label("number")).group_by(Inspection.decision))
    return dict.fromkeys(Decision, 0) | {row.decision: row.number for row in found}


def refused_checks(session: Session, limit: int) -> list[RefusedCheck]:
    """What devices sent and nobody has seen to, the newest first."""
    statement = (
        select(RefusedCheck)
        .where(~RefusedCheck.settled)
        .options(joinedload(RefusedCheck.account))
        .order_by(RefusedCheck.id.desc())
        .limit(limit)
    )
    return list(session.scalars(statement))


def inspectors(session: Session) -> list[str]:
    """The names of those who have made inspections."""
    return list(
        session.scalars(
            select(Account.name).where(Account.id.in_(select(Inspection.account_id))).order_by(Account.name)
        )
    )


def _where(statement: Select[Inspection], asked: Round) -> Select[Inspection]:
    if asked.decision is not None:
        statement = statement.where(Inspection.decision == asked.decision)
    if asked.inspector:
        statement = statement.join(Inspection.account).where(Account.name == asked.inspector)
    if asked.since:
        statement = statement.where(Inspection.seen_at >= datetime.combine(asked.since, time(), CHINA))
    if asked.until:
        statement = statement.where(
            Inspection.seen_at < datetime.combine(asked.until, time(), CHINA) + timedelta(days=1)
        )
    if asked.work is not None:
        statement = statement.where(Inspection.work_id == asked.work)
    if asked.seen_by is not None:
        statement = statement.where(may_see(asked.seen_by))
    return statement

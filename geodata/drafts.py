"""Drafts: the review of a report while it is not saved. Every planner works in the same draft, step by step.

A step takes works of the list and puts others in their place. A work in the list (an item) has an identifier of its
own: `w12` is a work that is kept, `r3` the fourth of a report that is not kept yet, `s4.0` the first that step 4 made.
So a step that takes what another planner has taken meanwhile is refused, and all others go together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from gazetteer.errors import GuatuError
from gazetteer.work import Work as ReadWork
from geodata.audit import record
from geodata.corrections import apply, from_json, read_work, settle_keys, to_json
from geodata.linking import relink
from geodata.models import Action, Draft, Report, ReportKind, Work
from geodata.reports import save_report

MAX_STEPS = 5000
"""Steps of one draft: a report of 500 works has each of them touched a few times at most."""
PRESENT_SECONDS = 45
"""Somebody whose page was last heard of longer ago than this is not there: pages ask every 10 seconds."""
SEEN_EVERY = timedelta(seconds=15)
"""How finely it is kept when somebody's page was last heard of."""
_DOCUMENT = ("title", "county", "adcode", "year", "text", "source_file", "sha256", "fictional")


@dataclass(frozen=True, slots=True)
class Step:
    """What one planner did: `take` leave the list, where they stood as `read`; `made` come into it."""

    number: int
    action: Action
    take: tuple[str, ...]
    read: tuple[ReadWork, ...]
    made: tuple[ReadWork, ...]
    by: str
    at: datetime

    def identifiers(self) -> list[str]:
        """Those of the items it made."""
        return [f"s{self.number}.{place}" for place in range(len(self.made))]


@dataclass(frozen=True, slots=True)
class Item:
    """A work of the list, with what was done to it last and by whom, if anything."""

    id: str
    work: ReadWork
    action: Action | None = None
    by: str | None = None


class TakenError(GuatuError):
    """Another planner has changed the works meanwhile. `by` says who."""

    def __init__(self, by: str) -> None:
        super().__init__(f"{by} 刚刚改了同一项工程。{by} has just changed the same work: look at it again")
        self.by = by


@cache
def _steps_adapter() -> TypeAdapter[list[Step]]:
    return TypeAdapter(list[Step])


def open_draft(session: Session, report: Report, who: str) -> Draft:
    """The draft of a report that is kept; a new one where there is none."""
    draft = session.scalars(select(Draft).where(Draft.report_id == report.id)).first()
    if draft is None:
        draft = Draft(report_id=report.id, created_by=who)
        session.add(draft)
        session.flush()
    return draft


def draft_of_reading(session: Session, report: Report, works: Sequence[ReadWork], who: str) -> Draft:
    """The draft of a report that was just read and is not kept; that of its text where there is one already."""
    kept = session.scalars(select(Report).where(Report.sha256 == report.sha256)).first()
    if kept is not None:
        return open_draft(session, kept, who)
    draft = session.scalars(select(Draft).where(Draft.document["sha256"].astext == report.sha256)).first()
    if draft is None:
        document = {column: getattr(report, column) for column in _DOCUMENT}
        document["fictional"] = bool(report.fictional)
        draft = Draft(document=document, works=[to_json(work) for work in works], created_by=who)
        session.add(draft)
        session.flush()
    return draft


def report_in(draft: Draft) -> Report:
    """The report under review: the one that is kept, or one that is not in the database."""
    if draft.report is not None:
        return draft.report
    return Report(kind=ReportKind.REPORT, **(draft.document or {}))


def steps_of(draft: Draft) -> list[Step]:
    """What was done so far, in order."""
    return _steps_adapter().validate_python(draft.steps)


def items_of(session: Session, draft: Draft) -> dict[str, Item]:
    """The list as it stands, by identifier."""
    if draft.report_id is None:
        items = {f"r{number}": Item(f"r{number}", from_json(work)) for number, work in enumerate(draft.works)}
    else:
        items = {f"w{row.id}": _item(row) for row in _rows(session, draft.report_id)}
    for step in steps_of(draft):
        for taken in step.take:
            items.pop(taken, None)
        for identifier, work in zip(step.identifiers(), step.made, strict=True):
            items[identifier] = Item(identifier, work, step.action, step.by)
    return items


def _item(row: Work) -> Item:
    done = Action.ACCEPT if row.reviewed_by else None
    return Item(f"w{row.id}", read_work(row), done, row.reviewed_by)


def _rows(session: Session, report_id: int) -> list[Work]:
    statement = select(Work).where(Work.report_id == report_id).options(selectinload(Work.statuses))
    return list(session.scalars(statement.order_by(Work.start, Work.id)))


def lock(session: Session, draft_id: int) -> Draft | None:
    """The draft, for this transaction alone."""
    return session.scalars(select(Draft).where(Draft.id == draft_id).with_for_update()).first()


def take_step(
    session: Session, draft: Draft, action: Action, take: Sequence[str], made: Iterable[ReadWork], who: str
) -> Step:
    """Adds a step to a locked draft.

    Raises TakenError where one of the items is no longer in the list, GuatuError where the draft has too many steps.
    """
    items, steps = items_of(session, draft), steps_of(draft)
    if len(steps) >= MAX_STEPS:
        raise GuatuError("这份草稿的改动太多，请先保存。The draft has too many steps: save it first")
    for identifier in take:
        if identifier not in items:
            raise TakenError(next((step.by for step in reversed(steps) if identifier in step.take), who))
    number = max((step.number for step in steps), default=0) + 1
    read = tuple(items[identifier].work for identifier in take)
    step = Step(number, action, tuple(take), read, tuple(made), who, datetime.now(UTC))
    _set_steps(draft, [*steps, step])
    return step


def undo(session: Session, draft: Draft, who: str) -> Step:
    """Takes a person's last step back from a locked draft.

    Raises TakenError where another planner has built on it since, GuatuError where there is none.
    """
    steps = steps_of(draft)
    step = next((step for step in reversed(steps) if step.by == who), None)
    if step is None:
        raise GuatuError("没有可以撤销的改动。There is nothing of yours to undo")
    made = set(step.identifiers())
    builder = next((other.by for other in steps if made & set(other.take)), None)
    if builder:
        raise TakenError(builder)
    _set_steps(draft, [other for other in steps if other is not step])
    return step


def _set_steps(draft: Draft, steps: list[Step]) -> None:
    draft.steps = _steps_adapter().dump_python(steps, mode="json")
    draft.version += 1
    draft.changed_at = datetime.now(UTC)


def see(draft: Draft, who: str) -> list[str]:
    """Keeps that somebody has the page open, and gives the others who have."""
    now = datetime.now(UTC)
    seen = {name: datetime.fromisoformat(at) for name, at in draft.present.items()}
    there = {name: at for name, at in seen.items() if (now - at).total_seconds() < PRESENT_SECONDS}
    if who not in there or now - there[who] > SEEN_EVERY:
        draft.present = {name: at.isoformat() for name, at in (there | {who: now}).items()}
    return sorted(name for name in there if name != who)


def save(session: Session, draft: Draft, who: str) -> Report:
    """Makes the works what the locked draft says, keeps every step as a correction, and ends the draft.

    Raises GuatuError where a work that was inspected would be dropped.
    """
    report, rows = _kept(session, draft)
    steps = steps_of(draft)
    for step in steps:
        made = apply(
            session,
            report,
            step.action,
            [rows.pop(identifier) for identifier in step.take if identifier in rows],
            step.made,
            read=step.read,
            who=step.by,
            when=step.at,
        )
        rows.update(zip(step.identifiers(), made, strict=True))
    settle_keys(session, report.id)
    record(session, who, "report.review", f"report {report.id}", steps=len(steps))
    session.delete(draft)
    session.flush()
    relink(session, report)
    return report


def _kept(session: Session, draft: Draft) -> tuple[Report, dict[str, Work]]:
    """The report, kept now if it was not before, and its rows by the identifiers of the draft's list."""
    if draft.report is not None:
        return draft.report, {f"w{row.id}": row for row in _rows(session, draft.report.id)}
    works = [from_json(work) for work in draft.works]
    report = save_report(session, report_in(draft), works).report
    by_place = {(row.start, row.end, row.name): row for row in _rows(session, report.id)}
    places = ((work.spans[0].start, work.spans[0].end, work.name) for work in works)
    return report, {f"r{number}": by_place[place] for number, place in enumerate(places) if place in by_place}


def discard(session: Session, draft: Draft, who: str) -> None:
    """Ends a draft without keeping what was done in it."""
    subject = f"report {draft.report_id}" if draft.report_id else f"draft {draft.id}"
    record(session, who, "report.discard-review", subject, steps=len(draft.steps))
    session.delete(draft)
    session.flush()

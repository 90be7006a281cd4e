"""Corrections: what a person made of what guatu read, kept as data, so that a report can be read again and better.

A work that a person touched has `reviewed_by` and is left as it is by every later reading. A later reading also makes
no work of words that a person has judged: of a work that was dropped, renamed, split or merged.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import uuid4

from pydantic import TypeAdapter
from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from gazetteer.errors import GuatuError
from gazetteer.names import fold
from gazetteer.work import Extent, Span
from gazetteer.work import Work as ReadWork
from geodata.models import Action, Correction, Inspection, Location, Report, StatusChange, Work, WorkLink

READER = "guatu"  # who says the first status of a work: the report, as guatu reads it
REVIEW_NOTE = "校核报告原文"  # the note of a status that a person read in the report


@cache
def _adapter() -> TypeAdapter[ReadWork]:
    return TypeAdapter(ReadWork)


def to_json(work: ReadWork) -> dict[str, object]:
    """A work as an object that JSON can hold; `from_json` gives it back."""
    made: dict[str, object] = _adapter().dump_python(work, mode="json")
    return made


def from_json(value: object) -> ReadWork:
    """The work that `to_json` wrote. Raises pydantic's ValidationError for anything else."""
    return _adapter().validate_python(value)


def key_of(work: ReadWork) -> str:
    """Folded name and extent: what a work of one report is known by when the report is read again."""
    ends = f"({fold(work.extent.start)}-{fold(work.extent.end)})" if work.extent else ""
    return f"{fold(work.name)}{ends}"


def numbered(stem: str, taken: Iterable[str]) -> str:
    """A key, with a number where it is taken: a report may name two works alike."""
    key, number, others = stem, 1, set(taken)
    while key in others:
        number += 1
        key = f"{stem}#{number}"
    return key


def columns_of(work: ReadWork) -> dict[str, object]:
    """The columns of a `Work` that say what was read."""
    return {
        "name": work.name,
        "kind": work.kind,
        "nature": work.nature,
        "sector": work.sector,
        "named": work.named,
        "extent_from": work.extent.start if work.extent else None,
        "extent_to": work.extent.end if work.extent else None,
        "quantity": work.quantity,
        "unit": work.unit,
        "area": list(work.area),
        "period": work.period,
        "places": list(work.places),
        "action": work.action,
        "sentence": work.sentence,
        "start": work.spans[0].start,
        "end": work.spans[0].end,
        "spans": [[span.start, span.end] for span in work.spans],
        "mentions": [[span.start, span.end] for span in work.mentions],
        "flags": list(work.flags),
    }


def read_work(row: Work) -> ReadWork:
    """A kept work as it was read, with the status that the report gives it."""
    said = [status for status in row.statuses if status.changed_by == READER or status.note == REVIEW_NOTE]
    return ReadWork(
        name=row.name,
        kind=row.kind,
        status=said[-1].status,
        nature=row.nature,
        sector=row.sector,
        named=row.named,
        extent=Extent(row.extent_from, row.extent_to) if row.extent_from and row.extent_to else None,
        quantity=row.quantity,
        unit=row.unit,
        area=tuple(row.area),
        period=row.period,
        places=tuple(row.places),
        action=row.action,
        sentence=row.sentence,
        spans=tuple(Span(*span) for span in row.spans),
        mentions=tuple(Span(*span) for span in row.mentions),
        flags=tuple(row.flags),
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """The words of a report that people have judged: the keys of works they read or made, and where these stand."""

    keys: frozenset[str]
    spans: tuple[Span, ...]

    def covers(self, work: ReadWork) -> bool:
        """Whether a person has decided what the words are that this work was read from."""
        own = work.spans[0]
        return key_of(work) in self.keys or any(own.start < span.end and span.start < own.end for span in self.spans)


def judged(session: Session, report_id: int) -> Judged:
    """What the corrections of a report have judged. The first span alone tells works apart that share a head."""
    keys: set[str] = set()
    spans: set[Span] = set()
    for correction in session.scalars(select(Correction).where(Correction.report_id == report_id)):
        for work in map(from_json, (*correction.read, *correction.made)):
            keys.add(key_of(work))
            spans.add(work.spans[0])
    return Judged(frozenset(keys), tuple(spans))


def touched(session: Session, report_id: int) -> set[int]:
    """The identifiers of a report's works that a person reviewed, placed, linked, inspected or said the status of."""
    histories = (
        exists().where(Location.work_id == Work.id, Location.placed_by != READER),
        exists().where(StatusChange.work_id == Work.id, StatusChange.changed_by != READER),
        exists().where(or_(WorkLink.earlier_id == Work.id, WorkLink.later_id == Work.id), WorkLink.made_by != READER),
        exists().where(Inspection.work_id == Work.id),
    )
    return set(
        session.scalars(
            select(Work.id).where(Work.report_id == report_id, or_(Work.reviewed_by.is_not(None), *histories))
        )
    )


def set_status(session: Session, row: Work, work: ReadWork, who: str, source: str = "") -> None:
    """Adds what the report says of a work's progress to the work's history, where it was read otherwise before.

    `source` is the note of a status that guatu read: the file that says it, where the report has had several.
    """
    if read_work(row).status == work.status:
        return
    session.execute(
        update(StatusChange).where(StatusChange.work_id == row.id, StatusChange.current).values(current=False)
    )
    note = source if who == READER else REVIEW_NOTE
    session.add(StatusChange(work_id=row.id, status=work.status, changed_by=who, note=note))
    session.flush()
    session.expire(row, ["statuses"])


def apply(
    session: Session,
    report: Report,
    action: Action,
    rows: Sequence[Work],
    made: Sequence[ReadWork],
    *,
    read: Sequence[ReadWork],
    who: str,
    when: datetime,
) -> list[Work]:
    """Keeps one correction and does it: `rows` become the works `made`, of which the rows are returned in their order.

    A work that goes on keeps its identity, and with it its places, statuses and inspections. The keys of the rows are
    to be settled with `settle_keys` afterwards. Raises GuatuError where a work that was inspected would be dropped.
    """
    session.add(
        Correction(
            report_id=report.id,
            action=action,
            read=[to_json(work) for work in read],
            made=[to_json(work) for work in made],
            made_by=who,
            made_at=when,
        )
    )
    going_on = _heirs(session, rows, made)
    _remove(session, [row for row in rows if row not in going_on.values()], next(iter(going_on.values()), None))
    result = []
    for number, work in enumerate(made):
        row = going_on.get(number)
        if row is None:
            row = Work(report_id=report.id, key=_open_key(), **columns_of(work))
            row.statuses.append(StatusChange(status=work.status, changed_by=READER))
            session.add(row)
        else:
            _change(session, row, work, who)
        row.reviewed_by = who
        session.flush()
        result.append(row)
    return result


def _heirs(session: Session, rows: Sequence[Work], made: Sequence[ReadWork]) -> dict[int, Work]:
    """Which of the works made (by number) goes on as which row: one alone, the one of the same name if there is one."""
    if not rows or not made:
        return {}
    known = touched(session, rows[0].report_id)
    row = min(rows, key=lambda candidate: candidate.id not in known)
    same = (number for number, work in enumerate(made) if key_of(work) == row.key)
    return {next(same, 0): row}


def _remove(session: Session, rows: Sequence[Work], heir: Work | None) -> None:
    gone = [row.id for row in rows]
    if heir is not None:
        session.execute(update(Inspection).where(Inspection.work_id.in_(gone)).values(work_id=heir.id))
    elif session.scalar(select(Inspection.id).where(Inspection.work_id.in_(gone)).limit(1)):
        names = "、".join(row.name for row in rows)
        raise GuatuError(
            f"{names} 已有巡查记录，不能删除。{names} has inspections and cannot be dropped: correct it instead"
        )
    for row in rows:
        session.delete(row)
    session.flush()


def _change(session: Session, row: Work, work: ReadWork, who: str) -> None:
    set_status(session, row, work, who)
    row.key = _open_key()
    set_columns(session, row, work)


def set_columns(session: Session, row: Work, work: ReadWork) -> None:
    """Makes a kept work say what was read; where guatu placed another thing, that is not its place any more."""
    before = _looked_up(row)
    for column, value in columns_of(work).items():
        if getattr(row, column) != value:
            setattr(row, column, value)
    if before != _looked_up(row):
        session.execute(
            update(Location)
            .where(Location.work_id == row.id, Location.current, Location.placed_by == READER)
            .values(current=False)
        )


def _looked_up(row: Work) -> tuple[object, ...]:
    """What of a work decides where it is found."""
    return row.name, row.kind, row.extent_from, row.extent_to, tuple(row.places)


_OPEN = "~"  # begins no folded name


def _open_key() -> str:
    return f"{_OPEN}{uuid4().hex}"


def settle_keys(session: Session, report_id: int) -> None:
    """Gives the works of `apply` the keys of their names, once all of them are what they are to be."""
    rows = list(session.scalars(select(Work).where(Work.report_id == report_id).order_by(Work.start, Work.id)))
    taken = {row.key for row in rows}
    for row in rows:
        if row.key.startswith(_OPEN):
            row.key = numbered(key_of(read_work(row)), taken)
            taken.add(row.key)
    session.flush()

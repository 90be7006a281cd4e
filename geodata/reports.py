"""Keeping reports and the works read out of them."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from gazetteer.errors import GuatuError
from gazetteer.reading.documents import Document
from gazetteer.work import Work as ReadWork
from geodata.corrections import READER, columns_of, judged, key_of, numbered, set_status, touched
from geodata.counties import find_county
from geodata.linking import relink
from geodata.models import Report, StatusChange, Work


def report_of(
    document: Document, file_name: str, gazetteer: Path, *, county: str | None = None, year: int | None = None
) -> Report:
    """The report in a document, not saved yet. `county` and `year` are for documents that do not say them.

    `gazetteer` is the directory in which the county is looked up. Raises GuatuError where the county or the year is
    not known.
    """
    name, in_year = county or document.county, year or document.year
    if name is None:
        raise GuatuError(
            f"看不出 {file_name} 是哪个县的报告，请用 --county 说明。{file_name} does not say its county: give --county"
        )
    if in_year is None:
        raise GuatuError(
            f"看不出 {file_name} 是哪一年的报告，请用 --year 说明。{file_name} does not say its year: give --year"
        )
    found = find_county(gazetteer, name)
    return Report(
        title=document.title or file_name,
        county=found.name,
        adcode=found.adcode,
        year=in_year,
        text=document.text,
        source_file=file_name,
        sha256=text_hash(document.text),
        fictional=found.fictional,
    )


def text_hash(text: str) -> str:
    """The SHA-256 by which a report is known: of its text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of saving a report: the report, and how many of its works were new, changed or dropped.

    `known` are those that it had before.
    """

    report: Report
    new: int
    changed: int
    known: int
    dropped: int


def save_report(session: Session, report: Report, works: Sequence[ReadWork]) -> Saved:
    """Keeps a report and its works. A report already kept, by the hash of its text, is read again in place.

    A work known from an earlier reading keeps its identity, and with it its places and statuses; one that is no longer
    read is dropped, unless a person touched it. What a person made of the words stands. Links to the works of other
    years are made anew.
    """
    kept = session.scalar(select(Report).where(Report.sha256 == report.sha256).with_for_update())
    if kept is None:
        session.add(report)
        session.flush()
        kept = report
    rows = list(
        session.scalars(
            select(Work).where(Work.report_id == kept.id).options(selectinload(Work.statuses)).order_by(Work.start)
        )
    )
    judgement = judged(session, kept.id)
    taken = {row.key for row in rows}
    seen = set()
    new = changed = 0
    for read, row in _paired(works, rows):
        if row is not None:
            seen.add(row.id)
            if row.reviewed_by is None:
                changed += _update(session, row, read)
        elif not judgement.covers(read):
            key = numbered(key_of(read), taken)
            taken.add(key)
            first = StatusChange(status=read.status, changed_by=READER)
            session.add(Work(report_id=kept.id, key=key, statuses=[first], **columns_of(read)))
            new += 1
    gone = [row for row in rows if row.id not in seen | touched(session, kept.id)]
    for row in gone:
        session.delete(row)
    session.flush()
    if new or changed or gone:
        relink(session, kept)
    return Saved(kept, new, changed, len(rows), len(gone))


def _paired(works: Sequence[ReadWork], rows: Sequence[Work]) -> Iterator[tuple[ReadWork, Work | None]]:
    """Every work read, with the row it is known as: of the same key, and of the same place where several are alike."""
    alike: dict[str, list[Work]] = {}
    for row in rows:
        alike.setdefault(row.key.partition("#")[0], []).append(row)
    late = []
    for work in works:
        candidates = alike.get(key_of(work), [])
        known = [row for row in candidates if row.start == work.spans[0].start][:1]
        if known:
            candidates.remove(known[0])
            yield work, known[0]
        else:
            late.append(work)
    for work in late:
        candidates = alike.get(key_of(work), [])
        yield work, candidates.pop(0) if candidates else None


def _update(session: Session, row: Work, read: ReadWork) -> bool:
    """Whether the row was changed to what is read now."""
    for column, value in columns_of(read).items():
        if getattr(row, column) != value:
            setattr(row, column, value)
    modified = session.is_modified(row)
    if all(status.changed_by == READER for status in row.statuses) and row.statuses[-1].status != read.status:
        set_status(session, row, read, READER)
        modified = True
    return modified

"""Keeping reports and the works read out of them."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from gazetteer.errors import GuatuError
from gazetteer.names import fold
from gazetteer.reading.documents import Document
from gazetteer.work import Work as ReadWork
from geodata.counties import find_county
from geodata.models import Report, StatusChange, Work

READER = "guatu"  # who says the first status of a work: the report, as guatu reads it


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
        sha256=hashlib.sha256(document.text.encode("utf-8", "surrogatepass")).hexdigest(),
        fictional=found.fictional,
    )


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of saving a report: the report, and how many of its works were new or changed."""

    report: Report
    new: int
    changed: int
    known: int


def save_report(session: Session, report: Report, works: tuple[ReadWork, ...]) -> Saved:
    """Keeps a report and its works. A report already kept, by the hash of its text, is read again in place.

    A work known from an earlier reading keeps its identity, and with it its places and statuses.
    """
    kept = session.scalar(select(Report).where(Report.sha256 == report.sha256).with_for_update())
    if kept is None:
        session.add(report)
        session.flush()
        kept = report
    known = {work.key: work for work in session.scalars(select(Work).where(Work.report_id == kept.id))}
    new = changed = 0
    for key, read in keyed(works).items():
        row = known.get(key)
        if row is None:
            row = Work(report_id=kept.id, key=key, **_columns(read))
            row.statuses.append(StatusChange(status=read.status, changed_by=READER))
            session.add(row)
            new += 1
        else:
            for column, value in _columns(read).items():
                if getattr(row, column) != value:
                    setattr(row, column, value)
            changed += session.is_modified(row)
    session.flush()
    return Saved(kept, new, changed, len(known))


def keyed(works: tuple[ReadWork, ...]) -> dict[str, ReadWork]:
    """The works by a key that stays the same when the report is read again: folded name, extent, and a number
    where a report names two alike.
    """
    result: dict[str, ReadWork] = {}
    for work in works:
        ends = f"({fold(work.extent.start)}-{fold(work.extent.end)})" if work.extent else ""
        key = stem = f"{fold(work.name)}{ends}"
        number = 1
        while key in result:
            number += 1
            key = f"{stem}#{number}"
        result[key] = work
    return result


def _columns(work: ReadWork) -> dict[str, object]:
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

"""What became of what a report promised: every planned work of a year against the county's next report."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from gazetteer.vocabulary import Period, Sector, Status
from gazetteer.work import Span
from geodata.corrections import read_work
from geodata.linking import same_county
from geodata.models import Relation, Report, ReportKind, Work, WorkLink
from geodata.revisions import sentence_around

_ORDER = list(Status)
_LATE = ("滞后", "推迟", "延期", "未按期", "未能如期", "进展缓慢", "进展偏慢", "推进偏慢", "推进缓慢", "未完成")
"""Words of a report that says of works it names that they are behind."""


class Outcome(StrEnum):
    """What became of a promise."""

    DONE = "done"
    GOING = "going"
    SLIPPED = "slipped"
    SILENT = "silent"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Promise:
    """One work of the year and what became of it. `earlier` is None for a work that is new, `later` for one that is not
    heard of again; `why` is in a planner's words; `link` is what joins the two.
    """

    outcome: Outcome
    why: str
    earlier: Work | None
    later: Work | None
    link: WorkLink | None = None

    @property
    def sector(self) -> Sector:
        """The sector of the promise, else of the new work."""
        work = self.earlier or self.later
        assert work is not None  # noqa: S101  one of the two is there
        return work.sector


def next_report(session: Session, report: Report) -> Report | None:
    """The county's report of the next year that is kept."""
    statement = (
        select(Report)
        .where(same_county(report), Report.kind == ReportKind.REPORT, Report.year > report.year)
        .order_by(Report.year, Report.id)
        .limit(1)
    )
    return session.scalars(statement).first()


def outcomes(session: Session, report: Report, following: Report) -> list[Promise]:
    """What became of the works that a report planned, in its order, and what the following report plans anew."""
    promised = _works(session, report, Period.PLANNED)
    then = {work.id: work for work in _works(session, following)}
    links = session.scalars(
        select(WorkLink).where(
            WorkLink.relation == Relation.SAME,
            ~WorkLink.cut,
            WorkLink.earlier_id.in_(work.id for work in promised) | WorkLink.later_id.in_(then),
        )
    ).all()
    ahead = {link.earlier_id: link for link in links if link.later_id in then}
    found = []
    for work in promised:
        link = ahead.get(work.id)
        later = then[link.later_id] if link else None
        outcome, why = _judge(work, later) if later else (Outcome.SILENT, "下一份报告没有再提")
        found.append(Promise(outcome, why, work, later, link))
    known = {link.later_id for link in links}
    found += [
        Promise(Outcome.NEW, "以前的报告没有提过", None, work)
        for work in then.values()
        if work.period is Period.PLANNED and work.id not in known
    ]
    return found


def _works(session: Session, report: Report, period: Period | None = None) -> list[Work]:
    statement = select(Work).where(Work.report_id == report.id).order_by(Work.start, Work.id)
    statement = statement.options(selectinload(Work.statuses), joinedload(Work.report))
    return list(session.scalars(statement.where(Work.period == period) if period else statement))


def _judge(earlier: Work, later: Work) -> tuple[Outcome, str]:
    """What the later report says of the promise."""
    before, after = read_work(earlier).status, read_work(later).status
    if later.period is Period.DONE and after is Status.COMPLETE:
        return _judge_done(earlier, later)
    if late := _said_late(later):
        return Outcome.SLIPPED, f"下一份报告说“{late}”"
    if later.period is Period.DONE:
        return Outcome.GOING, "下一份报告说已动工或在建" if after in _ORDER[2:] else "下一份报告说仍在前期"
    why = _behind(before, after)
    return (Outcome.SLIPPED, why) if why else (Outcome.GOING, "下一份报告继续安排")


def _behind(promised: Status, planned: Status) -> str | None:
    """Why a work is behind that one report promised to bring so far and the next one plans to bring so far."""
    if promised is Status.COMPLETE:
        return "原计划当年建成，下一份报告仍列为计划"
    if promised is Status.START and _ORDER.index(planned) <= _ORDER.index(Status.START):
        return "原计划当年开工，下一份报告仍未开工"
    return "下一份报告里的进展比原计划更早" if _ORDER.index(planned) < _ORDER.index(promised) else None


def _judge_done(earlier: Work, later: Work) -> tuple[Outcome, str]:
    """A number that was promised may not have been reached."""
    if not earlier.named and earlier.quantity and later.quantity is not None and later.quantity < earlier.quantity:
        return Outcome.SLIPPED, f"计划 {earlier.quantity:g}，完成 {later.quantity:g} {later.unit or ''}".rstrip()
    return Outcome.DONE, "下一份报告说已建成"


def _said_late(work: Work) -> str | None:
    """The word by which a sentence that names the work says that it is behind."""
    text = work.report.text
    for start, end in (*work.spans[:1], *work.mentions):
        first, last = sentence_around(text, Span(start, end))
        if found := next((word for word in _LATE if word in text[first:last]), None):
            return found
    return None

"""What became of what a report promised: every planned work of a year against the county's next report."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from gazetteer.vocabulary import Period, Sector, Status
from geodata.corrections import read_work
from geodata.linking import same_county
from geodata.models import Relation, Report, ReportKind, Work, WorkLink

_ORDER = list(Status)


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
    statement = statement.options(selectinload(Work.statuses))
    return list(session.scalars(statement.where(Work.period == period) if period else statement))


def _judge(earlier: Work, later: Work) -> tuple[Outcome, str]:
    """What the later report says of the promise."""
    before, after = read_work(earlier).status, read_work(later).status
    if later.period is Period.DONE:
        return _judge_done(earlier, later, after)
    if before is Status.COMPLETE:
        return Outcome.SLIPPED, "原计划当年建成，下一份报告仍列为计划"
    if before is Status.START and _ORDER.index(after) <= _ORDER.index(Status.START):
        return Outcome.SLIPPED, "原计划当年开工，下一份报告仍未开工"
    if _ORDER.index(after) < _ORDER.index(before):
        return Outcome.SLIPPED, "下一份报告里的进展比原计划更早"
    return Outcome.GOING, "下一份报告继续安排"


def _judge_done(earlier: Work, later: Work, after: Status) -> tuple[Outcome, str]:
    """What a report that looks back on the year says of the promise."""
    if not earlier.named and earlier.quantity and later.quantity is not None and later.quantity < earlier.quantity:
        return Outcome.SLIPPED, f"计划 {earlier.quantity:g}，完成 {later.quantity:g} {later.unit or ''}".rstrip()
    if after is Status.COMPLETE:
        return Outcome.DONE, "下一份报告说已建成"
    return Outcome.GOING, "下一份报告说已动工或在建" if after in _ORDER[2:] else "下一份报告说仍在前期"

"""Year on year: links between the works of successive reports of one county, made by guatu, made and cut by people."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from gazetteer.errors import GuatuError
from gazetteer.names import forms
from geodata.corrections import read_work
from geodata.models import Relation, Report, ReportKind, Work, WorkLink
from geodata.same_work import Candidate, Likeness, likeness

LINKED_BY = "guatu"
MAX_GAP = 3
"""Reports over which a work may be silent and come back: longer silences are mostly another work of the same name."""
BEHIND = 8
"""Characters behind a name in which its phase may stand."""


@dataclass(frozen=True, slots=True)
class _Pair:
    earlier: int
    later: int
    likeness: Likeness


def relink(session: Session, report: Report) -> None:
    """Makes guatu's links between the reports of a report's county anew. What people made or cut stays as it is.

    Project lists are not linked: they speak of the same year as the report. A work has at most one earlier and one
    later work that guatu takes for the same; people may make more.
    """
    years = _years(session, report)
    links = list(session.scalars(_links_of(report)))
    of_people = [link for link in links if link.made_by != LINKED_BY]
    wanted = {(pair.earlier, pair.later): pair.likeness for pair in _pairs(years, of_people)}
    for link in links:
        if link.made_by != LINKED_BY:
            continue
        found = wanted.pop((link.earlier_id, link.later_id), None)
        if found is None:
            session.delete(link)
        else:
            link.relation, link.confidence, link.reason = found.relation, found.confidence, found.reason
    session.add_all(
        WorkLink(
            earlier_id=earlier,
            later_id=later,
            relation=found.relation,
            confidence=found.confidence,
            reason=found.reason,
            made_by=LINKED_BY,
        )
        for (earlier, later), found in wanted.items()
    )
    session.flush()


def same_county(report: Report) -> ColumnElement[bool]:
    """The condition that a report is of the county of another: by its code, else by its name."""
    if report.adcode:
        return Report.adcode == report.adcode
    return and_(Report.adcode.is_(None), Report.county == report.county)


def make_link(session: Session, earlier: Work, later: Work, who: str) -> WorkLink:
    """A person says that a work of a later report is the same as one of an earlier report. Raises GuatuError where
    the two are not of two years of one county.
    """
    one, other = earlier.report, later.report
    if one.year >= other.year or (one.adcode, one.county) != (other.adcode, other.county):
        raise GuatuError("只能把同一个县先后两年的工程连起来。Link works of two years of one county")
    return _set(session, earlier.id, later.id, who, cut=False)


def cut_link(session: Session, link: WorkLink, who: str) -> WorkLink:
    """A person says that two works are not the same; guatu does not link them again."""
    return _set(session, link.earlier_id, link.later_id, who, cut=True)


def _set(session: Session, earlier: int, later: int, who: str, *, cut: bool) -> WorkLink:
    link = session.scalar(select(WorkLink).where(WorkLink.earlier_id == earlier, WorkLink.later_id == later))
    if link is None:
        link = WorkLink(earlier_id=earlier, later_id=later)
        session.add(link)
    link.relation, link.confidence, link.made_by, link.cut = Relation.SAME, 1.0, who, cut
    link.reason = f"{who} 认为不是同一项工程" if cut else f"{who} 认为是同一项工程"
    session.flush()
    report = session.scalars(select(Report).join(Work).where(Work.id == earlier)).one()
    relink(session, report)
    return link


def _links_of(report: Report) -> Select[WorkLink]:
    earlier = aliased(Work)
    return (
        select(WorkLink)
        .join(earlier, earlier.id == WorkLink.earlier_id)
        .join(Report, Report.id == earlier.report_id)
        .where(same_county(report))
    )


def _years(session: Session, report: Report) -> list[list[Candidate]]:
    """The works of the county's reports, a list a year, the earliest first."""
    statement = (
        select(Work)
        .join(Work.report)
        .where(same_county(report), Report.kind == ReportKind.REPORT)
        .options(joinedload(Work.report), selectinload(Work.statuses))
        .order_by(Report.year, Work.report_id, Work.start)
    )
    years: defaultdict[int, list[Candidate]] = defaultdict(list)
    for work in session.scalars(statement):
        years[work.report.year].append(_candidate(work))
    return list(years.values())


def _candidate(work: Work) -> Candidate:
    end = work.spans[-1][1]
    return Candidate(
        id=work.id,
        name=work.name,
        kind=work.kind,
        nature=work.nature,
        status=read_work(work).status,
        period=work.period,
        named=work.named,
        unit=work.unit,
        ends=(work.extent_from, work.extent_to) if work.extent_from and work.extent_to else (),
        county=work.report.county,
        behind=work.report.text[end : end + BEHIND],
    )


def _pairs(years: Sequence[Sequence[Candidate]], of_people: Sequence[WorkLink]) -> Iterator[_Pair]:
    """The links to be, nearest years first; of two rivals the surer one."""
    judged = {(link.earlier_id, link.later_id) for link in of_people}
    made = [link for link in of_people if not link.cut]
    has_later = {link.earlier_id for link in made}
    has_earlier = {link.later_id for link in made}
    things = set()
    for gap in range(1, MAX_GAP + 1):
        for earlier, later in zip(years, years[gap:], strict=False):
            for pair in sorted(_alike(earlier, later), key=_surest_first):
                if (pair.earlier, pair.later) in judged:
                    continue
                if pair.likeness.relation is Relation.SAME:
                    if pair.earlier not in has_later and pair.later not in has_earlier:
                        has_later.add(pair.earlier)
                        has_earlier.add(pair.later)
                        yield pair
                elif gap == 1 or pair.earlier not in things:
                    things.add(pair.earlier)
                    yield pair


def _surest_first(pair: _Pair) -> tuple[float, int, int]:
    return -pair.likeness.confidence, pair.earlier, pair.later


def _alike(earlier: Sequence[Candidate], later: Sequence[Candidate]) -> Iterator[_Pair]:
    """Pairs of works whose names share a form or the first two characters, and that belong together."""
    blocks: defaultdict[str, dict[int, Candidate]] = defaultdict(dict)
    for work in later:
        for word in _blocks(work):
            blocks[word][work.id] = work
    for work in earlier:
        rivals = {number: other for word in _blocks(work) for number, other in blocks.get(word, {}).items()}
        for other in rivals.values():
            found = likeness(work, other)
            if found is not None:
                yield _Pair(work.id, other.id, found)


def _blocks(work: Candidate) -> set[str]:
    return {form.text for form in forms(work.stem)} | {f"{work.kind.value} {work.stem[:1]}"}

"""Year on year: what became of what a report promised, and the history of one work across reports."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import LazyString, gettext, lazy_gettext
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response

from gazetteer.errors import GuatuError
from gazetteer.vocabulary import Sector
from geodata.corrections import read_work
from geodata.linking import cut_link, make_link, same_county
from geodata.models import Relation, Report, ReportKind, Role, Work, WorkLink
from geodata.outcomes import Outcome, next_report, outcomes
from geodata.signs import SIGNS
from webmap import labels
from webmap.accounts import current_account, require, role_required
from webmap.choices import MAX_ID
from webmap.database import database

blueprint = Blueprint("history", __name__)

OUTCOMES: dict[Outcome, LazyString] = {
    Outcome.DONE: lazy_gettext("已完成"),
    Outcome.GOING: lazy_gettext("仍在进行"),
    Outcome.SLIPPED: lazy_gettext("推迟"),
    Outcome.SILENT: lazy_gettext("未再提及"),
    Outcome.NEW: lazy_gettext("下一年新增"),
}
MAX_FOUND = 30
"""Works that a search for a work to link shows."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A work in a history, and the links that bring it there."""

    work: Work
    links: list[WorkLink]


@blueprint.get("/promises/")
def index() -> str:
    """The reports whose promises can be followed: those after which another one is kept."""
    statement = select(Report).where(Report.kind == ReportKind.REPORT).order_by(Report.county, Report.year.desc())
    found = [(report, next_report(database(), report)) for report in database().scalars(statement)]
    return render_template("history/index.html", reports=found)


@blueprint.get("/promises/<int:report_id>")
def promises(report_id: int) -> str:
    """What became of a report's planned works: counts by sector, and the list; `?sector=&outcome=` choose."""
    report = database().get(Report, report_id)
    if report is None:
        raise NotFound
    following = next_report(database(), report)
    found = outcomes(database(), report, following) if following else []
    sectors, chosen = _chosen("sector", Sector), _chosen("outcome", Outcome)
    counts = Counter((promise.sector, promise.outcome) for promise in found)
    in_sector = [promise for promise in found if not sectors or promise.sector in sectors]
    return render_template(
        "history/promises.html",
        report=report,
        following=following,
        promises=[promise for promise in in_sector if not chosen or promise.outcome in chosen],
        counts=counts,
        totals=Counter(promise.outcome for promise in in_sector),
        sectors=[sector for sector in Sector if any(counts[sector, outcome] for outcome in Outcome)],
        chosen_sectors=sectors,
        chosen_outcomes=chosen,
        status_of=lambda work: read_work(work).status,
        Outcome=Outcome,
        outcome_labels=OUTCOMES,
        labels=labels,
        signs=SIGNS,
    )


def _chosen(name: str, words: type[Sector] | type[Outcome]) -> list[Sector | Outcome]:
    try:
        return [words(value) for value in request.args.getlist(name) if value]
    except ValueError as error:
        raise BadRequest(f"{name}: {error}") from error


@blueprint.get("/works/<int:work_id>/history")
def of_work(work_id: int) -> str:
    """One work across the reports: each report that names it, why they are linked, and other works on the thing."""
    work = _work(work_id)
    links = _links(database(), work)
    same = [link for link in links if link.relation is Relation.SAME and not link.cut]
    chain = _chain(work, same)
    known = {entry.work.id for entry in chain}
    things = {link.id: link for link in links if link.relation is Relation.THING and not link.cut}
    sought = request.args.get("words", "").replace("\x00", "").strip()[:100]
    account = current_account()
    return render_template(
        "history/work.html",
        work=work,
        chain=chain,
        things=[link for link in things.values() if {link.earlier_id, link.later_id} & known],
        cut=[link for link in links if link.cut and {link.earlier_id, link.later_id} & known],
        sought=sought,
        found=_search(work, sought) if sought else [],
        may_link=account is not None and account.role.may_act_as(Role.PLANNER),
        status_of=lambda one: read_work(one).status,
        labels=labels,
        signs=SIGNS,
    )


def _work(work_id: int) -> Work:
    statement = select(Work).where(Work.id == work_id).options(joinedload(Work.report), selectinload(Work.statuses))
    work = database().scalars(statement).first()
    if work is None:
        raise NotFound
    return work


def _links(session: Session, work: Work) -> list[WorkLink]:
    """The links that lead to a work over others, whatever they say, with their works and reports."""
    of_works = [
        selectinload(end).options(joinedload(Work.report), selectinload(Work.statuses))
        for end in (WorkLink.earlier, WorkLink.later)
    ]
    found: dict[int, WorkLink] = {}
    reached, ahead = {work.id}, {work.id}
    while ahead:
        statement = select(WorkLink).where(or_(WorkLink.earlier_id.in_(ahead), WorkLink.later_id.in_(ahead)))
        links = session.scalars(statement.options(*of_works)).all()
        found |= {link.id: link for link in links}
        onward = (link for link in links if link.relation is Relation.SAME and not link.cut)
        ahead = {number for link in onward for number in (link.earlier_id, link.later_id)} - reached
        reached |= ahead
    return list(found.values())


def _chain(work: Work, same: Iterable[WorkLink]) -> list[Entry]:
    """The works that are the same as one, the earliest first, each with the links to earlier ones."""
    works = {work.id: work}
    links: dict[int, list[WorkLink]] = {}
    for link in same:
        works |= {link.earlier_id: link.earlier, link.later_id: link.later}
        links.setdefault(link.later_id, []).append(link)
    in_order = sorted(works.values(), key=lambda one: (one.report.year, one.report_id, one.start))
    return [Entry(one, links.get(one.id, [])) for one in in_order]


def _search(work: Work, words: str) -> list[Work]:
    """Works of other years of the county whose names hold the words."""
    statement = (
        select(Work)
        .join(Work.report)
        .where(
            same_county(work.report),
            Report.kind == ReportKind.REPORT,
            Report.year != work.report.year,
            Work.name.icontains(words, autoescape=True),
        )
        .options(joinedload(Work.report), selectinload(Work.statuses))
        .order_by(Report.year, Work.start)
        .limit(MAX_FOUND)
    )
    return list(database().scalars(statement))


@blueprint.post("/works/<int:work_id>/history/link")
@role_required(Role.PLANNER)
def link(work_id: int) -> Response:
    """A planner says that another work is the same as this one: the form's `other`."""
    other = request.form.get("other", "")
    if not other.isdecimal() or not 0 < int(other) <= MAX_ID:
        raise BadRequest(gettext("请选择一项工程"))
    earlier, later = sorted((_work(work_id), _work(int(other))), key=lambda work: work.report.year)
    try:
        make_link(database(), earlier, later, require(Role.PLANNER).name)
    except GuatuError as error:
        raise BadRequest(str(error)) from error
    database().commit()
    return redirect(url_for("history.of_work", work_id=work_id))


@blueprint.post("/works/<int:work_id>/history/cut")
@role_required(Role.PLANNER)
def cut(work_id: int) -> Response:
    """A planner says that a link is wrong: the form's `link`."""
    number = request.form.get("link", "")
    found = database().get(WorkLink, int(number)) if number.isdecimal() and int(number) <= MAX_ID else None
    if found is None:
        raise NotFound
    cut_link(database(), found, require(Role.PLANNER).name)
    database().commit()
    return redirect(url_for("history.of_work", work_id=work_id))

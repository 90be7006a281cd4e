"""The reports, and each one's text with every work marked in it."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload
from werkzeug.exceptions import NotFound

from geodata.models import Report, Work
from webmap import labels
from webmap.database import database

blueprint = Blueprint("reports", __name__, url_prefix="/reports")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some words of a report and the work they name, if any."""

    words: str
    work: Work | None


@blueprint.get("/")
def index() -> str:
    """All reports, with the number of works in each."""
    statement = (
        select(Report, func.count(Work.id))
        .outerjoin(Work)
        .group_by(Report.id)
        .order_by(Report.county, Report.year.desc())
    )
    return render_template("reports.html", reports=database().execute(statement).all())


@blueprint.get("/<int:report_id>")
def page(report_id: int) -> str:
    """One report's text, every work in it marked and leading to its page."""
    report = database().scalar(select(Report).where(Report.id == report_id).options(selectinload(Report.works)))
    if report is None:
        raise NotFound
    return render_template("report.html", report=report, pieces=_pieces(report), labels=labels)


def _pieces(report: Report) -> list[Stretch]:
    spans = sorted(
        ((span[0], span[1], work) for work in report.works for span in work.spans + work.mentions),
        key=lambda marked: marked[:2],
    )
    pieces, at = [], 0
    for start, end, work in spans:
        if start < at:
            continue  # a head that several works share is marked for the first of them
        pieces += [Stretch(report.text[at:start], None), Stretch(report.text[start:end], work)]
        at = end
    return [*pieces, Stretch(report.text[at:], None)]

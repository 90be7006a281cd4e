"""The list of works and the page of one work: its sentence in the report, and the evidence for its place."""

from flask import Blueprint, Response, jsonify, render_template, request
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.exceptions import BadRequest, NotFound

from geodata.models import Location, Report, StatusChange, Work
from geodata.selection import count, precision_of_work, works_in
from geodata.signs import SIGNS
from webmap import labels
from webmap.choices import selection_of
from webmap.database import database
from webmap.marking import passage_of
from webmap.page_settings import page_settings

blueprint = Blueprint("works", __name__)

PAGE_LENGTH = 100  # rows a list page: as many as a person scrolls through
MAX_PAGE_LENGTH = 1000
ORDERS = {
    "report": (Report.year.desc(), Work.report_id, Work.start),
    "name": (Work.name, Work.id),
    "sector": (Work.sector, Work.report_id, Work.start),
    "status": (StatusChange.status, Work.report_id, Work.start),
    "confidence": (func.coalesce(Location.confidence, 0), Work.report_id, Work.start),
}


@blueprint.get("/works.json")
def listing() -> Response:
    """One page of a selection as rows: `?offset=&limit=&order=` with the filters."""
    selection = selection_of(request.args)
    offset, limit = _whole("offset", 0), min(_whole("limit", PAGE_LENGTH), MAX_PAGE_LENGTH)
    order = request.args.get("order", "report")
    if order not in ORDERS:
        raise BadRequest(f"order: one of {', '.join(ORDERS)}")
    columns = {
        "id": Work.id,
        "name": Work.name,
        "kind": Work.kind,
        "sector": Work.sector,
        "status": StatusChange.status,
        "extent_from": Work.extent_from,
        "extent_to": Work.extent_to,
        "quantity": Work.quantity,
        "unit": Work.unit,
        "town": Location.town,
        "precision": precision_of_work,
        "confidence": Location.confidence,
        "reason": Location.reason,
        "county": Report.county,
        "year": Report.year,
    }
    statement = works_in(selection, *(column.label(name) for name, column in columns.items()))
    rows = database().execute(statement.order_by(*ORDERS[order]).offset(offset).limit(limit)).mappings()
    return jsonify(works=count(database(), selection), offset=offset, rows=[dict(row) for row in rows])


def _whole(name: str, default: int) -> int:
    try:
        value = int(request.args.get(name, default))
    except ValueError as error:
        raise BadRequest(f"{name}: a whole number") from error
    if not 0 <= value < 2**31:
        raise BadRequest(f"{name}: a whole number, not negative")
    return value


@blueprint.get("/works/<int:work_id>")
def page(work_id: int) -> str:
    """One work."""
    statement = (
        select(Work)
        .where(Work.id == work_id)
        .options(
            joinedload(Work.report), selectinload(Work.locations).defer(Location.geometry), selectinload(Work.statuses)
        )
    )
    work = database().scalar(statement)
    if work is None:
        raise NotFound
    location = next((location for location in work.locations if location.current), None)
    status = next(status for status in work.statuses if status.current)
    return render_template(
        "work.html",
        work=work,
        location=location,
        status=status,
        passage=passage_of(work.report.text, work.spans),
        labels=labels,
        signs=SIGNS,
        settings=page_settings(),
    )

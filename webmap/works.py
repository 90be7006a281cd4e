"""The list of works and the page of one work: its sentence in the report, and the evidence for its place."""

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request
from sqlalchemy import UnaryExpression, select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.exceptions import BadRequest, NotFound

from geodata.features import PROPERTIES
from geodata.models import Location, Report, Work, WorkSummary
from geodata.selection import Selection, count, summaries_in, works_in
from geodata.signs import SIGNS
from webmap import labels
from webmap.choices import selection_of
from webmap.database import database
from webmap.marking import passage_of
from webmap.page_settings import page_settings

blueprint = Blueprint("works", __name__)

PAGE_LENGTH = 100  # rows a list page: as many as a person scrolls through
MAX_PAGE_LENGTH = 1000
ROW = (  # the properties that a list shows of a work
    *("name", "kind", "sector", "status", "extent_from", "extent_to", "quantity", "unit"),
    *("town", "precision", "confidence", "reason", "county", "year"),
)
ORDERS: dict[str, tuple[Any, ...]] = {
    "report": (Report.year.desc(), WorkSummary.report_id, WorkSummary.start),
    "name": (Work.name,),
    "sector": (WorkSummary.sector, WorkSummary.report_id, WorkSummary.start),
    "status": (WorkSummary.status, WorkSummary.report_id, WorkSummary.start),
    "town": (WorkSummary.town, WorkSummary.report_id, WorkSummary.start),
    "precision": (WorkSummary.precision, WorkSummary.report_id, WorkSummary.start),
    "confidence": (WorkSummary.confidence, WorkSummary.report_id, WorkSummary.start),
}


@blueprint.get("/works.json")
def listing() -> Response:
    """One page of a selection as rows: `?offset=&limit=&order=` with the filters; `-name` orders backwards."""
    selection = selection_of(request.args)
    offset, limit = _whole("offset", 0), min(_whole("limit", PAGE_LENGTH), MAX_PAGE_LENGTH)
    order = request.args.get("order", "report")
    if order.removeprefix("-") not in ORDERS:
        raise BadRequest(f"order: one of {', '.join(ORDERS)}")
    columns = {"id": Work.id} | {name: PROPERTIES[name] for name in ROW}
    # First which works, by narrow rows alone; then what is shown of them.
    wanted = summaries_in(selection, WorkSummary.work_id)
    if order.endswith("name"):
        wanted = wanted.join(Work, Work.id == WorkSummary.work_id)
    elif order.endswith("report"):
        wanted = wanted.join(Report, Report.id == WorkSummary.report_id)
    chosen = wanted.order_by(*_order(order)).offset(offset).limit(limit).subquery()
    statement = works_in(Selection(), *(column.label(name) for name, column in columns.items()))
    statement = statement.join(chosen, chosen.c["work_id"] == WorkSummary.work_id).order_by(*_order(order))
    rows = database().execute(statement).mappings()
    return jsonify(works=count(database(), selection), offset=offset, rows=[dict(row) for row in rows])


def _order(order: str) -> tuple[Any, ...]:
    columns = (*ORDERS[order.removeprefix("-")], WorkSummary.work_id)
    return (_backwards(columns[0]), *columns[1:]) if order.startswith("-") else columns


def _backwards(column: Any) -> Any:
    return column.element if isinstance(column, UnaryExpression) else column.desc()


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

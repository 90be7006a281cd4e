"""Coming home: planners accept inspections or return them with a question, see what was refused, take rounds out."""

from datetime import date
from uuid import UUID

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from geoalchemy2.shape import to_shape
from shapely.geometry import mapping
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.exceptions import BadRequest, Conflict, NotFound
from werkzeug.wrappers import Response as BaseResponse

from geodata.audit import record
from geodata.decisions import DecisionError, accept, place_of, return_with_question
from geodata.models import Account, Decision, Inspection, Location, RefusedCheck, Role, Work
from geodata.placing import ConflictError
from geodata.rounds import CHINA, Round, counts, inspections_in, inspectors, refused_checks
from geodata.teaching import teach
from webmap import labels
from webmap.accounts import current_account, require
from webmap.database import database
from webmap.editing import gazetteer_directory
from webmap.inspection import round_files
from webmap.inspection.wording import DECISIONS, FINDINGS
from webmap.page_settings import page_settings
from webmap.poster import PosterError

blueprint = Blueprint("queue", __name__, url_prefix="/inspection/queue")

MAX_SHOWN = 500  # inspections of one page or one file: a round of a month
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/")
def page() -> str:
    """The inspections of a round, those that wait unless others are asked for."""
    require(Role.PLANNER)
    asked = _round(Decision.WAITING)
    return render_template(
        "inspection/queue.html",
        inspections=inspections_in(database(), asked, MAX_SHOWN),
        counts=counts(database()),
        refused=refused_checks(database(), MAX_SHOWN),
        inspectors=inspectors(database()),
        asked=asked,
        most=MAX_SHOWN,
        **_words(),
    )


@blueprint.get("/<uuid:inspection_id>")
def review(inspection_id: UUID) -> str:
    """One inspection beside what is known of its work, both on one map."""
    require(Role.PLANNER)
    inspection = _inspection(inspection_id)
    current = _current(inspection)
    return render_template(
        "inspection/review.html",
        inspection=inspection,
        seen=current.id if current else "",
        settings=page_settings(),
        **_words(),
    )


@blueprint.get("/<uuid:inspection_id>.json")
def on_map(inspection_id: UUID) -> Response:
    """GeoJSON: the work's place now, the place that the device showed, the place found, and the inspector's."""
    require(Role.PLANNER)
    inspection = _inspection(inspection_id)
    current = _current(inspection)
    shapes = {
        "current": current.geometry if current else None,
        "shown": inspection.shown.geometry if inspection.conflict and inspection.shown else None,
        "found": place_of(inspection),
        "inspector": inspection.position,
    }
    features = [
        {"type": "Feature", "geometry": mapping(to_shape(shape)), "properties": {"what": what}}
        for what, shape in shapes.items()
        if shape is not None
    ]
    features += [
        {"type": "Feature", "geometry": mapping(to_shape(photo.position)), "properties": {"what": "photo"}}
        for photo in inspection.photos
        if photo.position is not None
    ]
    return jsonify(type="FeatureCollection", features=features, accuracy_m=inspection.accuracy_m)


@blueprint.post("/<uuid:inspection_id>/accept")
def accept_inspection(inspection_id: UUID) -> BaseResponse:
    """Accepts one; `place` and `status` say whether the work takes them over, `seen` which location was shown."""
    account = require(Role.PLANNER)
    inspection = _inspection(inspection_id)
    seen = request.form.get("seen", "")
    if seen and not (seen.isdecimal() and len(seen) < 10):
        raise BadRequest("seen: the identifier of a location")
    try:
        accept(
            database(),
            inspection,
            account.name,
            int(seen) if seen else None,
            place="place" in request.form,
            status="status" in request.form,
        )
    except (DecisionError, ConflictError) as error:
        raise Conflict(str(error)) from error
    database().commit()
    teach(database(), gazetteer_directory())
    database().commit()
    return _next()


@blueprint.post("/<uuid:inspection_id>/return")
def return_inspection(inspection_id: UUID) -> BaseResponse:
    """Returns one to its inspector with a question."""
    account = require(Role.PLANNER)
    inspection = _inspection(inspection_id)
    if not request.form.get("question", "").strip():
        raise BadRequest(gettext("请写明要问巡查员什么"))
    try:
        return_with_question(database(), inspection, account.name, request.form["question"])
    except DecisionError as error:
        raise Conflict(str(error)) from error
    database().commit()
    return _next()


@blueprint.post("/refused/<int:refused_id>/settle")
def settle(refused_id: int) -> BaseResponse:
    """Takes a refused check off the list; it stays in the database."""
    account = require(Role.PLANNER)
    refused = database().get(RefusedCheck, refused_id)
    if refused is None:
        raise NotFound
    refused.settled = True
    record(database(), account.name, "inspection.settle", f"inspection {refused.inspection_id}", refused=refused_id)
    database().commit()
    return redirect(url_for("queue.page"))


@blueprint.get("/round.xlsx")
def round_xlsx() -> Response:
    """The round as an Excel file."""
    require(Role.PLANNER)
    content = round_files.as_xlsx(inspections_in(database(), _round(None), MAX_SHOWN))
    return _file(content, XLSX, "xlsx")


@blueprint.get("/round.pdf")
def round_pdf() -> Response:
    """The round as a PDF, with its photos."""
    require(Role.PLANNER)
    try:
        content = round_files.as_pdf(inspections_in(database(), _round(None), MAX_SHOWN))
    except PosterError as error:
        raise BadRequest(gettext("生成不了 PDF：%(reason)s", reason=str(error))) from error
    return _file(content, "application/pdf", "pdf")


@blueprint.app_template_global()
def inspections_shown(work: Work) -> list[Inspection]:
    """The inspections of a work that whoever asks may see; none for a stranger."""
    account: Account | None = current_account()
    if account is None:
        return []
    return inspections_in(database(), Round(work=work.id, seen_by=account), MAX_SHOWN)


@blueprint.app_template_global()
def inspection_words() -> dict[str, object]:
    """The words for findings and decisions, for templates of other rooms."""
    return _words()


def _inspection(inspection_id: UUID) -> Inspection:
    found = database().get(
        Inspection,
        inspection_id,
        options=[
            joinedload(Inspection.work).selectinload(Work.locations),
            joinedload(Inspection.work).joinedload(Work.report),
            joinedload(Inspection.work).selectinload(Work.statuses),
            selectinload(Inspection.photos),
        ],
    )
    if found is None:
        raise NotFound
    return found


def _current(inspection: Inspection) -> Location | None:
    return next((location for location in inspection.work.locations if location.current), None)


def _next() -> BaseResponse:
    waiting = inspections_in(database(), Round(decision=Decision.WAITING), 1)
    return redirect(url_for("queue.review", inspection_id=waiting[0].id) if waiting else url_for("queue.page"))


def _round(default: Decision | None) -> Round:
    try:
        return Round(
            decision=Decision(request.args["decision"]) if request.args.get("decision") else default,
            inspector=request.args.get("inspector", "").replace("\x00", "") or None,
            since=date.fromisoformat(request.args["since"]) if request.args.get("since") else None,
            until=date.fromisoformat(request.args["until"]) if request.args.get("until") else None,
        )
    except ValueError as error:
        raise BadRequest(str(error)) from error


def _words() -> dict[str, object]:
    return {"labels": labels, "findings": FINDINGS, "decisions": DECISIONS, "china": CHINA}


def _file(content: bytes, mimetype: str, ending: str) -> Response:
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f"attachment; filename=guatu-round.{ending}"
    response.headers["Cache-Control"] = "no-store"
    return response

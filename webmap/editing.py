"""What planners change on the map: the place and the status of a work. JSON, for the scripts of the pages."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request
from flask_babel import gettext
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import BadRequest, Conflict, NotFound

from gazetteer.vocabulary import Precision, Status
from geodata import placing
from geodata.candidates import candidates_for, loaded_gazetteer
from geodata.models import Location, Role, StatusChange, Work, WorkSummary
from geodata.placing import Candidate, ConflictError, PlacingError
from geodata.selection import works_in
from geodata.settings import Settings
from geodata.teaching import PLACED_BY, teach
from webmap.accounts import require, role_required
from webmap.choices import selection_of
from webmap.database import database

blueprint = Blueprint("editing", __name__)

MAX_BODY = 2 * 2**20  # bytes: a drawing of as many vertices as may be, and no more
DOUBTFUL = 0.8  # works placed with less confidence are looked at: every fifth of them is wrong
VAGUE = (Precision.NONE, Precision.COUNTY, Precision.TOWN, Precision.NEAR)
QUEUE_LENGTH = 200  # works: a day's


def gazetteer_directory() -> Path:
    """Where the indexes of names are: the setting GAZETTEER, else in guatu's own folder."""
    return Path(current_app.config.get("GAZETTEER") or Settings.from_environment().home / "gazetteer")


@blueprint.get("/queue.json")
def queue() -> Response:
    """The works of a selection that nobody has placed and guatu has not or hardly, worst first."""
    doubtful = or_(WorkSummary.precision.in_(VAGUE), WorkSummary.confidence < DOUBTFUL)
    by_hand = Location.placed_by.is_not(None) & (Location.placed_by != PLACED_BY)
    statement = works_in(selection_of(request.args), Work.id, func.count().over()).where(doubtful, ~by_hand)
    vagueness = func.array_position([precision.value for precision in VAGUE], WorkSummary.precision)
    rows = database().execute(
        statement.order_by(vagueness.nulls_last(), WorkSummary.confidence, Work.id).limit(QUEUE_LENGTH)
    )
    found = rows.all()
    return jsonify(works=[row[0] for row in found], total=found[0][1] if found else 0)


@blueprint.get("/works/<int:work_id>/state.json")
def state(work_id: int) -> Response:
    """A work as it stands: what somebody who changes it must have seen."""
    return jsonify(_state(work_id))


@blueprint.get("/works/<int:work_id>/candidates.json")
@role_required(Role.PLANNER)
def candidates(work_id: int) -> Response:
    """The places that a work can be, or that `?words=` can mean, and those left out with the reason."""
    work = database().scalar(select(Work).where(Work.id == work_id).options(joinedload(Work.report)))
    if work is None:
        raise NotFound
    gazetteer = loaded_gazetteer(gazetteer_directory())
    if gazetteer is None:
        return jsonify(candidates=[], rejected=[])
    found = candidates_for(gazetteer, work, request.args.get("words", "")[: placing.MAX_WORDS].strip())
    return jsonify(candidates=found.candidates, rejected=found.rejected)


@blueprint.post("/works/<int:work_id>/place.json")
def place(work_id: int) -> Response:
    """Changes a work's place: `{"seen": id of the place that was shown, or null}` and one of

    `{"geometry": GeoJSON}`, `{"candidate": {"source", "key"}}`, with `"ends": [[lon, lat], [lon, lat]]` to cut it,
    `{"nowhere": reason}`, `{"restore": id of an earlier place}`, `{"undo": true}`.
    """
    by, body = require(Role.PLANNER).name, _body()
    seen = _seen(body)
    session = database()

    def change() -> object:
        if "geometry" in body:
            return placing.draw(session, work_id, seen, by, body["geometry"])
        if "candidate" in body:
            chosen = _candidate(body["candidate"])
            if "ends" in body:
                return placing.cut(session, work_id, seen, by, chosen, _ends(body["ends"]))
            return placing.choose(session, work_id, seen, by, chosen)
        if "nowhere" in body:
            return placing.declare_nowhere(session, work_id, seen, by, _text(body["nowhere"]))
        if "restore" in body:
            return placing.restore(session, work_id, seen, by, _whole(body["restore"]))
        if body.get("undo") is True:
            return placing.undo(session, work_id, seen, by)
        raise BadRequest("geometry, candidate, nowhere, restore or undo")

    answer = _changed(work_id, change)
    if answer.status_code == 200:
        teach(session, gazetteer_directory())
        session.commit()
    return answer


@blueprint.post("/works/<int:work_id>/status.json")
def status(work_id: int) -> Response:
    """Changes a work's status: `{"seen": id, "status", "date": ISO 8601 or null, "note"}` or `{"seen", "undo"}`."""
    by, body = require(Role.PLANNER).name, _body()
    seen = _seen(body)
    session = database()
    if body.get("undo") is True:
        return _changed(work_id, lambda: placing.undo_status(session, work_id, seen, by))
    try:
        word = Status(str(body.get("status")))
        on_date = date.fromisoformat(body["date"]) if body.get("date") else None
    except (ValueError, TypeError) as error:
        raise BadRequest(f"status, date: {error}") from error
    note = _text(body.get("note", ""))
    return _changed(work_id, lambda: placing.say_status(session, work_id, seen, by, word, on_date, note))


def _changed(work_id: int, change: Callable[[], object]) -> Response:
    """The work's state after a change; the state that stands, with 409, where somebody else was faster."""
    try:
        change()
        database().commit()
    except ConflictError as error:
        database().rollback()
        response = jsonify(detail=str(error), **_state(work_id))
        response.status_code = Conflict.code
        return response
    except PlacingError as error:
        database().rollback()
        raise BadRequest(str(error)) from error
    return jsonify(_state(work_id))


def _state(work_id: int) -> dict[str, Any]:
    shape = func.ST_AsGeoJSON(Location.geometry, 6)
    place = (
        database()
        .execute(select(Location, shape.label("shape")).where(Location.work_id == work_id, Location.current))
        .one_or_none()
    )
    progress = database().scalar(select(StatusChange).where(StatusChange.work_id == work_id, StatusChange.current))
    if progress is None:
        raise NotFound(gettext("没有这项工程"))
    location = place[0] if place else None
    return {
        "work": work_id,
        "place": location.id if location else None,
        "geometry": place[1] if place else None,
        "precision": location.precision.value if location else "none",
        "confidence": location.confidence if location else None,
        "reason": location.reason if location else "",
        "matched": location.evidence.get("matched", []) if location else [],
        "placed_by": location.placed_by if location else None,
        "status": progress.status.value,
        "status_id": progress.id,
        "changed_by": progress.changed_by,
    }


def _body() -> dict[str, Any]:
    if (request.content_length or 0) > MAX_BODY:
        raise BadRequest(gettext("图形太大"))
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or "seen" not in body:
        raise BadRequest("seen")
    return body


def _seen(body: dict[str, Any]) -> int | None:
    return None if body["seen"] is None else _whole(body["seen"])


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**31:
        raise BadRequest(f"{value!r:.40} is no identifier")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise BadRequest("text")
    return value


def _candidate(value: object) -> Candidate:
    if not isinstance(value, dict):
        raise BadRequest("candidate")
    return Candidate(_text(value.get("source")), _text(value.get("key")))


def _ends(value: Any) -> tuple[tuple[float, float], tuple[float, float]]:
    try:
        (a, b), (c, d) = value
        one, other = (float(a), float(b)), (float(c), float(d))
    except (TypeError, ValueError) as error:
        raise BadRequest("ends: [[lon, lat], [lon, lat]]") from error
    if not all(abs(lon) <= 180 and abs(lat) <= 90 for lon, lat in (one, other)):
        raise BadRequest("ends: degrees, longitude first")
    return one, other

"""What inspectors' devices send: checks by the identifier that the device made, and photos in parts.

Every answer of 200 or 201 means that what was sent is committed. 4xx answers are JSON with `detail`, the reason; after
400, 413 and 503 the device may try the same again, after 409 and 422 it keeps the check and shows the reason.
"""

import base64
import hashlib
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext
from werkzeug.exceptions import BadRequest, LengthRequired, NotFound, RequestEntityTooLarge

from geodata.check_content import parse
from geodata.inspections import (
    PART_BYTES,
    CheckRefusedError,
    PhotoRefusedError,
    inspections_of,
    missing_parts,
    receive,
    receive_part,
)
from geodata.models import Inspection, Role
from webmap.accounts import require
from webmap.database import database

blueprint = Blueprint("sync", __name__, url_prefix="/inspection")

MAX_CHECK_BYTES = 512 * 1024  # a line of 5,000 vertices with a long note and twenty photos has 200 KB
MAX_ASKED = 200  # checks whose state is asked for at once


@blueprint.put("/checks/<uuid:check_id>")
def put_check(check_id: UUID) -> tuple[Response, int]:
    """Takes one check in; again with the same content it answers the same."""
    account = require(Role.INSPECTOR)
    body = _body(MAX_CHECK_BYTES)
    try:
        content = parse(body)
    except ValueError as error:
        raise BadRequest(str(error)) from error
    try:
        received = receive(database(), account, check_id, content)
    except CheckRefusedError as error:
        database().commit()
        return _refusal(error.status, str(error))
    database().commit()
    return jsonify(_state(received.inspection)), HTTPStatus.CREATED if received.new else HTTPStatus.OK


@blueprint.put("/photos/<uuid:photo_id>/parts/<int:number>")
def put_part(photo_id: UUID, number: int) -> tuple[Response, int]:
    """Takes one part of a photo in. `Content-Digest` (RFC 9530, sha-256) tells a part that was damaged on its way."""
    account = require(Role.INSPECTOR)
    content = _body(PART_BYTES)
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    if request.headers.get("Content-Digest", "").strip() != f"sha-256=:{digest}:":
        raise BadRequest("the part does not fit its Content-Digest: send it again")
    try:
        photo = receive_part(database(), account, photo_id, number, content)
    except LookupError as error:
        raise NotFound("no check of yours announced this photo: send the check first") from error
    except PhotoRefusedError as error:
        database().commit()
        return _refusal(HTTPStatus.UNPROCESSABLE_ENTITY if error.final else HTTPStatus.BAD_REQUEST, str(error))
    missing = missing_parts(database(), photo)
    database().commit()
    return jsonify(missing=missing), HTTPStatus.OK


@blueprint.get("/checks.json")
def own_checks() -> Response:
    """How one's own checks stand: `?id=` once for each, or all that were returned with a question."""
    account = require(Role.INSPECTOR)
    try:
        ids = [UUID(value) for value in request.args.getlist("id")]
    except ValueError as error:
        raise BadRequest(gettext("id：编号不对")) from error
    if len(ids) > MAX_ASKED:
        raise BadRequest(f"id: at most {MAX_ASKED}")
    found = inspections_of(database(), account, ids)
    response = jsonify(checks=[_state(inspection) for inspection in found if ids or inspection.question])
    response.headers["Cache-Control"] = "no-store"
    return response


def _body(most: int) -> bytes:
    """The request's body; raises where it is longer than `most` bytes or does not say how long it is."""
    if request.content_length is None:
        raise LengthRequired
    if request.content_length > most:
        raise RequestEntityTooLarge
    return request.get_data()


def _state(inspection: Inspection) -> dict[str, object]:
    return {
        "id": str(inspection.id),
        "work": inspection.work_id,
        "decision": inspection.decision,
        "question": inspection.question,
        "decided_by": inspection.decided_by,
        "conflict": inspection.conflict,
        "clock_doubtful": inspection.clock_doubtful,
        "photos": {
            str(photo.id): {"missing": missing_parts(database(), photo), "refused": photo.refused}
            for photo in inspection.photos
        },
    }


def _refusal(status: HTTPStatus, reason: str) -> tuple[Response, int]:
    return jsonify(status=status, title=status.phrase, detail=reason), status

"""The resources of the API."""

import re
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for
from pydantic import BaseModel
from werkzeug.exceptions import BadRequest, NotFound, UnprocessableEntity, UnsupportedMediaType

from geodata import returns
from geodata.edited_files import MAX_BYTES, ReturnError
from geodata.models import Role
from geodata.selection import Selection
from geodata.teaching import teach
from webmap.accounts import public, require
from webmap.api import queries, schemas
from webmap.api.openapi import EDITED_FILES, MAX_PAGE_LENGTH, PAGE_LENGTH, document
from webmap.choices import CHOICES, MAX_ID, selection_of
from webmap.database import database
from webmap.editing import gazetteer_directory
from webmap.returns import changes_of

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.get("/openapi.json")
@public
def openapi() -> Response:
    """The description of the API."""
    return jsonify(document(url_for("api.openapi", _external=True).removesuffix("/openapi.json")))


@blueprint.get("/works")
def works() -> Response:
    """Works, by the map's filters and by the time they changed."""
    _allow_only(*CHOICES, "words", "bbox", "since", "cursor", "limit")
    limit, since, after = _limit(), _since(), _whole("cursor", 0)
    until = queries.now(database())
    found = queries.works(database(), selection_of(request.args), since=since, after=after, limit=limit + 1)
    gone = queries.deleted(database(), since=since, after=after, limit=limit + 1) if since else []
    both: list[schemas.Work | schemas.DeletedWork] = sorted([*found, *gone], key=lambda one: one.id)
    page = both[:limit]
    answer = schemas.Works(
        works=[one for one in page if isinstance(one, schemas.Work)],
        deleted=[one for one in page if isinstance(one, schemas.DeletedWork)],
        next=_next(both, limit),
        until=until,
    )
    return _answer(answer, "until")


@blueprint.get("/works/<int:work>")
def work(work: int) -> Response:
    """One work."""
    _allow_only()
    return _answer(_work(work))


@blueprint.get("/works/<int:work>/locations")
def locations(work: int) -> Response:
    """Where a work was placed, from the first place to the current one."""
    _allow_only()
    _work(work)
    return _answer(schemas.Locations(locations=queries.locations(database(), work)))


@blueprint.get("/works/<int:work>/statuses")
def statuses(work: int) -> Response:
    """How far a work was said to be, from the first time to now."""
    _allow_only()
    _work(work)
    return _answer(schemas.Statuses(statuses=queries.statuses(database(), work)))


@blueprint.get("/works/<int:work>/inspections")
def inspections(work: int) -> Response:
    """What inspectors saw of a work; for people with an account, since it names inspectors. Those that no planner has
    accepted are for planners and their own inspectors.
    """
    account = require(Role.VIEWER)
    _allow_only()
    _work(work)
    return _answer(schemas.Inspections(inspections=queries.inspections(database(), work, account)))


@blueprint.get("/reports")
def reports() -> Response:
    """All reports."""
    _allow_only()
    return _answer(schemas.Reports(reports=queries.reports(database())))


@blueprint.get("/places")
def places() -> Response:
    """Places of the gazetteer, by a name of theirs and by kind."""
    _allow_only("name", "kind", "cursor", "limit")
    limit = _limit()
    name, kind = (request.args.get(key, "").replace("\x00", "") for key in ("name", "kind"))
    found = queries.places(database(), name=name, kind=kind, ids=(), after=_whole("cursor", 0), limit=limit + 1)
    return _answer(schemas.Places(places=found[:limit], next=_next(found, limit)))


@blueprint.get("/places/<int:place>")
def place(place: int) -> Response:
    """One place."""
    _allow_only()
    found = queries.places(database(), name="", kind="", ids=(_identifier(place),), after=0, limit=1)
    if not found:
        raise NotFound(f"no place {place}")
    return _answer(found[0])


@blueprint.post("/edits")
def edits() -> Response:
    """Takes back an exported file that was edited: what nobody need look at, or with `dry_run=true` nothing."""
    account = require(Role.PLANNER)
    _allow_only("dry_run")
    dry_run = request.args.get("dry_run", "false")
    if dry_run not in ("true", "false"):
        raise BadRequest("dry_run: true or false")
    if request.mimetype not in EDITED_FILES:
        raise UnsupportedMediaType(f"send one of {', '.join(EDITED_FILES)}")
    request.max_content_length = MAX_BYTES
    name = f"edits{EDITED_FILES[request.mimetype]}"
    try:
        changes, remarks, same = changes_of(request.stream, name)
    except ReturnError as error:
        raise UnprocessableEntity(str(error)) from error
    chosen = {} if dry_run == "true" else returns.choices_without_conflict(changes)
    taken = returns.take(database(), chosen, account.name, name)
    body = queries.edits(changes, taken)
    database().commit()
    if taken.places:
        teach(database(), gazetteer_directory())
        database().commit()
    noted = [schemas.Remarked(what=remark.what, text=remark.text) for remark in remarks]
    return _answer(schemas.Edits(dry_run=dry_run == "true", unchanged=same, works=body, remarks=noted))


def _work(number: int) -> schemas.Work:
    found = queries.works(database(), Selection(work=(_identifier(number),)), since=None, after=0, limit=1)
    if not found:
        raise NotFound(f"no work {number}")
    return found[0]


def _identifier(number: int) -> int:
    if not 0 < number <= MAX_ID:
        raise NotFound(f"no {number}")
    return number


def _allow_only(*names: str) -> None:
    for name in request.args:
        if name not in (*names, "lang"):
            raise BadRequest(f"unknown parameter “{name[:40]}”: {', '.join(names) or 'there are none'}")


def _limit() -> int:
    limit = _whole("limit", PAGE_LENGTH)
    if not 0 < limit <= MAX_PAGE_LENGTH:
        raise BadRequest(f"limit: 1 to {MAX_PAGE_LENGTH}")
    return limit


def _whole(name: str, default: int) -> int:
    value = request.args.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,10}", value) or int(value) > MAX_ID:
        raise BadRequest(f"{name}: a whole number")
    return int(value)


def _since() -> datetime | None:
    value = request.args.get("since")
    if value is None:
        return None
    try:
        time = datetime.fromisoformat(value)
        time.astimezone()  # the first and the last day of the calendar have no offset to go to
    except (ValueError, OverflowError) as error:
        raise BadRequest("since: RFC 3339, as 2024-01-01T00:00:00Z") from error
    if time.tzinfo is None:
        raise BadRequest("since: with its offset from UTC, as 2024-01-01T00:00:00Z")
    return time


def _next(found: list[Any], limit: int) -> str | None:
    if len(found) <= limit:
        return None
    values: dict[str, Any] = {**request.args.to_dict(flat=False), "cursor": found[limit - 1].id}
    return url_for(str(request.endpoint), _external=True, **values)


def _answer(body: BaseModel, *volatile: str) -> Response:
    """The answer with an entity tag of its content, but for what changes by itself: it need not be sent twice."""
    response = Response(body.model_dump_json(), mimetype="application/json")
    response.headers["Cache-Control"] = "no-cache"
    tagged = Response(body.model_dump_json(exclude=set(volatile)))
    tagged.add_etag()
    response.headers["ETag"] = tagged.headers["ETag"]
    response.make_conditional(request)
    return response

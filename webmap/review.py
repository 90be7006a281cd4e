"""Review before it counts: a report's text beside the list of its works, put right by planners, then saved.

What is done goes to the draft at once, step by step (`geodata.drafts`), so that nothing is lost with the page and two
planners see each other's work. Reports that are uploaded or pasted here are kept only when their review is saved.
"""

from pathlib import Path
from typing import Annotated, Any

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_wtf.csrf import generate_csrf
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response as BaseResponse

from gazetteer.errors import GuatuError
from gazetteer.geocode import Gazetteer
from gazetteer.reading import read_works
from gazetteer.reading.documents import MAX_FILE_BYTES, Document, document_from_bytes, document_from_text
from gazetteer.reading.lexicon import load
from gazetteer.vocabulary import Kind, Nature, Period, Sector, Status
from gazetteer.work import Span, Work
from geodata import drafts, revisions
from geodata.drafts import Item, TakenError
from geodata.locations import locate, unlocated
from geodata.models import Action, Draft, Report, Role
from geodata.reports import report_of
from geodata.settings import Settings
from geodata.signs import SIGNS
from geodata.teaching import teach
from webmap import labels
from webmap.accounts import require, role_required
from webmap.database import database
from webmap.editing import gazetteer_directory
from webmap.review_strings import ACTIONS, strings

blueprint = Blueprint("review", __name__, url_prefix="/review")

MAX_CHARACTERS = 400_000
"""Of a text that is reviewed on a page: a county's report has 10,000 to 30,000, a long project list 300,000."""
FORM_BYTES = 1 << 20  # what a form may have beside its file
MAX_ITEMS = 5000
MAX_HEADINGS = 8  # a path of headings: reports nest four
LOCATED_AT_ONCE = 100
"""Works that are placed within one request: 5 to 20 ms each, so a second or two. Of more works the page asks for the
rest, part by part, and shows how many are left."""
MAX_SAID_PLACES = 200  # of one work: what a cell of a project list may hold

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=revisions.MAX_NAME)]
End = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]
Unit = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)]


class Fields(BaseModel):
    """What a planner may change of a work."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    kind: Kind
    status: Status
    nature: Nature
    sector: Sector
    period: Period
    named: bool
    extent_from: End | None = None
    extent_to: End | None = None
    quantity: Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)] | None = None
    unit: Unit | None = None
    area: Annotated[tuple[Name, ...], Field(max_length=MAX_HEADINGS)] = ()
    places: Annotated[tuple[Name, ...], Field(max_length=MAX_SAID_PLACES)]


class StepBody(BaseModel):
    """One step: what is done with which items. `fields` correct, `names` split or name what is merged, `span` adds."""

    model_config = ConfigDict(extra="forbid")

    action: Action
    items: Annotated[list[str], Field(max_length=MAX_ITEMS)] = []
    fields: Fields | None = None
    names: Annotated[list[Name], Field(max_length=100)] = []
    span: tuple[int, int] | None = None


@blueprint.get("/")
@role_required(Role.PLANNER)
def index() -> str:
    """The reviews that are not saved yet."""
    statement = select(Draft).options(joinedload(Draft.report)).order_by(Draft.changed_at.desc())
    found = [(draft, drafts.report_in(draft)) for draft in database().scalars(statement)]
    return render_template("review/index.html", drafts=found)


@blueprint.route("/new", methods=["GET", "POST"])
@role_required(Role.PLANNER)
def new() -> BaseResponse | str | tuple[str, int]:
    """The form for a report to upload or paste; what is sent is read, and its review opens."""
    request.max_content_length = MAX_FILE_BYTES + FORM_BYTES
    request.max_form_memory_size = 4 * MAX_CHARACTERS + FORM_BYTES
    if request.method == "GET":
        return render_template("review/new.html", refusal="")
    who = require(Role.PLANNER).name
    try:
        draft = _read(who)
    except GuatuError as error:
        return render_template("review/new.html", refusal=str(error)), 422
    database().commit()
    return redirect(url_for("review.page", draft_id=draft.id))


def _read(who: str) -> Draft:
    sent, pasted = request.files.get("file"), request.form.get("text", "")
    if sent is not None and sent.filename:
        name = Path(sent.filename.replace("\\", "/")).name
        document = document_from_bytes(sent.read(), name)
    elif pasted.strip():
        name, document = gettext("粘贴的报告"), document_from_text(pasted.replace("\r\n", "\n"))
    else:
        raise GuatuError(gettext("请选择一个文件，或者粘贴报告全文"))
    if len(document.text) > MAX_CHARACTERS:
        raise GuatuError(
            gettext("文字超过 %(n)d 万字，请拆开，或用命令 guatu read --save 读入", n=MAX_CHARACTERS // 10_000)
        )
    report = _report(document, name)
    works = read_works(document.text, lexicon=load(Settings.from_environment().lexicon)).works
    if not works:
        raise GuatuError(gettext("没有读到工程，请确认这是政府工作报告"))
    return drafts.draft_of_reading(database(), report, works, who)


def _report(document: Document, name: str) -> Report:
    county, year = request.form.get("county", "").strip(), request.form.get("year", "").strip()
    if not county and document.county is None:
        raise GuatuError(gettext("看不出是哪个县的报告，请填写县名"))
    if not year and document.year is None:
        raise GuatuError(gettext("看不出是哪一年的报告，请填写年份"))
    if year and not (year.isdecimal() and 1949 <= int(year) <= 2100):
        raise GuatuError(gettext("年份请写四位数字"))
    return report_of(document, name, gazetteer_directory(), county=county or None, year=int(year) if year else None)


@blueprint.post("/report/<int:report_id>")
@role_required(Role.PLANNER)
def of_report(report_id: int) -> BaseResponse:
    """Opens the review of a report that is kept."""
    report = database().get(Report, report_id)
    if report is None:
        raise NotFound
    if len(report.text) > MAX_CHARACTERS:
        raise BadRequest(gettext("文字超过 %(n)d 万字，不能在网页上校核", n=MAX_CHARACTERS // 10_000))
    draft = drafts.open_draft(database(), report, require(Role.PLANNER).name)
    database().commit()
    return redirect(url_for("review.page", draft_id=draft.id))


@blueprint.get("/<int:draft_id>")
@role_required(Role.PLANNER)
def page(draft_id: int) -> str:
    """The review itself."""
    draft = _draft(draft_id)
    report = drafts.report_in(draft)
    settings = {
        "text": report.text,
        "me": require(Role.PLANNER).name,
        "csrf": generate_csrf(),
        "addresses": {
            "items": url_for("review.items", draft_id=draft_id),
            "steps": url_for("review.step", draft_id=draft_id),
            "undo": url_for("review.undo", draft_id=draft_id),
            "save": url_for("review.save", draft_id=draft_id),
        },
        "labels": {
            "kind": _words(labels.KINDS),
            "status": _words(labels.STATUSES),
            "nature": _words(labels.NATURES),
            "sector": _words(labels.SECTORS),
            "period": _words(labels.PERIODS),
            "action": _words(ACTIONS),
        },
        "signs": {sector.value: sign.character for sector, sign in SIGNS.items()},
        "strings": strings(),
        **_state(draft),
    }
    return render_template("review/page.html", draft=draft, report=report, settings=settings)


def _words(words: Any) -> dict[str, str]:
    return {word.value: str(label) for word, label in words.items()}


@blueprint.get("/<int:draft_id>/items.json")
@role_required(Role.PLANNER)
def items(draft_id: int) -> Response:
    """The list, where it is not the one of `?version=`, and who else has the page open."""
    draft = _locked(draft_id)
    others = drafts.see(draft, require(Role.PLANNER).name)
    state = {"version": draft.version} if request.args.get("version") == str(draft.version) else _state(draft)
    response = jsonify(present=others, **state)
    database().commit()
    return response


@blueprint.post("/<int:draft_id>/steps.json")
@role_required(Role.PLANNER)
def step(draft_id: int) -> Response | tuple[Response, int]:
    """Takes one step; answers with what left the list and what came into it."""
    try:
        body = StepBody.model_validate_json(request.get_data())
    except ValidationError as error:
        first = error.errors()[0]
        return _refused(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}", 400)
    draft, who = _locked(draft_id), require(Role.PLANNER).name
    identifiers = list(dict.fromkeys(body.items))
    try:
        found = drafts.items_of(database(), draft)
        taken = [found[identifier].work for identifier in identifiers if identifier in found]
        made = _made(body, drafts.report_in(draft).text, taken, found) if len(taken) == len(identifiers) else []
        done = drafts.take_step(database(), draft, body.action, identifiers, made, who)
    except GuatuError as error:
        return _told(error)
    database().commit()
    new_items = [
        Item(identifier, work, done.action, who) for identifier, work in zip(done.identifiers(), done.made, strict=True)
    ]
    return jsonify(version=draft.version, removed=list(done.take), added=[_shown(item) for item in new_items])


def _made(body: StepBody, text: str, taken: list[Work], found: dict[str, Item]) -> list[Work]:
    """The works that a step makes of those it takes. Raises GuatuError where it cannot."""
    match body.action:
        case Action.DROP:
            return []
        case Action.ACCEPT:
            return taken
        case Action.CORRECT if body.fields and len(taken) == 1:
            return [revisions.corrected(text, taken[0], body.fields.model_dump())]
        case Action.SPLIT if len(taken) == 1:
            return revisions.split(text, taken[0], body.names)
        case Action.MERGE:
            return [revisions.merged(taken, body.names[0] if body.names else None)]
        case Action.ADD if body.span and not taken:
            return [revisions.added(text, Span(*body.span), [item.work for item in found.values()])]
    raise GuatuError(gettext("这一步缺少内容"))


@blueprint.post("/<int:draft_id>/undo.json")
@role_required(Role.PLANNER)
def undo(draft_id: int) -> Response | tuple[Response, int]:
    """Takes the planner's own last step back."""
    draft = _locked(draft_id)
    try:
        back = drafts.undo(database(), draft, require(Role.PLANNER).name)
    except GuatuError as error:
        return _told(error)
    found = drafts.items_of(database(), draft)
    database().commit()
    restored = [_shown(found[identifier]) for identifier in back.take if identifier in found]
    return jsonify(version=draft.version, removed=back.identifiers(), added=restored, undone=back.action)


@blueprint.post("/<int:draft_id>/save.json")
@role_required(Role.PLANNER)
def save(draft_id: int) -> Response | tuple[Response, int]:
    """Makes the works what the draft says, and places the first of those that have no place; `left` is how many are
    still to be placed, by posts to `locate`.

    What was placed by hand is taught anew: its works may be gone, or have other names.
    """
    draft = _locked(draft_id)
    try:
        report = drafts.save(database(), draft, require(Role.PLANNER).name)
    except GuatuError as error:
        database().rollback()
        return _told(error)
    database().commit()
    teach(database(), gazetteer_directory())
    database().commit()
    left = _place(report)
    return jsonify(
        address=url_for("reports.page", report_id=report.id),
        locate=url_for("review.locate_more", report_id=report.id),
        left=left,
    )


@blueprint.post("/report/<int:report_id>/locate.json")
@role_required(Role.PLANNER)
def locate_more(report_id: int) -> Response:
    """Places the next works of a report that have no place yet; answers how many are left."""
    report = database().get(Report, report_id)
    if report is None:
        raise NotFound
    return jsonify(left=_place(report))


def _place(report: Report) -> int:
    """Places the next works that have no place yet, and says how many are left; without a gazetteer they wait for
    `guatu locate`, and none is."""
    try:
        gazetteer = Gazetteer.open(gazetteer_directory())
    except GuatuError as error:
        current_app.logger.warning("not located: %s", error)
        return 0
    locate(database(), gazetteer, reports=[report.id], limit=LOCATED_AT_ONCE)
    left = unlocated(database(), report.id)
    database().commit()
    return left


@blueprint.post("/<int:draft_id>/discard")
@role_required(Role.PLANNER)
def discard(draft_id: int) -> BaseResponse:
    """Ends a review without saving it."""
    drafts.discard(database(), _locked(draft_id), require(Role.PLANNER).name)
    database().commit()
    return redirect(url_for("review.index"))


def _draft(draft_id: int) -> Draft:
    draft = database().get(Draft, draft_id)
    if draft is None:
        raise NotFound(gettext("这次校核已经保存或放弃"))
    return draft


def _locked(draft_id: int) -> Draft:
    draft = drafts.lock(database(), draft_id)
    if draft is None:
        raise NotFound(gettext("这次校核已经保存或放弃"))
    return draft


def _state(draft: Draft) -> dict[str, Any]:
    return {
        "version": draft.version,
        "items": [_shown(item) for item in drafts.items_of(database(), draft).values()],
    }


def _shown(item: Item) -> dict[str, Any]:
    """An item as the page has it."""
    work = item.work
    return {
        "id": item.id,
        "name": work.name,
        "kind": work.kind,
        "status": work.status,
        "nature": work.nature,
        "sector": work.sector,
        "period": work.period,
        "named": work.named,
        "extent_from": work.extent.start if work.extent else "",
        "extent_to": work.extent.end if work.extent else "",
        "quantity": work.quantity,
        "unit": work.unit or "",
        "area": work.area,
        "places": work.places,
        "flags": work.flags,
        "spans": [[span.start, span.end] for span in work.spans],
        "mentions": [[span.start, span.end] for span in work.mentions],
        "action": item.action,
        "by": item.by,
    }


def _told(error: GuatuError) -> tuple[Response, int]:
    """What the page shows: 409 where another planner was quicker, with the name, else 422."""
    if isinstance(error, TakenError):
        return jsonify(status=409, by=error.by, detail=gettext("%(by)s 刚刚改了同一项工程", by=error.by)), 409
    return _refused(str(error), 422)


def _refused(detail: str, status: int) -> tuple[Response, int]:
    return jsonify(status=status, detail=detail), status

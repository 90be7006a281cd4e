"""Taking back on a page: an edited export is sent, shown beside what stands, and taken as far as a planner says."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask_babel import LazyString, gettext, lazy_gettext
from geoalchemy2.shape import to_shape
from shapely.geometry import mapping
from sqlalchemy import delete, select
from werkzeug.exceptions import BadRequest, NotFound, RequestEntityTooLarge
from werkzeug.wrappers import Response as BaseResponse

from gazetteer.errors import GuatuError
from geodata import returns
from geodata.edited_files import MAX_BYTES, Edited, Noted, Remark, ReturnError
from geodata.models import Location, ReturnedFile, Role, Work
from geodata.returns import Change, Choice, Refused, Taken
from geodata.rounds import CHINA
from geodata.teaching import teach
from webmap import labels
from webmap.accounts import require, role_required
from webmap.database import database
from webmap.editing import gazetteer_directory
from webmap.page_settings import page_settings
from webmap.wording import status_words

blueprint = Blueprint("returns", __name__, url_prefix="/returns")

FORM_BYTES = 1 << 20  # what a form may have beside its file
MAX_CHANGES = 2000  # works of one page: more are for the command and the API
KEPT = timedelta(days=30)  # files of which nobody has said what is taken
MAX_FILES = 50  # shown
REFUSED: dict[Refused, LazyString] = {
    Refused.NO_WORK: lazy_gettext("没有这个编号的工程，可能已删除"),
    Refused.NO_VERSION: lazy_gettext("文件里没有版本号，分不清是谁改的"),
    Refused.NO_STATUS: lazy_gettext("不是五种进展之一"),
    Refused.NO_GEOMETRY: lazy_gettext("图形删掉了，或不是有效的图形；要撤下位置请在工程页操作"),
}
NOTED: dict[Noted, LazyString] = {
    Noted.ADDED: lazy_gettext("没有编号的行，是手工加的，不会成为工程"),
    Noted.FOREIGN_LAYER: lazy_gettext("没有“编号”字段的图层，没有读"),
    Noted.NO_STATUSES: lazy_gettext("没有“进展”字段的图层，进展不变"),
    Noted.NO_VERSIONS: lazy_gettext("缺少版本字段的图层，里面的改动不能都收回"),
}


def changes_of(stream: IO[bytes], name: str) -> tuple[list[Change], list[Remark], int]:
    """The changes of a file that is being sent. Raises ReturnError where it cannot be taken back."""
    with TemporaryDirectory(prefix="guatu-") as folder:
        path = Path(folder) / f"edited{Path(name).suffix.lower()}"
        with path.open("wb") as file:
            while block := stream.read(1 << 20):
                if file.tell() + len(block) > MAX_BYTES:
                    raise RequestEntityTooLarge
                file.write(block)
        return returns.changes_in(database(), path, status_words())


@blueprint.route("/", methods=["GET", "POST"])
def page() -> BaseResponse | str | tuple[str, int]:
    """The form for a file; what is sent is compared, and what it changes is shown."""
    account = require(Role.PLANNER)
    request.max_content_length = MAX_BYTES + FORM_BYTES
    if request.method == "GET":
        return _form()
    try:
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise ReturnError(gettext("请选择一个文件"))
        changes, remarks, same = changes_of(sent.stream, sent.filename)
        if len(changes) > MAX_CHANGES:
            raise ReturnError(gettext("改动超过 %(n)d 项，请用命令 guatu import 收回", n=MAX_CHANGES))
    except RequestEntityTooLarge:
        return _form(gettext("文件超过 %(n)d MB，请只留下改过的工程", n=MAX_BYTES // 1_000_000)), 413
    except GuatuError as error:
        return _form(str(error)), 422
    session = database()
    session.execute(
        delete(ReturnedFile).where(ReturnedFile.taken.is_(None), ReturnedFile.sent_at < datetime.now(UTC) - KEPT)
    )
    kept = ReturnedFile(
        name=Path(sent.filename.replace("\\", "/")).name[:200],
        sent_by=account.name,
        edits=[change.edited.to_json() for change in changes],
        remarks=[asdict(remark) for remark in remarks],
        same=same,
    )
    session.add(kept)
    session.commit()
    return redirect(url_for("returns.file", file_id=kept.id))


@blueprint.get("/<int:file_id>")
@role_required(Role.PLANNER)
def file(file_id: int) -> str:
    """What a file changes; after it was taken, what became of it."""
    kept = _kept(file_id)
    notes = [(NOTED[Noted(what)], [r["text"] for r in kept.remarks if r["what"] == what]) for what in Noted]
    common = {"kept": kept, "notes": [note for note in notes if note[1]], "labels": labels, "china": CHINA}
    if kept.taken is not None:
        taken = Taken.from_json(kept.taken)
        ids = {*taken.places, *taken.statuses, *taken.late}
        works = database().scalars(select(Work).where(Work.id.in_(ids)).order_by(Work.id)).all()
        return render_template("returns/taken.html", works=works, taken=taken, **common)
    changes = _changes(kept)
    return render_template(
        "returns/changes.html",
        changes=[change for change in changes if change.place or change.status],
        refused=[(change, refusal) for change in changes for refusal in change.refusals],
        reasons=REFUSED,
        settings=page_settings(),
        **common,
    )


@blueprint.get("/<int:file_id>.json")
@role_required(Role.PLANNER)
def shapes(file_id: int) -> Response:
    """By work: its place at the export, where it is now if that is another, and where the file puts it, as GeoJSON."""
    found = {}
    for change in _changes(_kept(file_id)):
        if change.place:
            before, now = change.place.before, change.place.now
            drawn = {"shown": None if before is now else _geojson(before), "current": _geojson(now)}
            found[change.edited.work_id] = {**drawn, "found": mapping(change.place.geometry)}
    return jsonify(found)


@blueprint.post("/<int:file_id>/take")
def take(file_id: int) -> BaseResponse:
    """Takes what is ticked: `place` and `status` are works, `place-7` and `status-7` the versions that were shown."""
    account = require(Role.PLANNER)
    request.max_form_parts = 10 * MAX_CHANGES
    request.max_form_memory_size = 4 * FORM_BYTES
    kept = database().scalar(select(ReturnedFile).where(ReturnedFile.id == file_id).with_for_update())
    if kept is None:
        raise NotFound
    if kept.taken is None:
        taken = returns.take(database(), _choices(kept), account.name, kept.name)
        kept.taken = taken.to_json()
        database().commit()
        if taken.places:
            teach(database(), gazetteer_directory())
            database().commit()
    return redirect(url_for("returns.file", file_id=file_id))


@blueprint.post("/<int:file_id>/undo")
def undo(file_id: int) -> BaseResponse:
    """Undoes what was taken, of one `work` or of all; the histories keep both."""
    account = require(Role.PLANNER)
    kept = database().scalar(select(ReturnedFile).where(ReturnedFile.id == file_id).with_for_update())
    if kept is None or kept.taken is None:
        raise NotFound
    taken = Taken.from_json(kept.taken)
    chosen = request.form.get("work", type=int)
    part = Taken(
        places={work: made for work, made in taken.places.items() if chosen in (None, work)},
        statuses={work: made for work, made in taken.statuses.items() if chosen in (None, work)},
    )
    undone = returns.undo(database(), part, account.name)
    for work in undone.places:
        del taken.places[work]
    for work in undone.statuses:
        del taken.statuses[work]
    taken.late |= undone.late | {
        work: gettext("已撤销") for work in {*undone.places, *undone.statuses} - undone.late.keys()
    }
    kept.taken = taken.to_json()
    database().commit()
    teach(database(), gazetteer_directory())
    database().commit()
    return redirect(url_for("returns.file", file_id=file_id))


def _form(refusal: str = "") -> str:
    files = database().scalars(select(ReturnedFile).order_by(ReturnedFile.id.desc()).limit(MAX_FILES)).all()
    return render_template("returns/page.html", refusal=refusal, files=files, china=CHINA, most=MAX_BYTES // 1_000_000)


def _kept(file_id: int) -> ReturnedFile:
    found = database().get(ReturnedFile, file_id)
    if found is None:
        raise NotFound
    return found


def _changes(kept: ReturnedFile) -> list[Change]:
    """What the file changes now: of works that somebody changed since it was sent, that is shown too."""
    return returns.compare(database(), [Edited.from_json(edited) for edited in kept.edits], status_words())


def _choices(kept: ReturnedFile) -> dict[int, Choice]:
    ticked = {what: {_whole(work) for work in request.form.getlist(what)} for what in ("place", "status")}
    choices = {}
    for change in _changes(kept):
        work = change.edited.work_id
        place = change.place if work in ticked["place"] else None
        status = change.status if work in ticked["status"] else None
        if place or status:
            choices[work] = Choice(
                geometry=place.geometry if place else None,
                seen_place=_whole(request.form.get(f"place-{work}")) if place else None,
                status=status.status if status else None,
                seen_status=_whole(request.form.get(f"status-{work}")) if status else None,
            )
    return choices


def _whole(text: str | None) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or len(text) > 10:
        raise BadRequest("place, status: identifiers")
    return int(text)


def _geojson(place: Location | None) -> dict[str, Any] | None:
    return None if place is None or place.geometry is None else mapping(to_shape(place.geometry))

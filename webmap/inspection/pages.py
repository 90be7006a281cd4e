"""The page that inspectors carry: its shell, its service worker, and the works that it takes along.

The shell holds no data, so that the service worker may keep it; works come from `/inspection/works.json`.
"""

import functools
import hashlib
import json
import os
from collections import defaultdict
from pathlib import Path

from flask import Blueprint, Response, current_app, jsonify, render_template, request, send_file, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext
from sqlalchemy import Text, func, select
from sqlalchemy.dialects.postgresql import JSONB
from werkzeug.exceptions import NotFound

from geodata.features import DECIMALS, PROPERTIES
from geodata.inspections import may_see
from geodata.models import Account, Inspection, Location, Photo, Report, Role, Work
from geodata.selection import Selection, count, town_of_work, works_in
from webmap.accounts import public, require
from webmap.choices import selection_of
from webmap.database import database
from webmap.inspection.wording import page_strings
from webmap.page_settings import page_settings
from webmap.works import ROW

blueprint = Blueprint("inspection", __name__, url_prefix="/inspection")

MAX_WORKS = 5000  # taken along at once: some megabytes, and more than anybody visits in a year
SHELL = (
    "vendor/leaflet.css",
    "vendor/leaflet.js",
    "vendor/protomaps-leaflet.js",
    "vendor/images/layers.png",
    "css/guatu.css",
    "icon.svg",
    "js/basemap.js",
    "js/settings.js",
    "js/signs.js",
)
WORKER = "inspection/worker.js"
JAVASCRIPT = "text/javascript"


@blueprint.get("/")
@public
def page() -> str:
    """The page, the same for everybody."""
    files = shell_files(Path(current_app.static_folder or ""))
    modules = [name for name in files if name.endswith(".js") and not name.startswith("vendor/") and name != WORKER]
    return render_template("inspection/page.html", settings=shell_settings(), modules=modules)


def shell_settings() -> dict[str, object]:
    """What the page is told, in the reader's language."""
    settings = page_settings()
    settings["strings"] = page_strings()
    settings["addresses"] = {
        "home": url_for("inspection.page"),
        "worker": url_for("inspection.worker"),
        "works": url_for("inspection.works"),
        "areas": url_for("inspection.areas"),
        "session": url_for("accounts.session_state"),
        "sign_in": url_for("accounts.sign_in", next=url_for("inspection.page")),
        "checks": url_for("sync.own_checks").removesuffix(".json"),
        "photos": f"{blueprint.url_prefix}/photos",
        "tiles": url_for("tiles.gazetteer_tile", z=0, x=0, y=0).replace("/0/0/0", "/{z}/{x}/{y}"),
    }
    return settings


@blueprint.record_once
def _offer_authority(state: BlueprintSetupState) -> None:
    state.app.add_url_rule("/authority.crt", "inspection.authority", authority)


@public
def authority() -> Response:
    """The authority that a tablet has to trust before it takes the page along, where `guatu up --https` made one."""
    file = os.environ.get("GUATU_AUTHORITY")
    if not file:
        raise NotFound
    return send_file(file, mimetype="application/x-x509-ca-cert", download_name="guatu-authority.crt")


@blueprint.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """What a tablet needs to put the page among its applications."""
    icon = {"src": url_for("static", filename="icon.svg"), "type": "image/svg+xml", "sizes": "any"}
    picture = {"src": url_for("static", filename="inspection/icon-512.png"), "type": "image/png", "sizes": "512x512"}
    response = jsonify(
        name=gettext("挂图巡查"),
        short_name=gettext("挂图巡查"),
        start_url=url_for("inspection.page"),
        scope=url_for("inspection.page"),
        id=url_for("inspection.page"),
        display="standalone",
        background_color="#ffffff",
        theme_color="#b3261e",
        lang="zh-CN",
        icons=[icon, picture],
    )
    response.mimetype = "application/manifest+json"
    return response


@blueprint.get("/worker.js")
@public
def worker() -> Response:
    """The service worker: its script, told the files of the shell and the version that they make up."""
    static = Path(current_app.static_folder or "")
    files = shell_files(static)
    shell = [url_for("static", filename=name) for name in files]
    shell += [url_for("inspection.page"), url_for("inspection.manifest")]
    version = version_of(static, files, shell_settings())
    settings = json.dumps({"version": version, "shell": shell, "home": url_for("inspection.page")})
    script = url_for("static", filename=WORKER)
    response = Response(f'import {{ serve }} from "{script}";\nserve({settings});\n', mimetype=JAVASCRIPT)
    response.headers["Cache-Control"] = "no-cache"
    return response


def shell_files(static: Path) -> list[str]:
    """The static files without which the page does not work."""
    own = (file for file in (static / "inspection").iterdir() if file.suffix in (".js", ".css", ".png"))
    return [*SHELL, *sorted(f"inspection/{file.name}" for file in own)]


@functools.cache
def _digest(file: Path, changed_ns: int) -> bytes:
    del changed_ns  # a part of the cache's key
    return hashlib.sha256(file.read_bytes()).digest()


def version_of(static: Path, files: list[str], settings: dict[str, object]) -> str:
    """A word that changes when any of the files does, the template, or what the page is told."""
    template = Path(current_app.root_path) / "templates" / "inspection" / "page.html"
    paths = [*(static / name for name in files if (static / name).exists()), template]
    digests = [_digest(path, path.stat().st_mtime_ns) for path in paths]
    told = json.dumps(settings, sort_keys=True, default=str).encode()
    return hashlib.sha256(b"".join([*digests, told])).hexdigest()[:12]


@blueprint.get("/areas.json")
def areas() -> Response:
    """What may be taken along: the reports, newest first, with the number of works in each town."""
    require(Role.INSPECTOR)
    statement = (
        works_in(
            Selection(), Report.id, Report.county, Report.year, town_of_work.label("town"), func.count().label("works")
        )
        .group_by(Report.id, Report.county, Report.year, town_of_work)
        .order_by(Report.year.desc(), Report.id, town_of_work)
    )
    titles, towns = {}, defaultdict[int, dict[str, int]](dict)
    for row in database().execute(statement):
        titles[row.id] = f"{row.county} {row.year}"
        towns[row.id][row.town] = row.works
    reports = [{"id": report, "title": title, "towns": towns[report]} for report, title in titles.items()]
    response = jsonify(reports=reports, most=MAX_WORKS)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/works.json")
def works() -> Response:
    """The works of a selection with all that an inspector needs of them in the field.

    `location` names the place that is shown, so that a check can say what it speaks of.
    """
    account = require(Role.INSPECTOR)
    selection = selection_of(request.args)
    columns = {
        "id": Work.id,
        **{name: PROPERTIES[name] for name in (*ROW, "sentence")},
        "location": Location.id,
        "geometry": func.ST_AsGeoJSON(Location.geometry, DECIMALS).cast(JSONB),
    }
    statement = works_in(selection, *(column.label(name) for name, column in columns.items()))
    rows = [dict(row) for row in database().execute(statement.order_by(Work.id).limit(MAX_WORKS)).mappings()]
    seen = _earlier_inspections([row["id"] for row in rows], account)
    for row in rows:
        row["inspections"] = seen.get(row["id"], [])
    response = jsonify(works=rows, total=count(database(), selection))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/photos/<uuid:photo_id>.jpg")
def photo(photo_id: object) -> Response:
    """One photo: of an accepted inspection for whoever has an account, of others for its inspector and planners."""
    account = require(Role.VIEWER)
    content = (
        database()
        .execute(
            select(Photo.content)
            .join(Photo.inspection)
            .where(Photo.id == photo_id, Photo.content.is_not(None), may_see(account))
        )
        .scalar()
    )
    if content is None:
        raise NotFound
    response = Response(content, mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response


def _earlier_inspections(work_ids: list[int], account: Account) -> dict[int, list[dict[str, object]]]:
    """By work: the inspections that the account may see, without where their inspectors stood."""
    photos = (
        select(func.jsonb_agg(Photo.id.cast(Text)))
        .where(Photo.inspection_id == Inspection.id, Photo.content.is_not(None))
        .scalar_subquery()
    )
    statement = (
        select(
            Inspection.work_id,
            Inspection.id,
            Inspection.finding,
            Inspection.status_seen,
            Inspection.note,
            Inspection.seen_at,
            Inspection.decision,
            Inspection.question,
            photos.label("photos"),
        )
        .where(Inspection.work_id.in_(work_ids))
        .where(may_see(account))
        .order_by(Inspection.seen_at.desc())
    )
    found: dict[int, list[dict[str, object]]] = {}
    for row in database().execute(statement).mappings():
        entry = dict(row) | {"seen_at": row["seen_at"].isoformat(), "photos": row["photos"] or []}
        found.setdefault(entry.pop("work_id"), []).append(entry)
    return found

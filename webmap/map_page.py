"""The planners' map: a Folium shell of constants; the works come by address."""

import functools
from typing import Any
from urllib.parse import urlencode

import folium
from branca.element import Figure
from flask import Blueprint, Response, current_app, jsonify, render_template, request, url_for
from flask_babel import force_locale, gettext
from sqlalchemy import Select, func, select
from werkzeug.exceptions import NotFound

from gazetteer.vocabulary import Sector
from geodata.features import DRAWN, feature_collection
from geodata.models import SRID, WEB_MERCATOR, Location, Report, Role, WorkSummary
from geodata.selection import Selection, facets, shown, summaries_in, works_in
from webmap import labels
from webmap.accounts import current_account
from webmap.choices import CHOICES, selection_of
from webmap.database import database
from webmap.freshness import versioned
from webmap.languages import LANGUAGES, language
from webmap.page_settings import page_settings

blueprint = Blueprint("map_page", __name__)

CHINA = (35.0, 105.0)  # where the map opens before any work is placed: latitude, longitude
CHINA_ZOOM = 4
MAX_ZOOM = 19
MAX_WHOLE = 3000  # works sent whole: a second on a slow tablet; more come as tiles, clustered


@functools.cache
def folium_shell(language_code: str) -> tuple[str, str]:
    """The map's HTML and script in one language, made of constants: Folium runs what it is given as templates.

    The script leaves `map_guatu` and one feature group a sector, `feature_group_<sector>`, as globals.
    """
    shell = folium.Map(location=CHINA, zoom_start=CHINA_ZOOM, max_zoom=MAX_ZOOM, tiles=None, prefer_canvas=True)
    shell._id = "guatu"
    layers = []
    for sector in Sector:
        with force_locale(language_code):
            group = folium.FeatureGroup(name=str(labels.SECTORS[sector]))
        group._id = sector.value
        layers.append(group.add_to(shell))
    folium.LayerControl(collapsed=True).add_to(shell)
    figure = shell.get_root()
    assert isinstance(figure, Figure)  # noqa: S101  for the type checker: the root of a map always is
    figure.render()
    return figure.html.render(), figure.script.render()


@blueprint.get("/")
def index() -> str:
    """The map. It is told the address of its first counts, so that the browser asks for them before any script runs."""
    markup, _ = folium_shell(language())
    chosen = [(name, value) for name, value in request.args.items(multi=True) if name in (*CHOICES, "words")]
    account = current_account()
    return render_template(
        "map.html",
        shell=markup,
        first=f"{url_for('map_page.choices')}?{urlencode([*chosen, ('box', 1)])}",
        settings=page_settings(),
        plans=account is not None and account.role.may_act_as(Role.PLANNER),
    )


@blueprint.get("/map/shell-<code>.js")
def shell_script(code: str) -> Response:
    """The script of Folium's shell, the same for everybody who reads this language."""
    if code not in LANGUAGES:
        raise NotFound
    response = Response(folium_shell(code)[1], mimetype="text/javascript")
    response.cache_control.max_age = current_app.get_send_file_max_age(None)
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.get("/map/reports.json")
@versioned
def report_titles() -> Response:
    """The reports with what they are called beside the map, in their order there."""
    reports = database().execute(
        select(Report.id, Report.county, Report.year, Report.fictional).order_by(Report.county, Report.year.desc())
    )
    fictional = {True: gettext("（虚构）"), False: ""}
    return jsonify([{"id": r.id, "title": f"{r.county} {r.year}{fictional[r.fictional]}"} for r in reports])


@blueprint.get("/map/works.json")
@versioned
def works_on_map() -> Response:
    """What the map draws of a selection: GeoJSON with the few properties that decide how a work looks."""
    return _geojson(feature_collection(database(), selection_of(request.args), DRAWN))


@blueprint.get("/works.geojson")
@versioned
def download() -> Response:
    """The selection as a GeoJSON file (RFC 7946)."""
    response = _geojson(feature_collection(database(), selection_of(request.args)))
    response.headers["Content-Disposition"] = "attachment; filename=guatu-works.geojson"
    return response


@blueprint.get("/map/choices.json")
@versioned
def choices() -> Response:
    """The counts beside every choice, and how many works there are in all and with a place.

    `tiled` says that they are too many to be sent whole: the map asks for tiles of them. With `?box=1` comes the box
    that holds those with a place.
    """
    selection = selection_of(request.args)
    counts = facets(database(), selection)
    works, placed = shown(counts, selection)
    tiled = works > MAX_WHOLE
    answer: dict[str, Any] = {"counts": counts, "works": works, "placed": placed, "tiled": tiled}
    if placed and "box" in request.args:
        box = _box_of_anchors(selection) if tiled else works_in(selection, *_corners(func.ST_Extent(Location.geometry)))
        answer["bbox"] = list(database().execute(box).one())
    return jsonify(answer)


def _box_of_anchors(selection: Selection) -> Select[Any]:
    box = summaries_in(selection, func.ST_SetSRID(func.ST_Extent(WorkSummary.anchor), WEB_MERCATOR).label("box"))
    return select(*_corners(func.ST_Transform(box.subquery().c["box"], SRID)))


def _corners(box: Any) -> list[Any]:
    return [func.ST_XMin(box), func.ST_YMin(box), func.ST_XMax(box), func.ST_YMax(box)]


def _geojson(body: str) -> Response:
    return Response(body, mimetype="application/geo+json")

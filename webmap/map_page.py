"""The planners' map: a Folium shell of constants; the works come by address."""

import functools

import folium
from branca.element import Figure
from flask import Blueprint, Response, jsonify, render_template, request
from flask_babel import gettext
from sqlalchemy import func, select

from gazetteer.vocabulary import Sector
from geodata.features import DRAWN, feature_collection
from geodata.models import Location, Report
from geodata.selection import count, facets, works_in
from webmap import labels
from webmap.choices import selection_of
from webmap.database import database
from webmap.languages import language
from webmap.page_settings import page_settings

blueprint = Blueprint("map_page", __name__)

CHINA = (35.0, 105.0)  # where the map opens before any work is placed: latitude, longitude
CHINA_ZOOM = 4
MAX_ZOOM = 19


@functools.cache
def folium_shell(language_code: str) -> tuple[str, str]:
    """The map's HTML and script in one language, made of constants: Folium runs what it is given as templates.

    The script leaves `map_guatu` and one feature group a sector, `feature_group_<sector>`, as globals.
    """
    del language_code  # the key of the cache: the labels below are in the request's language
    shell = folium.Map(location=CHINA, zoom_start=CHINA_ZOOM, max_zoom=MAX_ZOOM, tiles=None, prefer_canvas=True)
    shell._id = "guatu"
    layers = []
    for sector in Sector:
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
    """The map."""
    markup, script = folium_shell(language())
    reports = database().execute(
        select(Report.id, Report.county, Report.year, Report.fictional).order_by(Report.county, Report.year.desc())
    )
    titles = [
        {"id": report.id, "title": f"{report.county} {report.year}{gettext('（虚构）') if report.fictional else ''}"}
        for report in reports
    ]
    return render_template("map.html", shell=markup, shell_script=script, settings=page_settings(), reports_json=titles)


@blueprint.get("/map/works.json")
def works_on_map() -> Response:
    """What the map draws of a selection: GeoJSON with the few properties that decide how a work looks."""
    return _conditional(feature_collection(database(), selection_of(request.args), DRAWN))


@blueprint.get("/works.geojson")
def download() -> Response:
    """The selection as a GeoJSON file (RFC 7946)."""
    response = _conditional(feature_collection(database(), selection_of(request.args)))
    response.headers["Content-Disposition"] = "attachment; filename=guatu-works.geojson"
    return response


@blueprint.get("/map/choices.json")
def choices() -> Response:
    """The counts beside every choice, the number of works in all, and the box that holds those with a place."""
    selection = selection_of(request.args)
    box = database().execute(works_in(selection, *_box_columns())).one()
    return jsonify(
        counts=facets(database(), selection),
        works=count(database(), selection),
        placed=box[4],
        bbox=list(box[:4]) if box[4] else None,
    )


def _box_columns() -> list[object]:
    extent = func.ST_Extent(Location.geometry)
    return [
        func.ST_XMin(extent),
        func.ST_YMin(extent),
        func.ST_XMax(extent),
        func.ST_YMax(extent),
        func.count(Location.geometry),
    ]


def _conditional(body: str) -> Response:
    """A GeoJSON response that a browser can ask for again without loading it again."""
    response = Response(body, mimetype="application/geo+json")
    response.add_etag()
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response

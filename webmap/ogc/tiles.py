"""Works as vector tiles (Mapbox Vector Tile 2.1) and their TileJSON 3.0; both honour the map's filters."""

from urllib.parse import urlencode

from flask import Response, jsonify, request, url_for
from flask_babel import gettext
from sqlalchemy import Text, cast, func, literal_column
from werkzeug.exceptions import NotFound

from geodata.models import SRID, Location, StatusChange, Work
from geodata.selection import precision_of_work, works_in
from webmap.choices import selection_of
from webmap.database import database
from webmap.freshness import versioned
from webmap.ogc.collections import COLLECTIONS
from webmap.ogc.items import extent_of
from webmap.ogc.views import blueprint

MVT = "application/vnd.mapbox-vector-tile"
WEB_MERCATOR = 3857
MAX_ZOOM = 16  # beyond it the reader scales the tiles of this zoom
TILE_UNITS, TILE_BUFFER = 4096, 256  # a tile's side, and what is drawn beyond it: half of a disc on a 256 pixel tile
MAX_WORKS = 20_000  # a tile: more is a blur at its zoom
PROPERTIES = {
    "name": Work.name,
    "sector": cast(Work.sector, Text),
    "status": cast(StatusChange.status, Text),
    "precision": cast(precision_of_work, Text),
}


@blueprint.get("/tiles/works/<int:z>/<int:x>/<int:y>.mvt")
@versioned
def works_tile(z: int, x: int, y: int) -> Response:
    """One tile, one layer `works`; features have the works' identifiers."""
    if z > MAX_ZOOM or x >= 2**z or y >= 2**z:
        raise NotFound
    envelope = func.ST_TileEnvelope(z, x, y)
    margin = TILE_BUFFER / TILE_UNITS
    geometry = func.ST_AsMVTGeom(
        func.ST_Transform(Location.geometry, WEB_MERCATOR), envelope, TILE_UNITS, TILE_BUFFER
    ).label("geom")
    columns = [Work.id.label("id"), *(column.label(name) for name, column in PROPERTIES.items()), geometry]
    reach = func.ST_Transform(func.ST_TileEnvelope(z, x, y, margin=margin), SRID)
    works = (
        works_in(selection_of(request.args), *columns)
        .where(Location.geometry.op("&&")(reach))
        .order_by(Work.id)
        .limit(MAX_WORKS)
        .subquery("drawn")
    )
    tile = database().scalar(
        func.ST_AsMVT(literal_column("drawn.*"), "works", TILE_UNITS, "geom", "id").select().select_from(works)
    )
    return Response(bytes(tile or b""), mimetype=MVT)


@blueprint.get("/tiles/works.json")
def tilejson() -> Response:
    """What the tiles are and where."""
    selection_of(request.args)
    address = url_for("ogc.works_tile", z=0, x=0, y=0, _external=True).replace("/0/0/0", "/{z}/{x}/{y}")
    query = urlencode([(k, v) for k, v in request.args.items(multi=True) if k != "lang"])
    box, _ = extent_of(database(), COLLECTIONS["works"])
    body = {
        "tilejson": "3.0.0",
        "name": gettext("工程"),
        "scheme": "xyz",
        "tiles": [f"{address}?{query}" if query else address],
        "minzoom": 0,
        "maxzoom": MAX_ZOOM,
        "vector_layers": [{"id": "works", "fields": dict.fromkeys(PROPERTIES, "String")}],
    }
    if box:
        body["bounds"] = box
    return jsonify(body)

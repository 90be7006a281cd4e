"""The gazetteer's own roads, water, boundaries and names as vector tiles: the base map where there is no other."""

from flask import Blueprint, Response, request
from sqlalchemy import func, literal_column, select
from werkzeug.exceptions import NotFound

from geodata.models import SRID, GazetteerPlace
from webmap.database import database

blueprint = Blueprint("tiles", __name__, url_prefix="/tiles")

MVT = "application/vnd.mapbox-vector-tile"
WEB_MERCATOR = 3857
MAX_TILE_ZOOM = 16  # beyond it the browser scales the tiles of this zoom
TILE_UNITS = 4096  # of a tile's side, the format's usual grid
TILE_BUFFER = 64  # grid units drawn beyond the edge so that strokes and labels are not cut
MAX_PLACES = 5000  # a tile: more is a blur at its zoom, and a browser takes seconds to draw it
FIRST_ZOOM = {  # at which a kind of place is drawn: when its neighbours are some 40 pixels apart
    "province": 3,
    "city": 4,
    "county": 6,
    "town": 9,
    "expressway": 7,
    "railway": 9,
    "waterway": 9,
    "water": 9,
    "reservoir": 10,
    "road": 11,
    "bridge": 13,
    "tunnel": 13,
    "interchange": 12,
    "village": 12,
    "park": 12,
    "zone": 12,
    "block": 13,
    "scenic": 12,
    "farmland": 13,
    "green": 13,
}
OTHERS_FIRST_ZOOM = 14


@blueprint.get("/gazetteer/<int:z>/<int:x>/<int:y>.mvt")
def gazetteer_tile(z: int, x: int, y: int) -> Response:
    """One tile of the base map, one layer `places` with `name` and `kind`."""
    if z > MAX_TILE_ZOOM or x >= 2**z or y >= 2**z:
        raise NotFound
    envelope = func.ST_TileEnvelope(z, x, y)
    late = [kind for kind, first in FIRST_ZOOM.items() if first > z]
    shown = (
        GazetteerPlace.kind.not_in(late)
        if z >= OTHERS_FIRST_ZOOM
        else GazetteerPlace.kind.in_(FIRST_ZOOM.keys() - late)
    )
    geometry = func.ST_AsMVTGeom(
        func.ST_Transform(GazetteerPlace.geometry, WEB_MERCATOR), envelope, TILE_UNITS, TILE_BUFFER
    )
    places = (
        select(GazetteerPlace.name, GazetteerPlace.kind, geometry.label("geom"))
        .where(GazetteerPlace.geometry.op("&&")(func.ST_Transform(envelope, SRID)), shown)
        .limit(MAX_PLACES)
        .subquery("places")
    )
    drawn = select(places).where(places.c.geom.is_not(None)).subquery("drawn")
    tile = database().scalar(
        select(func.ST_AsMVT(literal_column("drawn.*"), "places", TILE_UNITS, "geom")).select_from(drawn)
    )
    response = Response(bytes(tile or b""), mimetype=MVT)
    response.headers["Cache-Control"] = "public, max-age=600"
    response.add_etag()
    response.make_conditional(request)
    return response

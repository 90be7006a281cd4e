"""The gazetteer's own roads, water, boundaries and names as vector tiles: the base map where there is no other."""

import functools
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    select,
)
from sqlalchemy.orm import aliased
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
    """One tile of the base map: layer `places` has the shapes, layer `names` a point for every area's and point's name.

    Both have `name` and `kind`. An area's name is in one tile only; where a point of the same name and kind lies in
    the area, as the seat of a town does, the point bears it.
    """
    if z > MAX_TILE_ZOOM or x >= 2**z or y >= 2**z:
        raise NotFound
    tile = database().connection().scalar(_statement(z), {"x": x, "y": y})
    response = Response(bytes(tile or b""), mimetype=MVT)
    response.headers["Cache-Control"] = "public, max-age=600"
    response.add_etag()
    response.make_conditional(request)
    return response


def envelope_at(z: int) -> ColumnElement[Any]:
    """The square of a tile of a zoom in EPSG:3857; a statement with it is given `x` and `y` when it is executed."""
    return func.ST_TileEnvelope(z, bindparam("x", type_=Integer), bindparam("y", type_=Integer))


@functools.cache
def _statement(z: int) -> Select[Any]:
    """Built once a zoom: that takes longer than the answer of a tile with little in it."""
    envelope = envelope_at(z)
    late = [kind for kind, first in FIRST_ZOOM.items() if first > z]
    kinds = (
        GazetteerPlace.kind.not_in(late)
        if z >= OTHERS_FIRST_ZOOM
        else GazetteerPlace.kind.in_(FIRST_ZOOM.keys() - late)
    )
    shown = and_(GazetteerPlace.geometry.op("&&")(func.ST_Transform(envelope, SRID)), kinds)
    seat = aliased(GazetteerPlace)
    borne_by_seat = exists().where(
        func.ST_Dimension(GazetteerPlace.geometry) == 2,
        seat.name == GazetteerPlace.name,
        seat.kind == GazetteerPlace.kind,
        seat.geometry.op("&&")(GazetteerPlace.geometry),
        func.ST_Dimension(seat.geometry) == 0,
    )
    named = and_(shown, func.ST_Dimension(GazetteerPlace.geometry) != 1, ~borne_by_seat)
    layers = _layer("places", GazetteerPlace.geometry, envelope, shown, TILE_BUFFER).op("||")(
        _layer("names", func.ST_PointOnSurface(GazetteerPlace.geometry), envelope, named, 0)
    )
    return select(layers)


def _layer(
    name: str, shape: SQLColumnExpression[Any], envelope: ColumnElement[Any], shown: ColumnElement[bool], buffer: int
) -> ColumnElement[bytes]:
    """The bytes of one layer of a tile; layers follow each other in the format."""
    geometry = func.ST_AsMVTGeom(func.ST_Transform(shape, WEB_MERCATOR), envelope, TILE_UNITS, buffer)
    places = (
        select(GazetteerPlace.name, GazetteerPlace.kind, geometry.label("geom")).where(shown).limit(MAX_PLACES)
    ).subquery(f"{name}_shown")
    drawn = select(places).where(places.c.geom.is_not(None)).subquery(f"{name}_drawn")
    row: ColumnElement[Any] = literal_column(f"{name}_drawn.*")
    return select(func.ST_AsMVT(row, name, TILE_UNITS, "geom")).select_from(drawn).scalar_subquery()

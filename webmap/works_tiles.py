"""Works as vector tiles, for selections too large to send whole: clusters from afar, their own shapes from near."""

from flask import Blueprint, Response, request
from sqlalchemy import ColumnElement, Select, cast, func, literal_column, select
from sqlalchemy.types import Integer
from werkzeug.exceptions import NotFound

from geodata.models import WEB_MERCATOR, Location, WorkSummary
from geodata.selection import summaries_in
from webmap.choices import selection_of
from webmap.database import database
from webmap.freshness import versioned
from webmap.tiles import MVT, TILE_BUFFER, TILE_UNITS

blueprint = Blueprint("works_tiles", __name__, url_prefix="/tiles")

MAX_ZOOM = 19
UNCLUSTERED_ZOOM = 15  # from here on every work is drawn by itself: a tile is a walk of ten minutes
SHAPES_ZOOM = 13  # from here on lines and areas are longer than the signs that stand for them
CELLS = 4  # clusters along a tile's side: 64 pixels each, a sign and its number with room around
MAX_SHAPES = 2000  # a tile: more is a blur, and takes seconds to draw
WORLD_M = 2 * 20037508.342789244  # side of the square of Web Mercator


@blueprint.get("/works/<int:z>/<int:x>/<int:y>.mvt")
@versioned
def works_tile(z: int, x: int, y: int) -> Response:
    """One tile of a selection. Layer `works` has points: `n` works, and where that is one its `id` and looks.

    Layer `shapes`, from SHAPES_ZOOM on, has the lines and areas with `id` and looks.
    """
    if z > MAX_ZOOM or x >= 2**z or y >= 2**z:
        raise NotFound
    envelope = func.ST_TileEnvelope(z, x, y)
    works = _single(envelope) if z >= UNCLUSTERED_ZOOM else _clusters(z, x, y, envelope)
    layers = _layer("works", works, envelope, 0)
    if z >= SHAPES_ZOOM:
        layers = layers.op("||")(_layer("shapes", _shapes(envelope), envelope, TILE_BUFFER))
    return Response(bytes(database().scalar(select(layers)) or b""), mimetype=MVT)


def _clusters(z: int, x: int, y: int, envelope: ColumnElement[object]) -> Select[tuple[object, ...]]:
    """One point a cell that holds works, in their middle."""
    tile_m = WORLD_M / 2**z
    west, south = x * tile_m - WORLD_M / 2, WORLD_M / 2 - (y + 1) * tile_m
    easting, northing = func.ST_X(WorkSummary.anchor), func.ST_Y(WorkSummary.anchor)
    column = cast((easting - west) / (tile_m / CELLS) - 0.5, Integer)
    row = cast((northing - south) / (tile_m / CELLS) - 0.5, Integer)
    middle = func.ST_SetSRID(func.ST_MakePoint(func.avg(easting), func.avg(northing)), WEB_MERCATOR)
    return (
        summaries_in(
            selection_of(request.args),
            func.count().label("n"),
            func.min(WorkSummary.work_id).label("id"),
            func.min(WorkSummary.sector).label("sector"),
            func.min(WorkSummary.status).label("status"),
            func.min(WorkSummary.precision).label("precision"),
            middle.label("shape"),
        )
        .where(WorkSummary.anchor.op("&&")(envelope))
        .group_by(column, row)
    )


def _single(envelope: ColumnElement[object]) -> Select[tuple[object, ...]]:
    columns = (WorkSummary.sector, WorkSummary.status, WorkSummary.precision, WorkSummary.anchor.label("shape"))
    return summaries_in(
        selection_of(request.args), literal_column("1").label("n"), WorkSummary.work_id.label("id"), *columns
    ).where(WorkSummary.anchor.op("&&")(envelope))


def _shapes(envelope: ColumnElement[object]) -> Select[tuple[object, ...]]:
    near = func.ST_Transform(func.ST_Expand(envelope, WORLD_M / 2**SHAPES_ZOOM / 64), 4326)
    shape = func.ST_Transform(Location.geometry, WEB_MERCATOR).label("shape")
    columns = (WorkSummary.sector, WorkSummary.status, WorkSummary.precision, shape)
    return (
        summaries_in(selection_of(request.args), WorkSummary.work_id.label("id"), *columns)
        .join(Location, (Location.work_id == WorkSummary.work_id) & Location.current)
        .where(Location.geometry.op("&&")(near), func.ST_Dimension(Location.geometry) > 0)
        .where(WorkSummary.precision.not_in(("town", "county")))
        .limit(MAX_SHAPES)
    )


def _layer(
    name: str, works: Select[tuple[object, ...]], envelope: ColumnElement[object], buffer: int
) -> ColumnElement[bytes]:
    found = works.subquery(f"{name}_found")
    geometry = func.ST_AsMVTGeom(found.c["shape"], envelope, TILE_UNITS, buffer).label("geom")
    attributes = [column for column in found.c if column.name != "shape"]
    drawn = select(*attributes, geometry).subquery(f"{name}_drawn")
    row: ColumnElement[object] = literal_column(f"{name}_drawn.*")
    return (
        select(func.ST_AsMVT(row, name, TILE_UNITS, "geom"))
        .select_from(drawn)
        .where(drawn.c["geom"].is_not(None))
        .scalar_subquery()
    )

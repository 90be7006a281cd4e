"""Works as vector tiles, for selections too large to send whole: clusters from afar, their own shapes from near."""

import functools
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy import ColumnElement, Double, Select, bindparam, case, func, literal_column, select, true
from werkzeug.exceptions import NotFound

from geodata.models import WEB_MERCATOR, Location, WorkSummary
from geodata.selection import Selection, summaries_in
from webmap.choices import selection_of
from webmap.database import database
from webmap.freshness import versioned
from webmap.tiles import MVT, TILE_BUFFER, TILE_UNITS, envelope_at

blueprint = Blueprint("works_tiles", __name__, url_prefix="/tiles")

MAX_ZOOM = 18  # tiles are drawn 512 pixels wide: at a map's zoom 19
UNCLUSTERED_ZOOM = 14  # from here on every work is drawn by itself: a tile is a walk of twenty minutes
SHAPES_ZOOM = 12  # from here on lines and areas are longer than the signs that stand for them
CELLS = 8  # clusters along a tile's side: 64 pixels each, a sign and its number with room around
CLUSTER_RADIUS = 22 / 64  # of a cell: the sign of the largest cluster, which must not reach into the next cell
MAX_SHAPES = 2000  # a tile: more is a blur, and takes seconds to draw
KEPT_STATEMENTS = 64  # the zooms of the views that are looked at now
WORLD_M = 2 * 20037508.342789244  # side of the square of Web Mercator


@blueprint.get("/works/<int:z>/<int:x>/<int:y>.mvt")
@versioned
def works_tile(z: int, x: int, y: int) -> Response:
    """One tile of a selection. Layer `works` has points: `n` works, and where that is one its `id` and looks.

    Layer `shapes`, from SHAPES_ZOOM on, has the lines and areas with `id` and looks.
    """
    if z > MAX_ZOOM or x >= 2**z or y >= 2**z:
        raise NotFound
    side = WORLD_M / 2**z
    corner = {"west": x * side - WORLD_M / 2, "south": WORLD_M / 2 - (y + 1) * side}
    statement = _statement(selection_of(request.args), z)
    tile = database().connection().scalar(statement, {"x": x, "y": y, **corner})
    return Response(bytes(tile or b""), mimetype=MVT)


@functools.lru_cache(maxsize=KEPT_STATEMENTS)
def _statement(selection: Selection, z: int) -> Select[Any]:
    """Built once for the tiles of a view: that takes longer than the answer of a tile with little in it."""
    envelope = envelope_at(z)
    works = _single(selection, envelope) if z >= UNCLUSTERED_ZOOM else _clusters(selection, z, envelope)
    layers = _layer("works", works, envelope, 0)
    if z >= SHAPES_ZOOM:
        layers = layers.op("||")(_layer("shapes", _shapes(selection, envelope), envelope, TILE_BUFFER))
    return select(layers)


def _clusters(selection: Selection, z: int, envelope: ColumnElement[object]) -> Select[tuple[object, ...]]:
    """One point a cell that holds works: in their middle, but inside the cell, so that no cluster covers another."""
    cell_m = WORLD_M / 2**z / CELLS
    west, south = (bindparam(edge, type_=Double) for edge in ("west", "south"))  # of the tile
    easting, northing = func.ST_X(WorkSummary.anchor), func.ST_Y(WorkSummary.anchor)
    column = func.floor((easting - west) / cell_m).label("column")
    row = func.floor((northing - south) / cell_m).label("row")
    cells = (
        summaries_in(
            selection,
            column,
            row,
            func.count().label("n"),
            func.min(WorkSummary.work_id).label("id"),
            func.avg(easting).label("easting"),
            func.avg(northing).label("northing"),
        )
        .where(WorkSummary.anchor.op("&&")(envelope))
        .group_by(column, row)
        .subquery("cells")
    )
    middle = func.ST_MakePoint(
        _inside(cells.c.easting, west + cells.c.column * cell_m, cell_m, cells.c.n),
        _inside(cells.c.northing, south + cells.c.row * cell_m, cell_m, cells.c.n),
    )
    looks = (  # of the one work, where it is one
        select(WorkSummary.sector, WorkSummary.status, WorkSummary.precision)
        .where(WorkSummary.work_id == cells.c.id)
        .limit(1)
        .lateral("looks")
    )
    shape = func.ST_SetSRID(middle, WEB_MERCATOR).label("shape")
    return select(cells.c.n, cells.c.id, *looks.c, shape).join_from(cells, looks, true())


def _inside(
    middle: ColumnElement[float], start: ColumnElement[float], cell_m: float, works: ColumnElement[int]
) -> ColumnElement[float]:
    """Where along one axis a cluster lies; a single work stays where it is."""
    margin = CLUSTER_RADIUS * cell_m
    kept = func.least(func.greatest(middle, start + margin), start + cell_m - margin)
    return case((works == 1, middle), else_=kept)


def _single(selection: Selection, envelope: ColumnElement[object]) -> Select[tuple[object, ...]]:
    columns = (WorkSummary.sector, WorkSummary.status, WorkSummary.precision, WorkSummary.anchor.label("shape"))
    return summaries_in(selection, literal_column("1").label("n"), WorkSummary.work_id.label("id"), *columns).where(
        WorkSummary.anchor.op("&&")(envelope)
    )


def _shapes(selection: Selection, envelope: ColumnElement[object]) -> Select[tuple[object, ...]]:
    near = func.ST_Transform(func.ST_Expand(envelope, WORLD_M / 2**SHAPES_ZOOM / 64), 4326)
    shape = func.ST_Transform(Location.geometry, WEB_MERCATOR).label("shape")
    columns = (WorkSummary.sector, WorkSummary.status, WorkSummary.precision, shape)
    return (
        summaries_in(selection, WorkSummary.work_id.label("id"), *columns)
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

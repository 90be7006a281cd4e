"""Works read from the database a batch at a time, by a cursor of the server, so that memory does not grow with them."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from typing import Any

import pyarrow as pa
from sqlalchemy import ColumnElement, Select, SQLColumnExpression, case, func, text
from sqlalchemy.orm import Session

from geodata.datums import WGS84, Datum, geometries_to_gcj02
from geodata.exports.fields import Wording
from geodata.models import Location, Work
from geodata.selection import Selection, works_in

BATCH = 3000  # works a batch: some megabytes with their sentences and lines; larger ones are hardly faster
GEOMETRY = "geometry"

Progress = Callable[[int], None]


class Part(Enum):
    """The works of one type of geometry, for formats that keep them apart; the value is ST_Dimension's."""

    POINTS = 0
    LINES = 1
    AREAS = 2
    UNPLACED = None

    def condition(self) -> ColumnElement[bool]:
        if self is Part.UNPLACED:
            return Location.geometry.is_(None)
        matches: ColumnElement[bool] = func.ST_Dimension(Location.geometry) == self.value
        return matches


def snapshot(session: Session) -> None:
    """Lets a session that has read nothing yet see one state of the database until it ends, and change nothing."""
    session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
    session.execute(text("SET LOCAL cursor_tuple_fraction = 1"))  # plan for all rows: the first ones are not awaited
    session.execute(text("SET LOCAL random_page_cost = 4"))  # and for whole tables, not for single rows of them


def place_in(datum: Datum, part: Part | None = None) -> SQLColumnExpression[Any]:
    """The geometry to select: in the datum, except GCJ-02, which is made of WGS 84 in Python.

    With a part, lines and areas are all multi-geometries, as a layer of one type needs them.
    """
    geometry: SQLColumnExpression[Any] = Location.geometry
    if part in (Part.LINES, Part.AREAS):
        geometry = func.ST_Multi(func.ST_CollectionExtract(geometry, part.value + 1))
    if datum.epsg not in (None, WGS84):
        geometry = func.ST_Transform(geometry, datum.epsg)
    return geometry


def counterclockwise(geometry: SQLColumnExpression[Any]) -> SQLColumnExpression[Any]:
    """Areas with their outer rings counterclockwise, as RFC 7946 (3.1.6) wants; lines keep their direction."""
    return case((func.ST_Dimension(geometry) == Part.AREAS.value, func.ST_ForcePolygonCCW(geometry)), else_=geometry)


def stream(session: Session, statement: Select[Any]) -> Iterator[Sequence[Any]]:
    """The rows of a statement in lists of at most BATCH; the next is on its way while one is written.

    Until the last the session belongs to the thread that reads ahead: nobody else may use it.
    """
    batches = session.connection().execute(statement, execution_options={"yield_per": BATCH}).partitions()
    with ThreadPoolExecutor(1, thread_name_prefix="reading-ahead") as reader:
        coming = reader.submit(next, batches, None)
        while (rows := coming.result()) is not None:
            coming = reader.submit(next, batches, None)
            yield rows


def record_batches(
    session: Session,
    selection: Selection,
    wording: Wording,
    datum: Datum,
    part: Part | None = None,
    *,
    short: bool = False,
    progress: Progress = lambda _works: None,
) -> Iterator[pa.RecordBatch]:
    """Works as Arrow record batches of `schema(wording, part, short)`."""
    columns = [column.label(name) for name, column in wording.columns(short).items()]
    fields = schema(wording, part, short)
    with_place = part is not Part.UNPLACED
    if with_place:
        columns.append(func.ST_AsBinary(place_in(datum, part)).label(GEOMETRY))
    statement = works_in(selection, *columns).order_by(Work.id)
    if part is not None:
        statement = statement.where(part.condition())
    for rows in stream(session, statement):
        values = list(zip(*rows, strict=True))
        if with_place and datum.epsg is None:
            values[-1] = tuple(geometries_to_gcj02(list(values[-1])))
        yield pa.record_batch(
            [pa.array(column, f.type) for column, f in zip(values, fields, strict=True)], schema=fields
        )
        progress(len(rows))


def schema(wording: Wording, part: Part | None = None, short: bool = False) -> pa.Schema:
    """The Arrow schema of works: their fields and, last, their geometry as WKB."""
    fields = wording.schema(short)
    return fields if part is Part.UNPLACED else fields.append(pa.field(GEOMETRY, pa.binary()))

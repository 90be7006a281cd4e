"""The formats that GDAL writes: GeoPackage, Shapefile, FlatGeobuf. Arrow batches go through, a layer at a time."""

import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
from sqlalchemy import and_, func
from sqlalchemy.orm import Session

from geodata.datums import Datum
from geodata.exports.errors import EncodingError, ExportError
from geodata.exports.fields import FIELDS, MEANINGS, Wording
from geodata.exports.qgis import GEOMETRY_COLUMN, add_styles
from geodata.exports.rows import GEOMETRY, Part, Progress, record_batches, schema
from geodata.models import Location, WorkSummary
from geodata.selection import Selection, summaries_in

LAYERS = {
    "zh": {Part.POINTS: "工程点", Part.LINES: "工程线", Part.AREAS: "工程面", Part.UNPLACED: "未定位工程"},
    "en": {
        Part.POINTS: "work_points",
        Part.LINES: "work_lines",
        Part.AREAS: "work_areas",
        Part.UNPLACED: "works_unplaced",
    },
}
TYPES = {Part.LINES: "MultiLineString", Part.AREAS: "MultiPolygon", Part.UNPLACED: None}
GEOPACKAGE_VERSION = "1.2"  # of 2017: programs in use warn of later ones
DBF_TEXT_BYTES = 254  # of a text field, the most that the format holds
ELLIPSIS = "…"


def write_geopackage(
    path: Path, session: Session, selection: Selection, wording: Wording, datum: Datum, progress: Progress
) -> None:
    """A layer a type of geometry, each with its QGIS style, and a table of the works without a place."""
    layers = _parts(session, selection)
    for part, geometry_type in layers.items():
        _write(
            record_batches(session, selection, wording, datum, part, progress=progress),
            schema(wording, part),
            path,
            layer=layer_name(part, wording, datum),
            driver="GPKG",
            geometry_type=geometry_type,
            datum=datum,
            append=path.exists(),
            options={"VERSION": GEOPACKAGE_VERSION, "GEOMETRY_NAME": GEOMETRY_COLUMN} if part.value is not None else {},
        )
    add_styles(path, {layer_name(part, wording, datum): part for part in layers}, wording)


def write_flatgeobuf(
    path: Path, session: Session, selection: Selection, wording: Wording, datum: Datum, progress: Progress
) -> None:
    """One layer of all types, without the format's index, which has no room for works without a place."""
    _write(
        record_batches(session, selection, wording, datum, progress=progress),
        schema(wording),
        path,
        layer="works",
        driver="FlatGeobuf",
        geometry_type="Unknown",
        datum=datum,
        options={"SPATIAL_INDEX": "NO"},
    )


def write_shapefile(
    path: Path,
    session: Session,
    selection: Selection,
    wording: Wording,
    datum: Datum,
    progress: Progress,
    encoding: str = "UTF-8",
) -> None:
    """A zip of one Shapefile a type of geometry, a .dbf of the works without a place, and a list of the fields.

    Text longer than the format's 254 bytes ends in “…”. Raises ExportError where a character does not exist in GBK, or
    a file would pass the format's 2 GB.
    """
    with TemporaryDirectory(dir=path.parent) as folder:
        for part, geometry_type in _parts(session, selection).items():
            batches = record_batches(session, selection, wording, datum, part, short=True, progress=progress)
            _write(
                (_fit(batch, encoding) for batch in batches),
                schema(wording, part, short=True),
                Path(folder) / f"{layer_name(part, Wording(), datum)}.{'dbf' if part is Part.UNPLACED else 'shp'}",
                layer=layer_name(part, Wording(), datum),
                driver="ESRI Shapefile",
                geometry_type=geometry_type,
                datum=datum,
                encoding=encoding,
                options={"2GB_LIMIT": "YES"},
            )
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("fields.txt", "\ufeff" + _list_of_fields(wording, datum))
            for file in sorted(Path(folder).iterdir()):
                archive.write(file, file.name)


def layer_name(part: Part, wording: Wording, datum: Datum) -> str:
    """What a layer is called; one in GCJ-02 says so, since nothing else about it keeps it apart from WGS 84."""
    return LAYERS[wording.language][part] + ("_GCJ02" if datum.epsg is None else "")


def _parts(session: Session, selection: Selection) -> dict[Part, str | None]:
    """The types of geometry that there are among the works, with GDAL's names for them."""
    dimension = func.ST_Dimension(Location.geometry)
    multi = func.bool_or(func.GeometryType(Location.geometry) != "POINT")
    here = and_(Location.work_id == WorkSummary.work_id, Location.current)
    works = summaries_in(selection, dimension, multi).outerjoin(Location, here).group_by(dimension)
    found: dict[int | None, bool] = {row[0]: row[1] for row in session.execute(works)}
    points = {Part.POINTS: "MultiPoint" if found.get(0) else "Point"}
    return {part: {**TYPES, **points}[part] for part in Part if part.value in found}


def _write(
    batches: Iterator[pa.RecordBatch],
    fields: pa.Schema,
    path: Path,
    *,
    layer: str,
    driver: str,
    geometry_type: str | None,
    datum: Datum,
    encoding: str | None = None,
    append: bool = False,
    options: dict[str, str] | None = None,
) -> None:
    """GDAL pulls the batches one by one."""
    from pyogrio.errors import DataLayerError, DataSourceError  # which imports pandas, as long as all the rest takes
    from pyogrio.raw import write_arrow

    refused: list[ExportError] = []

    def pulled() -> Iterator[pa.RecordBatch]:
        try:
            yield from batches
        except ExportError as error:  # which GDAL would report as a failure of its own
            refused.append(error)
            raise

    try:
        with suppress(StopIteration):
            write_arrow(
                pa.RecordBatchReader.from_batches(fields, pulled()),
                path,
                layer=layer,
                driver=driver,
                geometry_name=GEOMETRY if geometry_type else None,
                geometry_type=geometry_type,
                crs=datum.declaration if geometry_type else None,
                encoding=encoding,
                append=append,
                **(options or {}),
            )
    except (DataSourceError, DataLayerError, RuntimeError, pa.ArrowException) as error:
        if refused:
            raise refused[0] from error
        raise ExportError(f"the {driver} file could not be written: {str(error).splitlines()[0]}") from error
    if refused:
        raise refused[0]


def _fit(batch: pa.RecordBatch, encoding: str) -> pa.RecordBatch:
    """The batch with no text longer than a .dbf holds in the encoding."""
    columns = [
        pa.array([_cut(text, encoding) for text in column.to_pylist()], f.type) if f.type == pa.string() else column
        for column, f in zip(batch.columns, batch.schema, strict=True)
    ]
    return pa.record_batch(columns, schema=batch.schema)


def _cut(text: str | None, encoding: str) -> str | None:
    if text is None:
        return None
    try:
        encoded = text.encode(encoding)
    except UnicodeEncodeError as error:
        raise EncodingError(text[error.start], encoding) from error
    if len(encoded) <= DBF_TEXT_BYTES:
        return text
    room = DBF_TEXT_BYTES - len(ELLIPSIS.encode(encoding))
    return encoded[:room].decode(encoding, errors="ignore") + ELLIPSIS


def _list_of_fields(wording: Wording, datum: Datum) -> str:
    lines = [f"{datum.key}  {datum.name}", ""]
    for f in FIELDS:
        short = f.name(wording.language, short=True)
        lines.append(f"{short}\t{f.chinese}\t{f.key}\t{MEANINGS.get(f.key, '')}".rstrip())
    return "\r\n".join(lines) + "\r\n"

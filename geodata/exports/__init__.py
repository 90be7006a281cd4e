"""Works as files: one module a format or family of formats, one function for all of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from sqlalchemy import func
from sqlalchemy.orm import Session

from geodata.datums import WGS84, Datum
from geodata.exports import geojson, kml, parquet, table, vector
from geodata.exports.errors import EmptySelectionError, EncodingError, ExportError
from geodata.exports.fields import LANGUAGES, Language, Wording
from geodata.exports.rows import Progress, snapshot
from geodata.models import Location
from geodata.selection import Selection, count, works_in

__all__ = [
    "ENCODINGS",
    "FORMATS",
    "LANGUAGES",
    "EmptySelectionError",
    "Encoding",
    "EncodingError",
    "ExportError",
    "Format",
    "Language",
    "Wording",
    "export",
    "format_of",
    "middle_longitude",
    "snapshot",
]

Encoding = Literal["UTF-8", "GBK"]
ENCODINGS: tuple[Encoding, ...] = ("UTF-8", "GBK")


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its key and name, the ending of its files, its media type, and who writes it."""

    key: str
    name: str
    ending: str
    media_type: str
    write: Callable[..., None]
    has_encoding: bool = False
    wgs84_only: bool = False


FORMATS: dict[str, Format] = {
    f.key: f
    for f in (
        Format("gpkg", "GeoPackage", ".gpkg", "application/geopackage+sqlite3", vector.write_geopackage),
        Format("shp", "Shapefile", ".shp.zip", "application/zip", vector.write_shapefile, has_encoding=True),
        Format("geojson", "GeoJSON", ".geojson", "application/geo+json", geojson.write_collection),
        Format("geojsonl", "GeoJSON Lines", ".geojsonl", "application/geo+json-seq", geojson.write_lines),
        Format("kml", "KML", ".kml", "application/vnd.google-earth.kml+xml", kml.write, wgs84_only=True),
        Format("csv", "CSV", ".csv", "text/csv", table.write_csv, has_encoding=True),
        Format(
            "xlsx",
            "Excel",
            ".xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            table.write_excel,
        ),
        Format("parquet", "GeoParquet", ".parquet", "application/vnd.apache.parquet", parquet.write),
        Format("fgb", "FlatGeobuf", ".fgb", "application/flatgeobuf", vector.write_flatgeobuf),
    )
}


def format_of(key: str) -> Format:
    """The format of a key such as `gpkg`; raises ExportError with those there are where there is none."""
    if key not in FORMATS:
        raise ExportError(f"“{key[:40]}” is no format guatu writes: {', '.join(FORMATS)}")
    return FORMATS[key]


def middle_longitude(session: Session, selection: Selection) -> float | None:
    """The longitude, degrees east, in the middle of the works that have a place; None where none has."""
    extent = func.ST_Extent(Location.geometry)
    found: float | None = session.scalar(works_in(selection, (func.ST_XMin(extent) + func.ST_XMax(extent)) / 2))
    return found


def export(
    path: Path,
    session: Session,
    selection: Selection,
    file_format: Format,
    datum: Datum,
    wording: Wording | None = None,
    *,
    encoding: Encoding = "UTF-8",
    progress: Progress = lambda _works: None,
) -> int:
    """Writes the works of a selection to a file, which appears whole or not at all; returns how many they are.

    `progress` is told the number of works in every batch written. A session that began with `snapshot` gives one state
    of the database. Raises ExportError where the format cannot hold what is asked, EmptySelectionError where no work
    meets the choices.
    """
    if file_format.wgs84_only and datum.epsg != WGS84:
        raise ExportError(f"{file_format.name} knows only WGS 84: choose EPSG:4326, or another format for {datum.key}")
    if encoding != "UTF-8" and not file_format.has_encoding:
        raise ExportError(f"{file_format.name} is always UTF-8: {encoding} is for Shapefile and CSV")
    works = count(session, selection)
    if not works:
        raise EmptySelectionError
    words = replace(wording or Wording(), versions=datum.epsg is not None)
    settings = {"encoding": encoding} if file_format.has_encoding else {}
    with TemporaryDirectory(dir=path.parent, prefix=".guatu-") as folder:
        made = Path(folder) / f"works{file_format.ending}"
        file_format.write(made, session, selection, words, datum, progress, **settings)
        made.replace(path)
    return works

"""CSV and Excel: a work a row, its place as longitude and latitude (or easting and northing) and as WKT."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely
from sqlalchemy import func
from sqlalchemy.orm import Session

from gazetteer.offsets import wgs84_to_gcj02
from geodata.datums import Datum
from geodata.exports.errors import EncodingError
from geodata.exports.fields import FIELDS, Wording
from geodata.exports.rows import Progress, place_in, stream
from geodata.models import Location, Work
from geodata.selection import Selection, works_in

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets run as a formula (OWASP, CSV injection)
SHEET_ROWS = 1_048_576  # of an Excel sheet, its heading among them
CELL_CHARACTERS = 32_767  # of an Excel cell


def write_csv(
    path: Path,
    session: Session,
    selection: Selection,
    wording: Wording,
    datum: Datum,
    progress: Progress,
    encoding: str = "UTF-8",
) -> None:
    """CSV (RFC 4180). UTF-8 begins with a mark by which Excel knows it. Text that a spreadsheet would run as a formula
    is written with an apostrophe before it.

    Raises ExportError where a character does not exist in the encoding.
    """
    codec = "gbk" if encoding == "GBK" else "utf-8-sig"
    with path.open("w", encoding=codec, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_headings(wording, datum))
        for rows in _rows(session, selection, wording, datum):
            try:
                writer.writerows([_harmless(value) for value in row] for row in rows)
            except UnicodeEncodeError as error:
                raise EncodingError(error.object[error.start], encoding) from error
            progress(len(rows))


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def write_excel(
    path: Path, session: Session, selection: Selection, wording: Wording, datum: Datum, progress: Progress
) -> None:
    """An Excel workbook; a further sheet where one is full. Text longer than a cell holds ends in “…”."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    headings = _headings(wording, datum)
    sheet, written = None, SHEET_ROWS
    for rows in _rows(session, selection, wording, datum):
        for row in rows:
            if sheet is None or written == SHEET_ROWS:
                sheet = book.create_sheet()
                sheet.freeze_panes = "C2"
                sheet.append([_heading(sheet, title) for title in headings])
                written = 1
            sheet.append([_cell(sheet, value) for value in row])
            written += 1
        progress(len(rows))
    book.save(path)


def _heading(sheet: Any, title: str) -> Any:
    from openpyxl.styles import Font

    cell = _cell(sheet, title)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, value: Any) -> Any:
    """A cell with text as text, even where it begins like a formula; other values as they are."""
    from openpyxl.cell import WriteOnlyCell

    if not isinstance(value, str):
        return value
    if len(value) > CELL_CHARACTERS:
        value = value[: CELL_CHARACTERS - 1] + "…"
    cell = WriteOnlyCell(sheet, "".join(c for c in value if c >= " " or c in "\n\t"))  # XML has no others
    cell.data_type = "s"
    return cell


def _headings(wording: Wording, datum: Datum) -> list[str]:
    """The fields' names, then those of the two coordinates and the WKT, which name the datum."""
    if wording.language == "zh":
        pair = ("经度", "纬度") if datum.geographic else ("东坐标", "北坐标")
    else:
        pair = ("longitude", "latitude") if datum.geographic else ("easting", "northing")
    system = datum.key
    names = [f.name(wording.language) for f in FIELDS]
    return [*names, *(f"{name} ({system})" for name in pair), f"WKT ({system})"]


def _rows(session: Session, selection: Selection, wording: Wording, datum: Datum) -> Iterator[list[list[Any]]]:
    """The values of the works; a work's pair of coordinates is its point, or a point on its line or area."""
    in_gcj02 = datum.epsg is None
    place = Location.geometry if in_gcj02 else place_in(datum)
    shown = func.ST_AsBinary(place) if in_gcj02 else func.ST_AsText(place, datum.decimals)
    point = func.ST_PointOnSurface(place)
    columns = [*wording.columns().values(), func.ST_X(point), func.ST_Y(point), shown]
    for rows in stream(session, works_in(selection, *columns).order_by(Work.id)):
        yield _moved(rows) if in_gcj02 else [[*row[:-3], *_rounded(row[-3:-1], datum), row[-1]] for row in rows]


def _rounded(pair: Any, datum: Datum) -> list[float | None]:
    return [None if value is None else round(value, datum.decimals) for value in pair]


def _moved(rows: Any) -> list[list[Any]]:
    places = shapely.transform(shapely.from_wkb([row[-1] for row in rows]), wgs84_to_gcj02)
    points = shapely.point_on_surface(places)
    texts = shapely.to_wkt(places, rounding_precision=9)
    return [
        [*row[:-3], *((round(point.x, 9), round(point.y, 9)) if point is not None else (None, None)), text]
        for row, point, text in zip(rows, points, texts, strict=True)
    ]

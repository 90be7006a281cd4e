"""Excel and CSV files as grids of cells, whatever their size says."""

import csv
import datetime
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import openpyxl
import xlrd
from openpyxl.utils import get_column_letter

from gazetteer.errors import GuatuError
from gazetteer.reading.formats import text as plain

MAX_FILE_BYTES = 64 * 1024 * 1024
"""Size of one file. A county's list has under 1 MB, with pictures in cells perhaps 20."""

MAX_PART_BYTES = 96 * 1024 * 1024
"""Unpacked size of one sheet or of the texts of all cells. A million formatted empty rows take 65 MB."""

MAX_UNPACKED_BYTES = 256 * 1024 * 1024
"""Unpacked size of all sheets together."""

MAX_RATIO, RATIO_FROM_BYTES = 100, 16 * 1024 * 1024
"""Unpacked to packed size of a large part. Rows, even empty ones, differ by their numbers and pack 10 to 30 times;
a bomb packs 1,000 times."""

MAX_SHEETS = 100

MAX_ROWS = 20_000
"""Rows of one sheet that are looked at. The longest lists, a province's reserve of projects, have a few thousand."""

MAX_COLUMNS = 100
"""Columns of one sheet that are looked at. Wide lists have 40."""

MAX_EMPTY_ROWS = 2_000
"""After so many empty rows a sheet is over."""

MAX_CELL_CHARS = 5_000
"""Characters of one cell that are kept; descriptions have a few hundred."""

MAX_MERGES = 50_000

Cell = str | float | datetime.date | None

_MERGE = re.compile(rb"""mergeCell\s+ref\s*=\s*["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']""")
_MERGE_TAIL = 64  # longer than one tag, so that none is cut
_DELIMITERS = ",\t;|"
_SAMPLE_LINES = 30


class SpreadsheetError(GuatuError):
    """A file that cannot be read as a table; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Merge:
    """Merged cells: first and last row and column, counted from 0, both included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet. `cells[row][column]`, counted from 0 as in the file; rows may differ in length. `warnings` are
    lines."""

    name: str
    cells: list[list[Cell]]
    merges: tuple[Merge, ...] = ()
    warnings: tuple[str, ...] = ()


def grids(data: bytes, name: str) -> list[Grid]:
    """The visible sheets of an xlsx, xls or CSV file; a CSV file is one sheet. Raises SpreadsheetError."""
    if len(data) > MAX_FILE_BYTES:
        limit = MAX_FILE_BYTES >> 20
        raise SpreadsheetError(
            f"文件 {name} 超过 {limit} MB。The file {name} is larger than {limit} MB: save the list alone."
        )
    if not data.strip():
        raise SpreadsheetError(f"文件 {name} 是空的。The file {name} is empty: choose the list's own file.")
    if data.startswith(b"PK\x03\x04"):
        return _xlsx(data, name)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return _xls(data, name)
    if re.match(rb"\s*(?:<!doctype html|<html|<table|<\?xml)", data[:500], re.IGNORECASE):
        raise SpreadsheetError(
            f"{name} 是网页或 XML，请用 Excel 另存为 xlsx。{name} is a web page: save it as xlsx in Excel."
        )
    return [_csv(data, name)]


def _broken(name: str) -> SpreadsheetError:
    return SpreadsheetError(
        f"{name} 已损坏、有密码或不是 Excel 文件，请用 Excel 另存为 xlsx。"
        f"{name} is broken, locked or not an Excel file: save it as xlsx in Excel."
    )


def _xlsx(data: bytes, name: str) -> list[Grid]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check(package, name)
            workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            found: list[Grid] = []
            for sheet in workbook.worksheets[:MAX_SHEETS]:
                if sheet.sheet_state != "visible":
                    continue
                rows = sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS, values_only=True)
                cells, warnings = _bounded(rows)
                part = str(getattr(sheet, "_worksheet_path", ""))
                found.append(Grid(sheet.title, cells, _merges(package, part), warnings))
    except SpreadsheetError:
        raise
    except Exception as error:  # openpyxl lets whatever a broken part causes through
        raise _broken(name) from error
    return found


def _check(package: zipfile.ZipFile, name: str) -> None:
    """Refuse bombs and entities before any part is parsed."""
    parts = [part for part in package.infolist() if part.filename.endswith((".xml", ".rels"))]
    bombs = any(
        part.file_size > MAX_PART_BYTES
        or (part.file_size > RATIO_FROM_BYTES and part.file_size > MAX_RATIO * part.compress_size)
        for part in parts
    )
    if bombs or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise SpreadsheetError(
            f"{name} 解压后太大，不予打开。{name} unpacks to too much: copy the list alone into a new file."
        )
    for part in parts:
        with package.open(part) as stream:
            if b"<!DOCTYPE" in stream.read(2048):
                raise SpreadsheetError(
                    f"{name} 含有实体声明，不予打开。{name} declares entities, as Excel never does: it is not opened."
                )


def _merges(package: zipfile.ZipFile, part: str) -> tuple[Merge, ...]:
    """Merged cells of one sheet, which a streaming reader does not give: found by their tag, at the speed of
    unpacking."""
    found: list[Merge] = []
    with package.open(part.lstrip("/")) as stream:
        tail = b""
        while len(found) <= MAX_MERGES and (chunk := stream.read(1 << 20)):
            window = tail + chunk
            found.extend(
                Merge(int(match[2]) - 1, _column_number(match[1]), int(match[4]) - 1, _column_number(match[3]))
                for match in _MERGE.finditer(window)
            )
            tail = window[-_MERGE_TAIL:]
    return tuple(dict.fromkeys(found))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def column_letter(column: int) -> str:
    """Excel's name of a column counted from 0: A, B, … AA."""
    return get_column_letter(column + 1)


def _xls(data: bytes, name: str) -> list[Grid]:
    """The old binary format, whose sheets have at most 65,536 rows of 256 columns; by xlrd, which fails without a
    crash."""
    found: list[Grid] = []
    try:
        workbook = xlrd.open_workbook(file_contents=data, formatting_info=True, ragged_rows=True, logfile=io.StringIO())
        for sheet in workbook.sheets()[:MAX_SHEETS]:
            if sheet.visibility != 0:
                continue
            rows = (
                [_xls_cell(cell, workbook.datemode) for cell in sheet.row(number)[:MAX_COLUMNS]]
                for number in range(sheet.nrows)
            )
            cells, warnings = _bounded(rows)
            merges = (
                Merge(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells[:MAX_MERGES]
            )
            found.append(Grid(sheet.name, cells, tuple(merges), warnings))
    except Exception as error:  # xlrd lets whatever a broken file causes through, assertions and struct.error too
        raise _broken(name) from error
    return found


def _xls_cell(cell: xlrd.sheet.Cell, datemode: Literal[0, 1]) -> object:
    match cell.ctype:
        case xlrd.XL_CELL_DATE:
            try:
                return xlrd.xldate_as_datetime(float(cell.value), datemode)
            except (OverflowError, ValueError):
                return cell.value
        case xlrd.XL_CELL_ERROR:
            return None
        case xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        case _:
            return cell.value


def _csv(data: bytes, name: str) -> Grid:
    source, _ = plain.decode(data)
    try:
        best = max(_DELIMITERS, key=lambda delimiter: _fit(source, delimiter))
        rows = csv.reader(io.StringIO(source, newline=""), delimiter=best)
        cells, warnings = _bounded(rows)
    except csv.Error as error:
        raise SpreadsheetError(
            f"{name} 不是完整的 CSV（{error}）。{name} is not a whole CSV file: save it again from Excel."
        ) from error
    return Grid("", cells, (), warnings)


def _fit(source: str, delimiter: str) -> float:
    """How many cells the first lines get from a delimiter, counting only numbers of cells that come more than once."""
    lines = io.StringIO("\n".join(source.splitlines()[:_SAMPLE_LINES]), newline="")
    widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    return max((width * widths.count(width) for width in set(widths) if width > 1), default=0)


def _bounded(rows: Iterable[Sequence[object]]) -> tuple[list[list[Cell]], tuple[str, ...]]:
    cells: list[list[Cell]] = []
    empty = 0
    for row in rows:
        if len(cells) == MAX_ROWS:
            return cells, (f"只读了前 {MAX_ROWS} 行。Only the first {MAX_ROWS} rows were read.",)
        cells.append([_cell(value) for value in row[:MAX_COLUMNS]])
        while cells[-1] and cells[-1][-1] is None:
            cells[-1].pop()
        empty = 0 if cells[-1] else empty + 1
        if empty > MAX_EMPTY_ROWS:
            break
    while cells and not cells[-1]:
        cells.pop()
    return cells, ()


def _cell(value: object) -> Cell:
    match value:
        case None | "":
            return None
        case bool():
            return "是" if value else "否"
        case int() | float():
            return float(value)
        case datetime.datetime():
            return value.date()
        case datetime.date():
            return value
        case _:
            return str(value)[:MAX_CELL_CHARS].strip(" \t\r\n\u3000\xa0") or None

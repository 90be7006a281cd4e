"""What the cells of a project list hold: words, amounts of money, dates."""

import datetime
import re

from gazetteer.reading.columns import ColumnWords
from gazetteer.reading.formats.spreadsheet import Cell

_NUMBER = re.compile(r"[-+]?[\d,，.\s]+%?")
_DATE = re.compile(r"(20\d\d)(?:\s*[年./-]\s*(\d{1,2})(?!\d)(?:\s*[月./-]\s*(\d{1,2})(?!\d))?)?")
_COMPACT_DATE = re.compile(r"(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])?")
_NOTHING = re.compile(r"[-—/\s无]*")


def shown(cell: Cell) -> str:
    """A cell as text: whole numbers without a point, dates as ISO 8601, nothing as the empty string."""
    match cell:
        case None:
            return ""
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        case datetime.date():
            return cell.isoformat()
        case _:
            return cell


def is_words(cell: Cell) -> bool:
    """Whether a cell holds words, and not a number, even one that was stored as text."""
    return isinstance(cell, str) and _NUMBER.fullmatch(cell) is None


def is_blank(cell: Cell) -> bool:
    """Whether a cell holds nothing, or one of the signs for nothing: -, /, 无."""
    return _NOTHING.fullmatch(shown(cell)) is not None


def money(cell: Cell, unit: str, words: ColumnWords) -> float | None:
    """Money in 10,000 yuan (万元); None where the cell holds no amount."""
    if isinstance(cell, float):
        return round(cell * words.units[unit], 6) if unit in words.units else None
    return words.money_in(shown(cell), unit)


def dates(cell: Cell) -> list[str]:
    """The dates in a cell in ISO 8601, in order, as exact as written: `2023`, `2023-05`, `2023-05-17`.

    A number 2023.1 may stand for January or for October; only its year is taken.
    """
    if isinstance(cell, datetime.date):
        return [cell.isoformat()]
    text = shown(cell)
    if isinstance(cell, float) and re.fullmatch(r"20\d\d\.\d", text):
        text = text[:4]
    if compact := _COMPACT_DATE.fullmatch(text):
        return ["-".join(part for part in compact.groups() if part)]
    found: list[str] = []
    for year, month, day in _DATE.findall(text):
        if month and not 1 <= int(month) <= 12:
            continue
        parts = [year, *(f"{int(part):02}" for part in (month, day) if part)]
        found.append("-".join(parts[:2] if day and not 1 <= int(day) <= 31 else parts))
    return found

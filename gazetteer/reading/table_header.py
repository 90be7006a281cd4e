"""Where the tables of a sheet begin, how far their headers reach, and what each column holds."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gazetteer.reading.cell_values import is_words, shown
from gazetteer.reading.columns import (
    MONEY,
    NAMED,
    ColumnWords,
    Field,
    Guess,
    plain_header,
)
from gazetteer.reading.formats.spreadsheet import Cell, Grid, Merge, column_letter

HEADER_SEARCH_ROWS = 50
"""Rows from the top among which the header is looked for; above it stand the title, the unit and the authority."""

MAX_HEADER_LINES = 4

MIN_HEADER_FIELDS = 3
"""Fields that a row must name to be a header; two are enough where one of them is the project's name."""

DEFAULT_UNIT = "万元"
"""The unit of money where the list names none: the usual one of the genre, said so in the column's reason."""

SET_BY_HAND = "人工指定 set by hand"
"""The reason of a column that a person set."""

CONTENT_SAMPLE = 200
"""Rows whose cells are looked at where a header says nothing."""

_LETTER = re.compile("[A-Z]{1,2}")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `letter` as Excel names it, `header` its lines joined by ` / `, and what it was taken for.

    `field` is None where nothing fits; `confidence` is 0 to 1, 1 too where a person set it; `unit` is the unit of
    money.
    """

    letter: str
    header: str
    field: Field | None
    confidence: float
    reason: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a sheet: rows `top` to `bottom` are its header, the rows before `end` are its own; counted from 0.

    `filled` gives, for each cell inside a merge but its first, the row and column of the first.
    """

    grid: Grid
    top: int
    bottom: int
    end: int
    title: str | None
    columns: tuple[Column, ...]
    filled: Mapping[tuple[int, int], tuple[int, int]]
    words: ColumnWords

    def cell(self, row: int, column: int) -> Cell:
        """One cell as the file has it."""
        return _at(self.grid.cells, row, column)


def tables(grid: Grid, words: ColumnWords, chosen: Mapping[Field, str]) -> Iterator[Table]:
    """The tables of a sheet that have a column of names: from each header to the next.

    `chosen` sets columns by header or letter; with the names' column set by letter, a sheet without a header is one
    table.
    """
    filled = _filled(grid)
    tops = _header_rows(grid, words, chosen)
    if not tops and _LETTER.fullmatch(chosen.get(Field.NAME, "")):
        tops = [-1]
    for position, top in enumerate(tops):
        end = tops[position + 1] if position + 1 < len(tops) else len(grid.cells)
        bottom = top if top < 0 else _header_bottom(grid, words, top, end)
        start = tops[position - 1] + 1 if position else 0
        above = [shown(cell) for row in grid.cells[start : max(top, 0)] for cell in row if is_words(cell)]
        columns = _columns(grid, words, (max(top, 0), bottom, end), above, chosen)
        if any(column.field == Field.NAME for column in columns):
            yield Table(
                grid, max(top, 0), bottom, end, above[0] if above and not position else None, columns, filled, words
            )


def _at(cells: Sequence[Sequence[Cell]], row: int, column: int) -> Cell:
    return cells[row][column] if row < len(cells) and column < len(cells[row]) else None


def _filled(grid: Grid) -> dict[tuple[int, int], tuple[int, int]]:
    width = max((len(row) for row in grid.cells), default=0)
    inside: dict[tuple[int, int], tuple[int, int]] = {}
    for merge in grid.merges:
        for row in range(merge.top, min(merge.bottom + 1, len(grid.cells))):
            for column in range(merge.left, min(merge.right + 1, width)):
                if (row, column) != (merge.top, merge.left):
                    inside[row, column] = merge.top, merge.left
    return inside


def _header_rows(grid: Grid, words: ColumnWords, chosen: Mapping[Field, str]) -> list[int]:
    wanted = {plain_header(header) for header in chosen.values() if not _LETTER.fullmatch(header)}
    tops: list[int] = []
    for number, row in enumerate(grid.cells):
        if not tops and number >= HEADER_SEARCH_ROWS:
            break
        texts = [shown(cell) for cell in row if is_words(cell)]
        if len(texts) < 2 or len(texts) < sum(cell is not None for cell in row):
            continue
        if tops and texts == [shown(cell) for cell in grid.cells[tops[-1]] if cell is not None]:
            continue
        found = [guess for text in texts for guess in words.guesses([text]) if not tops or guess.confidence == NAMED]
        fields = {guess.field for guess in found}
        named = any(guess.field == Field.NAME and guess.confidence == NAMED for guess in found)
        if tops:
            is_header = named and len(fields) >= MIN_HEADER_FIELDS
        else:
            by_hand = bool(wanted & {plain_header(text) for text in texts})
            is_header = by_hand or len(fields) >= (MIN_HEADER_FIELDS - 1 if named else MIN_HEADER_FIELDS)
        if is_header:
            tops.append(number)
    return tops


def _header_bottom(grid: Grid, words: ColumnWords, top: int, end: int) -> int:
    """Last line of the header: as far as its merged cells reach, or as rows below it hold nothing but more header."""
    reached = max((merge.bottom for merge in grid.merges if merge.top == top), default=top)
    if any(merge.top == top == merge.bottom and merge.right > merge.left for merge in grid.merges):
        reached = max(reached, top + 1)
    limit = min(end, top + MAX_HEADER_LINES)
    bottom = min(reached, limit - 1)
    while bottom + 1 < limit and _is_more_header(grid, words, top, bottom + 1):
        bottom += 1
    return bottom


def _is_more_header(grid: Grid, words: ColumnWords, top: int, number: int) -> bool:
    cells = [cell for cell in grid.cells[number] if cell is not None]
    if not cells or not all(is_words(cell) for cell in cells):
        return False
    for index, cell in enumerate(grid.cells[top]):
        fields = {guess.field for guess in words.guesses([shown(cell)])}
        if fields & {Field.NAME, Field.SERIAL} and _at(grid.cells, number, index) is not None:
            return False
    return any(words.guesses([shown(cell)]) or plain_header(shown(cell)) in words.units for cell in cells)


def _columns(
    grid: Grid, words: ColumnWords, lines: tuple[int, int, int], above: Sequence[str], chosen: Mapping[Field, str]
) -> tuple[Column, ...]:
    top, bottom, end = lines
    width = max((len(row) for row in grid.cells[top:end]), default=0)
    paths = [_header_path(grid, top, bottom, column) for column in range(width)]
    taken = _chosen_columns(paths, chosen)

    def take(column: int, guess: Guess | None) -> None:
        if guess and column not in taken and guess.field not in {other.field for other in taken.values()}:
            taken[column] = guess

    candidates = [(guess, column) for column, path in enumerate(paths) for guess in words.guesses(path)]
    for guess, column in sorted(candidates, key=lambda pair: (-pair[0].confidence, pair[1])):
        take(column, guess)
    for column, path in enumerate(paths):
        if path and column not in taken:
            rows = range(bottom + 1, min(end, bottom + 1 + CONTENT_SAMPLE))
            take(
                column, words.guess_by_content([text for row in rows if (text := shown(_at(grid.cells, row, column)))])
            )
    shared_unit = next((unit for text in above if (unit := words.unit_in(text))), None)
    return tuple(_column(index, path, taken.get(index), words, shared_unit) for index, path in enumerate(paths))


def _header_path(grid: Grid, top: int, bottom: int, column: int) -> list[str]:
    """Header lines of one column; a cell merged over several columns speaks for each, one merged downwards once.

    Where a file has no merged cells (CSV), a gap above a header line belongs to the cell on its left.
    """
    path: list[str] = []
    for row in range(top, bottom + 1):
        text = shown(_at(grid.cells, row, column))
        if not text and (merge := _covering(grid.merges, row, column)) is not None and merge.top == row:
            text = shown(_at(grid.cells, merge.top, merge.left))
        if not text and not grid.merges and row < bottom and shown(_at(grid.cells, row + 1, column)):
            left = (shown(_at(grid.cells, row, other)) for other in range(column - 1, -1, -1))
            text = next((found for found in left if found), "")
        if text:
            path.append(re.sub(r"\s+", "", text))
    return path


def _covering(merges: Sequence[Merge], row: int, column: int) -> Merge | None:
    return next((m for m in merges if m.top <= row <= m.bottom and m.left <= column <= m.right), None)


def _chosen_columns(paths: Sequence[Sequence[str]], chosen: Mapping[Field, str]) -> dict[int, Guess]:
    taken: dict[int, Guess] = {}
    for field, wanted in chosen.items():
        for column, path in enumerate(paths):
            names = {plain_header(part) for part in (*path, "".join(path), " / ".join(path))}
            if plain_header(wanted) in names or wanted == column_letter(column):
                taken[column] = Guess(field, 1.0, SET_BY_HAND)
                break
    return taken


def _column(
    index: int, path: Sequence[str], guess: Guess | None, words: ColumnWords, shared_unit: str | None
) -> Column:
    header = " / ".join(path) or column_letter(index)
    if guess is None:
        return Column(column_letter(index), header, None, 0.0, "没有对应的字段 no field fits")
    reason, unit = guess.reason, None
    if guess.field in MONEY:
        unit = next((found for part in reversed(path) if (found := words.unit_in(part))), shared_unit)
        if unit is None:
            unit, reason = DEFAULT_UNIT, f"{reason}；没写单位，按{DEFAULT_UNIT} no unit is named, this one is assumed"
    return Column(column_letter(index), header, guess.field, guess.confidence, reason, unit)

"""The lists of projects that bureaus keep in Excel and CSV, as typed rows; what could not be used is said with its
reason."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gazetteer.reading.cell_values import dates, is_blank, is_words, money, shown
from gazetteer.reading.column_words import column_words
from gazetteer.reading.columns import ColumnWords, Field, plain_header
from gazetteer.reading.formats.spreadsheet import MAX_FILE_BYTES, Cell, SpreadsheetError, grids
from gazetteer.reading.table_header import DEFAULT_UNIT, SET_BY_HAND, Column, Table, tables
from gazetteer.vocabulary import Nature, Sector, Status

__all__ = [
    "Column",
    "Field",
    "ProjectList",
    "ProjectRow",
    "Sheet",
    "SpreadsheetError",
    "UnusedRow",
    "project_list_from_bytes",
    "read_project_list",
]

_CHINESE_NUMBER = "[一二三四五六七八九十百]+"
_GROUP_NUMBER = re.compile(rf"(?:第?{_CHINESE_NUMBER}(?:[、.\s]|部分|类|$)|[(（]{_CHINESE_NUMBER}[)）])\s*")
_SERIAL_OF_GROUP = re.compile(rf"[(（]?{_CHINESE_NUMBER}[)）]?[、.]?")
_COUNT = re.compile(
    r"\s*[(（【]\s*共?[计有]?\s*\d+\s*[个项宗件]?[^()（）]*[)）】]\s*$|\s*共?[计有]?\s*\d+\s*[个项宗件]\s*$"
)
_HAS_COUNT = re.compile(r"\d+\s*[个项宗件]")
_LIST_NUMBER = re.compile(r"^[(（]?\d{1,4}[)）.．、]\s*")

_FILLED = frozenset(
    {Field.PLACE, Field.TOWN, Field.RESPONSIBLE, Field.STATUS, Field.NATURE, Field.SECTOR, Field.PERIOD}
)
"""Fields whose merged cells speak for every row they cover; a merged sum is the rows' together and stays with the
first."""


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One project of the list. `row` is the row's number as Excel shows it.

    Money is in 10,000 yuan (万元). `start` and `finish` are ISO 8601 dates as exact as the list is: `2023`,
    `2023-05`, `2023-05-17`. `area` is the path of group rows above it. `cells` are all its filled cells, header and
    text; `code` is the project's own (项目代码), if it has one. `problems` are cells that could not be understood, each
    a line; their fields are None.
    """

    sheet: str
    row: int
    name: str
    code: str | None = None
    place: str | None = None
    town: str | None = None
    content: str | None = None
    investment: float | None = None
    invested: float | None = None
    plan_investment: float | None = None
    plan: str | None = None
    responsible: str | None = None
    progress: str | None = None
    status: Status | None = None
    nature: Nature | None = None
    sector: Sector | None = None
    start: str | None = None
    finish: str | None = None
    area: tuple[str, ...] = ()
    cells: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnusedRow:
    """A row below a header that is no project, and why."""

    sheet: str
    row: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of the file: its title, the guess for each column, its rows. A sheet may hold several tables."""

    name: str
    title: str | None
    header_row: int
    columns: tuple[Column, ...]
    rows: tuple[ProjectRow, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectList:
    """All tables of a file. `unused` are rows that gave no project, and sheets without a table by their first row."""

    sheets: tuple[Sheet, ...]
    unused: tuple[UnusedRow, ...]

    @property
    def rows(self) -> tuple[ProjectRow, ...]:
        """The projects of all tables, in the file's order."""
        return tuple(row for sheet in self.sheets for row in sheet.rows)


def read_project_list(
    path: Path, *, columns: Mapping[Field, str] | None = None, words: ColumnWords | None = None
) -> ProjectList:
    """Read a list in xlsx, xls or CSV (UTF-8, UTF-16 or GB18030; commas, semicolons or tabs).

    `columns` sets what the guess should not decide: a field and the header or the letter of its column. `words` are
    those of `column_words`, the package's own where None are given. Raises SpreadsheetError where the file cannot be
    read, holds no list, or lacks a column that was set.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            limit = MAX_FILE_BYTES >> 20
            raise SpreadsheetError(
                f"{path.name} 超过 {limit} MB。{path.name} is larger than {limit} MB: save the list alone."
            )
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "unreadable"
        raise SpreadsheetError(f"打不开 {path}：{reason}。Cannot open {path} ({reason}): check the name.") from error
    return project_list_from_bytes(data, path.name, columns=columns, words=words)


def project_list_from_bytes(
    data: bytes, name: str, *, columns: Mapping[Field, str] | None = None, words: ColumnWords | None = None
) -> ProjectList:
    """As `read_project_list`, from the bytes of a file and its name."""
    chosen = dict(columns or {})
    sheets: list[Sheet] = []
    unused: list[UnusedRow] = []
    headers: set[str] = set()
    for grid in grids(data, name):
        found = list(tables(grid, words or column_words(), chosen))
        if not found and grid.cells:
            unused.append(UnusedRow(grid.name, 1, _row_text(grid.cells[0]), "没有表头 no header was found"))
        for table in found:
            headers.update(column.header for column in table.columns)
            rows, left = _Reader(table).read()
            sheets.append(Sheet(grid.name, table.title, table.top + 1, table.columns, tuple(rows), grid.warnings))
            unused.extend(left)
    if not sheets:
        raise SpreadsheetError(
            f"{name} 里没有找到“项目名称”一列；请指定列。"
            f"No column with the projects' names was found in {name}: say which one it is."
        )
    for field, wanted in chosen.items():
        set_columns = (column for sheet in sheets for column in sheet.columns if column.reason.startswith(SET_BY_HAND))
        if not any(column.field == field for column in set_columns):
            known = "、".join(sorted(headers))[:500]
            raise SpreadsheetError(f"没有列“{wanted}”，有：{known}。There is no column {wanted!r} for {field.value}.")
    return ProjectList(tuple(sheets), tuple(unused))


def _row_text(row: Sequence[Cell]) -> str:
    return " | ".join(text for cell in row if (text := shown(cell)))[:200]


@dataclass(frozen=True, slots=True)
class _Reader:
    table: Table

    def read(self) -> tuple[list[ProjectRow], list[UnusedRow]]:
        rows: list[ProjectRow] = []
        unused: list[UnusedRow] = []
        groups = _Groups()
        entered: list[tuple[int, tuple[str, ...]]] = []
        for number in range(self.table.bottom + 1, self.table.end):
            cells = self.table.grid.cells[number]
            if not cells:
                continue
            group = self._group(number)
            reason = self._is_said(cells) or (None if group else self._is_nameless(number))
            if reason is not None:
                unused.append(self._unused(number, reason))
            elif group is not None:
                groups.enter(*group)
                entered.append((number, groups.path))
            else:
                rows.append(self._project(number, groups.path))
        above = {row.area[:depth] for row in rows for depth in range(len(row.area) + 1)}
        unused += [
            self._unused(number, "下面没有项目 a group without projects")
            for number, path in entered
            if path not in above
        ]
        return rows, sorted(unused, key=lambda row: row.row)

    def _unused(self, number: int, reason: str) -> UnusedRow:
        return UnusedRow(self.table.grid.name, number + 1, _row_text(self.table.grid.cells[number]), reason)

    def _index(self, field: Field) -> int | None:
        return next((index for index, column in enumerate(self.table.columns) if column.field == field), None)

    def _cell(self, number: int, field: Field) -> Cell:
        index = self._index(field)
        if index is None:
            return None
        cell = self.table.cell(number, index)
        if cell is None and field in _FILLED and (number, index) in self.table.filled:
            return self.table.cell(*self.table.filled[number, index])
        return cell

    def _is_said(self, cells: Sequence[Cell]) -> str | None:
        """Why a row that says something else than a project is left out, or None: totals, notes, the header again."""
        present = [text for cell in cells if (text := shown(cell))]
        words = self.table.words
        total = re.compile(rf"(?:{'|'.join(words.totals)})(?:[^一-鿿]|$)")
        if any(total.match(re.sub(r"\s", "", text)) for text in present[:2]):
            return "合计行 a total"
        if present[0].startswith(words.notes):
            return "说明 a note"
        if len(present) >= 4 and present == [str(number) for number in range(1, len(present) + 1)]:
            return "列号 numbers of the columns"
        if self.table.bottom >= self.table.top:
            header = [text for cell in self.table.grid.cells[self.table.top] if (text := shown(cell))]
            if list(map(plain_header, present)) == list(map(plain_header, header)):
                return "重复的表头 the header again"
        return None

    def _is_nameless(self, number: int) -> str | None:
        """Why a row without a name is left out, or None where it has one."""
        if self._name(number):
            return None
        column = self._index(Field.NAME)
        if column is not None and (number, column) in self.table.filled:
            return f"属于第 {self.table.filled[number, column][0] + 1} 行的项目 part of the project above"
        if _row_text(self.table.grid.cells[number]) == shown(self._cell(number, Field.SERIAL)):
            return "只有序号 only a serial number"
        return "没有项目名称 no name of a project"

    def _name(self, number: int) -> str:
        name = self._words(number, Field.NAME) or ""
        return name if self._index(Field.SERIAL) is not None else _LIST_NUMBER.sub("", name)

    def _words(self, number: int, field: Field) -> str | None:
        """Text of a cell in one line: the breaks that fit it into its column vanish."""
        return re.sub(r"[ \t\u3000]+", " ", re.sub(r"\s*\n\s*", "", shown(self._cell(number, field)))).strip() or None

    def _group(self, number: int) -> tuple[str, str] | None:
        """How a group row is numbered and its title (一、交通类(12个)), or None for another row."""
        cells = self.table.grid.cells[number]
        places = [index for index, cell in enumerate(cells) if is_words(cell)]
        texts = list(dict.fromkeys(shown(cells[index]) for index in places))
        serial = shown(self._cell(number, Field.SERIAL))
        if serial and _SERIAL_OF_GROUP.fullmatch(serial) and len(texts) == 2:
            return _shape(serial), _clean_group(texts[1])
        if len(texts) != 1 or (serial and serial != texts[0]):
            return None
        title = texts[0]
        if match := _GROUP_NUMBER.match(title):
            return _shape(match.group()), _clean_group(title)
        merges = self.table.grid.merges
        spans = any(merge.top == number == merge.bottom and merge.right > merge.left for merge in merges)
        alone = self._index(Field.SERIAL) is not None and all(cell is None or is_words(cell) for cell in cells)
        if places[0] <= (self._index(Field.NAME) or 0) and (spans or alone or _HAS_COUNT.search(title)):
            return "", _clean_group(title)
        return None

    def _project(self, number: int, area: tuple[str, ...]) -> ProjectRow:
        problems: list[str] = []

        def complain(field: Field, what: str) -> None:
            cell = self._cell(number, field)
            if not is_blank(cell):
                header = self.table.columns[self._index(field) or 0].header
                problems.append(f"{header}：“{shown(cell)[:40]}”{what}")

        def amount(field: Field) -> float | None:
            index = self._index(field)
            unit = DEFAULT_UNIT if index is None else self.table.columns[index].unit
            found = money(self._cell(number, field), unit or DEFAULT_UNIT, self.table.words)
            if found is None:
                complain(field, "不是金额 not an amount of money")
            return found

        def day(field: Field, period: str | None) -> str | None:
            found = dates(self._cell(number, field))
            if not found:
                complain(field, "不是日期 not a date")
            return found[0] if found else period

        start, finish = _ends(dates(self._cell(number, Field.PERIOD)))
        return ProjectRow(
            sheet=self.table.grid.name,
            row=number + 1,
            name=self._name(number),
            code=self._words(number, Field.CODE),
            place=self._words(number, Field.PLACE),
            town=self._words(number, Field.TOWN),
            content=self._words(number, Field.CONTENT),
            investment=amount(Field.INVESTMENT),
            invested=amount(Field.INVESTED),
            plan_investment=amount(Field.PLAN_INVESTMENT),
            plan=self._words(number, Field.PLAN),
            responsible=self._words(number, Field.RESPONSIBLE),
            progress=self._words(number, Field.PROGRESS),
            status=self._status(number, area),
            nature=self.table.words.nature_in(self._words(number, Field.NATURE) or ""),
            sector=next(
                (
                    found
                    for text in (self._words(number, Field.SECTOR), *reversed(area))
                    if (found := self.table.words.sector_in(text or ""))
                ),
                None,
            ),
            start=day(Field.START, start),
            finish=day(Field.FINISH, finish),
            area=area,
            cells=tuple(
                (column.header, text)
                for index, column in enumerate(self.table.columns)
                if (text := shown(self.table.cell(number, index)))
            ),
            problems=tuple(problems),
        )

    def _status(self, number: int, area: Sequence[str]) -> Status | None:
        """From its own column; from 续建 and the like in the column of natures; from its group rows, nearest first;
        from its progress."""
        words = self.table.words
        nature, progress = (self._words(number, field) or "" for field in (Field.NATURE, Field.PROGRESS))
        own = self._words(number, Field.STATUS) or ""
        texts = [own, "" if words.nature_in(nature) else nature, *reversed(area), progress]
        return next((found for text in texts if (found := words.status_in(text)) is not None), None)


def _ends(period: Sequence[str]) -> tuple[str | None, str | None]:
    """Start and finish of a period; a single year is both, a single month could be either and is neither."""
    if len(period) > 1 or (period and len(period[0]) == len("2023")):
        return period[0], period[-1]
    return None, None


class _Groups:
    """The group rows that the next project stands under. A kind of numbering seen before closes what was opened
    since."""

    def __init__(self) -> None:
        self._open: list[tuple[str, str]] = []

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(title for _, title in self._open if title)

    def enter(self, kind: str, title: str) -> None:
        kinds = [open_kind for open_kind, _ in self._open]
        if kind in kinds:
            del self._open[kinds.index(kind) :]
        self._open.append((kind, title))


def _shape(number: str) -> str:
    """How a group is numbered: 一、 and 二、 alike, (一) another."""
    return re.sub(_CHINESE_NUMBER, "一", re.sub(r"\s|、|\.", "", number)).replace("（", "(").replace("）", ")")


def _clean_group(title: str) -> str:
    return _COUNT.sub("", _GROUP_NUMBER.sub("", title, count=1)).strip(" :：\u3000")

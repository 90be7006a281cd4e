"""The list of works at the side of the map, in columns: grouped by sector, those without a place at its end."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask_babel import gettext

from gazetteer.vocabulary import Sector
from geodata.signs import SIGNS
from webmap import labels
from webmap.poster.canvas import Canvas, Face, printable
from webmap.poster.content import PosterWork
from webmap.poster.layout import Box

LARGEST, SMALLEST = 3.1, 1.65  # mm of the letters: on A3, and on any sheet (4.7 points, the least that prints clearly)
SHRINK = 0.96  # from one size that is tried to the next
COLUMN = 23  # ems, the least width of a column
NUMBER, STATUS, TOWN = 2.6, 3.2, 5.6  # ems of the columns of a row; the name takes the rest
LINE, HEADING, GAP = 1.32, 2.1, 2.0  # ems: a line, a sector's heading, between columns
HEAD = 1.0  # ems above the rows, for what they are
SHARES_OF_HEIGHT = tuple(share / 20 for share in range(1, 21))  # of the box, that columns are tried at
NAME_LINES, REASON_LINES = 2, 2  # a row takes at most

INK, SOFT = "#20242a", "#5d6670"


@dataclass(frozen=True, slots=True)
class Row:
    """A numbered work."""

    number: int
    work: PosterWork


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A work without a place, with the reason where it is not that of the one before."""

    work: PosterWork
    reason: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading over the rows of a sector, or over those without a place."""

    text: str
    sector: Sector | None


Item = Row | Unplaced | Heading


def items_of(placed: Sequence[PosterWork], unplaced: Sequence[PosterWork]) -> list[Item]:
    """The list: placed works, which are sorted by sector, by their numbers from 1 on, then those without a place."""
    items: list[Item] = []
    numbered = list(enumerate(placed, 1))
    for sector, group in groupby(numbered, key=lambda pair: pair[1].sector):
        rows = [Row(number, work) for number, work in group]
        items += [Heading(f"{labels.SECTORS[sector]}  {len(rows)}", sector), *rows]
    if unplaced:
        unplaced_heading = gettext("未上图的工程")
        items.append(Heading(f"{unplaced_heading}  {len(unplaced)}", None))
    before = ""
    for work in sorted(unplaced, key=lambda work: work.reason):
        items.append(Unplaced(work, "" if work.reason == before else work.reason))
        before = work.reason
    return items


def title_of(work: PosterWork) -> str:
    """The name, with the ends of its stretch where the name does not say them."""
    name = printable(work.name)
    if work.extent and not all(end in work.name for end in work.extent):
        start, end = map(printable, work.extent)
        return f"{name}（{start}—{end}）"
    return name


class Listing:
    """Sets the items at the largest size at which they fit a box; what does not fit even at the smallest goes on."""

    def __init__(self, canvas: Canvas, items: Sequence[Item], unit: float) -> None:
        self._canvas, self._items, self._unit = canvas, list(items), unit
        self._status = max(STATUS, *(self._ems(str(label)) for label in labels.STATUSES.values()))

    def _ems(self, text: str) -> float:
        return self._canvas.text_width(text, 1) + 0.7

    def draw(self, box: Box) -> bool:
        """Draws as many items as the box holds, and forgets them; says whether more are left."""
        size = max(LARGEST * self._unit, SMALLEST)
        pages, width = self._fit(box, size)
        while len(pages) > 1 and size > SMALLEST:
            size = max(size * SHRINK, SMALLEST)
            pages, width = self._fit(box, size)
        self._draw_page(box, size, width, pages[0])
        self._items = [item for page in pages[1:] for column in page for item in column]
        return bool(self._items)

    def _fit(self, box: Box, size: float) -> tuple[list[list[list[Item]]], float]:
        """The items by pages and columns, in as few columns as hold them all; and the width of a column."""
        most = max(int((box.width + GAP * size) / ((COLUMN + GAP) * size)), 1)
        for count in range(1, most + 1):
            width = (box.width - (count - 1) * GAP * size) / count
            columns = list(self._fill(box.height - HEAD * size, width, size))
            pages = [columns[start : start + count] for start in range(0, len(columns), count)]
            if len(pages) == 1 or count == most:
                break
        if len(pages) == 1:
            pages = [self._balanced(box.height - HEAD * size, width, size, count)]
        return pages, width

    def _balanced(self, height: float, width: float, size: float, count: int) -> list[list[Item]]:
        """The items of one page in columns that are as low as holds them all, so that none has a single row left."""

        def columns(share: float) -> list[list[Item]]:
            return list(self._fill(height * share, width, size))

        lowest = bisect_left(SHARES_OF_HEIGHT, True, key=lambda share: len(columns(share)) <= count)
        return columns(SHARES_OF_HEIGHT[lowest])

    def _fill(self, height: float, width: float, size: float) -> Iterator[list[Item]]:
        column: list[Item] = []
        room = height
        for place, item in enumerate(self._items):
            needs = self._height(item, width, size)
            following = self._items[place + 1] if place + 1 < len(self._items) else None
            together = needs + (self._height(following, width, size) if isinstance(item, Heading) and following else 0)
            if column and together > room:
                yield column
                column, room = [], height
            column.append(item)
            room -= needs
        if column:
            yield column

    def _height(self, item: Item, width: float, size: float) -> float:
        if isinstance(item, Heading):
            return HEADING * size
        if isinstance(item, Row):
            return (0.25 + LINE * len(self._name_lines(item.work, width, size))) * size
        lines = len(self._reason_lines(item.reason, width, size)) + 1
        return (0.15 + LINE * lines + (0.4 if item.reason else 0)) * size

    def _name_lines(self, work: PosterWork, width: float, size: float) -> list[str]:
        room = width - (NUMBER + self._status + TOWN) * size
        return self._canvas.wrapped(title_of(work), room, size, NAME_LINES)

    def _reason_lines(self, reason: str, width: float, size: float) -> list[str]:
        return self._canvas.wrapped(printable(reason), width, size, REASON_LINES) if reason else []

    def _draw_page(self, box: Box, size: float, width: float, columns: Sequence[Sequence[Item]]) -> None:
        for place, column in enumerate(columns):
            x, y = box.x + place * (width + GAP * size), box.y + HEAD * size
            if any(isinstance(item, Row) for item in column):
                self._draw_head(x, box.y, width, size)
            for item in column:
                self._draw_item(item, x, y, width, size)
                y += self._height(item, width, size)
            if place:
                self._canvas.context.move_to(x - GAP * size / 2, box.y)
                self._canvas.context.line_to(x - GAP * size / 2, box.bottom)
                self._canvas.stroke_path("#d9d4cb", 0.1 * size)

    def _draw_head(self, x: float, y: float, width: float, size: float) -> None:
        """What the columns of a row are."""
        baseline, small = y + 0.8 * size, 0.85 * size
        self._canvas.text(x + NUMBER * size, baseline, gettext("编号与名称"), small, colour=SOFT)
        self._canvas.text(x + width - (TOWN + self._status - 0.5) * size, baseline, gettext("进展"), small, colour=SOFT)
        self._canvas.text(x + width, baseline, gettext("乡镇"), small, colour=SOFT, anchor="right")

    def _draw_item(self, item: Item, x: float, y: float, width: float, size: float) -> None:
        if isinstance(item, Heading):
            self._draw_heading(item, x, y, width, size)
        elif isinstance(item, Row):
            self._draw_row(item, x, y, width, size)
        else:
            self._draw_unplaced(item, x, y, width, size)

    def _draw_heading(self, item: Heading, x: float, y: float, width: float, size: float) -> None:
        colour = SIGNS[item.sector].colour if item.sector else INK
        self._canvas.fill_box(x, y + 0.3 * size, width, 1.55 * size, colour)
        baseline = y + (0.3 + 0.78 + 0.36) * size
        self._canvas.text(x + 0.6 * size, baseline, item.text, size, face=Face.BOLD, colour="#ffffff")

    def _draw_row(self, item: Row, x: float, y: float, width: float, size: float) -> None:
        work, canvas = item.work, self._canvas
        baseline = y + 1.1 * size
        colour = SIGNS[work.sector].colour
        canvas.text(x + 1.9 * size, baseline, str(item.number), size, face=Face.BOLD, colour=colour, anchor="right")
        for number, line in enumerate(self._name_lines(work, width, size)):
            canvas.text(x + NUMBER * size, baseline + number * LINE * size, line, size)
        status_x = x + width - (TOWN + self._status - 0.5) * size
        canvas.text(status_x, baseline, str(labels.STATUSES[work.status]), 0.9 * size, colour=SOFT)
        town = canvas.shortened(printable(work.town), TOWN * size, 0.9 * size)
        canvas.text(x + width, baseline, town, 0.9 * size, colour=SOFT, anchor="right")

    def _draw_unplaced(self, item: Unplaced, x: float, y: float, width: float, size: float) -> None:
        canvas = self._canvas
        y += 0.4 * size if item.reason else 0
        for line in self._reason_lines(item.reason, width, size):
            canvas.text(x, y + 1.05 * size, line, 0.92 * size, colour="#7a4a00")
            y += LINE * size
        room = width - (1.2 + self._status) * size
        canvas.context.arc(x + 0.5 * size, y + 0.75 * size, 0.16 * size, 0, 7)
        canvas.colour(SIGNS[item.work.sector].colour)
        canvas.context.fill()
        canvas.text(x + 1.2 * size, y + 1.1 * size, canvas.shortened(title_of(item.work), room, size), size)
        status = str(labels.STATUSES[item.work.status])
        canvas.text(x + width, y + 1.1 * size, status, 0.9 * size, colour=SOFT, anchor="right")

"""What stands around the map: frame, title, graticule, north arrow, key, scale bar, sources."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext
from shapely import LineString

from gazetteer.vocabulary import Precision, Sector, Status
from webmap import labels
from webmap.poster import base_map
from webmap.poster.canvas import Canvas, Face, printable
from webmap.poster.inset import Inset
from webmap.poster.layout import Box, Layout
from webmap.poster.projection import Projection
from webmap.poster.symbols import draw_disc, draw_line

INK, SOFT, RED = "#20242a", "#5d6670", "#b3261e"
TICK_SPACING = 42  # mm on A3 between the lines of the graticule, at least
BAR_LENGTH = 52  # mm on A3 of the scale bar, at most
BAR_PARTS = 4
KEY_ROWS, KEY_SIZE = 5, 2.45  # entries in a column of the key, and mm of their letters on A3
KEY_SHARE = 0.72  # of the key's width that its signs may take: the rest is for scale and sources
STATUS_LINE = 9.5  # mm on A3 of a line in the key: two of the longest dashes


def draw_sheet(canvas: Canvas, layout: Layout) -> None:
    """The double frame of the sheet."""
    sheet, unit = layout.sheet, layout.unit
    canvas.frame(sheet.x, sheet.y, sheet.width, sheet.height, 0.9 * unit, INK)
    inner = sheet.inset(1.3 * unit)
    canvas.frame(inner.x, inner.y, inner.width, inner.height, 0.2 * unit, INK)


def draw_title(canvas: Canvas, layout: Layout, title: str, subtitle: str, *, fictional: bool) -> None:
    """Title and subtitle in the middle of the sheet, and the mark of what is made up at their right."""
    box, unit = layout.title, layout.unit
    middle, room = box.x + box.width / 2, box.width - 90 * unit
    size = 9.6 * unit
    while size > 5 * unit and canvas.text_width(title, size, Face.SERIF_BOLD) > room:
        size *= 0.95
    title = canvas.shortened(title, room, size, Face.SERIF_BOLD)
    canvas.text(middle, box.y + 9.2 * unit, title, size, face=Face.SERIF_BOLD, anchor="middle")
    subtitle = canvas.shortened(subtitle, box.width - 60 * unit, 3.1 * unit)
    canvas.text(middle, box.y + 15.4 * unit, subtitle, 3.1 * unit, colour=SOFT, anchor="middle")
    if fictional:
        mark = gettext("虚构示例")
        width = canvas.text_width(mark, 5 * unit, Face.BOLD) + 5 * unit
        canvas.frame(box.right - width, box.y + 3 * unit, width, 8.4 * unit, 0.7 * unit, RED)
        canvas.text(
            box.right - width / 2,
            box.y + 9 * unit,
            mark,
            5 * unit,
            face=Face.BOLD,
            colour=RED,
            anchor="middle",
        )


def draw_graticule(canvas: Canvas, projection: Projection, unit: float) -> None:
    """The border of the map, with ticks and figures of degrees, and crosses where meridians and parallels meet."""
    box, figure = projection.box, 1.9 * unit
    outer = box.inset(-4.2 * unit)
    canvas.frame(box.x, box.y, box.width, box.height, 0.25 * unit, INK)
    canvas.frame(outer.x, outer.y, outer.width, outer.height, 0.55 * unit, INK)
    for tick in projection.ticks(TICK_SPACING * unit):
        dx, dy = {"top": (0, -1), "bottom": (0, 1), "left": (-1, 0), "right": (1, 0)}[tick.edge]
        canvas.context.move_to(tick.x, tick.y)
        canvas.context.line_to(tick.x + dx * 1.2 * unit, tick.y + dy * 1.2 * unit)
        canvas.stroke_path(INK, 0.2 * unit)
        text = degrees_in_words(tick.degrees)
        if dx == 0:
            canvas.text(tick.x, tick.y + dy * 2.7 * unit + 0.36 * figure, text, figure, anchor="middle")
        else:
            x = tick.x + dx * 2.7 * unit + 0.36 * figure
            canvas.text(x, tick.y, text, figure, anchor="middle", angle=-math.pi / 2)


def degrees_in_words(degrees: float) -> str:
    """Degrees, minutes and, where they are not whole minutes, seconds."""
    seconds = round(degrees * 3600)
    whole, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{whole}°{minutes:02d}′" + (f"{seconds:02d}″" if seconds else "")


def north_arrow(projection: Projection, unit: float) -> Box:
    """Where the north arrow stands: in the map's upper right corner."""
    box = projection.box
    return Box(box.right - 15 * unit, box.y + 3 * unit, 12 * unit, 19 * unit)


def draw_north_arrow(canvas: Canvas, projection: Projection, unit: float) -> None:
    """An arrow that points to true north."""
    room = north_arrow(projection, unit)
    x, y, half, reach = room.x + room.width / 2, room.y + 12 * unit, 3.1 * unit, 6.5 * unit
    context = canvas.context
    context.save()
    context.translate(x, y)
    context.rotate(projection.true_north(x, y))
    for side, colour in ((-1, INK), (1, "#ffffff")):
        context.move_to(0, -reach)
        context.line_to(side * half, reach)
        context.line_to(0, reach * 0.6)
        context.close_path()
        canvas.colour(colour)
        context.fill_preserve()
        canvas.stroke_path(INK, 0.25 * unit)
    canvas.text(0, -reach - 1.2 * unit, "N", 4.2 * unit, face=Face.SERIF_BOLD, anchor="middle", halo=0.4 * unit)
    context.restore()


def draw_inset_frame(canvas: Canvas, inset: Inset, unit: float) -> Box:
    """The frames of the enlarged part and of the inset, which says its scale; returns the room that takes."""
    window, box = inset.window, inset.projection.box
    canvas.frame(*window, 0.35 * unit, RED)
    canvas.frame(*box, 0.6 * unit, RED)
    text = gettext("放大图 1 : %(n)s", n=_figures(inset.projection.scale))
    size = 2.6 * unit
    room = Box(box.x, box.y, canvas.text_width(text, size, Face.BOLD) + 3 * unit, 4.6 * unit)
    canvas.fill_box(*room, RED)
    canvas.text(room.x + 1.5 * unit, room.y + 3.2 * unit, text, size, face=Face.BOLD, colour="#ffffff")
    return room


def _figures(number: float) -> str:
    """A number in groups of three figures."""
    return f"{number:,.0f}".replace(",", " ")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the key: `draw(x, y)` draws its sign around a point; `more` mm beside it are drawn on too."""

    text: str
    draw: Callable[[float, float], None]
    more: float = 0


def draw_key(canvas: Canvas, layout: Layout, projection: Projection, sources: Sequence[str], used: set[Sector]) -> None:
    """Signs of sectors, statuses, precisions and of the base map; then scale, projection, sources and date."""
    unit, box = layout.unit, layout.key
    canvas.frame(*box, 0.25 * unit, INK)
    sectors, statuses, precisions = _disc_entries(canvas, 0.8 * unit, used)
    blocks = [
        (gettext("工作领域"), sectors),
        (gettext("进展"), statuses),
        (gettext("定位精度"), precisions),
        (gettext("底图"), _base_entries(canvas, unit)),
    ]
    total = sum(_block_width(canvas, unit, heading, entries) for heading, entries in blocks)
    shrink = min(1, KEY_SHARE * box.width / total)  # on a narrow map, or in the longer words of English
    x = 3 * unit
    canvas.context.save()
    canvas.context.translate(box.x, box.y + (1 - shrink) * box.height / 2)
    canvas.context.scale(shrink)
    for heading, entries in blocks:
        _draw_block(canvas, x, unit, heading, entries)
        x += _block_width(canvas, unit, heading, entries)
        canvas.context.move_to(x - 1.6 * unit, 2.5 * unit)
        canvas.context.line_to(x - 1.6 * unit, box.height - 2.5 * unit)
        canvas.stroke_path("#c9c4ba", 0.15 * unit)
    canvas.context.restore()
    left = box.x + x * shrink + unit
    _draw_imprint(canvas, Box(left, box.y, box.right - left - 3 * unit, box.height), unit, projection, sources)


def _columns(entries: Sequence[Entry]) -> list[Sequence[Entry]]:
    return [entries[start : start + KEY_ROWS] for start in range(0, len(entries), KEY_ROWS)]


def _column_width(canvas: Canvas, unit: float, column: Sequence[Entry]) -> float:
    return 8.4 * unit + max(entry.more + canvas.text_width(entry.text, KEY_SIZE * unit) for entry in column)


def _block_width(canvas: Canvas, unit: float, heading: str, entries: Sequence[Entry]) -> float:
    columns = sum(_column_width(canvas, unit, column) for column in _columns(entries))
    return max(columns, canvas.text_width(heading, 2.8 * unit, Face.BOLD) + 2 * unit) + 1.6 * unit


def _draw_block(canvas: Canvas, x: float, unit: float, heading: str, entries: Sequence[Entry]) -> None:
    """One block of the key, from its upper left corner."""
    size = KEY_SIZE * unit
    canvas.text(x, 5.2 * unit, heading, 2.8 * unit, face=Face.BOLD)
    for column in _columns(entries):
        for row, entry in enumerate(column):
            y = (10.2 + row * 5.6) * unit
            entry.draw(x + 2.6 * unit, y)
            canvas.text(x + 6.2 * unit + entry.more, y + 0.36 * size, entry.text, size)
        x += _column_width(canvas, unit, column)


def _disc_entries(canvas: Canvas, unit: float, used: set[Sector]) -> tuple[list[Entry], list[Entry], list[Entry]]:
    def disc(sector: Sector, status: Status, precision: Precision) -> Callable[[float, float], None]:
        return lambda x, y: draw_disc(canvas, x, y, unit, sector, status, precision, "")

    plain = Sector.INDUSTRY  # grey
    sectors = [
        Entry(str(labels.SECTORS[sector]), disc(sector, Status.COMPLETE, Precision.EXACT))
        for sector in Sector
        if sector in used
    ]

    def disc_and_line(status: Status) -> Callable[[float, float], None]:
        def draw(x: float, y: float) -> None:
            disc(plain, status, Precision.EXACT)(x, y)
            stroke = LineString([(x + 3.2 * unit, y), (x + 3.2 * unit + STATUS_LINE * unit, y)])
            draw_line(canvas, stroke, unit, plain, status, True)

        return draw

    more = (STATUS_LINE + 1) * unit
    statuses = [Entry(str(labels.STATUSES[status]), disc_and_line(status), more) for status in Status]
    shown = (Precision.EXACT, Precision.PARTIAL, Precision.NEAR, Precision.TOWN)
    texts = {precision: str(labels.PRECISIONS[precision]) for precision in shown}
    texts[Precision.EXACT] = gettext("确切位置、路段")
    precisions = [Entry(texts[precision], disc(plain, Status.START, precision)) for precision in shown]
    return sectors, statuses, precisions


def _base_entries(canvas: Canvas, unit: float) -> list[Entry]:
    def line(*strokes: tuple[str, float, tuple[float, ...]]) -> Callable[[float, float], None]:
        def draw(x: float, y: float) -> None:
            for colour, width, dashes in strokes:
                canvas.context.move_to(x - 2.6 * unit, y)
                canvas.context.line_to(x + 2.6 * unit, y)
                canvas.stroke_path(colour, width * unit, dashes=tuple(dash * unit for dash in dashes))

        return draw

    def area(colour: str) -> Callable[[float, float], None]:
        return lambda x, y: canvas.fill_box(x - 2.6 * unit, y - 1.4 * unit, 5.2 * unit, 2.8 * unit, colour)

    boundary = base_map.BOUNDARY_COLOUR
    return [
        Entry(gettext("县市界"), line((boundary, *base_map.BOUNDARIES["county"]))),
        Entry(gettext("乡镇界"), line((boundary, *base_map.BOUNDARIES["town"]))),
        Entry(gettext("高速公路"), line(("#c07f2a", 1.15, ()), (base_map.EXPRESSWAY, 0.8, ()))),
        Entry(gettext("铁路"), line(("#5d5d5d", 0.55, ()), ("#ffffff", 0.35, (1.3, 1.3)))),
        Entry(gettext("道路"), line((base_map.ROAD_EDGE, 0.75, ()), (base_map.ROAD, 0.5, ()))),
        Entry(gettext("水域"), area(base_map.AREAS["water"])),
        Entry(gettext("绿地"), area(base_map.AREAS["park"])),
    ]


def _draw_imprint(canvas: Canvas, box: Box, unit: float, projection: Projection, sources: Sequence[str]) -> None:
    """Scale in figures and as a bar, projection, sources and date."""
    middle = box.x + box.width / 2
    scale = _figures(projection.scale)
    canvas.text(
        middle, box.y + 5.4 * unit, gettext("比例尺 1 : %(n)s", n=scale), 3.3 * unit, face=Face.BOLD, anchor="middle"
    )
    _draw_scale_bar(canvas, middle, box.y + 9.6 * unit, min(BAR_LENGTH * unit, box.width - 12 * unit), projection, unit)
    size, y = 2.05 * unit, box.y + 17 * unit
    lines = [
        gettext("CGCS2000 高斯-克吕格投影，3° 分带，中央经线 %(m)g°E", m=projection.central_meridian),
        *sources,
        gettext("制图日期 %(day)s · 挂图 guatu", day=date.today().isoformat()),
    ]
    texts = [canvas.wrapped(printable(line), box.width, size, 3) for line in lines]
    rows = [row for text in texts for row in text]
    most = int((box.bottom - 2 * unit - y) / (1.4 * size))
    for row in [*rows[: most - 1], rows[-1]] if len(rows) > most else rows:
        canvas.text(box.x, y + size, row, size, colour=SOFT)
        y += 1.4 * size


def _draw_scale_bar(
    canvas: Canvas, middle: float, top: float, length: float, projection: Projection, unit: float
) -> None:
    metres = projection.scale_bar(length)
    width, height, size = metres / projection.metres_a_mm, 1.1 * unit, 2 * unit
    left = middle - width / 2
    for part in range(BAR_PARTS):
        x = left + part * width / BAR_PARTS
        canvas.fill_box(x, top, width / BAR_PARTS, height, INK if part % 2 == 0 else "#ffffff")
    canvas.frame(left, top, width, height, 0.2 * unit, INK)
    large = metres >= 2000
    for part in range(0, BAR_PARTS + 1, 2):
        value = metres * part / BAR_PARTS
        text = f"{value / 1000:g}" if large else f"{value:g}"
        if part == BAR_PARTS:
            text += gettext(" 千米") if large else gettext(" 米")
        canvas.text(left + part * width / BAR_PARTS, top + height + 1.15 * size, text, size, anchor="middle")

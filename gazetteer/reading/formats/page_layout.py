"""From glyphs on pages to paragraphs in reading order: columns, running heads, continuations. Pure geometry, no file
format.

Lengths are points (1/72 inch), the origin is the page's bottom left corner, y grows upwards.
"""

import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gazetteer.reading.formats.continuations import SENTENCE_END, Line, Part, parts, stitched

SAME_ROW_EM = 0.4
"""Two glyphs whose baselines differ by less than this are on one row; the leading is at least 1.0."""

SEGMENT_GAP_EM = 0.7
"""A wider gap in a row parts two segments. Chinese is set solid, Latin words part at 0.25 to 0.5; column gutters are
1 to 3."""

CELL_GAP_EM = 1.5
"""A wider gap in a row that is not a gutter parts cells or a name from a title, and is written as a tab."""

MIN_COLUMN_ROWS = 3
"""A gutter runs along at least so many rows on both sides."""

MIN_COLUMN_EM = 6.0
"""Newspaper columns are 10 to 25 characters wide; narrower ones are serial numbers of a table."""

MIN_COLUMN_FILL = 0.75
"""Median width of a column's lines in its own width: justified prose is near 1, cells of a table are ragged."""

MAX_COLUMN_DEPTH = 8
"""Columns in columns."""

MAX_ROWS, MAX_SEGMENTS = 500, 5000
"""Rows and segments among which columns are looked for. The densest newspaper page has under 200 and 2,000."""

INDENT_EM = 1.2
"""A line that starts so far right of its column starts a paragraph; Chinese paragraphs are indented by 2."""

SHORT_EM = 2.5
"""A line that ends so far left of its column's edge ends a paragraph; line-breaking rules move at most 2 characters."""

RAGGED_SHARE = 0.3
"""Text that is not justified ends its lines up to this share of the column early; a line that ends in no sentence mark
must be shorter than that to end a paragraph."""

SIZE_CHANGE = 1.12
"""Ratio of type sizes from which two lines are not one paragraph."""

PARAGRAPH_LEADING = 1.6
"""A step down of so many usual ones parts paragraphs set with space between them."""

HEADING_SIZE = 1.25
"""Ratio to the usual type size from which a short line is a heading."""

MAX_HEADING_CHARS = 40

MARGIN_ROWS = 2
"""Running heads and page numbers are among the first and last so many rows of a page."""

REPEATED_SHARE = 0.3
"""A margin text on at least this share of the pages, and on two, is a running head (odd and even pages may differ)."""

_PAGE_NUMBER = re.compile(r"[-—–―·•\s]*(?:第\s*)?\d{1,4}\s*(?:页|/\s*\d{1,4})?(?:\s*共\s*\d+\s*页)?[-—–―·•\s]*")
_NEWSPAPER_HEAD = re.compile(
    r"星期[一二三四五六日天]|责任?编辑?[:：/]|(?:版面|版式|美术)(?:设计|编辑)|美编|校对[:：]|(?:新闻)?热线|投稿|E-?mail|国内统一"
    r"|^(?:第?\s*[0-9A-Z一二三四五六七八]{1,3}\s*版|[0-9A-Z]{0,3}\s*(?:要闻|综合|专版|专题|特刊|时政|新闻|社会|民生|聚焦|关注|广告))$"
)
_EDITION = re.compile(r"第?\s*([0-9A-Z]{1,3}|[一二三四五六七八九十]{1,2})\s*版")
_NUMBERED = re.compile(
    r"[(（]?[一二三四五六七八九十]{1,3}[)）、.]|第[一二三四五六七八九十]{1,3}[、,，章节]|\d{1,2}[.．、]"
)


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character: `left` and `right` of its body, its baseline, its type size; `spaced` where a space comes before
    it."""

    char: str
    left: float
    right: float
    base: float
    size: float
    spaced: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """Glyphs of one row with no wide gap between them."""

    text: str
    left: float
    right: float
    base: float
    size: float


@dataclass(frozen=True, slots=True)
class _Region:
    segments: list[Segment]
    left: float
    right: float


Row = list[Segment]


def paragraphs(pages: Sequence[Sequence[Glyph]]) -> list[str]:
    """Paragraphs of a document in reading order; headings, known by their larger type, start with `# `.

    Running heads, page numbers and 下转/上接 marks are left out, and a part continued on another page follows its
    first part.
    """
    rows = [_rows(_segments(page)) for page in pages]
    heads = _running_heads(rows)
    found: list[Part] = []
    for number, page_rows in enumerate(rows, start=1):
        body, edition = _without_margins(page_rows, heads)
        found.extend(parts(_lines(body), edition or str(number)))
    lines = list(stitched(found))
    sizes = Counter(round(line.size, 1) for line in lines for _ in line.text)
    usual = sizes.most_common(1)[0][0] if sizes else 1.0
    return list(_joined(lines, usual))


def _segments(glyphs: Sequence[Glyph]) -> list[Segment]:
    by_height = sorted(glyphs, key=lambda g: (-g.base, g.left))
    row: list[Glyph] = []
    segments: list[Segment] = []
    for glyph in by_height:
        if row and abs(row[0].base - glyph.base) > SAME_ROW_EM * min(row[0].size, glyph.size):
            segments.extend(_split(row))
            row = []
        row.append(glyph)
    segments.extend(_split(row))
    return segments


def _split(row: list[Glyph]) -> Iterator[Segment]:
    run: list[Glyph] = []
    for glyph in sorted(row, key=lambda g: g.left):
        if run and glyph.left - run[-1].right > SEGMENT_GAP_EM * max(glyph.size, run[-1].size):
            yield _segment(run)
            run = []
        if run and glyph.char == run[-1].char and glyph.left - run[-1].left < 0.3 * glyph.size:
            continue  # bold made by printing twice
        run.append(glyph)
    if run:
        yield _segment(run)


def _segment(run: list[Glyph]) -> Segment:
    text = run[0].char
    for before, after in pairwise(run):
        text += (" " if after.spaced and before.char.isascii() and after.char.isascii() else "") + after.char
    size = statistics.median(g.size for g in run)
    return Segment(text, run[0].left, max(g.right for g in run), run[0].base, size)


def _rows(segments: Sequence[Segment]) -> list[Row]:
    rows: list[Row] = []
    for segment in sorted(segments, key=lambda s: (-s.base, s.left)):
        if rows and abs(rows[-1][0].base - segment.base) <= SAME_ROW_EM * min(rows[-1][0].size, segment.size):
            rows[-1].append(segment)
        else:
            rows.append([segment])
    return [sorted(row, key=lambda s: s.left) for row in rows]


def _margin_rows(rows: list[Row]) -> list[Row]:
    return rows if len(rows) <= 2 * MARGIN_ROWS else rows[:MARGIN_ROWS] + rows[-MARGIN_ROWS:]


def _running_heads(pages: Sequence[list[Row]]) -> frozenset[tuple[str, int]]:
    """Margin texts that stand at the same height on several pages."""
    seen = Counter(head for rows in pages for head in {_head(s) for row in _margin_rows(rows) for s in row})
    needed = max(2.0, REPEATED_SHARE * len(pages))
    return frozenset(head for head, count in seen.items() if count >= needed)


def _head(segment: Segment) -> tuple[str, int]:
    """What running heads have in common: the words, all numbers made alike, and the height."""
    return re.sub(r"\d+", "#", segment.text), round(segment.base)


def _without_margins(rows: list[Row], heads: frozenset[tuple[str, int]]) -> tuple[list[Row], str | None]:
    """Rows without running heads and page numbers; and the edition (版) that a dropped one names."""
    margin = {id(row) for row in _margin_rows(rows)}
    outermost = {id(row) for row in (rows[:1] + rows[-1:])}
    kept: list[Row] = []
    edition: str | None = None
    for row in rows:
        if id(row) not in margin:
            kept.append(row)
            continue
        rest = [s for s in row if _head(s) not in heads and not _NEWSPAPER_HEAD.search(s.text)]
        if (id(row) in outermost or len(rest) < len(row)) and all(_PAGE_NUMBER.fullmatch(s.text) for s in rest):
            rest = []
        for dropped in (s for s in row if s not in rest):
            if match := _EDITION.search(dropped.text):
                edition = match.group(1)
        if rest:
            kept.append(rest)
    return kept, edition


def _lines(rows: list[Row]) -> list[Line]:
    segments = [segment for row in rows for segment in row]
    if not segments:
        return []
    region = _Region(segments, min(s.left for s in segments), max(s.right for s in segments))
    return list(_read(region, 0))


def _read(region: _Region, depth: int) -> Iterator[Line]:
    """Lines of a region: the largest block of columns in it, what is above before and what is below after it."""
    rows = _rows(region.segments)
    searched = depth < MAX_COLUMN_DEPTH and len(rows) <= MAX_ROWS
    enough = 2 * MIN_COLUMN_ROWS <= len(region.segments) <= MAX_SEGMENTS
    found = _columns(rows) if searched and enough else None
    if found is None:
        yield from _column_lines(rows, region)
        return
    first, last, gutters = found
    edges = [region.left, *gutters, region.right]
    yield from _read_part(rows[:first], region.left, region.right, depth)
    for left, right in pairwise(edges):
        yield from _read_part(
            [[s for s in row if left <= s.left < right] for row in rows[first:last]], None, None, depth
        )
    yield from _read_part(rows[last:], region.left, region.right, depth)


def _read_part(rows: list[Row], left: float | None, right: float | None, depth: int) -> Iterator[Line]:
    segments = [segment for row in rows for segment in row]
    if segments:
        own_left, own_right = min(s.left for s in segments), max(s.right for s in segments)
        region = _Region(segments, own_left if left is None else left, own_right if right is None else right)
        yield from _read(region, depth + 1)


def _columns(rows: list[Row]) -> tuple[int, int, list[float]] | None:
    """The longest run of rows with gutters along it: first row, row after the last, middle x of each gutter."""
    best: tuple[int, int, list[float]] | None = None
    most = 0
    for first in range(len(rows)):
        covered: list[tuple[float, float]] = []
        gutters: list[float] = []
        count, last = 0, first
        for row in rows[first:]:
            widened = _union(covered, row)
            gaps = _gaps(widened, row[0].size)
            if gutters and not gaps:
                break
            covered, gutters = widened, gaps
            last, count = last + 1, count + len(row)
        if gutters and count > most and _are_columns(rows[first:last], gutters):
            best, most = (first, last, gutters), count
    return best


def _union(intervals: list[tuple[float, float]], row: Row) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for left, right in sorted([*intervals, *((s.left, s.right) for s in row)]):
        if merged and left <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], right)
        else:
            merged.append((left, right))
    return merged


def _gaps(intervals: list[tuple[float, float]], size: float) -> list[float]:
    pairs = pairwise(intervals)
    return [(a[1] + b[0]) / 2 for a, b in pairs if b[0] - a[1] > SEGMENT_GAP_EM * size]


def _are_columns(rows: list[Row], gutters: list[float]) -> bool:
    edges = [float("-inf"), *gutters, float("inf")]
    for left, right in pairwise(edges):
        column = [s for row in rows for s in row if left <= s.left < right]
        if len(column) < MIN_COLUMN_ROWS:
            return False
        width = max(s.right for s in column) - min(s.left for s in column)
        size = statistics.median(s.size for s in column)
        if (
            width < MIN_COLUMN_EM * size
            or statistics.median(s.right - s.left for s in column) < MIN_COLUMN_FILL * width
        ):
            return False
    return True


def _column_lines(rows: list[Row], region: _Region) -> Iterator[Line]:
    steps = [above[0].base - below[0].base for above, below in pairwise(rows)]
    usual_step = statistics.median(steps) if steps else 0.0
    for number, row in enumerate(rows):
        size = max(row, key=lambda s: len(s.text)).size
        text = row[0].text
        for before, after in pairwise(row):
            text += ("\t" if after.left - before.right > CELL_GAP_EM * size else "") + after.text
        room = region.right - row[-1].right
        short = room > SHORT_EM * size and (
            text.endswith(SENTENCE_END) or room > RAGGED_SHARE * (region.right - region.left)
        )
        stepped = number > 0 and steps[number - 1] > PARAGRAPH_LEADING * usual_step
        yield Line(
            text,
            size,
            starts=stepped or row[0].left - region.left > INDENT_EM * size or "\t" in text,
            ends=short or "\t" in text,
        )


def _joined(lines: list[Line], usual_size: float) -> Iterator[str]:
    text = ""
    before: Line | None = None
    for line in lines:
        heading = line.size >= HEADING_SIZE * usual_size and len(line.text) <= MAX_HEADING_CHARS
        if before is not None and _continues(before, line):
            spaced = text[-1].isascii() and line.text[0].isascii() and text[-1].isalnum() and line.text[0].isalnum()
            text += (" " if spaced and text[-1].isalpha() and line.text[0].isalpha() else "") + line.text
        else:
            if text:
                yield text
            text = ("# " if heading else "") + line.text
        before = line
    if text:
        yield text


def _continues(before: Line, line: Line) -> bool:
    if before.ends or line.starts or max(before.size, line.size) > SIZE_CHANGE * min(before.size, line.size):
        return False
    return not (_NUMBERED.match(line.text) and before.text.endswith(SENTENCE_END))

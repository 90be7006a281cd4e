"""Report text to paragraphs: joined columns, headings and whether they look back or forward.

A paragraph's text is normalised so that the grammar sees one form of each character (full-width punctuation, half-width
digits and letters, one dash, no white space); every position in it leads back to the report's own characters.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from gazetteer.reading.lexicon import Lexicon
from gazetteer.vocabulary import Period
from gazetteer.work import Span

MAX_PARAGRAPH = 20_000
"""Characters after which a paragraph is closed even without a full stop: no report has one so long."""
MAX_HEADING = 45
"""Characters of the longest line that is taken as a heading: a sentence is longer."""
DEFAULT_SAMPLE = 60_000
"""Characters of a text that are looked at to tell where it looks, where no heading says it: a long report."""
PARTED = 4_000
"""Characters from which on a text without such headings may look back first and then forward; a passage does not."""
WIDER = 2
"""Times its length that the line behind a line is at least, where the end of the column did not break the first."""
TURN_SAMPLE = 1500
"""Characters behind a heading that are looked at where its words do not say, or may not mean, where it looks."""
MAX_LEAD = 24
"""Characters of the longest run-in heading (高水平健全交通路网。) with which a paragraph opens."""

_FORMS = {ord("！") + i: chr(ord("!") + i) for i in range(94)}  # full-width ASCII to ASCII
_FORMS |= {ord(c): "-" for c in "‐‑‒–—―─━－~～〜∼﹣−"}
_FORMS |= {ord(a): b for a, b in zip(",;:!?()[]｡﹐﹑﹔﹕【】〔〕", "，；：！？（）（）。，、；：（）（）", strict=True)}
_FORMS |= {ord(a): a for a in "，；：！？（）"}
_FORMS |= {
    ord("［"): "（",
    ord("］"): "）",
    ord("「"): "“",
    ord("」"): "”",
    ord("『"): "“",
    ord("』"): "”",
    ord("．"): ".",
    ord("·"): "·",
}

_HIDDEN = re.compile(
    r"(?:[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]+|[\[〔［]\d{1,3}[\]〕］])+"
)
"""What is no part of a sentence: white space, control characters, the marks of notes (〔23〕)."""
_THOUSANDS = re.compile(r"(?<=\d)，(?=\d{3}(?!\d))")
_DIGITS = "一二三四五六七八九十百零〇两"
_NUMBERED = (
    (1, re.compile(rf"第[{_DIGITS}\d]+(?:部分|章|篇|编)[、：，.]?")),
    (2, re.compile(rf"[{_DIGITS}]+、")),
    (3, re.compile(rf"（[{_DIGITS}]+）、?|第[{_DIGITS}]+节")),
    (4, re.compile(r"\d{1,2}(?:[、．]|\.(?!\d))")),
    (5, re.compile(r"（\d{1,2}）|[①-⑳]|\d{1,2}）")),
    (6, re.compile(rf"(?:[{_DIGITS}]+(?:是|要)|第[{_DIGITS}]+[，、：]|其[{_DIGITS}]+[，、：]|--?|[•●■◆▲★])")),
)
_PART = re.compile(rf"\n\s*[{_DIGITS}]+、")
"""Where the next part of a report begins."""
_LEAD_LEVEL = 7
_NAMING_LEVEL = 4
"""Numbered headings from this level on may themselves name works (3.新建公厕10座)."""
_POINT_LEVEL = 6
"""Run-in headings from this level on (一是, ——, bold leads) speak for their own paragraph only."""
_END = "。！？；：…”"
_YEAR = re.compile(r"20\d\d年|[今去]年|时期|主要工作")
"""Words of headings that open a part of the report, back or forward."""
_CONTINUED = re.compile(r"^（?(?:紧接|上接|接上)第?[\d一二三四]+版）?|（?(?:下转|转)第?[\d一二三四]+版）?$")


@dataclass(frozen=True, slots=True)
class Heading:
    """A title of the report: its words as written without its number, its level (1 is outermost), where it stands."""

    title: str
    level: int
    span: Span


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Joined and normalised `text`; `pieces` are (position in `text`, offset in the report) of its unbroken runs."""

    text: str
    pieces: tuple[tuple[int, int], ...]
    area: tuple[str, ...]
    period: Period

    def spans(self, start: int, end: int) -> list[Span]:
        """Where `text[start:end]` stands in the report: one span for each unbroken run."""
        if len(self.pieces) == 1:
            offset = self.pieces[0][1] - self.pieces[0][0]
            return [Span(start + offset, end + offset)] if start < end else []
        found: list[Span] = []
        index = max(bisect_right(self.pieces, (start, 1 << 62)) - 1, 0)
        while start < end and index < len(self.pieces):
            position, offset = self.pieces[index]
            stop = self.pieces[index + 1][0] if index + 1 < len(self.pieces) else len(self.text)
            upto = min(end, stop)
            if upto > start:
                begin = offset + start - position
                if found and found[-1].end == begin:
                    found[-1] = Span(found[-1].start, begin + upto - start)
                else:
                    found.append(Span(begin, begin + upto - start))
                start = upto
            index += 1
        return found


@dataclass(slots=True)
class _Line:
    text: str
    pieces: list[tuple[int, int]]
    blank_before: bool
    marks: int
    """The number of Markdown heading marks it opened with."""


def normalise(text: str) -> str:
    """One form of each character, the same length."""
    text = text.translate(_FORMS)
    return _THOUSANDS.sub(",", text) if "，" in text else text


def _runs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the runs of visible characters begin and end."""
    for gap in _HIDDEN.finditer(text, start, end):
        if gap.start() > start:
            yield start, gap.start()
        start = gap.end()
    if start < end:
        yield start, end


def _lines(text: str) -> Iterator[_Line]:
    blank, start, size = True, 0, len(text)
    while start < size:
        stop = text.find("\n", start)
        stop = size if stop < 0 else stop
        begin = start
        while begin < stop:  # a line beyond all measure is cut
            limit = min(stop, begin + MAX_PARAGRAPH)
            parts, pieces, length = [], [], 0
            for first, last in _runs(text, begin, limit):
                pieces.append((length, first))
                parts.append(text[first:last])
                length += last - first
            if parts:
                joined = normalise("".join(parts))
                marks = len(joined) - len(joined.lstrip("#"))
                if marks:
                    joined, pieces = _cut(joined, pieces, marks)
                if joined:
                    yield _Line(joined, pieces, blank, marks)
                    blank = False
            else:
                blank = True
            begin = limit
        blank = blank or stop == start
        start = stop + 1


def _cut(text: str, pieces: list[tuple[int, int]], count: int) -> tuple[str, list[tuple[int, int]]]:
    """The text and its pieces without the first `count` characters."""
    kept = []
    for index, (position, offset) in enumerate(pieces):
        stop = pieces[index + 1][0] if index + 1 < len(pieces) else len(text)
        if stop > count:
            begin = max(position, count)
            kept.append((begin - count, offset + begin - position))
    return text[count:], kept


def _number(text: str) -> tuple[int, int] | None:
    """The level of the number a line opens with, and where the number ends."""
    for level, pattern in _NUMBERED:
        if match := pattern.match(text):
            return level, match.end()
    return None


def _set_apart(line: _Line, following: _Line) -> bool:
    """Whether a line is a whole one, though no mark ends it: the next would have been broken as early as it."""
    return line.text[-1] not in "，、" and len(following.text) >= WIDER * len(line.text)


class Reader:
    """Goes through a report once and gives its paragraphs; collects its `headings`."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self._text = text
        self._done = lexicon.lists["done"]
        self._planned = lexicon.lists["planned"]
        self.headings: list[Heading] = []
        self._path: list[Heading] = []
        self._body_done = lexicon.lists["body_done"]
        self._body_planned = lexicon.lists["body_planned"]
        self._forward = self._parting(text[:DEFAULT_SAMPLE])
        self._said: Period | None = None
        self._open: list[_Line] = []

    def __iter__(self) -> Iterator[Paragraph]:
        length = 0
        lines = _lines(self._text)
        line = next(lines, None)
        while line is not None:
            following = next(lines, None)
            number = _number(line.text)
            fresh = not self._open or self._open[-1].text[-1] in _END
            fresh = fresh or (len(self._open) == 1 and _set_apart(self._open[0], line))
            if self._is_heading(line, number, fresh, following):
                yield from self._close()
                length = 0
                level = number[0] if number else min(max(line.marks, 1), 2)
                self._enter(line, level, number[1] if number else 0, len(line.text))
                if number and level >= _NAMING_LEVEL:
                    yield Paragraph(line.text, tuple(line.pieces), self._area(), self._period(line.pieces[0][1]))
            else:
                if fresh or number or length > MAX_PARAGRAPH:
                    yield from self._close()
                    length = 0
                self._open.append(line)
                length += len(line.text)
            line = following
        yield from self._close()

    def _is_heading(self, line: _Line, number: tuple[int, int] | None, fresh: bool, following: _Line | None) -> bool:
        text = line.text
        if line.marks:
            return True
        if len(text) > MAX_HEADING or text[-1] in "；：，、":
            return False
        if number:
            alone = following is None or following.blank_before or _number(following.text) is not None or len(text) < 30
            return (
                number[0] <= 4
                and not any(c in text for c in "。；")
                and alone
                and not text[number[1] :].startswith("，")
            )
        if not fresh or any(c in text for c in "，。；：、！？"):
            return False
        alone = line.blank_before and (following is None or following.blank_before)
        return alone or (self._period_of(text) is not None and following is not None and _set_apart(line, following))

    def _enter(self, line: _Line, level: int, start: int, end: int) -> None:
        title = line.text[start:end].strip("。：，、")
        if not title:
            return
        while self._path and self._path[-1].level >= level:
            self._path.pop()
        spans = Paragraph(line.text, tuple(line.pieces), (), Period.PLANNED).spans(start, start + len(title))
        heading = Heading(title, level, Span(spans[0].start, spans[-1].end))
        self._path.append(heading)
        self.headings.append(heading)
        if level <= 2:
            self._said = self._turn(heading) or self._said

    def _turn(self, heading: Heading) -> Period | None:
        """Where a heading makes the report look, or None: by its words; where it only names a year (2020年工作), or
        stands under another that has spoken, by the words behind it too."""
        said = self._period_of(heading.title)
        if said is None and not _YEAR.search(heading.title):
            return None
        if said is not None and (said is self._said or len(self._path) == 1):
            return said
        start = heading.span.end
        following = _PART.search(self._text, start, start + TURN_SAMPLE)
        body = self._looks(self._text[start : following.start() if following else start + TURN_SAMPLE])
        return body if said is None or body is said else None

    def _period_of(self, title: str) -> Period | None:
        done = any(cue in title for cue in self._done)
        planned = any(cue in title for cue in self._planned)
        if done == planned:
            return None
        return Period.DONE if done else Period.PLANNED

    def _looks(self, text: str) -> Period:
        """What most words of a text look to."""
        return Period.DONE if self._back(text) > 0 else Period.PLANNED

    def _back(self, text: str) -> int:
        """How many more words of a text look back than forward."""
        done = sum(text.count(word) for word in self._body_done)
        return done - sum(text.count(word) for word in self._body_planned)

    def _parting(self, text: str) -> int:
        """The offset from which on a text looks forward where no heading has spoken: a report looks back first, and
        turns at the line before and behind which most words agree; a passage does not turn."""
        if len(text) < PARTED:
            return 0 if self._looks(text) is Period.PLANNED else len(self._text)
        offset = best = turn = back = 0
        for line in text.splitlines(keepends=True):
            offset += len(line)
            back += self._back(line)
            if back >= best:
                best, turn = back, offset
        return turn if turn < len(text) else len(self._text)

    def _period(self, offset: int) -> Period:
        """Where the text at an offset looks."""
        return self._said or (Period.DONE if offset < self._forward else Period.PLANNED)

    def _close(self) -> Iterator[Paragraph]:
        if not self._open:
            return
        opened, self._open = self._open, []
        text, pieces, length = [], [], 0
        for line in opened:
            pieces += [(length + position, offset) for position, offset in line.pieces]
            text.append(line.text)
            length += len(line.text)
        joined = _Line("".join(text), pieces, True, 0)
        yield self._paragraph(joined)

    def _paragraph(self, line: _Line) -> Paragraph:
        """A paragraph that opens with a run-in heading lies under it."""
        number = _number(line.text)
        start = number[1] if number else 0
        stop = line.text.find("。", start, start + MAX_HEADING)
        level = number[0] if number else _LEAD_LEVEL
        if number and stop < 0 and level == 6:
            stop = line.text.find("，", start, start + MAX_LEAD)
        lead = line.text[start:stop] if stop > start else ""
        plain = lead and not any(c in lead for c in "；：")
        if plain and (number or (len(lead) <= MAX_LEAD and stop < len(line.text) - 1)):
            while self._path and self._path[-1].level >= level:
                self._path.pop()
            self._enter(line, level, start, stop)
        else:
            while self._path and self._path[-1].level >= _POINT_LEVEL:
                self._path.pop()
        return Paragraph(line.text, tuple(line.pieces), self._area(), self._period(line.pieces[0][1]))

    def _area(self) -> tuple[str, ...]:
        return tuple(heading.title for heading in self._path)

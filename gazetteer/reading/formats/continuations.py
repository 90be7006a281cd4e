"""Articles that a newspaper continues on another page (下转3版 … 上接1版), read through.

Where the first part is not in the file, or the second is not, only the marks are left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

_NUMBER = "[0-9A-Z〇一二三四五六七八九十]{1,3}"
_CONTINUED_ON = re.compile(rf"[(（【]?\s*[下紧]?转\s*第?\s*({_NUMBER})\s*版\s*[)）】]?\s*$")
_CONTINUED_FROM = re.compile(rf"^\s*[(（【]?\s*(?:上接|紧接|接)\s*第?\s*({_NUMBER})\s*版\s*[)）】]?\s*")
SENTENCE_END = tuple("。!！?？;；:：")
_CHINESE_DIGITS = {digit: str(number) for number, digit in enumerate("一二三四五六七八九十", start=1)}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a column. `starts` and `ends`: whether its place shows it to begin or to end a paragraph."""

    text: str
    size: float
    starts: bool
    ends: bool


@dataclass(slots=True)
class Part:
    """Lines of one page between continuation marks; `on` and `source` are the editions that the marks name."""

    lines: list[Line]
    edition: str
    source: str | None = None
    on: str | None = None


def _edition(text: str) -> str:
    return _CHINESE_DIGITS.get(text, text.lstrip("0"))


def parts(lines: list[Line], edition: str) -> list[Part]:
    """The lines of one page cut at its continuation marks, which are left out; `edition` is the page's own (3, A3)."""
    found = [Part([], _edition(edition))]
    for line in _with_whole_marks(lines):
        text = line.text
        if match := _CONTINUED_FROM.match(text):
            text = text[match.end() :]
            found.append(Part([], found[0].edition, source=_edition(match.group(1))))
        match = _CONTINUED_ON.search(text)
        if match:
            text = text[: match.start()]
        if text:
            found[-1].lines.append(replace(line, text=text))
        if match:
            if found[-1].lines:
                found[-1].lines[-1] = replace(found[-1].lines[-1], ends=False)
            found[-1].on = _edition(match.group(1))
            found.append(Part([], found[0].edition))
    return found


def _with_whole_marks(lines: list[Line]) -> list[Line]:
    """The lines, with a continuation mark that the end of a line broke put together again."""
    whole: list[Line] = []
    for line in lines:
        if whole:
            together = whole[-1].text + line.text
            match = _CONTINUED_ON.search(together)
            if match and match.start() < len(whole[-1].text):
                whole[-1] = replace(whole[-1], text=together)
                continue
        whole.append(line)
    return whole


def stitched(parts: list[Part]) -> Iterator[Line]:
    """Lines in reading order: a part that is continued elsewhere is followed by its continuation."""
    left = list(parts)
    while left:
        part: Part | None = left.pop(0)
        while part is not None:
            yield from part.lines
            following = _continuation(part, left)
            if following is not None:
                left.remove(following)
                if following.lines:
                    broken = bool(part.lines) and not part.lines[-1].text.endswith(SENTENCE_END)
                    following.lines[0] = replace(following.lines[0], starts=not broken)
            part = following


def _continuation(part: Part, candidates: list[Part]) -> Part | None:
    if part.on is None:
        return None
    sources = [other for other in candidates if other.source is not None]
    agreeing = [other for other in sources if other.edition == part.on or other.source == part.edition]
    return next(iter(agreeing or sources), None)

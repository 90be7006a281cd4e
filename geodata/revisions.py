"""What a planner's corrections make of works: pure functions from works as read to works as they are to be.

Wherever the report's words are known they are found again, so that a work's spans spell its name as far as it is
written in its sentence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gazetteer.errors import GuatuError
from gazetteer.vocabulary import Period
from gazetteer.work import Extent, Span, Work
from geodata.project_lists import read_name

SENTENCE_ENDS = "。！？；\n"
MAX_NAME = 120
"""Characters of a name that a person gives. Names in project lists have up to 80."""


def corrected(text: str, work: Work, fields: Mapping[str, Any]) -> Work:
    """The work with other values of its fields. `extent_from` and `extent_to` are given both or left empty both.

    A new name takes the place of the old one among the places, unless these are given anew too.
    """
    values = dict(fields)
    start, end = values.pop("extent_from", None), values.pop("extent_to", None)
    if bool(start) != bool(end):
        raise GuatuError("起点和终点要么都填，要么都不填。Give both ends of the stretch or neither")
    if values.get("quantity") is None:
        values["unit"] = None
    made = replace(work, **values, extent=Extent(start, end) if start and end else None, flags=())
    if made.name == work.name:
        return made
    places = _renamed_places(work, made.name) if made.places == work.places else made.places
    return replace(made, spans=_spelled(text, work, made.name), places=places)


def split(text: str, work: Work, names: Sequence[str]) -> list[Work]:
    """One work of every name, each otherwise like the one that is split. Raises GuatuError for less than two names."""
    if len(set(names)) < 2:
        raise GuatuError("拆分至少要两个不同的名称。Splitting takes at least two different names")
    return [
        replace(work, name=name, spans=_spelled(text, work, name), places=_renamed_places(work, name), flags=())
        for name in dict.fromkeys(names)
    ]


def merged(works: Sequence[Work], name: str | None = None) -> Work:
    """One work of several: the first, which the others are mentions of. Raises GuatuError for less than two works."""
    if len(works) < 2:
        raise GuatuError("合并至少要选两项工程。Merging takes at least two works")
    first, *others = works
    mentions = {*first.mentions, *(span for other in others for span in (other.spans[0], *other.mentions))}
    mentions -= set(first.spans)
    return replace(
        first,
        name=name or first.name,
        mentions=tuple(sorted(mentions, key=lambda span: (span.start, span.end))),
        places=tuple(dict.fromkeys(place for work in works for place in work.places)),
        flags=(),
    )


def added(text: str, span: Span, others: Sequence[Work]) -> Work:
    """A work of words that a person selected; its heading and period are those of the work before it in the text.

    Raises GuatuError where the words are none, or too many.
    """
    if not 0 <= span.start < span.end <= len(text):
        raise GuatuError("选中的文字不在报告里。The words selected are not in the report")
    name = "".join(text[span.start : span.end].split())
    if not 0 < len(name) <= MAX_NAME:
        raise GuatuError(f"请选中工程名称，最多 {MAX_NAME} 个字。Select the work's name, {MAX_NAME} characters at most")
    before = max(
        (work for work in others if work.spans[0].start <= span.start), key=lambda w: w.spans[0].start, default=None
    )
    start, end = sentence_around(text, span)
    return replace(
        read_name(name),
        area=before.area if before else (),
        period=before.period if before else Period.PLANNED,
        sentence=text[start:end].strip(),
        spans=(span,),
        flags=(),
    )


def sentence_around(text: str, span: Span) -> tuple[int, int]:
    """Where the sentence that holds a span begins and ends."""
    start = max(text.rfind(mark, 0, span.start) for mark in SENTENCE_ENDS) + 1
    ends = [found for mark in SENTENCE_ENDS if (found := text.find(mark, span.end)) >= 0]
    return start, min(ends, default=len(text) - 1) + 1


def _spelled(text: str, work: Work, name: str) -> tuple[Span, ...]:
    """The words of the work's sentence that spell a name: all of it, or a beginning and an end (象珠…污水处理厂); else
    those that the work had.
    """
    start, end = sentence_around(text, Span(work.spans[0].start, work.spans[0].end))
    if (at := text.find(name, start, end)) >= 0:
        return (Span(at, at + len(name)),)
    for cut in range(len(name) - 1, 0, -1):
        first = text.find(name[:cut], start, end)
        second = text.find(name[cut:], first + cut, end) if first >= 0 else -1
        if second >= 0:
            return Span(first, first + cut), Span(second, second + len(name) - cut)
    return work.spans


def _renamed_places(work: Work, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name if place == work.name else place for place in work.places))

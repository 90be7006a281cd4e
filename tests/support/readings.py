"""Works as guatu would have read them out of a text, written in as few words as the test needs."""

import hashlib
from typing import Any

from gazetteer.vocabulary import Kind, Nature, Period, Sector, Status
from gazetteer.work import Extent, Span, Work
from geodata.models import Report


def a_reading(text: str, name: str, *words: str, extent: tuple[str, str] | None = None, **fields: Any) -> Work:
    """A work whose name is spelled by `words` in the text, one after the other, or by the name itself.

    `nth` takes a later occurrence of the first word.
    """
    at, spans = 0, []
    for _ in range(fields.pop("nth", 0)):
        at = text.index((words or (name,))[0], at) + 1
    for word in words or (name,):
        at = text.index(word, at)
        spans.append(Span(at, at + len(word)))
        at += len(word)
    values: dict[str, Any] = {
        "kind": Kind.ROAD,
        "status": Status.ONGOING,
        "nature": Nature.NEW,
        "sector": Sector.TRANSPORT,
        "named": True,
        "quantity": None,
        "unit": None,
        "area": (),
        "period": Period.PLANNED,
        "places": (name,),
        "action": "建设",
        "sentence": text,
        **fields,
    }
    return Work(name=name, extent=Extent(*extent) if extent else None, spans=tuple(spans), **values)


def an_unsaved_report(text: str, **columns: Any) -> Report:
    """A report of 永康市 in 2022 that is in no session, unless the columns say otherwise."""
    values = {
        "title": "政府工作报告",
        "county": "永康市",
        "year": 2022,
        "source_file": "report.txt",
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        **columns,
    }
    return Report(text=text, **values)

"""Mentions of the same work to one work."""

import re
import unicodedata
from dataclasses import replace

from gazetteer.vocabulary import Period
from gazetteer.work import Work

_DROPPED = re.compile(r"[\s\"'“”‘’《》「」·、，。,.]")
_DASH = re.compile(r"[—–~～-]+")


def key(work: Work) -> tuple[object, ...]:
    """What two mentions of one work have in common. Numbers of unnamed things are one work only where all of it is equal."""
    name = _DASH.sub("-", _DROPPED.sub("", unicodedata.normalize("NFKC", work.name)))
    if work.named:
        return name, work.kind
    return name, work.kind, work.quantity, work.unit, work.period


def merge(works: list[Work]) -> list[Work]:
    """One work for each thing. What the part that looks forward says of it stands, since that is the year of the report;
    within a part the first mention stands. The spans of the others become its `mentions`."""
    places: dict[tuple[object, ...], int] = {}
    merged: list[Work] = []
    for work in works:
        index = places.setdefault(key(work), len(merged))
        if index == len(merged):
            merged.append(work)
            continue
        kept = merged[index]
        if kept.extent and work.extent and kept.extent != work.extent:
            places[key(work)] = len(merged)  # another stretch of the same road
            merged.append(work)
            continue
        if kept.period is Period.DONE and work.period is Period.PLANNED:
            kept, work = work, kept
        merged[index] = replace(
            kept,
            extent=kept.extent or work.extent,
            quantity=kept.quantity if kept.quantity is not None else work.quantity,
            unit=kept.unit if kept.quantity is not None else work.unit,
            mentions=(*kept.mentions, work.spans[0], *work.mentions),
        )
    return merged

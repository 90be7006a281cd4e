"""Mentions of the same work to one work."""

import re
import unicodedata
from dataclasses import replace

from gazetteer.vocabulary import Period
from gazetteer.work import Work

_DROPPED = re.compile(r"[\s\"'“”‘’《》「」·、，。,.]")
_DASH = re.compile(r"[—–~～-]+")


def key(work: Work) -> tuple[object, ...]:
    """What two mentions of one work have in common. Numbers of unnamed things are one work only where all is equal."""
    name = _DASH.sub("-", _DROPPED.sub("", unicodedata.normalize("NFKC", work.name)))
    if work.named:
        return name, work.kind
    return name, work.kind, work.quantity, work.unit, work.period


def merge(works: list[Work]) -> list[Work]:
    """One work for each thing. What the part that looks forward says of it stands: that is the year of the report;
    within a part the first mention stands. The first spans of the others become its `mentions`."""
    places: dict[tuple[object, ...], int] = {}
    groups: list[list[Work]] = []
    for work in works:
        index = places.setdefault(key(work), len(groups))
        if index == len(groups):
            groups.append([work])
            continue
        group = groups[index]
        if group[0].extent and work.extent and group[0].extent != work.extent:
            places[key(work)] = len(groups)  # another stretch of the same road
            groups.append([work])
        elif group[0].period is Period.DONE and work.period is Period.PLANNED:
            group.insert(0, work)
        else:
            group.append(work)
    return [_one(group) for group in groups]


def _one(group: list[Work]) -> Work:
    first, *others = group
    if not others:
        return first
    measured = next((work for work in group if work.quantity is not None), first)
    return replace(
        first,
        extent=next((work.extent for work in group if work.extent), None),
        quantity=measured.quantity,
        unit=measured.unit,
        mentions=tuple(work.spans[0] for work in others),
    )

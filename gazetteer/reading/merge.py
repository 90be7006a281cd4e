"""Mentions of the same work to one work."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from gazetteer.vocabulary import Period
from gazetteer.work import Extent, Span, Work

_DROPPED = re.compile(r"[\s\"'“”‘’《》「」·、，。,.]")
_DASH = re.compile(r"[—–~～-]+")


def key(work: Work) -> tuple[object, ...]:
    """What two mentions of one work have in common. Numbers of unnamed things are one work only where all is equal."""
    name = _DASH.sub("-", _DROPPED.sub("", unicodedata.normalize("NFKC", work.name)))
    if work.named:
        return name, work.kind
    return name, work.kind, work.quantity, work.unit, work.period


@dataclass(slots=True)
class _Mentioned:
    """A work whose mentions so far are summed up, so that they need not all be kept."""

    first: Work
    extent: Extent | None
    quantity: float | None
    unit: str | None
    others: list[Span] = field(default_factory=list)

    def add(self, work: Work) -> None:
        """Take in another mention."""
        if self.first.period is Period.DONE and work.period is Period.PLANNED:
            self.others.insert(0, self.first.spans[0])
            self.first = work
            self.extent = work.extent or self.extent
            if work.quantity is not None:
                self.quantity, self.unit = work.quantity, work.unit
        else:
            self.others.append(work.spans[0])
            self.extent = self.extent or work.extent
            if self.quantity is None:
                self.quantity, self.unit = work.quantity, work.unit

    def work(self) -> Work:
        if not self.others:
            return self.first
        return replace(
            self.first, extent=self.extent, quantity=self.quantity, unit=self.unit, mentions=tuple(self.others)
        )


def _sums_up(heading: Work, work: Work) -> bool:
    """加强街心公园建设 above 新建200个街心公园: a heading tells of the things whose number its paragraph gives."""
    area = heading.area
    above = bool(area) and heading.sentence.endswith(area[-1]) and work.area[: len(area)] == area
    return above and heading.quantity is None and work.quantity is not None and work.name.endswith(heading.name)


def merge(works: Iterable[Work]) -> list[Work]:
    """One work for each thing. What the part that looks forward says of it stands: that is the year of the report;
    within a part the first mention stands. The first spans of the others become its `mentions`."""
    latest: dict[tuple[object, ...], _Mentioned] = {}
    found: list[_Mentioned] = []
    for work in works:
        same = latest.get(identity := key(work))
        heading = found[-1] if found and _sums_up(found[-1].first, work) else None
        elsewhere = same and same.first.extent and work.extent and same.first.extent != work.extent
        if heading:
            del latest[key(heading.first)]
            latest[identity] = found[-1] = _Mentioned(
                work, work.extent, work.quantity, work.unit, [heading.first.spans[0], *heading.others]
            )
        elif same and not elsewhere:
            same.add(work)
        else:  # not seen before, or another stretch of the same road
            found.append(_Mentioned(work, work.extent, work.quantity, work.unit))
            latest[identity] = found[-1]
    return [mentioned.work() for mentioned in found]

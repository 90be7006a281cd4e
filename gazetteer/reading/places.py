"""What a geocoder would look up for a work: the work itself, the thing that it is a part or a phase of, and the places
whose names stand in its own."""

from collections.abc import Iterator

from gazetteer.reading.heads import PHASE, Heads
from gazetteer.reading.member import Member
from gazetteer.vocabulary import Kind

Range = tuple[int, int]
"""Half-open range of positions in a paragraph's text."""

SHORTEST = 2
"""Characters of the shortest name that is looked up by itself."""
_WHOLES = frozenset(Kind) - {Kind.EQUIPMENT, Kind.BLOCK, Kind.OTHER, Kind.HOUSING, Kind.GREEN}
"""Kinds of things that have parts with names of their own (县中医院|门诊综合楼, 枫云线|黄泥岭隧道)."""
_STANDING = frozenset((Kind.TUNNEL, Kind.BRIDGE, Kind.INTERCHANGE, Kind.RESERVOIR))
"""Kinds of parts that maps name without the whole (黄泥岭隧道)."""


class Places:
    """Takes names apart with the heads of a lexicon."""

    def __init__(self, heads: Heads) -> None:
        self._heads = heads

    def of(self, text: str, member: Member) -> Iterator[Range]:
        """The places in a member's name beside the name itself, the widest words first."""
        if member.before:
            yield member.before
            return
        start, end = member.core
        if member.shared:
            yield start, end
            return
        if phase := PHASE.search(text, start, end):
            end = phase.start()
            if end - start >= SHORTEST:
                yield start, end
        stop = min(member.head_start, end) if member.head else end
        for cut in range(stop, start + SHORTEST - 1, -1):
            found = self._heads.head(text, start, cut)
            if not found or found[0].weak or found[0].kind not in _WHOLES or found[1] <= start:
                continue
            if self._heads.proper(text, start, found[1]) <= start and found[1] - start > 1:
                continue
            own = self._heads.proper(text, cut, max(cut, stop))
            if member.head and member.head.kind in _STANDING and own - cut >= SHORTEST:
                yield cut, end
            yield start, cut
            return

"""A work to what it is: kind, sector, nature, and whether it has a name of its own."""

import re

from gazetteer.reading.heads import Heads
from gazetteer.reading.lexicon import Cue, Head, Lexicon, Role
from gazetteer.reading.member import Member
from gazetteer.reading.predicates import Predicate
from gazetteer.vocabulary import Kind, Nature, Sector

_EXTENSION = re.compile(r"(?:[东西南北]延|延伸|[东西南北]延伸)[线段]$")
"""What names of extensions end in (佛岭路|南延线)."""


class Classifier:
    """Judges members with the words of a lexicon."""

    def __init__(self, lexicon: Lexicon, heads: Heads) -> None:
        self._lexicon = lexicon
        self._heads = heads
        self._renovated = lexicon.lists["renovated"]
        self._counted_actions = tuple(word for word, action in lexicon.actions.items() if action.name)

    def named(self, text: str, member: Member) -> bool:
        """Whether it has a proper name or is the only one of its kind, not one of a number."""
        quantity = member.quantity
        shared = member.shared and not member.each
        if quantity and quantity.counts and quantity.value > 1 and not shared:
            return False
        if quantity and text.endswith(self._counted_actions, *member.core):
            return False
        if member.shared or member.before:
            return True
        start, end = member.core
        if not quantity:
            return True
        common = self._heads.common(text, start, end)
        if common is None and member.head:
            return self._heads.proper(text, start, member.head_start) > start or quantity.counts
        head_start = member.head_start if member.head else end
        return self._heads.proper(text, start, head_start) > start

    def nature(self, text: str, member: Member, predicate: Predicate) -> Nature:
        """What is done to it: by the words behind it, else by the verb before it."""
        actions = self._lexicon.actions
        if text.endswith(self._counted_actions, *member.core):
            return Nature.NEW
        if _EXTENSION.search(text, *member.core):
            return Nature.EXTEND
        behind = [actions[word].nature for word in reversed(member.actions)]
        before = [actions[word].nature for word in predicate.lead.words(Role.ACTION)]
        tail = [actions[word].nature for word in predicate.tail.words(Role.ACTION)]
        for found in (behind, before, tail):
            if distinct := [nature for nature in found if nature is not Nature.NEW]:
                return distinct[0] if found is not before or before[0] is not Nature.NEW else Nature.NEW
        if member.head and text.endswith(self._renovated, *member.core):
            return Nature.RENOVATE
        if not before and member.phase and member.phase[0] in "二三四五六七八23456":
            return Nature.EXPAND
        return Nature.NEW

    def classify(
        self, name: str, member: Member, predicate: Predicate, area: tuple[str, ...], siblings: list[Head | None]
    ) -> tuple[Kind, Sector]:
        """What it is and its work area: by what is done (沿线截污 makes a pipeline), by its own words, by its head, by
        the other members of its list, by what is said of it (投产), by the headings."""
        kind = member.head.kind if member.head else Kind.OTHER
        own = [word for word in self._counted_actions if name.endswith(word)]
        made = next(
            (a for a in (self._lexicon.actions[w] for w in [*member.actions, *own]) if a.kind and a.sector), None
        )
        if made and made.kind and made.sector:
            return made.kind, made.sector
        for cue in self._lexicon.kind_cues:
            if kind in cue.heads and cue.words.search(name):
                return cue.kind, cue.sector
        likely = max(siblings, key=siblings.count) if siblings else None
        if kind is Kind.OTHER and member.ends and member.summed:
            return Kind.ROAD, Sector.TRANSPORT  # A至B、C至D等4个项目
        if kind is Kind.OTHER and likely:
            kind = likely.kind
        elif kind is Kind.OTHER and any(
            "产" in token.word for token in (*predicate.lead.tokens, *predicate.tail.tokens)
        ):
            return Kind.PLANT, Sector.INDUSTRY
        sector = self._sector(name, member, kind, area, likely)
        if kind is Kind.OTHER or (member.head and member.head.weak and kind is Kind.FACILITY):
            kind = self._lexicon.sector_kinds.get(sector, kind) if kind is Kind.OTHER else kind
        return kind, sector

    def _sector(self, name: str, member: Member, kind: Kind, area: tuple[str, ...], likely: Head | None) -> Sector:
        for cue in self._lexicon.name_cues:
            if _fits(cue, kind, name):
                return cue.sector
        told = member.head is not None and not member.head.weak and member.head.sector is not Sector.URBAN
        for heading in reversed(() if told else area):
            for cue in self._lexicon.heading_cues:
                if _fits(cue, kind, heading):
                    return cue.sector
        if head := member.head or likely:
            return head.sector
        if "项目" in member.generic or member.summed:
            return Sector.INDUSTRY  # a project known by its firm's name alone
        return next((s for s, k in self._lexicon.sector_kinds.items() if k is kind), Sector.URBAN)


def _fits(cue: Cue, kind: Kind, words: str) -> bool:
    return (not cue.kinds or kind in cue.kinds) and cue.words.search(words) is not None

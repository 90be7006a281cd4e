"""A member of a list to what it is: kind, sector, nature, and whether it is a work at all."""

from gazetteer.reading.lexicon import Cue, Lexicon, Role
from gazetteer.reading.members import Member, Members
from gazetteer.reading.predicates import Predicate
from gazetteer.vocabulary import Kind, Nature, Sector

MAX_NAME = 30
"""Characters of the longest name: what is longer is a phrase that the grammar did not understand."""


class Classifier:
    """Judges members with the words of a lexicon."""

    def __init__(self, lexicon: Lexicon, members: Members) -> None:
        self._lexicon = lexicon
        self._members = members
        self._longest_stop = max(map(len, lexicon.stop_ends), default=0)
        self._longest_start = max(map(len, lexicon.stop_starts), default=0)

    def stop(self, name: str) -> str | None:
        """Why words like these are no work, or None."""
        for begin in range(max(0, len(name) - self._longest_stop), len(name)):
            if why := self._lexicon.stop_ends.get(name[begin:]):
                return f"{name[begin:]} is {why}"
        for word, why in self._lexicon.stop_holds.items():
            if word in name:
                return f"{word} is {why}"
        return None

    def stop_start(self, name: str) -> str | None:
        """Why words that begin like these are no name, or None."""
        for end in range(1, self._longest_start + 1):
            if why := self._lexicon.stop_starts.get(name[:end]):
                return f"{name[:end]} is {why}"
        return None

    def named(self, text: str, member: Member) -> bool:
        """Whether it has a proper name or is the only one of its kind, not one of a number."""
        quantity = member.quantity
        if quantity and quantity.counts and quantity.value > 1:
            return False
        if member.shared or member.before:
            return True
        start, end = member.core
        common = self._members.common(text, start, end)
        if common is None and member.head:
            return True if not quantity else self._members.proper(text, start, member.head_start) > start or quantity.counts
        head_start = member.head_start if member.head else end
        return self._members.proper(text, start, head_start) > start

    def nature(self, member: Member, predicate: Predicate) -> Nature:
        """What is done to it: by the words behind it, else by the verb before it."""
        actions = self._lexicon.actions
        behind = [actions[word].nature for word in reversed(member.actions)]
        before = [actions[word].nature for word in predicate.lead.words(Role.ACTION)]
        tail = [actions[word].nature for word in predicate.tail.words(Role.ACTION)]
        for found in (behind, before, tail):
            if distinct := [nature for nature in found if nature is not Nature.NEW]:
                return distinct[0] if found is not before or before[0] is not Nature.NEW else Nature.NEW
        if not before and member.phase and member.phase[0] in "二三四五六七八23456":
            return Nature.EXPAND
        return Nature.NEW

    def kind(self, member: Member) -> Kind:
        """What it is, by what is done (沿线截污 makes a pipeline), else by its head."""
        for word in member.actions:
            if kind := self._lexicon.actions[word].kind:
                return kind
        return member.head.kind if member.head else Kind.OTHER

    def sector(self, name: str, member: Member, kind: Kind, area: tuple[str, ...]) -> Sector:
        """Its work area: by its own words, else by the headings for kinds that say little, else by its head."""
        for word in member.actions:
            if sector := self._lexicon.actions[word].sector:
                return sector
        for cue in self._lexicon.name_cues:
            if _fits(cue, kind, name):
                return cue.sector
        for heading in reversed(area):
            for cue in self._lexicon.heading_cues:
                if _fits(cue, kind, heading):
                    return cue.sector
        return member.head.sector if member.head else Sector.URBAN


def _fits(cue: Cue, kind: Kind, words: str) -> bool:
    return (not cue.kinds or kind in cue.kinds) and any(word in words for word in cue.words)

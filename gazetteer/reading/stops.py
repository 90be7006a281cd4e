"""The words of a lexicon that are no works."""

import re

from gazetteer.reading.lexicon import Endings, Lexicon, trie_pattern
from gazetteer.reading.member import Member


class Stops:
    """Finds what is no work by the words it ends in or holds."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.ends = Endings(lexicon.stop_ends)
        self.holds = re.compile(trie_pattern(lexicon.stop_holds))

    def of(self, text: str, member: Member) -> bool:
        """Whether a member ends in such a word that is longer than its head (城镇社区|综合试点), or holds one."""
        if self.holds.search(text, *member.core):
            return True
        head_start = member.head_start if member.head else member.core[1]
        return self.ends.longest(text, *member.core) < head_start and member.shared is None

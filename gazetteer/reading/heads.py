"""What a name ends in: the head that says what the thing is, and the words before it that are no proper name."""

import re

from gazetteer.reading.lexicon import Endings, Head, Lexicon
from gazetteer.vocabulary import Kind

PHASE = re.compile(r"(?:[一二三四五六七八九十\d]+(?:[、和及][一二三四五六七八九十]+)?|首)期$")
"""The phase that ends a name (天蒲公路|一期)."""
LINES = frozenset((Kind.TUNNEL, Kind.ROAD, Kind.EXPRESSWAY, Kind.RAILWAY, Kind.WATERWAY, Kind.PIPELINE))
"""Kinds of which a section or a stretch is named."""
_SECTIONED = LINES | {Kind.PARK}
"""Kinds whose sections are named by the word for section (国家文化公园|石桥段)."""
_NUMBERED_ROAD = re.compile(r"(?:[国省县乡]道|[GSXYC])\d{1,4}(?:[一-鿿]{0,3}线)?$")
_EXIT = re.compile("高速(?:公路)?[一-鿿]{1,6}出(?:入)?口$")
"""The exit of an expressway (沈海高速|鳌头出口)."""
_LONGEST_EXIT = 13
"""Characters of the longest match of it."""
_DIVERSION = re.compile("引[一-鿿]{1,2}[济入补][一-鿿]$")
"""Water led from one river to another (引江济淮)."""
_LONGEST_DIVERSION = 5
"""Characters of the longest match of it."""
_LEADS = ("济", "入", "补")
"""The last character but one of such a name, looked at before the pattern is."""
_SIDES = "东南西北中"
_STREETS = "道街路"
_SHORTEST_SIDED = 3
"""Characters of a road's name with its side (工业大道南)."""
_OWN = "县市区旗镇乡"


class Heads:
    """Finds heads with the words of a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._modifiers = Endings(lexicon.lists["modifiers"])
        self._natural = frozenset(lexicon.lists["natural"])
        self._places = lexicon.lists["places"]

    def head(self, text: str, start: int, end: int) -> tuple[Head, int, int] | None:  # noqa: PLR0911 - one line a form
        """The longest head that `text[start:end]` ends in, and where it begins and ends. A phase, a numbered road and a
        section of a road (S2线乐清段) count with the head before them."""
        last = text[end - 1 : end]
        if last == "”" and (quoted := self._quoted(text, start, end)):
            return quoted
        if last == "期" and (phase := PHASE.search(text, max(start, end - 8), end)):
            return self.head(text, start, phase.start())
        if (last == "线" or last.isdigit()) and (road := _NUMBERED_ROAD.search(text, max(start, end - 10), end)):
            return self._lexicon.heads["公路"], road.start(), road.end()
        if last in _SIDES and end - start > _SHORTEST_SIDED and text[end - 2] in _STREETS:
            return self.head(text, start, end - 1)
        if last == "段" and (before := self._inner(text, start, end - 1)):
            return before
        if text[end - 2 : end - 1] in _LEADS and (
            led := _DIVERSION.search(text, max(start, end - _LONGEST_DIVERSION), end)
        ):
            return self._lexicon.heads["引水渠"], *led.span()
        if last == "口" and (exit_ := _EXIT.search(text, max(start, end - _LONGEST_EXIT), end)):
            return self._lexicon.heads["互通"], *exit_.span()
        begin = self._lexicon.head_endings.longest(text, start, end)
        if begin == end:
            return None
        word = text[begin:end]
        return self._lexicon.heads.get(word) or self._lexicon.common_heads[word], begin, end

    def _quoted(self, text: str, start: int, end: int) -> tuple[Head, int, int] | None:
        """The head of a name in quotation marks (“邻里食堂”), where the marks are no part of the head."""
        open_mark = text.rfind("“", start, end)
        if (
            open_mark < 0
            or text[open_mark:end] in self._lexicon.heads
            or text[open_mark:end] in self._lexicon.common_heads
        ):
            return None
        return self.head(text, open_mark + 1, end - 1)

    def _inner(self, text: str, start: int, end: int) -> tuple[Head, int, int] | None:
        """The last head of a line or a park that stands inside a name."""
        feature = None
        for stop in range(end, start + 1, -1):
            found = self.head(text, start, stop)
            if found and found[0].kind in _SECTIONED and text[stop - 1] != "段":
                if text[stop - 1] not in self._natural or stop - found[1] > 1:
                    return found
                if feature is None or (feature[0].kind is Kind.WATERWAY and found[0].kind is Kind.ROAD):
                    feature = found  # 枫三线白溪段 is of a road
        return feature

    def common(self, text: str, start: int, end: int) -> Head | None:
        """The head it ends in as one of many, where there is such."""
        if text[end - 1] == "线" and _NUMBERED_ROAD.search(text, max(start, end - 10), end):
            return None
        return self._lexicon.common_heads.get(text[self._lexicon.head_endings.longest(text, start, end) : end])

    def proper(self, text: str, start: int, end: int, shortest: int = 1) -> int:
        """Where the words before `end` that are no proper name begin: `text[start:that]` is the proper name. Words of
        fewer than `shortest` characters are left to it."""
        while start < end:
            if text[end - 1] == "型" and end - start > 1:
                return start  # 产业引领型|示范村
            begin = self._modifiers.longest(text, start, end)
            if end - begin < shortest:
                return end
            if begin == start and end - begin == 1 and text[begin] in _OWN:
                return end  # 县体育公园 is the county's own
            end = begin
        return end

    def placed(self, text: str, start: int, end: int) -> bool:
        """Whether the words before `end` say where in the county (老城区|危旧房)."""
        return text.startswith(self._places, start, end)

    def is_modifier(self, words: str) -> bool:
        """Whether the words only say where or of what sort."""
        return words in self._modifiers

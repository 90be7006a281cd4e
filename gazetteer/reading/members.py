"""One member of a list to its parts: name, head, what is done to it, how many, between which ends."""

from gazetteer.reading.heads import LINES, Heads
from gazetteer.reading.lexicon import Lexicon
from gazetteer.reading.measures import bracket_ends, inline_ends
from gazetteer.reading.member import Member
from gazetteer.reading.stripping import Stripper

MAX_WEAK = 3
"""Characters of a name up to which a natural feature at its end may be a place's (石塘, 白沙湾)."""
MAX_SHORT = 10
"""Characters of the longest head with the words for its sort."""
_LINE_HEADS = "路街道线渠堤管沟巷"
"""Heads of one character that say what lies between two ends; others end the name of the second (红岩至枫树湾)."""
_QUOTES = "“”\"'‘’《》"
_BEARINGS = "东西南北中内外"
"""What stands before a head and is no name cut short (南|环路)."""


class Members:
    """Takes the members of lists apart."""

    def __init__(self, lexicon: Lexicon, heads: Heads, stripper: Stripper) -> None:
        self._heads = heads
        self._stripper = stripper
        self._natural = frozenset(lexicon.lists["natural"])
        self._parts = frozenset(lexicon.lists["parts"])
        self._road = lexicon.heads["公路"]

    def parse(self, text: str, start: int, end: int) -> Member:
        """Take the member written in `text[start:end]` apart."""
        member = Member(start, end, (start, end))
        start = self._stripper.front(text, member, start, end)
        end = self._stripper.back(text, member, start, end)
        if cut := self._stripper.described(text, member, start, end):
            end = self._stripper.back(text, member, start, cut)
        start, end = self._bare(text, start, end)
        end = self._bracket_inside(text, member, start, end)
        start = self._after_area(text, member, start, end)
        found = self._heads.head(text, start, end)
        if not member.ends and ("至" in text[start:end] or "到" in text[start:end] or "-" in text[start:end]):
            kind_start, head_start = end, end
            if found and found[2] == end and (found[1] < end - 1 or text[found[1]] in _LINE_HEADS):
                kind_start, head_start = self._heads.proper(text, start, found[1], shortest=2), found[1]
            ends = inline_ends(text, start, end, kind_start, head_start)
            numbered = ends is not None and any(c.isdigit() for c in text[start : ends.name_end])
            if ends and (ends.whole or found is None or numbered or found[0].kind in LINES):
                member.ends = (ends.a, ends.b)
                end = ends.name_end
                member.notes.append("ends written in the name")
                if not member.quantity:
                    member.quantity = self._stripper.size(text, ends.b[1], member.end)
                found = self._heads.head(text, start, end) or found
                if ends.whole and found and found[1] < ends.b[1]:  # 白溪至石门段: the head is of the end
                    found = (self._road, found[1], found[2]) if text[end - 1] == "段" else None
        member.core = (start, end)
        if member.shared:
            found = self._heads.head(text, *member.shared)
        quantity = member.quantity
        if (
            found
            and quantity
            and quantity.counts
            and quantity.value > 1
            and (many := self._heads.common(text, start, end))
        ):
            found = (many, *found[1:])
        if found:
            member.head, member.head_start, member.head_end = found
            length = member.head_end - member.head_start
            member.weak = self._ambiguous(text, member, end - start, length)
        return member

    def _after_area(self, text: str, member: Member, start: int, end: int) -> int:
        """Where a name goes on behind its floor area (城南|20万平方米|标准化厂房)."""
        area = self._stripper.floor_area(text, start, end)
        if area is None or member.ends or member.quantity or self._heads.head(text, area.end, end) is None:
            return start
        member.before, member.quantity = (start, area.start), area
        member.notes.append("floor area inside the name")
        return area.end

    def placing(self, text: str, start: int, end: int) -> bool:
        """Whether the words only say where or of what sort (全市|62处, 城镇|建设项目)."""
        start = self._stripper.articles(text, start, end)
        return start == end or self._heads.is_modifier(text[start:end])

    def of_one_character(self, text: str, start: int, end: int) -> bool:
        """Whether the name that begins at `start` and ends at the next mark has one character before its head."""
        stop = next((i for i in range(start, min(end, start + MAX_SHORT)) if text[i] in "、，（）等"), end)
        found = self._heads.head(text, start, stop)
        long = found is not None and found[2] - found[1] > 1 and text[start] not in _QUOTES + _BEARINGS
        return long and found is not None and self._heads.proper(text, start, found[1]) == start + 1

    def cut_name(self, text: str, start: int, end: int) -> bool:
        """Whether one character too many stands behind a head, for it begins the next name (江平高速|义)."""
        whole = self._heads.head(text, start, end) is None and end - start > MAX_WEAK
        found = self._heads.head(text, start, end - 1) if whole else None
        return found is not None and found[2] - found[1] > 1 and found[0].kind in LINES

    def headed(self, text: str, start: int, end: int) -> bool:
        """Whether the words end in a head."""
        return self._heads.head(text, start, end) is not None

    def _bracket_inside(self, text: str, member: Member, start: int, end: int) -> int:
        """胜利街（长江路口至黄河路口）综合管廊: the ends stand inside the name."""
        begin, close = text.find("（", start, end), text.rfind("）", start, end)
        if member.ends or not start < begin < close < end - 1:
            return end
        behind = inline_ends(text, close + 1, end, end, end)
        if behind and behind.whole and self._heads.head(text, start, begin):  # S325（原复线）瓜渚至五桥段
            member.ends = behind.a, behind.b
            member.notes.append("ends behind a bracket")
            return begin
        if not self._heads.head(text, close + 1, end):
            return end
        if (ends := bracket_ends(text, begin + 1, close)) is None:
            return end
        member.ends = ends
        if text[close + 1 : end] in self._parts:
            return begin  # A线（K18-K31）路面
        member.shared = (close + 1, end)
        member.notes.append("ends in a bracket inside the name")
        return begin

    def _ambiguous(self, text: str, member: Member, whole: int, length: int) -> bool:
        """Whether a short name's head may as well be part of a place's name: 烟店, 许码头, 白沙湾."""
        if member.head is None or whole > MAX_WEAK or text[member.core[0]].isdigit():
            return False
        if member.head.weak:
            return whole == MAX_WEAK - 1 and length == 1
        feature = text[member.head_start]
        natural = length == 1 and feature in self._natural and (feature != "桥" or whole < MAX_WEAK)  # 石桥, not 白河桥
        return (length > 1 and whole - length == 1) or natural

    def _bare(self, text: str, start: int, end: int) -> tuple[int, int]:
        while start < end and text[start] in "、，的" + _QUOTES and not _paired(text, start, end):
            start += 1
        while start < end and text[end - 1] in "、，的" + _QUOTES and not _paired_end(text, start, end):
            end -= 1
        if end - start > 2 and text[start] in _QUOTES and text[end - 1] in _QUOTES:
            start, end = start + 1, end - 1
        return start, end


def _paired(text: str, start: int, end: int) -> bool:
    return text[start] in "“《" and ("”" in text[start:end] or "》" in text[start:end])


def _paired_end(text: str, start: int, end: int) -> bool:
    return text[end - 1] in "”》" and ("“" in text[start:end] or "《" in text[start:end])

"""One member of a list to its parts: name, head, what is done to it, how many, between which ends."""

import re
from dataclasses import dataclass, field

from gazetteer.reading.lexicon import Action, Head, Lexicon
from gazetteer.reading.measures import Measures, Quantity, bracket_ends, inline_ends, relative_ends
from gazetteer.vocabulary import Kind, Status

_PHASE = re.compile(r"(?:[一二三四五六七八九十\d]+(?:[、和及][一二三四五六七八九十]+)?|首)期$")
_OWN = "县市区旗镇乡"
_SIZES = frozenset(("公里", "千米", "米", "延长米", "km", "亩", "平方米", "公顷"))
MAX_WEAK = 3
"""Characters of a name up to which a natural feature at its end may be a place's (石塘, 白沙湾)."""
_MADE = ("年产", "日产", "日处理", "产能")
_NUMBERED_ROAD = re.compile(r"(?:[国省县乡]道|[GSXY])\d{1,4}(?:线)?$")
_LINES = frozenset((Kind.TUNNEL, Kind.ROAD, Kind.EXPRESSWAY, Kind.RAILWAY, Kind.WATERWAY, Kind.PIPELINE))
_PHASE_AHEAD = re.compile(r"（?(?:[一二三四五六七八九十]|首)期）?")
_QUOTES = "“”\"'‘’《》"
_OPENING = re.compile(r"[“\"'‘《]+")
_RELATIVE = re.compile(r"[^“”（）]{1,60}的")
_ARTICLES = (
    "对",
    "将",
    "把",
    "新的",
    "一批",
    "一座",
    "一个",
    "一条",
    "一所",
    "一处",
    "各类",
    "全县",
    "全市",
    "全区",
    "全省",
    "我县",
    "我市",
    "我区",
    "该县",
    "了",
    "好",
    "其中",
    "各",
    "首个",
    "首座",
    "首条",
    "首家",
    "一系列",
    "以及",
    "的",
    "等",
    "县内",
    "市内",
    "区内",
    "辖区",
    "境内",
    "剩余",
    "其余",
    "所有",
    "全部",
    "部分",
    "多个",
    "若干",
    "包括",
    "重点",
)


@dataclass(slots=True)
class Member:
    """A member of a list. Positions are those of the paragraph's text."""

    start: int
    end: int
    core: tuple[int, int]
    """Its own name, without what was stripped."""
    head: Head | None = None
    head_start: int = 0
    head_end: int = 0
    shared: tuple[int, int] | None = None
    """The head of another member that it takes over."""
    before: tuple[int, int] | None = None
    """The place of another member that it takes over."""
    actions: list[str] = field(default_factory=list)
    stage: Status | None = None
    phase: str = ""
    generic: str = ""
    """The word for project that was stripped behind it."""
    summed: bool = False
    """Whether its list sums itself up as works (等一批项目)."""
    stopped: bool = False
    """Whether the list it stands in sums itself up as something that is no work (等一批应用)."""
    quantity: Quantity | None = None
    each: bool = False
    ends: tuple[tuple[int, int], tuple[int, int]] | None = None
    flags: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    partial: bool = False
    """Whether it is only a part of the work that is spoken of (水库|大坝)."""
    weak: bool = False
    """Whether its head may as well end a place's name (石塘, 许码头)."""

    @property
    def bare(self) -> bool:
        return self.core[0] >= self.core[1]


class Members:
    """Takes the members of lists apart with the words of a lexicon."""

    def __init__(self, lexicon: Lexicon, measures: Measures) -> None:
        self._lexicon = lexicon
        self._measures = measures
        self._generic = frozenset(lexicon.lists["generic"])
        self._parts = frozenset(lexicon.lists["parts"])
        self._modifiers = frozenset(lexicon.lists["modifiers"])
        self._natural = frozenset(lexicon.lists["natural"])
        self._structures = frozenset(lexicon.lists["structures"])
        self._places = lexicon.lists["places"]
        self._longest = max(map(len, [*lexicon.actions, *lexicon.stages, *self._generic, *self._parts]), default=0)
        self._longest_modifier = max(map(len, self._modifiers), default=0)

    def head(self, text: str, start: int, end: int) -> tuple[Head, int, int] | None:
        """The longest head that `text[start:end]` ends in, and where it begins and ends. A phase, a numbered road and a section of
        a road (S2线乐清段) count with the head before them."""
        if phase := _PHASE.search(text, max(start, end - 8), end):
            return self.head(text, start, phase.start())
        if road := _NUMBERED_ROAD.search(text, max(start, end - 10), end):
            return self._lexicon.heads["公路"], road.start(), road.end()
        if text[end - 1 : end] == "段" and (before := self._inner(text, start, end - 1)):
            return before
        heads, common = self._lexicon.heads, self._lexicon.common_heads
        for begin in range(max(start, end - self._lexicon.longest_head), end):
            word = text[begin:end]
            if found := heads.get(word) or common.get(word):
                return found, begin, end
        return None

    def _inner(self, text: str, start: int, end: int) -> tuple[Head, int, int] | None:
        """The last head of a line that stands inside a name."""
        feature = None
        for stop in range(end, start + 1, -1):
            found = self.head(text, start, stop)
            if found and found[0].kind in _LINES and text[stop - 1] != "段":
                if text[stop - 1] not in self._natural or stop - found[1] > 1:
                    return found
                feature = feature or found
        return feature

    def common(self, text: str, start: int, end: int) -> Head | None:
        """The head it ends in as one of many, where there is such."""
        for begin in range(max(start, end - self._lexicon.longest_head), end):
            word = text[begin:end]
            if found := self._lexicon.common_heads.get(word):
                return found
            if word in self._lexicon.heads:
                return None
        return None

    def proper(self, text: str, start: int, end: int, shortest: int = 1) -> int:
        """Where the words before `end` that are no proper name begin: `text[start:that]` is the proper name. Words of fewer
        than `shortest` characters are left to it."""
        while start < end:
            for begin in range(max(start, end - self._longest_modifier), end - shortest + 1):
                if text[begin:end] in self._modifiers:
                    if begin == start and end - begin == 1 and text[begin] in _OWN:
                        return end  # 县体育公园 is the county's own
                    end = begin
                    break
            else:
                return end
        return end

    def placed(self, text: str, start: int, end: int) -> bool:
        """Whether the words before `end` say where in the county (老城区|危旧房)."""
        return text.startswith(self._places, start, end)

    def project(self, text: str, start: int, end: int) -> int:
        """Where the words for project, phase or action that stand at `start` end."""
        while start < end:
            match = _PHASE_AHEAD.match(text, start, end)
            stop = match.end() if match else start
            for length in range(min(self._longest, end - start), 1, -1):
                word = text[start : start + length]
                if word in self._generic or word in self._lexicon.actions or word in self._parts:
                    stop = max(stop, start + length)
                    break
            if stop == start:
                return start
            start = stop
        return start

    def is_modifier(self, words: str) -> bool:
        return words in self._modifiers

    def parse(self, text: str, start: int, end: int) -> Member:
        """Take the member written in `text[start:end]` apart."""
        member = Member(start, end, (start, end))
        start = self._front(text, member, start, end)
        end = self._back(text, member, start, end)
        if cut := self._described(text, member, start, end):
            end = self._back(text, member, start, cut)
        start, end = self._bare(text, start, end)
        found = self.head(text, start, end)
        if not member.ends and ("至" in text[start:end] or "到" in text[start:end] or "-" in text[start:end]):
            ends = inline_ends(
                text, start, end, self.proper(text, start, found[1]) if found and found[2] == end else end
            )
            numbered = ends is not None and any(c.isdigit() for c in text[start : ends.name_end])
            if ends and (ends.whole or found is None or numbered or found[0].kind in _LINES):
                member.ends = (ends.a, ends.b)
                end = ends.name_end
                member.notes.append("ends written in the name")
                found = self.head(text, start, end) or found
        member.core = (start, end)
        quantity = member.quantity
        if found and quantity and quantity.counts and quantity.value > 1 and (many := self.common(text, start, end)):
            found = (many, *found[1:])
        if found:
            member.head, member.head_start, member.head_end = found
            length = member.head_end - member.head_start
            member.weak = (
                (member.head.weak and end - start == 2 and length == 1)
                or (not member.head.weak)
                and (
                    end - start <= MAX_WEAK
                    and (length > 1 and end - start - length == 1 or text[member.head_start] in self._natural)
                )
            )
        return member

    def _described(self, text: str, member: Member, start: int, end: int) -> int | None:
        """Where a name ends that a size follows (东荣煤矿|120万吨, 宝泉岭风电场|4.95万千瓦机组), or None."""
        for word in ("在", "因", "由于", "自", "被", "至日", "至双向", "至每日", "到日"):
            place = text.find(word, start + 2, end)
            if (
                place > 0
                and (found := self.head(text, start, place))
                and not found[0].weak
                and "起" not in text[place:end]
                and "至" not in text[place + 1 : end]
            ):
                return place
        for quantity in self._measures.find(text, start, end):
            stop = quantity.start
            right = self.head(text, quantity.end, end)
            if quantity.foreign or (
                right and text[right[1] : right[2]] != "机组" and (quantity.counts or quantity.unit not in _SIZES)
            ):
                continue
            if quantity.unit in _SIZES and not member.quantity and self.head(text, start, stop):
                member.quantity = quantity
            if (
                text[stop - 1] == "）"
                and (bracket := text.rfind("（", start, stop)) > start
                and self.head(text, start, bracket)
            ):
                return stop
            for word in ("年产", "日处理", "装机", "总长"):
                stop -= len(word) if text[start:stop].endswith(word) else 0
            if stop > start + 1 and (found := self.head(text, start, stop)) and not found[0].weak:
                return stop
        return None

    def _front(self, text: str, member: Member, start: int, end: int) -> int:
        while start < end:
            if relative := _RELATIVE.match(text, start, end):
                if relative.end() + 1 < end:
                    if (ends := relative_ends(text, start, relative.end() - 1)) and not member.ends:
                        member.ends = ends
                        member.notes.append("ends before the name")
                    quantities = [
                        q for q in self._measures.find(text, start, relative.end()) if not q.foreign and not q.counts
                    ]
                    if quantities and not member.quantity:
                        member.quantity = quantities[0]
                    start = relative.end()
                    continue
            quantity = self._measures.at(text, start, end)
            if quantity and not quantity.foreign and quantity.end < end:
                member.quantity, start = quantity, quantity.end
                if text.startswith("的", start):
                    start += 1
                continue
            article = next((a for a in _ARTICLES if text.startswith(a, start) and end - start > len(a) + 1), None)
            if article is None:
                return start
            start += len(article)
        return start

    def _back(self, text: str, member: Member, start: int, end: int) -> int:
        """Strip what stands behind the name: brackets, quantity, actions, stages, phases, generic words."""
        while start < end:
            if text[end - 1] in "）" and (begin := text.rfind("（", start, end)) >= start:
                if not (ends := bracket_ends(text, begin + 1, end - 1)) and begin == start:
                    return end
                if ends and not member.ends:
                    member.ends = ends
                    member.notes.append("ends in brackets")
                phase = _PHASE.search(text, begin + 1, end - 1)
                if phase and not member.phase:
                    member.phase = phase.group()
                end = begin
                continue
            if (
                text[end - 1] == "”"
                and (quote := text.rfind("“", start, end)) > start
                and self.head(text, start, quote)
            ):
                if (word := text[quote + 1 : end - 1]) in self._lexicon.actions or text[
                    quote:end
                ] in self._lexicon.actions:
                    member.actions.append(word if word in self._lexicon.actions else text[quote:end])
                end = quote
                continue
            if text[end - 1] == "段" and (close := text.rfind("）", max(start, end - 8), end)) > start:
                begin = text.rfind("（", start, close)
                if begin > start and bracket_ends(text, begin + 1, close):
                    end = close + 1
                    continue
            if text[end - 1] in "，、。的等后共" or (member.quantity and text.endswith(_MADE, start, end)):
                if text[end - 1] in "产力理":
                    end -= 1 + text.endswith("日处理", start, end)
                end -= 1
                continue
            quantity = self._trailing(text, start, end)
            if quantity:
                member.quantity = quantity
                end = quantity.start
                if text[start:end].endswith(("各", "共", "约", "达", "近", "计", "共计", "约计", "累计")):
                    member.each = text[end - 1] == "各"
                    end -= 1
                continue
            if phase := _PHASE.search(text, start, end):
                member.phase = phase.group()
                if not member.actions and not member.generic and self.head(text, start, phase.start()):
                    if end - phase.start() > 0:
                        member.notes.append(f"phase {member.phase}")
                    return end
                end = phase.start()
                continue
            cut = self._suffix(text, member, start, end)
            if cut == end:
                return end
            end = cut
        return end

    def _trailing(self, text: str, start: int, end: int) -> Quantity | None:
        """The quantity that ends at `end`."""
        if text[end - 1].isdigit():
            return None
        found = [q for q in self._measures.find(text, max(start, end - 24), end) if q.end == end and not q.foreign]
        return found[-1] if found and found[-1].start > start else None

    def _suffix(self, text: str, member: Member, start: int, end: int) -> int:
        lexicon = self._lexicon
        word = ""
        for begin in range(max(start, end - self._longest), end):
            piece = text[begin:end]
            if piece in lexicon.actions or piece in lexicon.stages or piece in self._generic or piece in self._parts:
                word = piece
                break
        if word and len(word) == end - start and word in self._generic:
            member.generic = word
            return start
        if word and len(word) == end - start and word in lexicon.actions and not lexicon.actions[word].name:
            member.actions.append(word)
            return start
        if not word or len(word) == end - start:
            return end
        found = self.head(text, start, end)
        rest = self.head(text, start, end - len(word))
        part = (
            word in self._parts and rest is not None and not rest[0].weak and end - found[1] == len(word)
            if found
            else False
        )
        if found and end - found[1] >= len(word) and not part:
            return end
        if word in self._parts and any(text[begin:end] in lexicon.stop_ends for begin in range(start, end - len(word))):
            return end
        acted = any(
            text[begin : end - len(word)] in lexicon.actions
            for begin in range(max(start, end - len(word) - 5), end - len(word))
        )
        if word in self._parts and rest is None and not acted and text[end - len(word) - 1] != "）":
            return end
        if word in self._structures:
            member.partial = True
        if word in lexicon.actions and lexicon.actions[word].name:
            return end
        if word in lexicon.actions:
            member.actions.append(word)
        elif word in lexicon.stages:
            member.stage = lexicon.stages[word]
        elif word in self._generic:
            member.generic = member.generic or word
        return end - len(word)

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

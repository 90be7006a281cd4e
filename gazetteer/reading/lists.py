"""The works of a clause as a list: its members, and the heads, places, numbers and actions that they share."""

import re
from dataclasses import dataclass, field

from gazetteer.reading.lexicon import Lexicon, Role, trie_pattern
from gazetteer.reading.measures import Measures, Quantity
from gazetteer.reading.members import Member, Members
from gazetteer.reading.predicates import Predicate, Predicates, Run, Token
from gazetteer.vocabulary import Kind, Nature

_SEPARATOR = r"、|以及|及其|及|和|与|暨|并"
_SUMMING = re.compile(r"等[^，。、]{1,12}、[^，。]{1,24}的[^，。的、]{2,14}")
_LAST = ("和", "及", "以及", "与", "暨")
_JUNCTIONS = ("交叉口", "路口", "节点", "十字路口", "道口", "交会处", "交汇处", "连接线", "连通工程")
_PLACES = re.compile(r"[\d一二三四五六七八九十两]+(?:个)?(?:乡镇|镇|乡|街道|社区|苏木|嘎查|村|地)(?=.{2})")
_LINEAR = frozenset((Kind.ROAD, Kind.WATERWAY))
_ALONG = frozenset((Kind.PIPELINE, Kind.GREEN, Kind.EQUIPMENT))
_SHARED_NATURES = frozenset({Nature.RENOVATE, Nature.RELOCATE, Nature.EXPAND, Nature.RESTORE, Nature.UPGRADE})
_CROSSINGS = ("交叉口", "路口", "交会处", "交汇处")
_UNSHARED_ENDS = ("中心", "大厦", "广场", "大楼", "酒店", "市场", "区域", "湖")
MAX_UNKNOWN = 4
"""Characters of unknown words between a head and a verb: an adverb or a part, not another name."""
MAX_HEADLESS = 5
"""Characters of the longest member that may take over another member's head: longer ones are things of their own."""


_FAMILIES = (
    {Kind.ROAD, Kind.BRIDGE, Kind.TUNNEL, Kind.INTERCHANGE, Kind.EXPRESSWAY, Kind.RAILWAY},
    {Kind.WATERWAY, Kind.RESERVOIR},
    {
        Kind.BUILDING,
        Kind.FACILITY,
        Kind.SCHOOL,
        Kind.HOSPITAL,
        Kind.PARKING,
        Kind.FUNERAL,
        Kind.PLANT,
        Kind.WASTE,
        Kind.POWER,
    },
    {Kind.PARK, Kind.GREEN, Kind.SCENIC, Kind.VILLAGE, Kind.TOWN, Kind.ZONE, Kind.BLOCK},
    {Kind.HOUSING},
)
"""Kinds so near each other that a list of one may be summed up by the other (公园、村等景区)."""


def _family(kind: Kind) -> int:
    return next((index for index, family in enumerate(_FAMILIES) if kind in family), -1 - list(Kind).index(kind))


@dataclass(slots=True)
class Item:
    """A member with what stood before it in the list."""

    separator: str
    member: Member
    predicate: Predicate
    group: int = 0


@dataclass(slots=True)
class WorkList:
    """The members of one clause."""

    items: list[Item] = field(default_factory=list)
    closings: dict[int, str] = field(default_factory=dict)
    """How each group was closed: the words after 等 or after its number."""


class Lists:
    """Splits the object of a clause and shares what its members share."""

    def __init__(self, lexicon: Lexicon, measures: Measures, members: Members, predicates: Predicates) -> None:
        self._lexicon = lexicon
        self._measures = measures
        self._members = members
        self._predicates = predicates
        joined = trie_pattern([*lexicon.lists["joined"], *lexicon.lists["not_etc"]])
        self._text = ""
        self._splitter = re.compile(rf"(?P<joined>{joined})|(?P<separator>{_SEPARATOR})|(?P<etc>等)")
        self._dependents = frozenset(lexicon.lists["dependents"])
        self._unshared = frozenset(lexicon.lists["unshared"])
        self._stop_ends = tuple(lexicon.stop_ends)
        self._two = frozenset(action for action in lexicon.actions if len(action) == 2)
        self._collective = frozenset(lexicon.lists["collective"])
        self._processes = tuple(lexicon.lists["processes"])

    def read(self, text: str, masked: str, tokens: list[Token], start: int, end: int, predicate: Predicate) -> WorkList:
        """The list written in `text[start:end]`, of which `predicate` speaks."""
        result = WorkList()
        self._text = text
        group: list[Item] = []
        number = 0
        current = predicate
        for separator, begin, stop, etc in self._split(text, masked, start, end):
            begin_, lead = self._own_lead(masked, tokens, begin, stop, bool(result.items or group))
            if lead:
                current = Predicate(lead=lead, tail=predicate.tail, rule="own verb")
                if group:
                    self._close(text, group, result, number, None, "")
                    number += 1
                    group = []
            if etc is not None:
                closing = self._closing(text, etc, stop)
                group.append(Item(separator, self._members.parse(text, begin_, etc), current))
                self._close(text, group, result, number, closing, text[etc:stop])
                number, group = number + 1, []
                continue
            middle = self._middle_quantity(text, begin_, stop)
            if middle and group + [1]:
                closing = self._members.parse(text, middle.start, stop)
                if closing.head or closing.generic or closing.actions:
                    if middle.start > begin_:
                        if group and separator in _LAST and group[-1].member.actions:
                            self._close(text, group, result, number, None, "")
                            number, group = number + 1, []
                        group.append(Item(separator, self._members.parse(text, begin_, middle.start), current))
                        self._close(text, group, result, number, closing, text[middle.start : stop])
                        number, group = number + 1, []
                        continue
            if group and separator in _LAST and group[-1].member.actions and not group[-1].member.bare:
                self._close(text, group, result, number, None, "")  # A、B改造和C、D新建
                number, group = number + 1, []
            group += [Item(separator, member, current) for member in self._bracketed(text, begin_, stop)]
        if group:
            self._close(text, group, result, number, None, "")
        if predicate.tail or self._predicates.strong(predicate):
            for item in result.items:
                self._cut(text, item.member)
        return result

    def _bracketed(self, text: str, begin: int, stop: int) -> list[Member]:
        """The member, and those that a bracket behind it lists (“三馆一中心”（图书馆、文化馆）; 城中村2个（冶溪、移塘）)."""
        member = self._members.parse(text, begin, stop)
        inside = text.rfind("（", begin, stop)
        if text[stop - 1] != "）" or inside <= begin or "、" not in text[inside:stop] or member.ends:
            return [member]
        listed = [self._members.parse(text, a, b) for _, a, b, _ in self._split(text, text, inside + 1, stop - 1)]
        if not all(m.head or len(text[m.core[0] : m.core[1]]) <= 4 for m in listed) or any(m.quantity for m in listed):
            return [member]
        if member.head and not member.weak:
            for m in listed:
                if m.head is None or m.weak:
                    self._give_head(text, m, member, (member.head_start, member.head_end))
                    m.notes.append("head of the words before the bracket")
            return [member, *listed]
        return listed

    def _split(self, text: str, masked: str, start: int, end: int) -> list[tuple[str, int, int, int | None]]:
        """Separator, begin, end and the place of 等 of each piece between separators."""
        pieces: list[tuple[str, int, int, int | None]] = []
        begin, separator, etc = start, "", None
        for match in self._splitter.finditer(masked, start, end):
            if match["joined"]:
                continue
            if match["etc"]:
                if etc is None and match.start() > begin:
                    etc = match.start()
                    if _SUMMING.fullmatch(text, etc, end):
                        break  # 等打基础、利长远的重大项目
                continue
            if match.start() - begin < 1 or end - match.end() < 1:
                continue
            open_end = max(text.rfind("至", begin, match.start()), text.rfind("到", begin, match.start()))
            if match["separator"] in _LAST and open_end > begin and match.start() - open_end <= 2:
                continue  # A至伊|和淖尔
            if match["separator"] != "、" and self._one_name(text, begin, match.start(), match.end(), end):
                continue
            pieces.append((separator, begin, match.start(), etc))
            begin, separator, etc = match.end(), match["separator"], None
        pieces.append((separator, begin, end, etc))
        return [piece for piece in pieces if piece[1] < piece[2]]

    def _one_name(self, text: str, begin: int, left: int, right: int, end: int) -> bool:
        """Whether 和 joins two words within one name: 转运和调配场, 保护和利用, 路与路交叉口."""
        window = text[right : right + 12]
        before = text[begin:left]
        if before.endswith(self._processes) and window.startswith(self._processes):
            return True
        if before[-2:] in self._two and window[:2] in self._two:
            return False
        rest = text[right:end]
        stop = re.search(r"[、，。等]|\d", rest)
        piece = rest[: stop.start()] if stop else rest
        if before[-1:] not in "路街道线" or not any(junction in rest for junction in _CROSSINGS):
            return False
        return any(junction in piece for junction in _CROSSINGS) or piece[-1:] in "路街道线"

    def _own_lead(self, masked: str, tokens: list[Token], begin: int, stop: int, later: bool) -> tuple[int, Run]:
        if not later:
            return begin, Run()
        run = self._predicates.lead(masked, [t for t in tokens if begin <= t.start and t.end <= stop], begin)
        if run and run.end < stop and run.start == begin and (stop - run.end) >= 2:
            rest = self._members.parse(masked, run.end, stop)
            if rest.head and not rest.bare:
                return run.end, run
        return begin, Run()

    def _middle_quantity(self, text: str, begin: int, stop: int) -> Quantity | None:
        for quantity in self._measures.find(text, begin, stop):
            made = text[begin : quantity.start].endswith(("年产", "日产", "日处理", "可", "约", "容纳"))
            if quantity.start > begin and quantity.end < stop and quantity.counts and not quantity.foreign and not made:
                return quantity
        return None

    def _closing(self, text: str, etc: int, stop: int) -> Member:
        """What stands after 等: a number, a head, actions."""
        start = etc + 1
        if places := _PLACES.match(text, start, stop):
            start = places.end()
        closing = self._members.parse(text, start, stop) if start < stop else Member(start, stop, (start, start))
        quantity = self._measures.at(text, start, stop)
        if quantity and quantity.end == stop:
            closing.quantity = quantity
            closing.core = (stop, stop)
            closing.head = None
        return closing

    def _close(
        self, text: str, group: list[Item], result: WorkList, number: int, closing: Member | None, words: str
    ) -> None:
        for item in group:
            item.group = number
        self._fold_actions(text, group)
        if not group:
            return
        members = [item.member for item in group]
        if closing is not None:
            self._share_closing(text, members, closing)
            del group[len(members) :]
            result.closings[number] = words
        else:
            self._share_suffix(text, group)
            if members[-1].quantity and members[-1].each:
                for member in members[:-1]:
                    member.quantity = member.quantity or members[-1].quantity
        self._share_heads(text, group)
        result.items += self._one_length(text, group, closing)

    def _fold_actions(self, text: str, group: list[Item]) -> None:
        """A member that is only an action (道路及沥青罩面, 改造和扩容) belongs to the member before it."""
        for index in range(len(group) - 1, 0, -1):
            member, before = group[index].member, group[index - 1].member
            core = text[slice(*member.core)]
            if core in self._lexicon.actions and not self._lexicon.actions[core].name and not member.quantity:
                member.actions.append(core)
                member.core = (member.core[0], member.core[0])
            if member.bare and member.actions and not before.bare and not (member.quantity and before.quantity):
                before.actions = before.actions or member.actions
                before.quantity = before.quantity or member.quantity
                before.generic = before.generic or member.generic
                before.phase = before.phase or member.phase
                del group[index]

    def _one_length(self, text: str, group: list[Item], closing: Member | None) -> list[Item]:
        """Members that share one head and one length are one work (华溪及溪心路污水主管5.7公里)."""
        kept: list[Item] = []
        for index, item in enumerate(group):
            member = item.member
            quantity = member.quantity or (closing.quantity if closing and index == len(group) - 1 else None)
            if (
                kept
                and quantity
                and not quantity.counts
                and not quantity.foreign
                and not member.shared
                and not member.bare
            ):
                first = len(kept)
                while first and kept[first - 1].member.shared and not kept[first - 1].member.quantity:
                    first -= 1
                if first < len(kept):
                    member.core = (kept[first].member.core[0], member.core[1])
                    member.quantity = quantity
                    member.notes.append("one length for the whole list")
                    del kept[first:]
            kept.append(item)
        return kept

    def _along(self, member: Member, group: list[Item], index: int) -> bool:
        """Whether it is a road or river along which what the next member names lies (哈敦街、察哈尔路排水管线)."""
        if index + 1 >= len(group) or member.quantity or member.actions or member.ends:
            return False
        giver = group[index + 1].member
        if giver.bare or member.head is None or giver.head is None:
            return False
        if giver.shared:
            return giver.head.kind in _ALONG and member.head.kind in _LINEAR
        inner = self._members.head(
            self._text, giver.core[0], self._members.proper(self._text, giver.core[0], giver.head_start)
        )
        return (
            giver.head.kind in _ALONG and member.head.kind in _LINEAR and inner is not None and inner[0].kind in _LINEAR
        )

    def _cut(self, text: str, member: Member) -> None:
        """Words between a head and the verb that the lexicon does not know are no part of the name (城西水厂|现已|投用)."""
        start, end = member.core
        if (
            member.head
            or member.shared
            or member.quantity
            or member.generic
            or member.ends
            or self._stops(text[start:end])
        ):
            return
        for stop in range(end - 1, max(start + 2, end - MAX_UNKNOWN) - 1, -1):
            found = self._members.head(text, start, stop)
            if (
                found
                and not found[0].weak
                and stop - found[1] > 1
                and self._members.proper(text, start, found[1]) > start
            ):
                member.core = (start, stop)
                member.head, member.head_start, member.head_end = found
                member.notes.append("words after the head left out")
                return

    def _stops(self, words: str) -> bool:
        return words.endswith(self._stop_ends)

    def _share_closing(self, text: str, members: list[Member], closing: Member) -> None:
        if closing.head and len(members) > 1 and all(self._modifier_only(text, m) for m in members[1:]):
            first = members[0]
            first.core = (first.core[0], self._without_modifier(text, *first.core))
            first.head, first.weak = None, False
            first.quantity = closing.quantity
            del members[1:]
        stopped = not closing.bare and closing.head is None and self._stops(text[closing.core[0] : closing.core[1]])
        for member in members:
            if not member.actions:
                member.actions = list(closing.actions)
            member.stage = member.stage or closing.stage
            member.stopped = member.stopped or stopped
            member.summed = bool(closing.generic) or closing.head is not None or bool(closing.actions)
            if closing.head and not closing.bare:
                own_head = self._own_head(text, member, closing)
                junction = text[closing.head_start : closing.core[1]] in _JUNCTIONS
                collective = text[closing.core[0] : closing.core[1]] in self._collective
                if collective and not own_head:
                    member.head = closing.head
                elif (not own_head) or junction:
                    self._give_head(text, member, closing, closing.core)
                    member.notes.append("head shared by the list")
        count = closing.quantity
        if count and count.counts:
            if count.exact or count.value > 1:
                named = len(members)
                if named > count.value:
                    for member in members:
                        member.flags.append("count-mismatch")

    def _without_modifier(self, text: str, start: int, end: int) -> int:
        return next((begin for begin in range(start + 2, end) if self._members.is_modifier(text[begin:end])), end)

    def _own_head(self, text: str, member: Member, closing: Member) -> bool:
        """Whether the member's own head says what it is, so that the head at the end of the list only sums up."""
        if member.head is None or closing.head is None:
            return False
        if member.weak:
            return text[member.head_end - 1] == text[closing.head_end - 1]
        return closing.head.weak or _family(member.head.kind) == _family(closing.head.kind)

    def _give_head(self, text: str, member: Member, giver: Member, span: tuple[int, int]) -> None:
        member.shared = span
        member.head = giver.head

    def _share_suffix(self, text: str, group: list[Item]) -> None:
        """An action or stage behind the last member is said of all that have none."""
        last = group[-1].member
        if not (last.actions or last.stage):
            return
        shared = [a for a in last.actions if self._lexicon.actions[a].nature in _SHARED_NATURES]
        for item in reversed(group[:-1]):
            if item.member.actions:
                return
            quantity = item.member.quantity
            if (quantity and quantity.start > item.member.start) or item.member.phase or not (shared or last.stage):
                continue
            item.member.actions = list(shared)
            item.member.stage = item.member.stage or last.stage
            item.member.notes.append("said of the whole list")

    def _share_heads(self, text: str, group: list[Item]) -> None:
        for index in range(len(group) - 1, -1, -1):
            member = group[index].member
            if member.shared or member.bare:
                continue
            core = text[member.core[0] : member.core[1]]
            if core in self._dependents and index and not group[index - 1].member.bare:
                member.before = group[index - 1].member.core
                member.notes.append("belongs to the work before it")
                continue
            if (member.head is None or member.weak or self._along(member, group, index)) and index + 1 < len(group):
                giver = group[index + 1].member
                if member.head and giver.weak and not self._along(member, group, index):
                    continue
                if member.head and giver.core[1] - giver.core[0] <= 4:
                    continue
                if (
                    giver.head is None
                    or giver.bare
                    or len(core) > MAX_HEADLESS
                    or member.quantity
                    or member.generic
                    or member.phase
                    or member.actions != giver.actions
                    and member.actions
                ):
                    continue
                span = giver.shared or self._shareable(text, giver, len(core))
                if span is None:
                    continue
                self._give_head(text, member, giver, span)
                member.notes.append("head shared with the next member")
            elif member.head is None and index and member.quantity:
                giver = group[index - 1].member
                if giver.head and self._modifier_only(text, member):
                    begin = self._members.proper(text, giver.core[0], giver.core[1])
                    begin = giver.head_start if begin == giver.core[0] else begin
                    self._give_head(text, member, giver, (giver.head_start, giver.head_end))
                    member.notes.append("head shared with the member before")

    def _modifier_only(self, text: str, member: Member) -> bool:
        return self._members.proper(text, *member.core) == member.core[0]

    def _shareable(self, text: str, giver: Member, length: int) -> tuple[int, int] | None:
        head = text[giver.head_start : giver.head_end]
        begin = self._members.proper(text, giver.core[0], giver.head_start, shortest=2)
        if begin == giver.head_start and (head in self._unshared or head.endswith(_UNSHARED_ENDS)):
            return None
        if begin <= giver.core[0]:
            begin = giver.head_start
        return begin, giver.head_end

"""What the members of a list share: heads, actions, numbers, and the works that share so much that they are one."""

import re

from gazetteer.reading.closings import ALONG, Closings
from gazetteer.reading.heads import Heads
from gazetteer.reading.lexicon import Lexicon
from gazetteer.reading.member import Item, Member
from gazetteer.reading.stops import Stops
from gazetteer.vocabulary import Kind, Nature

_LINEAR = frozenset((Kind.ROAD, Kind.WATERWAY))
_OF_LENGTH = frozenset((Kind.ROAD, Kind.EXPRESSWAY, Kind.BRIDGE, Kind.PIPELINE, Kind.WATERWAY))
"""Kinds of things of which a length is told, also of several sorts together (高速公路和国省干线|1500公里)."""
_BESIDES = re.compile("(?:附属|配套)(?:用房|设施|工程)")
"""What goes with a building, and is measured with it (住院楼及|附属设施|2万平方米)."""
_SHARED_NATURES = frozenset({Nature.RENOVATE, Nature.RELOCATE, Nature.EXPAND, Nature.RESTORE, Nature.UPGRADE})
_UNSHARED_ENDS = ("豪庭", "华府", "花苑", "名苑", "中心", "大厦", "广场", "大楼", "酒店", "市场", "区域", "湖")
MAX_UNKNOWN = 4
"""Characters of unknown words between a head and a verb: an adverb or a part, not another name."""
_SETTLEMENTS = ("街道", "镇", "乡", "村", "社区", "片区")
_MAKING = ("制造", "加工", "生产", "研发", "回收", "利用")
"""What ends the names of projects by what they make (风电装备制造)."""
_CUT_AT = "路街桥"
"""Heads of one character behind which unknown words are cut; the others end too many other words."""
MAX_HEADLESS = 5
"""Characters of the longest member that may take over another member's head: longer ones are things of their own."""
MAX_VOLTAGE = 9
"""The same for one that ends in a voltage (城西220千伏 from 港头110千伏输变电工程)."""
MIN_GIVER = 4
"""Characters of the shortest name that gives its head to a name that may have one of its own (白溪 from 石坝水库); one
more where both are of one kind or end alike, or the head is one character."""
MIN_OWN = 2
"""Characters of the proper name that stays with the member whose head is shared whole."""
_WITH_PARTS = frozenset((Kind.SCHOOL, Kind.HOSPITAL, Kind.RESERVOIR, Kind.PLANT))
"""Kinds of things whose parts a list names (赤溪、马坪|卫生院综合楼)."""
_NUMBERED = re.compile(r"(?P<place>.*?)(?P<number>\d+|[一二三四五六七八九十]+)(?P<sign>号|#|)")
"""A number that stands for a thing (1号)."""
_BY_NUMBER = re.compile("[一二三四五六七八九十]+[中小院]")
"""Schools and hospitals that are called by a number alone."""
_NUMBER_OF = re.compile(r"(?P<number>\d+|[一二三四五六七八九十]+)(?P<sign>号|#|)(?P<what>[^\d]*)")
"""A number with the thing behind it (2号桥)."""

_LEVELS = frozenset(("小学", "中学", "初中", "高中", "幼儿园", "附属幼儿园", "学校", "初级中学", "高级中学"))
"""What a school is called by its level alone."""
_LONGEST_PLACE = 4
"""Characters of the longest name of a place that takes a head where projects are summed up; firms have longer ones."""
_TWO_WORDS = 4
"""Characters of the shortest head that is made of two words (雨水管网)."""


class Sharing:
    """Shares with the words of a lexicon."""

    def __init__(self, lexicon: Lexicon, heads: Heads, stops: Stops) -> None:
        self._lexicon = lexicon
        self._heads = heads
        self._dependents = frozenset(lexicon.lists["dependents"])
        self._unshared = frozenset(lexicon.lists["unshared"])
        self._stops = stops
        self._closings = Closings(lexicon, heads, stops)

    def share(self, text: str, group: list[Item], closing: Member | None) -> list[Item]:
        """The works of a group of members, which `closing` sums up (等3个污水处理厂)."""
        if closing is None and len(group) == 1:
            return group
        self._fold_actions(text, group)
        if closing is not None and self._closings.grown(text, group, closing):
            group[:] = [Item(closing, group[0].predicate, group[0].group)]
        elif closing is not None:
            self._closings.merge_modifiers(text, group, closing)
            self._closings.share(text, [item.member for item in group], closing)
        else:
            self._share_suffix(group)
            self._share_number([item.member for item in group])
        for index in range(len(group) - 1, -1, -1):
            self._share_head(text, group, index)
        return self._one_length(text, group, closing)

    def _fold_actions(self, text: str, group: list[Item]) -> None:
        """A member that is only an action (道路及沥青罩面, 改造和扩容) belongs to the member before it."""
        for index in range(len(group) - 1, 0, -1):
            member, before = group[index].member, group[index - 1].member
            core = text[slice(*member.core)]
            counted = member.quantity and member.quantity.counts
            if before.head and not counted and _BESIDES.fullmatch(core):
                before.quantity = before.quantity or member.quantity
                del group[index]
                continue
            if core in self._lexicon.actions and not self._lexicon.actions[core].name and not member.quantity:
                member.actions.append(core)
                member.core = (member.core[0], member.core[0])
            if member.bare and member.actions and not before.bare and not (member.quantity and before.quantity):
                before.actions = before.actions or member.actions
                before.quantity = before.quantity or member.quantity
                before.generic = before.generic or member.generic
                before.phase = before.phase or member.phase
                del group[index]

    def _share_suffix(self, group: list[Item]) -> None:
        """An action or stage behind the last member is said of all that have none."""
        last = group[-1].member
        if not (last.actions or last.stage):
            return
        said = bool(group[-1].predicate.lead or group[-1].predicate.tail)
        shared = [a for a in last.actions if self._lexicon.actions[a].nature in _SHARED_NATURES]
        made = [a for a in last.actions if a not in shared] if not said else []
        for item in reversed(group[:-1]):
            if item.member.actions:
                return
            quantity = item.member.quantity
            if (quantity and quantity.start > item.member.start) or item.member.phase or item.member.generic:
                continue
            if not (shared or made or last.stage):
                continue
            item.member.actions = [*shared, *made]
            item.member.stage = item.member.stage or last.stage
            item.member.notes.append("said of the whole list")

    def _share_number(self, members: list[Member]) -> None:
        """A、B各5个."""
        last = members[-1]
        if last.quantity and last.each:
            for member in members[:-1]:
                member.quantity = member.quantity or last.quantity

    def _share_head(self, text: str, group: list[Item], index: int) -> None:
        """A member without a head takes that of the next (方岩和西溪卫生院), or belongs to the one before it."""
        member = group[index].member
        if member.shared or member.bare:
            return
        if self._share_numbered(text, [item.member for item in group[index:]]):
            return
        if index and self._beside_school(text, group[index - 1].member, member):
            return
        if index and text[slice(*member.core)] in self._dependents and not group[index - 1].member.bare:
            member.before = group[index - 1].member.core
            member.notes.append("belongs to the work before it")
        elif index + 1 < len(group) and self._lacks_head(text, member, group[index + 1].member):
            giver = group[index + 1].member
            if self._gives(text, member, giver) and (
                span := self._half_of_head(text, member, giver) or giver.shared or self._shareable(text, giver)
            ):
                while not text.endswith("千伏", *member.core) and text[span[0] - 1].isdigit():
                    span = span[0] - 1, span[1]  # 北坪、南岗|110千伏变电站
                while span[0] + 2 < span[1] and text.endswith(text[span[0] : span[0] + 2], *member.core):
                    span = span[0] + 2, span[1]  # 丹景街道|街道卫生院
                member.take_head(giver, span, "head shared with the next member")
        elif index and member.head is None and member.quantity and self._modifier_only(text, member):
            giver = group[index - 1].member
            if giver.head:
                member.take_head(giver, (giver.head_start, giver.head_end), "head shared with the member before")

    @staticmethod
    def _beside_school(text: str, before: Member, member: Member) -> bool:
        """军校中学、|小学: a school that is named only by its level is of the place of the one before it."""
        schools = all(m.head is not None and m.head.kind is Kind.SCHOOL for m in (before, member))
        if not schools or member.quantity or member.head_start > member.core[0] or before.head_start <= before.core[0]:
            return False
        if text[member.core[0] : member.core[1]] not in _LEVELS:
            return False
        if before.shared or text[slice(*member.core)] == text[before.head_start : before.head_end]:
            return False
        member.before = (before.core[0], before.head_start)
        member.notes.append("of the place of the school before it")
        return True

    @staticmethod
    def _share_numbered(text: str, members: list[Member]) -> bool:
        """西溪1、2、3号桥: numbers share what stands behind the last, and the others what stands before the first."""
        first = _NUMBERED.fullmatch(text, *members[0].core)
        if first is None or len(members) == 1 or (members[1].head is None and members[1].shared is None):
            return False
        giver = members[1]
        second = _NUMBER_OF.fullmatch(text, *giver.core)
        if second is None or not (second["sign"] or second["what"] or giver.shared):
            return False
        behind = giver.shared or (second.end("number"), giver.core[1])
        if first["sign"] and text.startswith(first["sign"], behind[0]):
            behind = (behind[0] + 1, behind[1])
        if behind[0] >= behind[1]:
            return False
        members[0].take_head(giver, behind, "numbers that share a head")
        for member in members[1:] if first["place"] else ():
            if _NUMBER_OF.fullmatch(text, *member.core) is None:
                break
            member.before = member.before or first.span("place")
        return True

    def _lacks_head(self, text: str, member: Member, giver: Member) -> bool:
        if member.head is None or self._half_of_head(text, member, giver):
            return True
        if self._same_sort_of_place(text, member, giver):
            return True
        if giver.head and member.head.kind is giver.head.kind and member.head_length > 1:
            return False  # 东外环、江前大道
        if text[member.core[1] - 1] == text[giver.core[1] - 1] and giver.shared is None:
            return False  # 南环路、横江路
        shared = giver.shared[1] - giver.shared[0] if giver.shared else 0
        same = member.head is not None and giver.head is not None and member.head.kind is giver.head.kind
        alike = same or giver.head_end - giver.head_start == 1 or text[member.core[1] - 1] == text[giver.core[1] - 1]
        if giver.core[1] - giver.core[0] + shared < MIN_GIVER + alike:
            return False
        nameless = giver.head_start == giver.core[0] and giver.shared is None  # 北环路、|滨河公园
        return self._along(text, member, giver) or (
            member.weak and not nameless and (not giver.weak or bool(giver.shared))
        )

    @staticmethod
    def _same_sort_of_place(text: str, member: Member, giver: Member) -> bool:
        """丹景街道、石盘街道|卫生院: places of one sort, of which only the last has the thing written behind it."""
        own = text[giver.core[0] : giver.core[1] if giver.shared else giver.head_start]
        name = text[slice(*member.core)]
        return any(name.endswith(sort) and sort in own[1:] for sort in _SETTLEMENTS)

    def _gives(self, text: str, member: Member, giver: Member) -> bool:  # noqa: PLR0911 - one line a reason
        if giver.head is None or giver.bare or self._stops.of(text, giver) or self._of_a_sort(text, member):
            return False
        if _BY_NUMBER.fullmatch(text, giver.head_start, giver.head_end) and giver.shared is None:
            return False  # 江中、二中
        voltage = text.endswith("千伏", *member.core)
        if not 1 < member.core[1] - member.core[0] <= (MAX_VOLTAGE if voltage else MAX_HEADLESS):
            return False
        if member.quantity or member.generic or member.phase:
            return False
        if member.summed and giver.head.kind is Kind.PLANT and giver.head_start - giver.core[0] > MAX_UNKNOWN:
            return False  # 晨光包装、绿源饮品江北工厂等项目
        if member.summed and giver.head.weak and giver.shared is None:
            return False
        if member.summed and member.head is None and giver.head_length == 1 and giver.shared is None:
            return False  # 宏达食品、云龙金|桥等项目
        if member.summed and member.core[1] - member.core[0] > _LONGEST_PLACE and giver.shared is None:
            return False  # 甜心草莓酱、南郊|热电厂等项目
        return not member.actions or member.actions == giver.actions

    @staticmethod
    def _of_a_sort(text: str, member: Member) -> bool:
        """生态宜居型, “新三馆”: words that no head goes on with."""
        return text[member.core[1] - 1] in "型”" or text.startswith("”", member.core[1])

    def _along(self, text: str, member: Member, giver: Member) -> bool:
        """Whether it is a road or river along which what the next member names lies (哈敦街、察哈尔路排水管线)."""
        if member.quantity or member.actions or member.ends or giver.bare or member.head is None or giver.head is None:
            return False
        if giver.head.kind not in ALONG or member.head.kind not in _LINEAR:
            return False
        if giver.shared:
            return True
        inner = self._heads.head(text, giver.core[0], self._heads.proper(text, giver.core[0], giver.head_start))
        return inner is not None and inner[0].kind in _LINEAR

    def _half_of_head(self, text: str, member: Member, giver: Member) -> tuple[int, int] | None:
        """供水、雨水|管网: the second half of a head that says two things, where the member makes one with it too."""
        start, end = giver.shared or (giver.head_start, giver.head_end)
        if giver.shared is None and (start > giver.core[0] or end - start < _TWO_WORDS):
            return None
        made = text[slice(*member.core)] + text[end - 2 : end]
        return (end - 2, end) if made[-_TWO_WORDS:] in self._lexicon.heads else None

    def _modifier_only(self, text: str, member: Member) -> bool:
        return self._heads.proper(text, *member.core) == member.core[0]

    def _shareable(self, text: str, giver: Member) -> tuple[int, int] | None:
        """The head and the words before it that go with it, where it is one that lists share."""
        head = text[giver.head_start : giver.head_end]
        begin = self._heads.proper(text, giver.core[0], giver.head_start, shortest=2)
        if begin == giver.head_start and (head in self._unshared or head.endswith(_UNSHARED_ENDS)):
            return None
        if begin <= giver.core[0]:
            begin = giver.head_start
        inner = self._heads.head(text, giver.core[0], begin)
        if inner and inner[0].kind in _WITH_PARTS and inner[1] >= giver.core[0] + MIN_OWN:
            begin = inner[1]  # 赤溪、|马坪|卫生院综合楼
        return begin, giver.core[1] if text[giver.core[1] - 1] == "段" else giver.head_end

    def _one_length(self, text: str, group: list[Item], closing: Member | None) -> list[Item]:
        """Members that share one head and one length are one work (华溪及溪心路污水主管5.7公里)."""
        kept: list[Item] = []
        for index, item in enumerate(group):
            member = item.member
            last = closing.quantity if closing and index == len(group) - 1 else None
            quantity = member.quantity or last
            if quantity and not (quantity.counts or quantity.foreign or member.shared or member.bare):
                first = len(kept)
                while first and self._of_one_length(text, kept[first - 1].member, member):
                    first -= 1
                if first < len(kept):
                    member.core = (kept[first].member.core[0], member.core[1])
                    member.quantity = quantity
                    member.notes.append("one length for the whole list")
                    del kept[first:]
            kept.append(item)
        return kept

    def _of_one_length(self, text: str, before: Member, member: Member) -> bool:
        if before.quantity:
            return False
        if before.shared:
            return True
        if before.head is None or before.ends or before.phase or before.actions or member.head is None:
            return False
        sorts = {before.head.kind, member.head.kind} <= _OF_LENGTH and before.core[1] + 2 > member.core[0]
        return sorts and all(self._heads.proper(text, m.core[0], m.head_start) == m.core[0] for m in (before, member))

    def cut(self, text: str, member: Member) -> None:
        """Unknown words between a head and the verb are no part of the name (城西水厂|现已|投用)."""
        start, end = member.core
        settled = member.head or member.shared or member.quantity or member.generic or member.ends
        if settled or self._stops.ends.longest(text, start, end) < end or text.endswith(_MAKING, start, end):
            return
        for stop in range(end - 1, max(start + 2, end - MAX_UNKNOWN) - 1, -1):
            found = self._heads.head(text, start, stop)
            if found is None or found[0].weak or (stop - found[1] == 1 and text[found[1]] not in _CUT_AT):
                continue
            if self._heads.proper(text, start, found[1]) > start:
                member.core = (start, stop)
                member.head, member.head_start, member.head_end = found
                member.notes.append("words after the head left out")
                return

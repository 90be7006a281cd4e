"""What the members of a list share: heads, actions, numbers, and the works that share so much that they are one."""

import re

from gazetteer.reading.heads import Heads
from gazetteer.reading.lexicon import Endings, Lexicon, trie_pattern
from gazetteer.reading.measures import bracket_ends
from gazetteer.reading.member import Item, Member
from gazetteer.vocabulary import Kind, Nature

_JUNCTIONS = ("交叉口", "路口", "节点", "十字路口", "道口", "交会处", "交汇处", "连接线", "连通工程")
_LINEAR = frozenset((Kind.ROAD, Kind.WATERWAY))
_ALONG = frozenset((Kind.PIPELINE, Kind.GREEN, Kind.EQUIPMENT))
_SHARED_NATURES = frozenset({Nature.RENOVATE, Nature.RELOCATE, Nature.EXPAND, Nature.RESTORE, Nature.UPGRADE})
_UNSHARED_ENDS = ("中心", "大厦", "广场", "大楼", "酒店", "市场", "区域", "湖")
MAX_UNKNOWN = 4
"""Characters of unknown words between a head and a verb: an adverb or a part, not another name."""
_ON_ROADS = frozenset((Kind.BRIDGE, Kind.TUNNEL, Kind.INTERCHANGE))
"""Kinds of things that stand at roads after which they are named."""
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
"""Characters of the shortest name that gives its head to a name that may have one of its own (甘溪 from 当坝水库); one
more where both are of one kind or end alike, or the head is one character."""
MAX_CROP = 3
"""Characters of the names of what is grown."""
MIN_OWN = 2
"""Characters of the proper name that stays with the member whose head is shared whole."""
_WITH_PARTS = frozenset((Kind.SCHOOL, Kind.HOSPITAL, Kind.RESERVOIR, Kind.PLANT))
"""Kinds of things whose parts a list names (赤溪、马坪|卫生院综合楼)."""
_FAMILIES = (
    {Kind.ROAD, Kind.BRIDGE, Kind.TUNNEL, Kind.INTERCHANGE, Kind.EXPRESSWAY, Kind.RAILWAY},
    {Kind.WATERWAY, Kind.RESERVOIR},
    {Kind.BUILDING, Kind.FACILITY, Kind.SCHOOL, Kind.HOSPITAL, Kind.PARKING, Kind.FUNERAL}
    | {Kind.PLANT, Kind.WASTE, Kind.POWER},
    {Kind.PARK, Kind.GREEN, Kind.SCENIC, Kind.VILLAGE, Kind.TOWN, Kind.ZONE, Kind.BLOCK},
    {Kind.HOUSING},
)
"""Kinds so near each other that a list of one may be summed up by the other (公园、村等景区)."""


_TASKS = re.compile("等?(?:各项|重点|目标|攻坚|中心)+任务")
"""What sums up tasks, which are no works."""
_NOT_FACILITIES = frozenset((Kind.ROAD, Kind.TOWN, Kind.VILLAGE, Kind.ZONE, Kind.BLOCK, Kind.HOUSING))
_BY = ("年一贯制", "周边", "沿线", "两侧", "沿岸", "门前", "片区")
"""What ends words for the surroundings of a place (会江站周边|5条道路)."""
_SUMMING_SORTS = re.compile("(?:主要|重点|骨干|城区|城市|县城|部分|各类|市政|农村|乡镇|薄弱|改善|义务教育|标志性)+")
"""What stands before words that only sum up (主要|街道)."""
_LINES_ALONG = re.compile(
    "(?:主要|重点|骨干|城区|城市|县城|部分|主次)*(?:干道|干线|街路|街道|道路|路段|公路|街巷|干路|河道)"
)
"""What sums up lines before the name of what lies along them (主要街路|路灯)."""
_NUMBERED = re.compile(r"(?P<place>.*?)(?P<number>\d+|[一二三四五六七八九十]+)(?P<sign>号|#|)")
"""A number that stands for a thing (1号)."""
_BY_NUMBER = re.compile("[一二三四五六七八九十]+[中小院]")
"""Schools and hospitals that are called by a number alone."""
_NUMBER_OF = re.compile(r"(?P<number>\d+|[一二三四五六七八九十]+)(?P<sign>号|#|)(?P<what>[^\d]*)")
"""A number with the thing behind it (2号桥)."""


def _family(kind: Kind) -> int:
    return next((index for index, family in enumerate(_FAMILIES) if kind in family), -1 - list(Kind).index(kind))


class Sharing:
    """Shares with the words of a lexicon."""

    def __init__(self, lexicon: Lexicon, heads: Heads) -> None:
        self._lexicon = lexicon
        self._heads = heads
        self._dependents = frozenset(lexicon.lists["dependents"])
        self._unshared = frozenset(lexicon.lists["unshared"])
        self._collective = frozenset(lexicon.lists["collective"])
        self._stop_ends = tuple(lexicon.stop_ends)
        self._renovated = lexicon.lists["renovated"]
        self._stop_endings = Endings(lexicon.stop_ends)
        self._held = re.compile(trie_pattern(lexicon.stop_holds))

    def share(self, text: str, group: list[Item], closing: Member | None) -> list[Item]:
        """The works of a group of members, which `closing` sums up (等3个污水处理厂)."""
        if closing is None and len(group) == 1:
            return group
        self._fold_actions(text, group)
        if closing is not None and self._grown(text, group, closing):
            group[:] = [Item(closing, group[0].predicate, group[0].group)]
        elif closing is not None:
            self._merge_modifiers(text, group, closing)
            self._share_closing(text, [item.member for item in group], closing)
        else:
            self._share_suffix(group)
            self._share_number([item.member for item in group])
        for index in range(len(group) - 1, -1, -1):
            self._share_head(text, group, index)
        return self._one_length(group, closing)

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

    def _merge_modifiers(self, text: str, group: list[Item], closing: Member) -> None:
        """文昌片区燃气、供水、排水等老旧管网 is one work."""
        if closing.head is None or len(group) < 2:
            return
        if all(self._modifier_only(text, item.member) for item in group[1:]):
            first = group[0].member
            first.core = (first.core[0], self._without_modifier(text, *first.core))
            first.head, first.weak = None, False
            first.quantity = closing.quantity
            del group[1:]

    def _share_closing(self, text: str, members: list[Member], closing: Member) -> None:
        """The head, actions and stage behind the list are said of all."""
        words = text[slice(*closing.core)]
        collective = self._is_collective(text, closing)
        works = bool(closing.generic) or collective or words == "工作"
        stopped = not (closing.bare or works) and self._stopped(text, closing)
        stopped = stopped or _TASKS.fullmatch(text, closing.start, closing.end) is not None
        whole = self._counts_whole_list(text, members, closing)
        for member in members:
            member.actions = member.actions or list(closing.actions)
            if not member.actions and words.endswith(self._renovated):
                member.actions = ["改造"]
            member.stage = member.stage or closing.stage
            member.stopped = member.stopped or stopped
            member.summed = bool(closing.generic or closing.head or closing.actions)
            fitted = closing.head is not None and closing.head.kind is Kind.EQUIPMENT and closing.quantity
            if fitted and member.head and not member.weak:
                continue  # 热源厂2台锅炉
            if closing.head and not closing.bare:
                own_head = not whole and self._own_head(text, member, closing)
                if self._is_facility(words, member):
                    named = self._heads.proper(text, member.core[0], member.head_start) > member.core[0]
                    member.stopped = member.stopped or not (named or closing.generic)
                    continue  # A泵站、B水厂等供水设施; not 医院、商场等公共服务设施
                if collective and not own_head and not text.endswith(_BY, *member.core):
                    member.head = member.head if member.head and not (member.weak or member.ends) else closing.head
                elif not own_head or text[closing.head_start : closing.core[1]] in _JUNCTIONS:
                    member.take_head(closing, self._shared_words(text, closing), "head shared by the list")
                    if not member.ends and "-" in text[slice(*member.core)]:
                        member.ends = bracket_ends(text, *member.core)  # A-B、C-D等公路
        self._share_start(text, members, closing)
        count = closing.quantity
        alone = len(members) == 1 and not members[0].quantity
        if count and alone and (not count.counts or text[closing.start - 1] != "等"):
            members[0].quantity = count  # 会江站周边|5条道路
        if count and count.counts and len(members) > count.value:
            for member in members:
                member.flags.append("count-mismatch")

    @staticmethod
    def _share_start(text: str, members: list[Member], closing: Member) -> None:
        """A到B、C、D|3条地铁: the lines of a number begin where the first does."""
        first, count = members[0], closing.quantity
        if (
            first.ends is None
            or count is None
            or count.value != len(members)
            or text[first.ends[1][0] - 1] not in "至到"
        ):
            return
        for member in members[1:]:
            if member.ends is None and member.shared and member.head_length <= 1:
                member.before = (first.core[0], first.ends[1][0])
                member.ends = (first.ends[0], member.core)

    @staticmethod
    def _is_facility(words: str, member: Member) -> bool:
        """Whether it is a facility itself, so that facilities only sum it up."""
        built = member.head is not None and not member.weak and member.head.kind not in _NOT_FACILITIES
        return built and words.endswith("设施")

    def _is_collective(self, text: str, closing: Member) -> bool:
        """Whether it only sums up: 道路, 主要干道."""
        words = text[slice(*closing.core)]
        if words in self._collective:
            return True
        sorts = _SUMMING_SORTS.match(text, *closing.core)
        return sorts is not None and text[sorts.end() : closing.core[1]] in self._collective

    @staticmethod
    def _shared_words(text: str, closing: Member) -> tuple[int, int]:
        """What a member takes of the words behind the list: of 主要干道绿化 a road takes 绿化."""
        if closing.head is not None and closing.head.kind in _ALONG:
            line = _LINES_ALONG.match(text, *closing.core)
            if line and line.end() < closing.core[1]:
                return line.end(), closing.core[1]
        return closing.core

    @staticmethod
    def _grown(text: str, group: list[Item], closing: Member) -> bool:
        """柑桔、核桃、茶叶等特色产业基地5.8万亩: what is grown on one area has no place of its own."""
        area = closing.quantity is not None and closing.quantity.unit == "亩" and closing.head is not None
        crops = all(i.member.head is None and i.member.core[1] - i.member.core[0] <= MAX_CROP for i in group)
        return area and crops and len(group) > 1 and text[closing.start - 1] == "等"

    def _counts_whole_list(self, text: str, members: list[Member], closing: Member) -> bool:
        """东门口、汽车北站|两个农贸市场: the number is that of the members, and one of them has no head but this."""
        count = closing.quantity
        if count is None or not count.counts or text[closing.start - 1] == "等" or count.value != len(members):
            return False
        return not self._is_collective(text, closing) and any(m.head is None for m in members)

    def _without_modifier(self, text: str, start: int, end: int) -> int:
        return next((begin for begin in range(start + 2, end) if self._heads.is_modifier(text[begin:end])), end)

    def _own_head(self, text: str, member: Member, closing: Member) -> bool:
        """Whether the member's own head says what it is, so that the head at the end of the list only sums up."""
        if member.head is None or closing.head is None:
            return False
        summed = "路" in text[slice(*closing.core)]
        if member.head.kind is Kind.ROAD and closing.head.kind in _ON_ROADS and closing.quantity and not summed:
            return False  # A路、B路两处过街天桥
        if member.weak:
            alike = text[member.head_end - 1] == text[closing.head_end - 1]
            return alike or (member.head.kind is closing.head.kind and member.head.kind is Kind.WATERWAY)
        if member.head.weak and member.head_length == 1 and not closing.head.weak:
            return False  # 华和春城等4所幼儿园
        return closing.head.weak or _family(member.head.kind) == _family(closing.head.kind)

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
            if self._gives(text, member, giver) and (span := giver.shared or self._shareable(text, giver)):
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
        if member.head is None:
            return True
        if self._same_sort_of_place(text, member, giver):
            return True
        if giver.head and member.head.kind is giver.head.kind and member.head_length > 1:
            return False  # 东外环、山前大道
        if text[member.core[1] - 1] == text[giver.core[1] - 1] and giver.shared is None:
            return False  # 南环路、横河路
        shared = giver.shared[1] - giver.shared[0] if giver.shared else 0
        same = member.head is not None and giver.head is not None and member.head.kind is giver.head.kind
        alike = same or giver.head_end - giver.head_start == 1 or text[member.core[1] - 1] == text[giver.core[1] - 1]
        if giver.core[1] - giver.core[0] + shared < MIN_GIVER + alike:
            return False
        return self._along(text, member, giver) or (member.weak and (not giver.weak or bool(giver.shared)))

    @staticmethod
    def _same_sort_of_place(text: str, member: Member, giver: Member) -> bool:
        """丹景街道、石盘街道|卫生院: places of one sort, of which only the last has the thing written behind it."""
        own = text[giver.core[0] : giver.core[1] if giver.shared else giver.head_start]
        name = text[slice(*member.core)]
        return any(name.endswith(sort) and sort in own[1:] for sort in _SETTLEMENTS)

    def _gives(self, text: str, member: Member, giver: Member) -> bool:  # noqa: PLR0911 - one line a reason
        if giver.head is None or giver.bare or self._stopped(text, giver) or self._of_a_sort(text, member):
            return False
        if _BY_NUMBER.fullmatch(text, giver.head_start, giver.head_end) and giver.shared is None:
            return False  # 太中、二中
        voltage = text.endswith("千伏", *member.core)
        if not 1 < member.core[1] - member.core[0] <= (MAX_VOLTAGE if voltage else MAX_HEADLESS):
            return False
        if member.quantity or member.generic or member.phase:
            return False
        if member.summed and giver.head.kind is Kind.PLANT and giver.head_start - giver.core[0] > MAX_UNKNOWN:
            return False  # 骄阳包装、农夫山泉均州工厂等项目
        if member.summed and giver.head.weak and giver.shared is None:
            return False
        return not member.actions or member.actions == giver.actions

    @staticmethod
    def _of_a_sort(text: str, member: Member) -> bool:
        """生态宜居型, “新三馆”: words that no head goes on with."""
        return text[member.core[1] - 1] in "型”" or text[member.core[1]] == "”"

    def _stopped(self, text: str, giver: Member) -> bool:
        """Whether it ends in a longer word that is no work (城镇社区|综合试点)."""
        begin = self._stop_endings.longest(text, *giver.core)
        if self._held.search(text, *giver.core):
            return True
        head_start = giver.head_start if giver.head else giver.core[1]
        return begin < head_start and giver.shared is None

    def _along(self, text: str, member: Member, giver: Member) -> bool:
        """Whether it is a road or river along which what the next member names lies (哈敦街、察哈尔路排水管线)."""
        if member.quantity or member.actions or member.ends or giver.bare or member.head is None or giver.head is None:
            return False
        if giver.head.kind not in _ALONG or member.head.kind not in _LINEAR:
            return False
        if giver.shared:
            return True
        inner = self._heads.head(text, giver.core[0], self._heads.proper(text, giver.core[0], giver.head_start))
        return inner is not None and inner[0].kind in _LINEAR

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
        return begin, giver.head_end

    def _one_length(self, group: list[Item], closing: Member | None) -> list[Item]:
        """Members that share one head and one length are one work (华溪及溪心路污水主管5.7公里)."""
        kept: list[Item] = []
        for index, item in enumerate(group):
            member = item.member
            last = closing.quantity if closing and index == len(group) - 1 else None
            quantity = member.quantity or last
            if quantity and not (quantity.counts or quantity.foreign or member.shared or member.bare):
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

    def cut(self, text: str, member: Member) -> None:
        """Unknown words between a head and the verb are no part of the name (城西水厂|现已|投用)."""
        start, end = member.core
        settled = member.head or member.shared or member.quantity or member.generic or member.ends
        if settled or text.endswith(self._stop_ends, start, end) or text.endswith(_MAKING, start, end):
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

"""What stands behind a list (等3个污水处理厂), and what the members of the list take of it."""

import re

from gazetteer.reading.heads import Heads
from gazetteer.reading.lexicon import Lexicon
from gazetteer.reading.measures import bracket_ends
from gazetteer.reading.member import Item, Member
from gazetteer.reading.stops import Stops
from gazetteer.vocabulary import Kind

_JUNCTIONS = ("交叉口", "路口", "节点", "十字路口", "道口", "交会处", "交汇处", "连接线", "连通工程")
_ON_ROADS = frozenset((Kind.BRIDGE, Kind.TUNNEL, Kind.INTERCHANGE))
"""Kinds of things that stand at roads after which they are named."""
_FAMILIES = (
    {Kind.ROAD, Kind.BRIDGE, Kind.TUNNEL, Kind.INTERCHANGE, Kind.EXPRESSWAY, Kind.RAILWAY},
    {Kind.WATERWAY, Kind.RESERVOIR},
    {Kind.BUILDING, Kind.FACILITY, Kind.SCHOOL, Kind.HOSPITAL, Kind.PARKING, Kind.FUNERAL}
    | {Kind.PLANT, Kind.WASTE, Kind.POWER},
    {Kind.PARK, Kind.GREEN, Kind.SCENIC, Kind.VILLAGE, Kind.TOWN, Kind.ZONE, Kind.BLOCK},
    {Kind.HOUSING},
)
"""Kinds so near each other that a list of one may be summed up by the other (公园、村等景区)."""
MAX_CROP = 3
"""Characters of the names of what is grown."""
_TASKS = re.compile("等?(?:(?:各项|重点|目标|攻坚|中心)+任务|(?:多种|各种|有效|多元)*(?:渠道|方式|途径|形式|手段))")
"""What sums up tasks and ways of doing, which are no works."""
_FIELDS = re.compile(
    "(?:重点|优势|特色|战略性|传统|新兴|未来|先进|高端|主导|支柱|关键|核心|前沿|各|相关|其他)*"
    "(?:领域|产业|行业|品类|品牌|技术|业态|赛道|学科|专业|环节|要素|群体|人群|产品|污染物|工作)"
)
"""What sums up fields of the economy and of work (生物育种、航天等领域): what has no known head is no work there."""
_PLANTS = frozenset(("株", "棵"))
"""Units of what is planted, sort by sort (桂花、紫薇等苗木8000株)."""
_NOT_FACILITIES = frozenset((Kind.ROAD, Kind.TOWN, Kind.VILLAGE, Kind.ZONE, Kind.BLOCK, Kind.HOUSING))
_BETWEEN = frozenset((Kind.EXPRESSWAY, Kind.RAILWAY))
"""Lines that are called by the places between which they run and by what they are (云白|高速公路)."""
_PLACES = frozenset((Kind.ZONE, Kind.TOWN, Kind.VILLAGE, Kind.BLOCK))
"""Kinds of places in which other things stand."""
_SHORTEST_ROAD = 3
"""Characters of the shortest name that is a road's and no town's (环山路, not 石街)."""
_BY = ("年一贯制", "周边", "沿线", "两侧", "沿岸", "门前", "片区")
"""What ends words for the surroundings of a place (南站周边|5条道路)."""
_SUMMING_SORTS = re.compile(
    "(?:主要|重点|重大|一流|关键|骨干|交通|城区|城市|县城|部分|各类|市政|农村|乡镇|薄弱|改善|义务教育|标志性)+"
)
"""What stands before words that only sum up (主要|街道)."""
_SIZE = re.compile("(?:大中型|中小型|大型|中型|小型|重大|重点|主要)+")
"""What a list's head says of the size of its members, and no member by itself is called (14座|大中型|水电站)."""
_LINES_ALONG = re.compile(
    "(?:主要|重点|骨干|城区|城市|县城|部分|主次)*(?:干道|干线|街路|街道|道路|路段|公路|街巷|干路|河道)"
)
"""What sums up lines before the name of what lies along them (主要街路|路灯)."""
ALONG = frozenset((Kind.PIPELINE, Kind.GREEN, Kind.EQUIPMENT))
"""Kinds of what lies along roads and rivers."""


def _family(kind: Kind) -> int:
    return next((index for index, family in enumerate(_FAMILIES) if kind in family), -1 - list(Kind).index(kind))


class Closings:
    """Shares with the words of a lexicon."""

    def __init__(self, lexicon: Lexicon, heads: Heads, stops: Stops) -> None:
        self._heads = heads
        self._stops = stops
        self._collective = frozenset(lexicon.lists["collective"])
        self._renovated = lexicon.lists["renovated"]

    def share(self, text: str, members: list[Member], closing: Member) -> None:
        """The head, actions and stage behind the list are said of all."""
        words = text[slice(*closing.core)]
        collective = self._is_collective(text, closing)
        works = bool(closing.generic) or collective or words == "工作"
        stopped = not (closing.bare or works) and self._stops.of(text, closing)
        stopped = stopped or _TASKS.fullmatch(text, closing.start, closing.end) is not None
        stopped = stopped or (closing.quantity is not None and closing.quantity.unit in _PLANTS)
        acted = any(member.actions for member in members)  # A亮化、B改造等工作
        fields = not (acted or closing.generic) and _FIELDS.match(text, closing.start, closing.end) is not None
        whole = self._counts_whole_list(text, members, closing)
        for member in members:
            member.actions = member.actions or list(closing.actions)
            if not member.actions and words.endswith(self._renovated):
                member.actions = ["改造"]
            member.stage = member.stage or closing.stage
            member.stopped = member.stopped or stopped or (fields and (member.head is None or member.head.weak))
            member.summed = bool(closing.generic or closing.head or closing.actions)
            if closing.head and not closing.bare:
                self._share_head(text, member, closing, whole=whole, collective=collective)
        self._share_start(text, members, closing)
        count = closing.quantity
        alone = len(members) == 1 and not members[0].quantity
        if count and alone and (not count.counts or text[closing.start - 1] != "等"):
            members[0].quantity = count  # 南站周边|5条道路
        if count and count.counts and len(members) > count.value:
            for member in members:
                member.flags.append("count-mismatch")

    def _share_head(self, text: str, member: Member, closing: Member, *, whole: bool, collective: bool) -> None:
        """`whole` where the number behind the list is that of its members, `collective` where the head only sums up."""
        if closing.head is None:
            return
        if closing.head.kind is Kind.EQUIPMENT and closing.quantity and member.head and not member.weak:
            return  # 热源厂2台锅炉
        if closing.head.kind is Kind.RAILWAY and text.endswith("线", *member.core):
            member.head = closing.head  # 白沙线、云河线等轨道交通线
            return
        own_head = not whole and self._own_head(text, member, closing)
        words = text[slice(*closing.core)]
        if self._is_facility(words, member):
            named = self._heads.proper(text, member.core[0], member.head_start) > member.core[0]
            member.stopped = member.stopped or not (named or closing.generic)
            return  # A泵站、B水厂等供水设施; not 医院、商场等公共服务设施
        if collective and not own_head and not text.endswith(_BY, *member.core):
            abbreviated = text[member.core[1] - 1] == "高"  # 绕城高
            headless = member.head is None or member.weak
            between = closing.head.kind in _BETWEEN or (member.ends and words.endswith("公路"))
            if headless and not abbreviated and between:
                member.take_head(closing, closing.core, "head shared by the list")
            elif headless or member.ends or closing.head.kind is Kind.BLOCK:
                member.head, member.weak = closing.head, False
        elif not own_head or text[closing.head_start : closing.core[1]] in _JUNCTIONS:
            member.take_head(closing, self._shared_words(text, closing), "head shared by the list")
            if not member.ends and "-" in text[slice(*member.core)]:
                member.ends = bracket_ends(text, *member.core)  # A-B、C-D等公路

    def merge_modifiers(self, text: str, group: list[Item], closing: Member) -> None:
        """文昌片区燃气、供水、排水等老旧管网 is one work."""
        if closing.head is None or len(group) < 2 or self._stops.of(text, closing):
            return
        if all(self._heads.proper(text, *item.member.core) == item.member.core[0] for item in group[1:]):
            first = group[0].member
            first.core = (first.core[0], self._without_modifier(text, *first.core))
            first.head, first.weak = None, False
            first.quantity = closing.quantity
            del group[1:]

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
        if member.head is None or member.weak or not words.endswith("设施"):
            return False
        road = member.head.kind is Kind.ROAD and member.core[1] - member.core[0] >= _SHORTEST_ROAD
        return road or member.head.kind not in _NOT_FACILITIES

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
        if closing.head is not None and closing.head.kind in ALONG:
            line = _LINES_ALONG.match(text, *closing.core)
            if line and line.end() < closing.core[1]:
                return line.end(), closing.core[1]
        size = _SIZE.match(text, *closing.core)
        return (size.end(), closing.core[1]) if size and size.end() < closing.core[1] else closing.core

    @staticmethod
    def grown(text: str, group: list[Item], closing: Member) -> bool:
        """柑桔、核桃、茶叶等特色产业基地3万亩: what is grown on one area has no place of its own."""
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
        place = member.head.kind in _PLACES and member.head.kind is not closing.head.kind
        if place and closing.quantity and text[closing.start - 1] != "等":
            return False  # 东湖新城|3座公园
        summed = "路" in text[slice(*closing.core)]
        if member.head.kind is Kind.ROAD and closing.head.kind in _ON_ROADS and closing.quantity and not summed:
            return False  # A路、B路两处过街天桥
        if member.weak:
            alike = text[member.head_end - 1] == text[closing.head_end - 1]
            return alike or (member.head.kind is closing.head.kind and member.head.kind is Kind.WATERWAY)
        if member.head.weak and member.head_length == 1 and not closing.head.weak:
            return False  # 春和新城等4所幼儿园
        return closing.head.weak or _family(member.head.kind) == _family(closing.head.kind)

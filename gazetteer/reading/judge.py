"""Whether a member of a list is a work, and why not: one method a rule."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gazetteer.reading.heads import Heads
from gazetteer.reading.lexicon import Lexicon, Role, trie_pattern
from gazetteer.reading.lists import WorkList
from gazetteer.reading.measures import Measures, Quantity
from gazetteer.reading.member import Item
from gazetteer.reading.predicates import Predicate, Predicates
from gazetteer.reading.stops import Stops
from gazetteer.vocabulary import Kind, Sector

MAX_NAME = 30
"""Characters of the longest name: what is longer is a phrase that the grammar did not understand."""
MAX_UNKNOWN = 12
"""Characters of the longest name without a known head that is believed on the word of its verb alone (完工来福士)."""
MAX_BESIDE = 10
"""The same where it is only the other members of its list that are works."""
_SINGLE = frozenset(
    (Kind.BUILDING, Kind.FACILITY, Kind.SCHOOL, Kind.HOSPITAL, Kind.PLANT, Kind.PARK, Kind.PARKING, Kind.HOUSING)
)
"""Kinds of which one stands alone, so that a common one that is finished is a work without a name (人才公寓完工)."""
_PEOPLE = frozenset(("人", "万人", "名", "人次", "元", "万元", "亿元"))
_IN_NAMES = frozenset(("吨级", "万吨级", "千伏", "kV", "KV", "kv", "伏", "号线", "号", "期", "级", "年", "月", "日"))
"""Units that stand at the end of names (地铁4号线)."""
_PLURAL = ("乡镇", "农村", "镇", "村", "社区", "各", "基层", "行政", "标准化")
"""What opens the names of things of which there are many."""
_SORTS = ("村级", "镇级", "乡级", "各", "基层", "重大", "重点", "骨干", "关键")
"""What opens a name that says only of what sort its things are."""
_QUALITIES = ("老", "旧", "标准", "样板", "示范", "精品", "特色", "优质")
"""What opens words that only praise or date a thing with a head of one character (老桥, 标准路)."""
_NUMBERS = re.compile(
    "“?(?:[二三四五六七八九十两][小大新老优强美改]|(?:[一二三四五六七八九十两][^一二三四五六七八九十两馆院”]{1,3}){2,})”?"
)
"""一圈两场三道: what is built by numbers; 三馆一中心 is a building."""
_CAPACITY = 10_000
"""Things from which on a number inside a name is what a works makes in a year (1千万支牙膏)."""
_SORT_ENDS = ("型", "式", "性", "级", "类", "化")
"""What ends words that say of what sort things are (生态宜居型, 百亿级)."""
_PLACES = re.compile(r"\d+个?(?:乡镇|乡|镇|村|社区|街道)")
"""6乡镇7村."""
_HAN = re.compile("[一-鿿]")
_SHORTEST = 2
"""Chinese characters of the shortest name without a known head (not U型)."""
_CAMPAIGNS = (
    "健康",
    "平安",
    "法治",
    "数字",
    "书香",
    "诚信",
    "信用",
    "美丽",
    "幸福",
    "文明",
    "绿色",
    "无废",
    "活力",
    "智慧",
    "宜居",
    "韧性",
    "魅力",
    "富强",
    "和谐",
    "品质",
    "实力",
)
"""What opens the names of campaigns (健康松阳)."""
_LONGEST_CAMPAIGN = 6
"""Characters of the longest of these whose place ends in no head (法治黑龙江)."""
_STRIVING = ("创建", "争创", "创成", "申创", "巩固")
_MAKING = ("打造", "争当")
_TITLES = ("示范", "文明", "卫生", "园林", "生态", "先进", "模范", "百强", "试点", "试验")
"""Verbs and words of titles (创建生态文明示范区)."""
_STREET = re.compile("[东西南北中一二三四五六七八九十]?(?:路(?![径网线由])|街(?!区)|大道|大街|巷|小学|中学)")
"""What makes a street or a school of a verb before it (丰富路, 开拓街)."""
_MANY = "one of many, with neither a name of its own nor a number"
_UNKNOWN = "no known kind of thing"


@dataclass(slots=True)
class Case:
    """A member with all that is said of it."""

    text: str
    item: Item
    found: WorkList
    predicate: Predicate
    name: str

    @property
    def said(self) -> bool:
        """Whether any verb speaks of it."""
        return bool(self.predicate.lead or self.predicate.tail or self.predicate.unknown)


class Judge:
    """Judges members with the words of a lexicon."""

    def __init__(
        self, lexicon: Lexicon, measures: Measures, heads: Heads, predicates: Predicates, stops: Stops
    ) -> None:
        self._lexicon = lexicon
        self._measures = measures
        self._heads = heads
        self._predicates = predicates
        self._openings = lexicon.lists["openings"]
        self._starts = re.compile(trie_pattern(lexicon.stop_starts))
        self._stop_words = stops
        self._counted_actions = tuple(word for word, action in lexicon.actions.items() if action.name)
        self._lengths = frozenset((*lexicon.lists["length"], *lexicon.lists["area"]))
        self._parts = frozenset(lexicon.lists["parts"])
        self._building = frozenset(lexicon.lists["building"])
        self._collective = frozenset(lexicon.lists["collective"])
        self._levels = tuple(lexicon.lists["levels"])
        self._rules: tuple[Callable[[Case], str | None], ...] = (
            self._spelling,
            self._institution,
            self._stops,
            self._of_phrase,
            self._unknown,
            self._common,
            self._title,
            self._among_titles,
            self._vague,
            self._slogan,
            self._settlement,
            self._nothing_said,
        )

    def why_not(self, text: str, item: Item, found: WorkList, predicate: Predicate) -> str | None:
        """Why a member is no work; None where it is one."""
        member = item.member
        case = Case(text, item, found, predicate, text[slice(*member.core)])
        if case.name.endswith(self._counted_actions) and member.quantity:
            return None
        for rule in self._rules:
            if (why := rule(case)) is not None:
                return f"{case.name}: {why}" if case.name else why
        return None

    def _spelling(self, case: Case) -> str | None:  # noqa: PLR0911 - one line a reason
        member, name = case.item.member, case.name
        start, end = member.core
        if len(name) < 2 and not member.shared:
            return "too short for a name"
        if not member.shared and (name in self._lexicon.verbs or name in self._lexicon.afters):
            return "a verb"
        renewed = self._quantity(case) is not None and self._predicates.acts(case.predicate)
        if name in self._parts and not renewed and not member.shared and not member.before:
            return "a part of something else"
        if len(name) > MAX_NAME:
            return "a phrase, not a name"
        numbered = member.head is not None and member.head.kind is Kind.ROAD and any(c.isdigit() for c in name)
        if not (numbered or member.shared) and not _HAN.search(name):
            return "no name"
        if _PLACES.match(name):
            return "a number of places"
        measured = self._measures.at(case.text, start, end)
        if measured and measured.unit in _PEOPLE:
            return "a number of people or money"
        if measured and measured.end == end and not measured.foreign:
            return "a number alone"
        numbers = self._measures.find(case.text, start, end)
        if any(self._sized(q) and not (q.counts and q.value >= _CAPACITY) for q in numbers if not q.foreign):
            return "a phrase with a number, not a name"
        ending = next((q for q in numbers if q.end == end), None)
        if ending and ending.foreign and ending.unit not in _IN_NAMES:
            return "a number of something else"
        whole = name + case.text[slice(*(member.shared or (0, 0)))]
        placed = member.shared and (name.startswith(self._lexicon.lists["places"]) or whole in self._lexicon.heads)
        if self._heads.is_modifier(name) and not placed and not self._quantity(case):
            return "says where or of what sort, and names nothing"
        staged = member.stage or case.predicate.tail.words(Role.STAGE)
        if staged and measured is None and self._plans(case):
            return "a number of plans"
        return None

    @staticmethod
    def _plans(case: Case) -> bool:
        """3个区域控规, 5项可研: what is numbered is the paper, not the thing."""
        quantity, start = case.item.member.quantity, case.item.member.core[0]
        return quantity is not None and quantity.counts and quantity.end == start

    def _institution(self, case: Case) -> str | None:
        """新增重点实验室3家: what firms are certified as."""
        member, quantity = case.item.member, self._quantity(case)
        counted = quantity is not None and quantity.unit == "家" and not self._predicates.acts(case.predicate)
        head = member.head
        if counted and head and head.sector is Sector.INDUSTRY and head.kind in (Kind.BUILDING, Kind.FACILITY):
            return "institutions of firms, no works"
        return None

    def _stops(self, case: Case) -> str | None:  # noqa: PLR0911 - one line a reason
        """Words that the lexicon says are no works, unless the head that is known is as long."""
        member, name = case.item.member, case.name.strip("“”")
        if member.stopped:
            return "its list sums itself up as no works"
        if why := self._opened(case):
            return why
        if opened := self._opening(name, 0, len(name)):
            return f"{opened} is {self._lexicon.stop_starts[opened]}"
        if _NUMBERS.fullmatch(name) and case.text[member.core[0] - 1 : member.core[0]] == "“":
            return "a slogan"
        if held := self._stop_words.holds.search(name + case.text[slice(*(member.shared or (0, 0)))]):
            return f"{held.group()} is {self._lexicon.stop_holds[held.group()]}"
        if member.shared or (member.ends and member.summed):
            return None
        head = member.core[1] - member.head_start if member.head else 0
        ending = name[self._stop_words.ends.longest(name, 0, len(name)) :]
        return f"{ending} is {self._lexicon.stop_ends[ending]}" if len(ending) > head else None

    def _opened(self, case: Case) -> str | None:
        """坚持道路、管线一体规划; 为超市和批发市场配备设备: the verb that opens a list is of all its members."""
        first = case.found.items[0] if case.found.items else case.item
        said = case.predicate.lead and not case.predicate.carried
        if first is case.item or first.predicate is not case.item.predicate or said:
            return None
        opened = self._opening(case.text, *first.member.core)
        return f"{opened} is {self._lexicon.stop_starts[opened]}" if opened else None

    def _opening(self, text: str, start: int, end: int) -> str:
        """The word that makes words that begin with it no work; "" where they are a name after all (开拓路)."""
        opened = self._starts.match(text, start, end)
        if opened is None or text.startswith(self._openings, start):
            return ""
        street = len(opened.group()) > 1 and _STREET.match(text, opened.end(), end)
        return "" if street else opened.group()

    def _of_phrase(self, case: Case) -> str | None:
        """懂农业、爱农村的|干部队伍: what stands before 的 only tells of something that is no work."""
        last = case.found.items[-1] if case.found.items else case.item
        member = last.member
        if last is case.item or last.predicate is not case.item.predicate or case.item.member.head_length > 1:
            return None
        words = case.text[slice(*member.core)]
        relative = case.text[member.core[0] - 1] == "的" or case.text.startswith("的", member.core[0] - 2)
        return f"it tells of {words}" if relative and self.stopped(words) else None

    def stopped(self, name: str) -> bool:
        """Whether words that end like these are no work."""
        return self._stop_words.ends.longest(name, 0, len(name)) < len(name)

    def _unknown(self, case: Case) -> str | None:
        """A name without a known head is believed for its verb, its list, its phase or its ends."""
        member, name = case.item.member, case.name
        if member.head is not None:
            return None
        if member.quantity and self._sized(member.quantity) and not self._built(case):
            return _UNKNOWN
        elsewhere = case.predicate.inside or (case.predicate.carried and not member.summed)
        if elsewhere and not self._built(case):
            return _UNKNOWN
        if self._ends_stopped(case):
            return _UNKNOWN
        if any(c in name for c in "将为在有于") or name.endswith(_SORT_ENDS) or len(_HAN.findall(name)) < _SHORTEST:
            return _UNKNOWN
        project = member.summed or member.phase or "项目" in member.generic
        believed = (
            (member.ends and case.said)
            or (self._predicates.strong(case.predicate) and not case.predicate.carried and len(name) <= MAX_UNKNOWN)
            or (case.said and project and len(_HAN.findall(name)) <= MAX_UNKNOWN + 2)
            or (case.predicate.tail.words(Role.AFTER) and member.generic)
            or (case.said and len(name) <= MAX_BESIDE and any(self._beside(case)))
            or self._built(case)
            or (case.said and not member.quantity and len(name) <= MAX_BESIDE and self._builds(member.actions))
        )
        return None if believed else _UNKNOWN

    def _ends_stopped(self, case: Case) -> bool:
        """高铁站到东湖、石门|公交线路: the list ends in what is no work, and the member has no head but that."""
        group = [item for item in case.found.items if item.group == case.item.group]
        if not group or group[-1] is case.item:
            return False
        last = group[-1].member
        head = last.head_length if last.head else 0
        words = case.text[slice(*last.core)]
        ending = len(words) - self._stop_words.ends.longest(words, 0, len(words))
        return not last.shared and ending > head

    def _sized(self, quantity: Quantity) -> bool:
        """Whether it numbers or measures things, not what they make (7万吨尼龙切片)."""
        return quantity.counts or quantity.unit in self._lengths

    def _builds(self, actions: list[str]) -> bool:
        """推进XX迁建: what is done is only ever done to things that are built."""
        return not self._building.isdisjoint(actions)

    def _built(self, case: Case) -> bool:
        """“畅返不畅”整治43公里, 建成“乡村舞台”58个: a number of things that only building can be said of."""
        member = case.item.member
        if member.quantity is None:
            return False
        strong = self._predicates.strong(case.predicate) and bool(case.predicate.lead)
        if member.quantity.counts:
            return (strong or "项目" in member.generic) and "“" in case.text[member.start : member.end]
        acted = bool(member.actions) or self._predicates.acts(case.predicate)
        return acted and member.quantity.unit in self._lengths

    def _beside(self, case: Case) -> Iterator[bool]:
        """For each other member whether it is a thing of a known kind."""
        for other in case.found.items:
            sibling = other.member
            if other is not case.item and sibling.head and not sibling.quantity:
                words = case.text[slice(*sibling.core)]
                yield not self.stopped(words) and not self._stop_words.holds.search(words)

    def _common(self, case: Case) -> str | None:
        """推进老旧小区改造: neither which nor how many."""
        member, text = case.item.member, case.text
        start, end = member.core
        if member.head is None or member.shared or member.before:
            return None
        quantity = self._quantity(case)
        common = self._heads.common(text, start, end)
        if common is None or (quantity is not None and quantity.value):
            return None
        done = member.actions or self._physical(case) or case.predicate.lead
        placed = done and self._heads.placed(text, start, member.head_end if member.head_start > start else start)
        if (placed and not common.weak) or self._alone(case):
            return None
        if member.alias:
            return None
        return _MANY if self._heads.proper(text, start, member.head_start) <= start else None

    def _alone(self, case: Case) -> bool:
        """科创中心、人才公寓完工: finished alone, or beside things that are the only ones of their kind."""
        head = case.item.member.head
        if head is None or head.kind not in _SINGLE or not self._physical(case) or case.name.startswith(_PLURAL):
            return False
        others = [i.member for i in case.found.items if i is not case.item]
        return not others or any(m.head and not self._heads.common(case.text, *m.core) for m in others)

    def _physical(self, case: Case) -> bool:
        """Whether what is said can only be said of things that are built."""
        return self._predicates.strong(case.predicate) or bool(case.predicate.tail.words(Role.AFTER))

    def _title(self, case: Case) -> str | None:
        """国家级循环经济示范园区 is a title; 设施, 场所 alone name nothing."""
        member = case.item.member
        if member.head is None or member.shared or member.before or self._quantity(case):
            return None
        striven = any(word.endswith(_STRIVING) for word in case.predicate.lead.words(Role.VERB))
        if striven and any(word in case.name for word in _TITLES) and not self._physical(case):
            return "a title, not a thing"
        if self._heads.proper(case.text, member.core[0], member.head_start) > member.core[0]:
            return None
        if case.name.startswith(self._levels) and member.head.kind is not Kind.ROAD and not self._physical(case):
            return "a title, not a thing"
        if member.head.weak and not self._physical(case):
            return _MANY
        return None

    def _among_titles(self, case: Case) -> str | None:
        """打造绿色发展先行区、田园城市核心区: what is to be made of a whole county."""
        made = any(word.endswith(_MAKING) for word in case.predicate.lead.words(Role.VERB))
        others = (other.member for other in case.found.items if other is not case.item)
        titles = made and case.name.endswith("区") and any(self.stopped(case.text[slice(*m.core)]) for m in others)
        return "one of several titles" if titles else None

    def _vague(self, case: Case) -> str | None:
        """老路, 村级工业园, 高速公路: words that say of what sort, or none, before a head that says too little."""
        member, start = case.item.member, case.item.member.core[0]
        if member.head is None or member.shared or member.before or member.phase or self._quantity(case):
            return None
        if case.name in self._collective:
            return _MANY
        if member.head_start <= start or self._heads.proper(case.text, start, member.head_start) > start:
            return None
        short = member.head_length == 1 and case.name.startswith(_QUALITIES)
        return _MANY if short or case.name.startswith(_SORTS) else None

    def _slogan(self, case: Case) -> str | None:
        """健康松阳, 法治张村: a campaign with the name of a place."""
        member = case.item.member
        headless = member.head is None and len(case.name) <= _LONGEST_CAMPAIGN
        short = headless or (member.head and member.head_length == 1 and member.head.kind is not Kind.ROAD)
        if not short or member.shared or self._quantity(case) or not case.name.startswith(_CAMPAIGNS):
            return None
        return "a slogan" if not self._predicates.strong(case.predicate) else None

    def _settlement(self, case: Case) -> str | None:
        """推进白河镇、石门镇: a town as such is no work."""
        member = case.item.member
        bare = not (member.shared or member.before or member.actions or member.generic or self._quantity(case))
        town = bare and member.head is not None and member.head.kind is Kind.TOWN and member.head_length == 1
        return "a town, and nothing is done to it" if town and not self._predicates.acts(case.predicate) else None

    def _nothing_said(self, case: Case) -> str | None:
        member = case.item.member
        silent = not case.said and not member.actions
        return "nothing is said of it" if silent else None

    @staticmethod
    def _quantity(case: Case) -> Quantity | None:
        return case.item.member.quantity or case.predicate.quantity

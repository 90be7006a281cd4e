"""What stands around a name in a list: articles and relative clauses before it; brackets, numbers, actions, stages,
phases and words for project behind it. Each rule takes one of them away and notes it on the member."""

import re
from collections.abc import Callable

from gazetteer.reading.heads import PHASE, Heads
from gazetteer.reading.lexicon import Endings, Lexicon, trie_pattern
from gazetteer.reading.measures import ANY_DIGIT, Measures, Quantity, bracket_ends, relative_ends
from gazetteer.reading.member import Member
from gazetteer.reading.stops import Stops

_FLOOR_AREAS = frozenset(("平方米", "平方", "平米", "㎡", "m2"))
_LENGTHS = frozenset(("公里", "千米", "米", "延长米", "km"))
_SIZES = _LENGTHS | _FLOOR_AREAS | {"亩", "公顷", "平方公里"}
"""Units in which the size of a work itself is given."""
_MADE = ("年产", "日产", "日处理", "产能")
_OF_SIZE = ("年产", "日处理", "装机", "总长")
_COUNTING = ("超", "逾", "共计", "约计", "累计", "不少于", "不低于", "超过", "达到", "各", "共", "约", "达", "近", "计")
_TWO = 2
"""Characters of the words that heads and words for project have in common."""
_SORT_LENGTHS = (4, 3, 2)
"""Characters of the words for where and of what sort that stand before a number."""
_BESIDE = "配套"
"""What goes with a thing that is named before it (火车站|配套工程)."""
_CONTROLLING = re.compile("(?:重点|标志性)项目|(?:控制性?|关键|标志性|先导|重点)工程")
"""Words behind which the part of a great work is named."""
_PROJECTS = ("", "工程", "项目")
"""Words for project behind which a phase still belongs to the name (福利中心|二期|工程)."""
_SHARED = ("工程", "项目", "景观")
_ALONGSIDE = ("两侧", "周边", "沿线")
_CIRCUMSTANCES = re.compile(
    "[在因自被为]|覆盖|涉及|惠及|受益|可(?:新?增加?|提供|容纳|解决|满足)|由于|至日|至双向|至每日|到日"
)
"""Words with which something else begins behind a name (岔河水库|因占用基本农田)."""
_JOINED = re.compile("(?<=[路街道线延段])与[^，、和及与]{2,8}(?:连通|联通|连接|贯通|相接|对接)(?![线路段道])")
"""What a road is joined to (和平路东延|与枫云线连通)."""
_PARTICLES = "，、。的等后共"
_RELATIVE = re.compile(r"[^“”（）]{1,60}的")
_ALIAS = re.compile(r"[一-鿿]{2,8}(?<![个处座段])")
"""Another name in a bracket (人才公寓（鲲鹏苑）)."""
_ONE = re.compile("(?<=..)一[个座处条所项家栋幢]$")
"""A number of one behind a name, which numbers nothing (消纳场|一座)."""
_YEAR = re.compile(r"(?:20\d\d年)?度|20\d\d年的?")
"""The year whose work it is (2022年度|高标准农田)."""
_COUNTY = re.compile("[一-鿿]{1,3}[县市区](?:将|拟)?对")
"""The county of whose works a list is (云溪县将对|A、B进行改造)."""
_NUMBERED_PLACES = re.compile(
    "(?:行政村|自然村|建制村|村)(?=(?:农村|村庄)?(?:生活)?(?:污水|垃圾|供水|饮水|体育|健身|亮化|绿化|路灯|电网))"
)
"""What is numbered where something is done at each (84个|行政村|生活污水治理)."""
_PHASE_AHEAD = re.compile(r"（?(?:[一二三四五六七八九十]|首)期）?")


class Stripper:
    """Strips with the words of a lexicon."""

    def __init__(self, lexicon: Lexicon, measures: Measures, heads: Heads, stops: Stops) -> None:
        self._lexicon = lexicon
        self._measures = measures
        self._heads = heads
        self._articles = re.compile(trie_pattern(lexicon.lists["articles"]))
        self._ahead = (self._articles, _YEAR, _COUNTY)
        self._openings = lexicon.lists["openings"]
        self._generic = frozenset(lexicon.lists["generic"])
        self._parts = frozenset(lexicon.lists["parts"])
        self._structures = frozenset(lexicon.lists["structures"])
        known = (*lexicon.actions, *lexicon.stages, *self._generic, *self._parts)
        self._stripped = Endings(word for word in known if len(word) > 1 or word in self._generic)
        self._stops = stops
        self._adverbs = Endings(word for word in lexicon.adverbs if len(word) > 1 and word not in lexicon.heads)
        self._last = {*"）”段期", *_PARTICLES, *measures.last, *self._stripped.last, *self._adverbs.last}
        """The characters that something to strip ends in."""
        self._longest = max(map(len, [*lexicon.actions, *lexicon.stages, *self._generic, *self._parts]), default=0)
        self._rules: tuple[Callable[[str, Member, int, int], int | None], ...] = (
            self._bracket,
            self._quotation,
            self._section,
            self._particle,
            self._number,
            self._phase,
            self._word,
            self._adverb,
        )

    def front(self, text: str, member: Member, start: int, end: int) -> int:
        """Where the name begins."""
        while start < end:
            begin = (
                self._clause(text, member, start, end)
                or self._leading(text, member, start, end)
                or self._whole_before(text, start, end)
            )
            if begin is None:
                ahead = (pattern.match(text, start, end - 2) for pattern in self._ahead)
                article = next(filter(None, ahead), None)
                if article is None or text.startswith(self._openings, start):
                    return start
                begin = article.end()
            start = begin
        return start

    def articles(self, text: str, start: int, end: int) -> int:
        """Where the articles that stand at `start` end (对|全县)."""
        while article := self._articles.match(text, start, end):
            if text.startswith(self._openings, start):
                break
            start = article.end()
        return start

    def back(self, text: str, member: Member, start: int, end: int) -> int:
        """Where the name ends: the rules in turn, until none takes anything more away."""
        while start < end and (member.quantity or text[end - 1] in self._last):
            for rule in self._rules:
                stop = rule(text, member, start, end)
                if stop is not None:
                    break
            if stop is None or stop == end:
                return end
            end = stop
        return end

    def _clause(self, text: str, member: Member, start: int, end: int) -> int | None:
        """总投资5亿元的|A; 老客站到新火车站的|A."""
        relative = _RELATIVE.match(text, start, end)
        if relative is None or relative.end() + 1 >= end or text[relative.end() : end] in self._stripped:
            return None
        if (ends := relative_ends(text, start, relative.end() - 1)) and not member.ends:
            member.ends = ends
            member.notes.append("ends before the name")
        sizes = (q for q in self._measures.find(text, start, relative.end()) if not q.foreign and not q.counts)
        first = self._measures.at(text, start, relative.end())
        number = first if first and first.counts and first.end < relative.end() else None  # 8条群众关切的|断头路
        member.quantity = member.quantity or next(sizes, number)
        return relative.end()

    def _whole_before(self, text: str, start: int, end: int) -> int | None:
        """A高速B至C段控制性工程|D隧道: the work is the part that is named."""
        controlling = _CONTROLLING.finditer(text, start + 2, end - 3)
        return next((match.end() for match in controlling if self._heads.head(text, match.end(), end)), None)

    def _leading(self, text: str, member: Member, start: int, end: int) -> int | None:
        """5座|小(二)型水库; 城区12条|背街小巷."""
        if not ANY_DIGIT.search(text, start, min(end, start + _SORT_LENGTHS[0] + 1)):
            return None
        quantity = self._measures.at(text, start, end)
        if quantity is None:
            sorts = (text[start : start + length] for length in _SORT_LENGTHS)
            word = next((word for word in sorts if self._heads.is_modifier(word)), "")
            quantity = self._measures.at(text, start + len(word), end) if word else None
            if quantity is None or not (quantity.counts or quantity.unit in _SIZES):
                return None
            again = self._measures.at(text, quantity.end, end)  # 河道5条41公里
            if end - quantity.end < _TWO or again or text.startswith("（", quantity.end):
                return None
        if quantity.foreign or quantity.end >= end:
            return None
        if not (quantity.counts or quantity.unit in _SIZES) and self._heads.head(text, quantity.end, end) is None:
            return None  # 7万吨尼龙切片
        member.quantity = quantity
        places = _NUMBERED_PLACES.match(text, quantity.end, end)
        return places.end() if places else quantity.end + text.startswith("的", quantity.end)

    def _bracket(self, text: str, member: Member, start: int, end: int) -> int | None:
        """A bracket behind the name: its ends, its phase, another name for it."""
        begin = text.rfind("（", start, end) if text[end - 1] == "）" else -1
        if begin < start:
            return None
        ends = bracket_ends(text, begin + 1, end - 1)
        if ends is None and begin == start:
            return end
        if ends and not member.ends:
            member.ends = ends
            member.notes.append("ends in brackets")
        if (phase := PHASE.search(text, begin + 1, end - 1)) and not member.phase:
            member.phase = phase.group()
        found = self._measures.find(text, begin + 1, end - 1)
        sizes = (q for q in found if q.unit in _SIZES or (q.counts and q.start == begin + 1 and q.end == end - 1))
        member.quantity = member.quantity or next(sizes, None)
        if text[begin + 1 : end - 1] in self._lexicon.actions:
            member.actions.append(text[begin + 1 : end - 1])
        unclear = ends is None and phase is None
        member.alias = member.alias or (unclear and _ALIAS.fullmatch(text, begin + 1, end - 1) is not None)
        return begin

    def _quotation(self, text: str, member: Member, start: int, end: int) -> int | None:
        """石墨产业园|“七通一平”."""
        begin = text.rfind("“", start, end) if text[end - 1] == "”" else -1
        if (
            begin <= start
            or not self._heads.head(text, start, begin)
            or self._heads.proper(text, start, begin) <= start
        ):
            return None
        for word in (text[begin + 1 : end - 1], text[begin:end]):
            if word in self._lexicon.actions:
                member.actions.append(word)
                break
        return begin

    def _section(self, text: str, member: Member, start: int, end: int) -> int | None:
        """A公路（B-C）|平陵段."""
        close = text.rfind("）", max(start, end - 8), end) if text[end - 1] == "段" else -1
        begin = text.rfind("（", start, max(close, start))
        return close + 1 if close > start and begin > start and bracket_ends(text, begin + 1, close) else None

    def _particle(self, text: str, member: Member, start: int, end: int) -> int | None:
        if text[end - 1] in _PARTICLES:
            return end - 1
        if one := _ONE.search(text, max(start, end - 3), end):
            return one.start()
        if member.quantity:
            return next((end - len(word) for word in _MADE if text.endswith(word, start, end)), None)
        return None

    def _number(self, text: str, member: Member, start: int, end: int) -> int | None:
        """老旧小区|3个; A、B|各5个."""
        quantity = self._trailing(text, start, end)
        if quantity is None:
            return None
        counted = quantity.counts and member.quantity and member.quantity.unit in _FLOOR_AREAS  # 校舍3所4290平方米
        if member.quantity is None or counted or quantity.unit in _LENGTHS:  # 农村公路5条37.7公里
            member.quantity = quantity
        word = next((word for word in _COUNTING if text.endswith(word, start, quantity.start)), "")
        member.each = member.each or word == "各"
        return quantity.start - len(word)

    def _trailing(self, text: str, start: int, end: int) -> Quantity | None:
        """The quantity that ends at `end`."""
        quantity = self._measures.ending(text, start, end)
        return quantity if quantity and quantity.start > start else None

    def _phase(self, text: str, member: Member, start: int, end: int) -> int | None:
        """A phase right behind the head belongs to the name, one behind an action does not."""
        phase = PHASE.search(text, start, end) if text[end - 1] == "期" else None
        if phase is None:
            return None
        member.phase = phase.group()
        if member.generic in _PROJECTS and self._heads.head(text, start, phase.start()):
            member.notes.append(f"phase {member.phase}")
            return end
        return phase.start()

    def _word(self, text: str, member: Member, start: int, end: int) -> int | None:  # noqa: PLR0911 - one line a reason
        """The longest action, stage, part or word for project that the words end in, where the head is not longer."""
        lexicon = self._lexicon
        begin = self._stripped.longest(text, start, end)
        begin = self._of_head(text, start, begin, end)
        word = text[begin:end]
        if not word:
            return None
        bare = self._heads.head(text, start, begin) is None or self._heads.is_modifier(text[start:begin])
        if word in lexicon.actions and start < begin and bare:
            shorter = self._stripped.longest(text, begin + 1, end)
            if shorter < end and self._heads.head(text, begin, shorter):
                begin, word = shorter, text[shorter:end]  # 城区|河道整治 is 城区河道
        if begin == start:
            return self._whole(member, word, start)
        if word in lexicon.actions and lexicon.actions[word].name:
            return None
        found = self._heads.head(text, start, end)
        rest = self._heads.head(text, start, begin)
        part = word in self._parts and (found is None or end - found[1] == len(word))
        if found and end - found[1] >= len(word) and not (part and rest and not rest[0].weak):
            return None
        if part and not self._is_part(text, start, begin, end, headed=rest is not None):
            return None
        if word.startswith(_BESIDE) and rest is None:
            return None
        member.partial = member.partial or word in self._structures
        if word in lexicon.actions:
            member.actions.append(word)
        elif word in lexicon.stages:
            member.stage = lexicon.stages[word]
        elif word in self._generic:
            member.generic = member.generic or word
        return begin

    def _adverb(self, text: str, member: Member, start: int, end: int) -> int | None:
        """幼儿园|全面|提档升级."""
        begin = self._adverbs.longest(text, start, end) if member.actions else end
        return begin if start < begin < end and self._heads.head(text, start, begin) else None

    def _of_head(self, text: str, start: int, begin: int, end: int) -> int:
        """Where a word to strip begins without the part of it that belongs to what is before: 安防工程|建设,
        两侧景观|提升."""
        if end - begin > _TWO and text.startswith(_SHARED, begin):
            inner = self._heads.head(text, start, begin + _TWO)
            alongside = text.endswith(_ALONGSIDE, start, begin) and text[begin + _TWO : end] in self._stripped
            if alongside or (inner and inner[1] < begin):
                return begin + _TWO
        return begin

    def _whole(self, member: Member, word: str, start: int) -> int | None:
        """A member that is nothing but such a word has no name."""
        if word in self._generic:
            member.generic = word
            return start
        if word in self._lexicon.actions and not self._lexicon.actions[word].name:
            member.actions.append(word)
            return start
        return None

    def _is_part(self, text: str, start: int, begin: int, end: int, *, headed: bool) -> bool:
        """Whether a word for a part stands behind a name or an action (水库|大坝, 扩建|路基), not in 市场主体."""
        if self._stops.ends.longest(text, start, end) < begin:
            return False
        acted = any(text[b:begin] in self._lexicon.actions for b in range(max(start, begin - 5), begin))
        return headed or acted or text[begin - 1] == "）"

    def described(self, text: str, member: Member, start: int, end: int) -> int | None:
        """Where a name ends that its size or a circumstance follows (煤矿|120万吨, 水库|因占用农田), or None."""
        if joined := _JOINED.search(text, start + 2, end):
            return joined.start()
        for match in _CIRCUMSTANCES.finditer(text, start + 2, end):
            place = match.start()
            if "起" in text[place:end] or "至" in text[place + 1 : end]:
                continue
            found = self._heads.head(text, start, place)
            if found and (not found[0].weak or found[2] - found[1] > 1):
                return place
        for quantity in self._measures.find(text, start, end):
            right = self._heads.head(text, quantity.end, end)
            other = right is not None and text[right[1] : right[2]] != "机组"
            if quantity.foreign or (other and (quantity.counts or quantity.unit not in _SIZES)):
                continue
            stop = quantity.start
            if quantity.unit in _SIZES and not member.quantity and self._heads.head(text, start, stop):
                member.quantity = quantity
            bracket = text.rfind("（", start, stop) if text[stop - 1] == "）" else -1
            if bracket > start and self._heads.head(text, start, bracket):
                if quantity.unit in _SIZES and not member.quantity:
                    member.quantity = quantity
                return stop
            stop -= next((len(word) for word in _OF_SIZE if text.endswith(word, start, stop)), 0)
            found = self._heads.head(text, start, stop) if stop > start + 1 else None
            if found and not found[0].weak:
                return stop
        return None

    def size(self, text: str, start: int, end: int) -> Quantity | None:
        """The length or area that stands behind the ends of a stretch (A至B段|12.4公里)."""
        return next((q for q in self._measures.find(text, start, end) if q.unit in _SIZES), None)

    def floor_area(self, text: str, start: int, end: int) -> Quantity | None:
        """The floor area that stands in the middle of a name (城南|20万平方米|标准化厂房)."""
        areas = (q for q in self._measures.find(text, start + 2, end - 2) if q.unit in _FLOOR_AREAS)
        return next(areas, None)

    def project(self, text: str, start: int, end: int) -> int:
        """Where the words for project, phase, action or part that stand at `start` end."""
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

"""The works of a clause as a list: where its members begin and end, and which of them form a group."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from gazetteer.reading.lexicon import Lexicon, trie_pattern
from gazetteer.reading.measures import Measures, Quantity
from gazetteer.reading.member import Item, Member
from gazetteer.reading.members import Members
from gazetteer.reading.predicates import Predicate, Predicates, Run, Token
from gazetteer.reading.sharing import Sharing

_SEPARATOR = r"、|以及|及其|及|和|与|暨|并"
_LAST = ("和", "及", "以及", "与", "暨")
_WORTH = r"\d+个[^，。、元]{1,8}元[^，。、和及]{0,6}"
"""3个10亿元以上: a number of projects of a size. Matched in one way alone: else a long list takes exponential time."""
_SUMMING = re.compile(
    rf"等{_WORTH}(?:[、和及]{_WORTH})*(?:项目|工程)[^，。]*"
    r"|等[^，。、]{1,12}、[^，。]{1,24}的[^，。的、]{2,14}|等一(?:大?批|系列)[^，。]*"
)
_PLACES = re.compile(
    r"(?P<number>[\d一二三四五六七八九十两]+)个?"
    r"(?:乡镇|镇|乡|街道|社区|苏木|嘎查|村(?!级)|地|[县区市](?![道级内域]))(?:（[^（）]{1,4}）)?(?=.{2})"
)
_SUM = re.compile(r"[二两三四五六七八九十]+[馆校园路桥院厂站区中]")
"""What opens a word that only sums up what its bracket lists (三馆一中心)."""
_PROJECT = ("工程", "项目", "期")
_GREAT = re.compile(r"(?:[两三四五六七八九十]|\d{1,2})大(?=.{2})")
"""A number of great things that sums a list up (A、B两大工业园)."""
_SUM_GOES_ON = re.compile(
    "[^、，]{0,6}(?:设施|项目|工程|场所|系统|设备|载体|平台|村落|古街|街区)(?:建设|改造|保护性建设)?$"
)
"""The second of two words that sum a list up."""
_DIGIT = re.compile(r"\d")
_CROSSINGS = ("交叉口", "路口", "交会处", "交汇处")
_CONNECTIONS = ("连接线", "联络线", "连接道", "连接路", "连接段", "连通道", "互通", "交叉工程")
_JOINING = re.compile("[^，、和及与]{2,8}(?:连通|联通|相接|贯通|对接)(?:工程|段|$)")
"""What stands behind 与 where a road is joined to another (东延与枫云线|连通工程)."""
_NUMBERED = re.compile(r"[GSXYC]\d{1,4}$")
_ROAD_NUMBER = re.compile(r"\d{1,4}[国省县]道")
"""A road by its number, which numbers no things (107国道)."""
_LEVEL = re.compile("[一二三四五六七八九十]中等$")
"""A middle school by its number, with and so on."""
_ROADS = "路街道线"
_MADE = ("年产", "日产", "日处理", "可", "约", "容纳", "覆盖", "惠及", "涉及", "受益")


class Piece(NamedTuple):
    """What stands between two separators; `etc` is the place of 等 in it."""

    separator: str
    start: int
    end: int
    etc: int | None


@dataclass(slots=True)
class WorkList:
    """The members of one clause."""

    items: list[Item] = field(default_factory=list)
    group: list[Item] = field(default_factory=list)
    number: int = 0


class Lists:
    """Splits the object of a clause and lets its groups share what they share."""

    def __init__(
        self, lexicon: Lexicon, measures: Measures, members: Members, predicates: Predicates, sharing: Sharing
    ) -> None:
        self._measures = measures
        self._members = members
        self._predicates = predicates
        self._sharing = sharing
        joined = trie_pattern([*lexicon.lists["joined"], *lexicon.lists["not_etc"]])
        self._splitter = re.compile(rf"(?P<joined>{joined})|(?P<separator>{_SEPARATOR})|(?P<etc>等)")
        self._two = frozenset(action for action in lexicon.actions if len(action) == 2)
        self._collective = frozenset(lexicon.lists["collective"])
        self._processes = lexicon.lists["processes"]

    def read(self, text: str, masked: str, tokens: list[Token], start: int, end: int, predicate: Predicate) -> WorkList:
        """The list written in `text[start:end]`, of which `predicate` speaks."""
        result = WorkList()
        current = predicate
        for piece in self._split(text, masked, start, end):
            lead = self._own_lead(masked, tokens, piece) if result.items or result.group else Run()
            begin = lead.end if lead else piece.start
            if lead:
                current = Predicate(lead=lead, tail=predicate.tail, rule="own verb")
                self._close(text, result, None)
            elif result.group and piece.separator in _LAST and self._acted(result.group[-1].member):
                self._close(text, result, None)  # A、B改造和C、D新建
            for stop, closing in self._closings(text, masked, piece, begin, len(result.group) + 1):
                result.group.append(Item(self._members.parse(text, begin, stop), current))
                self._close(text, result, closing)
                break
            else:
                result.group += [Item(member, current) for member in self._bracketed(text, begin, piece.end)]
        self._close(text, result, None)
        if predicate.tail or self._predicates.strong(predicate):
            for item in result.items:
                self._sharing.cut(text, item.member)
        return result

    @staticmethod
    def _acted(member: Member) -> bool:
        return bool(member.actions) and not member.bare

    def _close(self, text: str, result: WorkList, closing: Member | None) -> None:
        """Let the members of the open group share, and begin another."""
        for item in result.group:
            item.group = result.number
        if result.group:
            result.items += self._sharing.share(text, result.group, closing)
        result.group, result.number = [], result.number + 1

    def _closings(self, text: str, masked: str, piece: Piece, begin: int, members: int) -> Iterator[tuple[int, Member]]:
        """Where the last of a group of members ends and what closes it: A、B|等3个污水处理厂; A、B|2个停车场;
        A、B、C|3镇污水处理厂."""
        if piece.etc is not None:
            yield piece.etc, self._closing(text, piece.etc, piece.end)
        elif great := _GREAT.search(text, begin + 1, piece.end):
            closing = self._members.parse(text, great.end(), piece.end)
            if (closing.head and len(text[slice(*closing.core)]) > 1) or (closing.bare and closing.generic):
                yield great.start(), closing
        elif (places := _PLACES.search(text, begin + 2, piece.end)) and places["number"] == str(members):
            yield places.start(), self._members.parse(text, places.end(), piece.end)
        elif (middle := self._middle_quantity(masked, begin, piece.end)) and not self._members.placing(
            text, begin, middle.start
        ):
            closing = self._members.parse(text, middle.start, piece.end)
            if closing.head or closing.generic or closing.actions:
                yield middle.start, closing

    def _bracketed(self, text: str, begin: int, stop: int) -> list[Member]:
        """The member, and those that a bracket behind it lists: “三馆”（图书馆、文化馆）, 城中村2个（甲、乙）."""
        member = self._members.parse(text, begin, stop)
        inside = text.rfind("（", begin, stop)
        one = member.quantity is not None and member.quantity.counts and member.quantity.value == 1
        listing = one or "、" in text[max(inside, begin) : stop]
        if text[stop - 1] != "）" or inside <= begin or not listing or member.ends:
            return [member]
        pieces = self._split(text, text, inside + 1, stop - 1)
        listed = [self._members.parse(text, piece.start, piece.end) for piece in pieces]
        if any(m.quantity for m in listed) or not all(m.head or m.core[1] - m.core[0] <= 4 for m in listed):
            return [member]
        if member.head is None or member.weak or _SUM.match(text, *member.core):
            return listed
        for m in listed:
            if m.head is None or m.weak:
                m.take_head(member, (member.head_start, member.head_end), "head of the words before the bracket")
        return [member, *listed]

    def _split(self, text: str, masked: str, start: int, end: int) -> list[Piece]:
        """The pieces between the separators of a list."""
        pieces: list[Piece] = []
        begin, separator = start, ""
        etc: int | None = None
        for match in self._splitter.finditer(masked, start, end):
            if match["joined"] and _LEVEL.search(text, begin, match.end()):
                etc = etc or match.end() - 1  # 石桥一中|等学校
                continue
            if match["joined"]:
                if not self._broken(text, begin, *match.span()):
                    continue
                pieces.append(Piece(separator, begin, match.start(), etc))
                begin, separator, etc = match.start() + 1, text[match.start()], None
                continue
            if match["etc"]:
                if etc is None and match.start() > begin:
                    etc = match.start()
                    if _SUMMING.fullmatch(text, etc, end):
                        break  # 等打基础、利长远的重大项目
                continue
            shortest = 2 if match["separator"] != "、" else 1  # 单和路 is one name
            if match.start() - begin < shortest or end - match.end() < 1:
                continue
            open_end = max(text.rfind("至", begin, match.start()), text.rfind("到", begin, match.start()))
            if match["separator"] in _LAST and open_end > begin and match.start() - open_end <= 2:
                continue  # A至伊|和淖尔
            if etc is not None and _SUM_GOES_ON.match(text, match.end(), end) and not _DIGIT.search(text, etc, end):
                continue  # 等基础|和|配套设施
            behind = match.end()
            numbered = _DIGIT.match(text, behind) and not _ROAD_NUMBER.match(text, behind)  # 4条人行道和|19处路口
            joins = match["separator"] != "、" and not numbered
            if joins and self._one_name(text, begin, match.start(), match.end(), end):
                continue
            pieces.append(Piece(separator, begin, match.start(), etc))
            begin, separator, etc = match.end(), match["separator"], None
        pieces.append(Piece(separator, begin, end, etc))
        return [piece for piece in pieces if piece.start < piece.end]

    def _broken(self, text: str, begin: int, start: int, end: int) -> bool:
        """Whether a name that begins with 和 is none here, for a whole name stands before it and another word goes on
        behind it (白藤路|和|龙翔大道, not 新华路和龙段)."""
        if start - begin < 2 or text[start] not in _LAST or self._members.headed(text, start, end + 1):
            return False
        acted = text[start - 2 : start] in self._two
        return acted or text.endswith(_PROJECT, begin, start) or self._members.headed(text, begin, start)

    def _one_name(self, text: str, begin: int, left: int, right: int, end: int) -> bool:
        """Whether 和 joins two words within one name: 转运和调配场, 保护和利用, 路与路交叉口."""
        before = text[begin:left]
        cut = before[-2:] not in self._two and self._members.cut_name(text, begin, left)
        if cut or self._members.of_one_character(text, right, end):
            return True  # 江平高速|义和互通; 白鹤和山|幼儿园
        window = text[right : right + 12]
        if before.endswith(self._processes) and window.startswith(self._processes):
            return True
        if before[-2:] in self._two and window[:2] in self._two:
            return False
        rest = text[right:end]
        stop = re.search(rf"[、，。等]|(?<![A-Za-z\d])(?!{_ROAD_NUMBER.pattern})\d", rest)
        piece = rest[: stop.start()] if stop else rest
        road = before[-1:] in _ROADS or _NUMBERED.search(before)
        if text[left:right] == "与" and (_JOINING.match(piece) or (road and piece.endswith(_CONNECTIONS))):
            return True
        if not road or text[left:right] not in "和与" or not any(junction in rest for junction in _CROSSINGS):
            return False
        return any(junction in piece for junction in _CROSSINGS) or piece[-1:] in _ROADS

    def _own_lead(self, masked: str, tokens: list[Token], piece: Piece) -> Run:
        """The verb of its own that a later member begins with (新建A 3座、|改造|B 5公里)."""
        within = [token for token in tokens if piece.start <= token.start and token.end <= piece.end]
        if not within or within[0].start > piece.start:
            return Run()
        run = self._predicates.lead(masked, within, piece.start)
        if run and piece.end - run.end >= 2:
            rest = self._members.parse(masked, run.end, piece.end)
            if rest.head and not rest.bare:
                return run
        return Run()

    def _middle_quantity(self, text: str, begin: int, stop: int) -> Quantity | None:
        """A number of things inside a piece, with the thing behind it."""
        for quantity in self._measures.find(text, begin, stop):
            inside = begin < quantity.start and quantity.end < stop and text[quantity.start - 1] != "的"
            if inside and quantity.counts and not quantity.foreign and not text.endswith(_MADE, begin, quantity.start):
                return quantity
        return None

    def _closing(self, text: str, etc: int, stop: int) -> Member:
        """What stands after 等: a number, a head, actions."""
        start = etc + 1
        if places := _PLACES.match(text, start, stop):
            start = places.end()
        closing = self._members.parse(text, start, stop) if start < stop else Member(start, stop, (start, start))
        quantity = self._measures.at(text, start, stop)
        if text.startswith("“", start) and closing.generic:
            closing.core, closing.head = (stop, stop), None  # A、B等“连城”工程
        sorts = not closing.actions and text[slice(*closing.core)] not in self._collective
        if closing.generic and sorts and self._members.placing(text, *closing.core):
            closing.core, closing.head = (stop, stop), None  # A、B等城镇建设项目
        if quantity and quantity.end == stop:
            closing.quantity = quantity
            closing.core = (stop, stop)
            closing.head = None
        return closing

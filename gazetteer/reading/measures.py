"""Numbers with their units, and the two ends of a stretch."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from gazetteer.reading.lexicon import Lexicon, trie_pattern

_CHINESE = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_TENS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_DECIMALS = 4
"""Decimals of a quantity: none is given with more, and what a float adds is cut (2.76万 is 27600)."""
_MULTIPLES = {
    "十": 10,
    "百": 100,
    "千": 1000,
    "万": 10_000,
    "十万": 100_000,
    "百万": 1_000_000,
    "千万": 10_000_000,
    "亿": 100_000_000,
}
_END = r"[^，。；：（）-]{1,18}?"
_TO = r"(?:至|到|-+)"
_PAIR = re.compile(
    rf"(?:起点|[从自由起])?(?:桩号)?(?P<a>{_END})起?(?:{_TO}{_END})*?{_TO}(?P<b>{_END})(?:路段|段|之间|止)?(?:[，、；：].*|(?:全?长|共|约)*\d+(?:\.\d+)?(?:公里|千米|米|km))?"
)
_NUMBERED = (
    r"(?:(?:[国省县乡]道)?[GSXYCZ]\d{2,4}(?:线)?|[国省县乡]道\d{2,4}(?:线)?|[GSXYC]?\d{2,4}(?:国道|省道|县道|乡道|线))"
)
_LINE_END = "(?:[路街线道巷]|环(?![岛湖城山海县市镇江河]))"
_AT_EXPRESSWAY = "口|出口|入口|出入口|互通|收费站|大桥"
"""What is named after an expressway and lies at one place of it."""
_WATER = "[河江溪渠沟]"
_LINE = (
    r"(?:国道|省道|县道|乡道|公路|大道|大街|高速公路"
    rf"|高速(?!{_AT_EXPRESSWAY})|铁路|快速路|环线|干线|高铁|{_LINE_END}(?!{_LINE_END}))"
)
_ROAD_NAME = re.compile(
    rf"{_NUMBERED}(?:[一-鿿]{{2,4}}?(?:高速公路|高速|公路))?|[^-至到自从]{{1,10}}?{_LINE}"
    rf"|[^-至到自从]{{2,9}}?{_WATER}(?!{_WATER})"
)
_PHASE_OR_EXTENSION = re.compile(
    "(?:[一二三四五]期|延伸|延长|续建|拓宽|扩建|改造|快速化改造|提升|改建|改扩建)(?:工程)?"
)
"""What stands between a road's name and its ends (江城大道|一期|南湖路至东门路段)."""
_CODE = re.compile(r"(?<![K+\d])[A-JL-Z]\d{1,3}-[A-Z]?\d|、[^，]*-|-[^，]*、")
"""A plot by its number, whose dash joins no ends (R22-A01地块), and lists."""
_FROM_NAMES = ("从化", "从江", "自贡", "自流井")
"""Counties whose names begin with a word for from."""
_NOT_ROADS = "站口桥村镇场"
"""What ends places that are no roads, so that 路段 behind them is one word."""
_ROAD_TYPE = re.compile("[国省县乡]道")
_STRETCH = re.compile(r"(?P<a>[^-至到（）]{2,14}?)起?(?P<to>至|(?<![达得受看])到|-+)(?P<b>[^-（）]{2,16})")


_SPOKEN = frozenset(
    ("个", "座", "条", "所", "处", "项", "家", "栋", "幢", "片", "套", "户", "盏", "眼", "辆", "公里", "亩", "万亩")
)


class Quantity(NamedTuple):
    """A number in its unit; `counts` where the unit numbers things, not their length or area. `start` and `end` are
    positions in the text."""

    value: float
    unit: str
    counts: bool
    start: int
    end: int
    exact: bool
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Ends:
    """The two ends of a stretch as positions in the text, and where the name before them ends."""

    name_end: int
    a: tuple[int, int]
    b: tuple[int, int]
    whole: bool
    """True where the ends are part of the name itself (东水门-储奇门段岸线)."""


_RANGE = re.compile("^.*[-～~至到]")


def number(digits: str) -> float | None:
    """The value of Arabic or Chinese digits; of a range (1-2) the last."""
    if digits[:1].isdecimal():
        try:
            return float(_RANGE.sub("", digits).replace(",", ""))
        except ValueError:
            return None
    total, current = 0, 0
    for char in digits:
        if char in _CHINESE:
            current = _CHINESE[char]
        elif char in _TENS:
            total += (current or 1) * _TENS[char]
            current = 0
        else:
            return None
    return float(total + current)


MAX_QUANTITY = 24
"""Characters of the longest quantity with its unit."""
ANY_DIGIT = re.compile(r"[\d一二三四五六七八九十百两]")
"""What every number begins with."""


class Measures:
    """Finds quantities with the units of a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        units = lexicon.lists
        self._counts = frozenset(units["count"])
        self._foreign = frozenset(units["foreign"])
        known = [u for key in ("count", "length", "area", "other", "foreign") for u in units[key]]
        self.last = frozenset(u[-1] for u in known) | set("上右余多")
        """The characters that quantities end in."""
        pattern = trie_pattern(known)
        self.pattern = re.compile(
            r"(?P<digits>(?<![\d.A-Za-z第+～~-])(?:\d{1,3}[-～~至到])?\d[\d,]{0,12}(?:\.\d{1,6})?|(?<![第一二三四五六七八九十])[一二三四五六七八九十百两]{1,5})"
            r"(?P<multiple>[百千]?万|[百千亿](?!伏|瓦|米))?(?:余|多|来)?"
            rf"(?P<unit>{pattern})(?:（[段座处个条项]）)?(?:以上|左右|余|多(?![层功媒])|之多)?"
        )

    def at(self, text: str, start: int, end: int) -> Quantity | None:
        """The quantity that begins at `start`."""
        match = self.pattern.match(text, start, end)
        return self._quantity(match) if match else None

    def find(self, text: str, start: int, end: int) -> list[Quantity]:
        """Every quantity in `text[start:end]`."""
        if not ANY_DIGIT.search(text, start, end):
            return []
        return [found for match in self.pattern.finditer(text, start, end) if (found := self._quantity(match))]

    def ending(self, text: str, start: int, end: int) -> Quantity | None:
        """The quantity that ends at `end`, of things that can be a work's."""
        if text[end - 1] not in self.last:
            return None
        found = self.find(text, max(start, end - MAX_QUANTITY), end)
        return next((q for q in reversed(found) if q.end == end and not q.foreign), None)

    def _quantity(self, match: re.Match[str]) -> Quantity | None:
        value = number(match["digits"])
        if value is None:
            return None
        if match["multiple"]:
            value = round(value * _MULTIPLES[match["multiple"]], _DECIMALS)
        unit = match["unit"]
        chinese = not match["digits"][0].isdigit()
        if chinese and (match["digits"] == "一" or unit not in _SPOKEN):
            return None  # 一个, 一座 is an article; 四方, 三门 are names
        return Quantity(
            value,
            unit,
            unit in self._counts,
            match.start(),
            match.end(),
            match["digits"][0].isdigit(),
            unit in self._foreign,
        )


_LINE_NAME = re.compile("高速公路|高速|公路|铁路|国道|省道")
_SIZE = re.compile(r"\d+(?:\.\d+)?(?:公里|千米|米|延长米)")
_BY = re.compile("途?经(?![开济纬])")
_JOINING = re.compile(r"连接(?P<a>[^，、和与]{2,14})[和与](?P<b>[^，、]{2,14})")
_FROM_TO = re.compile(
    r"[东西南北]?起点?(?:于|自|为|：)?(?P<a>[^，、；至到]{2,14}?)[，、；][东西南北]?(?:至|到|止于?|终点(?:为|：)?)(?P<b>[^，、；]{2,14})"
)
_RELATIVE = re.compile(
    r"[东西南北]?(?:起点?|[从自由])?于?(?P<a>[^，、至到的]{2,14}?)[、，]?[东西南北]?(?:至|到|止于?)(?P<b>[^，、的]{2,14})"
)


def relative_ends(text: str, start: int, end: int) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The ends of a clause before a name (老客站到新火车站的车站大道, 东起水文站、西至河西大桥的江滨公园)."""
    match = _RELATIVE.fullmatch(text, start, end) or _JOINING.fullmatch(text, start, end)
    return (match.span("a"), match.span("b")) if match else None


def bracket_ends(text: str, start: int, end: int) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The ends named in a bracket whose inside is `text[start:end]` (花园大道-8号桥)."""
    if relative := _FROM_TO.fullmatch(text, start, end):
        return relative.span("a"), relative.span("b")
    match = _PAIR.fullmatch(text, start, end) if not _CODE.search(text, start, end) else None
    if match is None or match["a"].isdigit() or match["b"].isdigit():
        return None
    a, b = match.span("a"), match.span("b")
    if (by := _BY.search(text, a[0] + 2, a[1] - 1)) is not None:
        a = (a[0], by.start())
    if text.startswith("路段", b[1]) and (match["a"][-1] in "路街道" or match["b"][-1] in "东南西北中"):
        b = (b[0], b[1] + 1)
    return a, b


def _section(text: str, stretch: re.Match[str], end: int) -> int:
    """Where 段 begins that closes the second end of a stretch, or 路段 behind what is no road (火车站|路段); -1 where
    there is none."""
    section = text.find("段", stretch.start("b"), end)
    sided = section > 0 and text[section - 1] == "路" and stretch["a"][-1] not in "路街道"
    return section - 1 if sided and text[section - 2] in _NOT_ROADS else section


def inline_ends(text: str, start: int, end: int, kind_start: int, head_start: int) -> Ends | None:
    """The ends written into a name: 104国道|虹桥至乐成段, or the whole of 东水门-储奇门段岸线. `kind_start` is
    where the words that say what the thing is begin, `head_start` the last of them; the second end stops there, or at
    段."""
    road = _ROAD_NAME.match(text, start, end)
    begin = road.end() if road else start
    if road and text[begin : begin + 1] in "至到-":
        road, begin = None, start
    elif road and (phase := _PHASE_OR_EXTENSION.match(text, begin, end)):
        begin = phase.end()
    marked = text[begin : begin + 1] in "自从由" and not text.startswith(_FROM_NAMES, begin)
    match = _STRETCH.fullmatch(text, begin + marked, end)
    if match is None:
        return None
    section = _section(text, match, end)
    for word in ("过境", "绕城", "城区", "重点", "改线"):
        if (
            section > 0
            and text[match.start("b") : section].endswith(word)
            and section - match.start("b") > len(word) + 1
        ):
            section -= len(word)
    stop = section if section > 0 else min(match.end("b"), max(kind_start, match.start("b") + 1))
    if (line := _LINE_NAME.search(text, match.start("b") + 2, stop)) is not None:
        stop = line.start()
    if section < 0 and (size := _SIZE.search(text, match.start("b") + 1, stop)):
        stop = size.start()
    if marked and text[stop - 1] == "止":
        stop -= 1
    if stop - match.start("b") < 2:
        stop = head_start if match.start("b") + 2 <= head_start < match.end("b") else match.end("b")
    if match["to"][0] == "-" and section < 0 and road is None:
        return None
    if text[stop - 1].isdigit() and (rest := _ROAD_TYPE.match(text, stop, end)):
        stop = rest.end()
    b = (match.start("b"), stop)
    a = match.span("a")
    if (by := _BY.search(text, a[0] + 2, a[1] - 1)) is not None:
        a = (a[0], by.start())
    return Ends(road.end() if road else end, a, b, whole=road is None)

"""Names: folding, the other forms a name goes by, and how two names differ.

One folding serves the gazetteer and the query. `fold` is what is written the same; `forms` are the other ways of
saying the same name (suffix left out, abbreviation, road number); `compare` says by which rule and by which slip of
the pen two names agree. The word lists are data: `names.toml`.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from opencc import OpenCC
from pypinyin.constants import PINYIN_DICT

MAX_NAME = 80
"""Characters of a name that are looked at. The longest name in OpenStreetMap's China is shorter; a query of 10,000 is
cut."""
CJK = range(0x3400, 0xA000)
DIGITS = "零一二三四五六七八九"


class Rule(StrEnum):
    """How a form was made from a name. The value is what a planner reads."""

    SAME = "名称一致"
    BRACKET = "不计括号内文字"
    SUFFIX = "不计通名（路、镇、村等）"
    PREFIX = "不计所在市县、乡镇"
    ABBREVIATION = "简称与全称"
    OLD = "不计“老”“旧”"


class Slip(StrEnum):
    """One slip of the pen between two forms. The value is what a planner reads."""

    NONE = ""
    HOMOPHONE = "同音或近音字"
    SUBSTITUTED = "错一字"
    DROPPED = "漏一字"
    ADDED = "多一字"
    SWAPPED = "两字颠倒"


@dataclass(frozen=True, slots=True)
class Form:
    """One way of saying a name: folded `text`, the `rule` that made it, and the words taken off its two sides."""

    text: str
    rule: Rule = Rule.SAME
    suffix: str = ""
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How a query's form and a place's form agree. `position` is where the slip is, counted in the place's form."""

    query: Form
    place: Form
    slip: Slip
    position: int = 0

    @property
    def cost(self) -> int:
        """0 where the names are the same; a rule on one side counts 1, a suffix for another 1, a slip 4, the query's
        words in brackets left out 5: what tells 道玄坂(道玄坂上) from 道玄坂 is a worse loss than a slip in it."""
        q, p = self.query, self.place
        bracket = 4 * (q.rule is Rule.BRACKET)
        return (
            (q.rule is not Rule.SAME)
            + (p.rule is not Rule.SAME)
            + bool(q.suffix and p.suffix)
            + 4 * bool(self.slip)
            + bracket
        )

    @property
    def words(self) -> str:
        """The agreement for a planner."""
        rules = dict.fromkeys(form.rule.value for form in (self.query, self.place) if form.rule is not Rule.SAME)
        return "；".join([*rules, *([self.slip.value] if self.slip else [])]) or Rule.SAME.value


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two names that are nearly written the same and mean different places (城北东路, 城北西路)."""

    reason: str


@cache
def words() -> dict[str, Any]:
    """The word lists of `names.toml`."""
    return tomllib.loads(resources.files("gazetteer").joinpath("names.toml").read_text(encoding="utf-8"))


@cache
def _variants() -> dict[int, str | None]:
    """Character table of the folding: traditional to simplified (OpenCC, single characters), then the variants."""
    simplified = OpenCC("t2s").convert("\n".join(map(chr, CJK))).split("\n")
    table: dict[int, str | None] = {code: to for code, to in zip(CJK, simplified, strict=True) if chr(code) != to}
    table |= {ord(variant): to for variant, to in words()["variants"].items()}
    return table


_NUMERAL = re.compile(r"[零〇一二三四五六七八九十百]+")
_UNDER_A_THOUSAND = re.compile(
    r"(?:([一二三四五六七八九])百)?[零〇]?(?:([一二三四五六七八九])?(十))?([一二三四五六七八九])?"
)


def _digits(match: re.Match[str]) -> str:
    """A Chinese numeral as digits (八: 8, 十二: 12, 三三〇: 330); as it is where it is no number below one thousand."""
    numeral = match.group().replace("〇", "零")
    if not set(numeral) & {"十", "百"}:
        return "".join(str(DIGITS.index(c)) for c in numeral)
    parts = _UNDER_A_THOUSAND.fullmatch(numeral)
    if parts is None:
        return numeral
    hundreds, tens, ten, ones = parts.groups()
    value = 100 * DIGITS.index(hundreds or "零") + DIGITS.index(ones or "零")
    return str(value + (10 * DIGITS.index(tens or "一") if ten else 0))


@lru_cache(maxsize=65536)
def fold_keeping_brackets(name: str) -> str:
    """As `fold`, with ( and ) kept."""
    text = unicodedata.normalize("NFKC", name[:MAX_NAME]).casefold().translate(_variants())
    text = "".join(c for c in text if c in "()" or unicodedata.category(c)[0] in "LN" or c in "ー々")
    return _NUMERAL.sub(_digits, text)[:MAX_NAME]


def fold(name: str) -> str:
    """A name as it is compared: widths, case, traditional and simplified, written variants, numerals; no spaces or
    punctuation."""
    return fold_keeping_brackets(name).translate({ord("("): None, ord(")"): None})


@cache
def _suffix_groups() -> dict[str, int]:
    """Every suffix and the (first) group it belongs to, longest first."""
    groups: dict[str, int] = {}
    for number, group in enumerate(words()["suffixes"]):
        for word in group["words"]:
            groups.setdefault(word, number)
    return dict(sorted(groups.items(), key=lambda item: -len(item[0])))


@cache
def _suffix_pattern() -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(_suffix_groups()) + ")$")


@lru_cache(maxsize=4096)
def suffix_kinds(suffix: str) -> frozenset[str]:
    """The kinds a place can be whose name ends so; empty where the suffix says nothing."""
    return frozenset(kind for group in words()["suffixes"] if suffix in group["words"] for kind in group["kinds"])


def split_suffix(folded: str) -> tuple[str, str]:
    """Stem and suffix (象珠, 镇); the suffix is empty where there is none or less than one character would be left."""
    match = _suffix_pattern().search(folded)
    if match is None or match.start() == 0:
        return folded, ""
    return folded[: match.start()], match.group()


@cache
def _abbreviations() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(short), long) for short, long in words()["abbreviations"]["pairs"]]


@cache
def _generic_tail() -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(words()["generic"]["tails"]) + ")$")


_ADMIN = re.compile(r"(?:.{2,7}?(?:省|自治区|自治州|地区|市|自治县|县|区|旗|街道|镇|乡))")
_ROAD_NUMBER = re.compile(r"(?:([gsxy])?([0-9]{1,4}))(国道|省道|县道|乡道)?(?:线|公路)?")


def expand(folded: str) -> str:
    """The long form of an abbreviation (永康卫校: 永康卫生学校), the name itself where it is none."""
    if folded[-1:] not in words()["abbreviations"]["endings"]:
        return folded
    for short, long in _abbreviations():
        text, count = short.subn(long, folded, count=1)
        if count:
            return text
    return folded


def road_number(folded: str) -> str:
    """`g330` for G330, 330国道, G330国道; empty where the name is no road number."""
    match = _ROAD_NUMBER.fullmatch(folded)
    if match is None or not (match[1] or match[3]):
        return ""
    letter = match[1] or words()["generic"]["road_classes"].get(match[3], "")
    return letter + match[2]


@cache
def _institutions() -> tuple[str, ...]:
    return tuple(words()["generic"]["institutions"])


def admin_prefixes(folded: str) -> list[str]:
    """The administrative prefixes of a name, each longer than the last (永康市, 永康市象珠镇); at least two characters
    stay."""
    not_counties = tuple(words()["generic"]["not_counties"])
    prefixes: list[str] = []
    start = 0
    while match := _ADMIN.match(folded, start):
        start = match.end()
        stem = split_suffix(match.group())[0]
        if len(folded) - start < 2 or stem.endswith(not_counties) or any(word in stem for word in _institutions()):
            break
        prefixes.append(folded[:start])
    return prefixes


@lru_cache(maxsize=65536)
def forms(name: str, context: tuple[str, ...] = ()) -> tuple[Form, ...]:
    """All forms of a name, the name itself first. `context` are folded names of counties and towns that may be left
    out."""
    bracketed = fold_keeping_brackets(name)
    folded = bracketed.replace("(", "").replace(")", "")
    found: dict[str, Form] = {}

    def add(form: Form) -> None:
        if form.text and (len(form.text) > 1 or form.rule is Rule.SAME):
            found.setdefault(form.text, form)

    add(Form(folded))
    if number := road_number(folded):
        add(Form(number, Rule.ABBREVIATION))
    if folded[:1] in "老旧" and (number := road_number(folded[1:])):
        add(Form(number, Rule.OLD))
        add(Form(folded[1:], Rule.OLD))
    outside = re.sub(r"\([^()]*\)", "", bracketed).translate({ord("("): None, ord(")"): None})
    if outside != folded and len(outside) > 1:
        add(Form(outside, Rule.BRACKET))
    for base in list(found.values()):
        add(Form(expand(base.text), _made(base, Rule.ABBREVIATION)))
    for base in list(found.values()):
        for prefix in _prefixes(base.text, context):
            rest = base.text[len(prefix) :]
            add(Form(rest, _made(base, Rule.PREFIX), prefix=prefix))
            stem = "".join(split_suffix(part)[0] for part in _ADMIN.findall(prefix)) or split_suffix(prefix)[0]
            add(Form(stem + rest, _made(base, Rule.SUFFIX)))
    for base in list(found.values()):
        stem, suffix = split_suffix(base.text)
        if suffix and len(stem) > 1:
            add(Form(stem, _made(base, Rule.SUFFIX), suffix=suffix, prefix=base.prefix))
    return tuple(found.values())


def _made(base: Form, rule: Rule) -> Rule:
    """The rule of a form made from another: words in brackets that were left out stay the rule."""
    return Rule.BRACKET if base.rule is Rule.BRACKET else rule


MAX_OWNER = 5
"""Characters of the county and town before a name that many have (永康象珠 in 永康象珠卫生院); more is another
owner."""


def _prefixes(folded: str, context: tuple[str, ...]) -> list[str]:
    prefixes = admin_prefixes(folded)
    for known in context:
        for prefix in (known, split_suffix(known)[0]):
            if len(prefix) > 1 and folded.startswith(prefix) and len(folded) - len(prefix) > 1:
                prefixes.append(prefix)
    ends_so = folded[-1:] in words()["abbreviations"]["endings"]
    tail = _generic_tail().search(folded) if ends_so else None
    if tail and 1 < tail.start() <= MAX_OWNER and not folded[: tail.start()].endswith(_institutions()):
        prefixes.append(folded[: tail.start()])
    return prefixes


def agree(query: Form, place: Form) -> Agreement | Contradiction | None:
    """How one form of a query and one of a place agree, why they contradict each other, or None where they are far
    apart."""
    if abs(len(query.text) - len(place.text)) > 1 or not _compatible(query, place):
        return None
    found = slip(query.text, place.text)
    if found is None or found == (Slip.NONE, 0):
        return found and Agreement(query, place, *found)
    if (query.suffix or place.suffix) and not _slip_without_suffix(query, place):
        return None
    if isinstance(found, Contradiction) and Rule.BRACKET in (query.rule, place.rule):
        return None
    return Agreement(query, place, *found) if isinstance(found, tuple) else found


def _slip_without_suffix(query: Form, place: Form) -> bool:
    """Whether a slip can be seen although a suffix is left out: of a village or town (下里西 for 下里溪村), never of a
    road."""
    if query.suffix and place.suffix:
        return False
    kinds = suffix_kinds(query.suffix or place.suffix)
    return bool(kinds & {"village", "town", "county"}) and min(len(query.text), len(place.text)) > MIN_SLIP


def compare(query: tuple[Form, ...], place: tuple[Form, ...]) -> Agreement | Contradiction | None:
    """The plainest agreement of two names over all their forms; a contradiction counts more than a slip."""
    found = [agree(q, p) for p in place for q in query]
    agreements = sorted((f for f in found if isinstance(f, Agreement)), key=lambda f: f.cost)
    contradictions = [f for f in found if isinstance(f, Contradiction)]
    if contradictions and (not agreements or agreements[0].slip):
        return contradictions[0]
    return agreements[0] if agreements else None


def _compatible(q: Form, p: Form) -> bool:
    """Whether the words left out on the two sides can be the same ones."""
    if q.suffix and p.suffix and _suffix_groups()[q.suffix] != _suffix_groups()[p.suffix]:
        return bool(suffix_kinds(q.suffix) & suffix_kinds(p.suffix) - {"road"})
    if q.prefix and p.prefix:
        one, other = split_suffix(q.prefix)[0], split_suffix(p.prefix)[0]
        return one.endswith(other) or other.endswith(one)
    return True


@cache
def _opposites() -> dict[str, frozenset[int]]:
    sets: dict[str, set[int]] = {}
    for number, characters in enumerate(words()["opposites"]["sets"]):
        for character in characters:
            sets.setdefault(character, set()).add(number)
    return {character: frozenset(numbers) for character, numbers in sets.items()}


def _are_opposites(one: str, other: str) -> bool:
    """Whether one character for the other makes a sister name (东 and 西, 东 and 二)."""
    ends = words()["opposites"]["ends"]
    return (one in ends and other in ends) or bool(
        _opposites().get(one, frozenset()) & _opposites().get(other, frozenset())
    )


@cache
def _look_alike() -> dict[str, frozenset[int]]:
    sets: dict[str, set[int]] = {}
    for number, characters in enumerate(words()["slips"]["look_alike"]):
        for character in characters:
            sets.setdefault(character, set()).add(number)
    return {character: frozenset(numbers) for character, numbers in sets.items()}


def are_alike(one: str, other: str) -> bool:
    """Whether one character is readily written for another."""
    return bool(_look_alike().get(one, frozenset()) & _look_alike().get(other, frozenset()))


@cache
def _pairs() -> dict[str, frozenset[str]]:
    """For each character those that follow it in the name of some place of China (`bench/name_pairs.py`)."""
    text = resources.files("gazetteer").joinpath("name_pairs.tsv").read_text(encoding="utf-8")
    lines = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {one: frozenset(others) for one, others in lines}


def makes_a_name(stem: str) -> bool:
    """Whether some place of China has these characters side by side in its name: 兴安, not 幢安."""
    return len(stem) > 1 and all(other in _pairs().get(one, ()) for one, other in pairwise(stem))


def own_stem(folded: str) -> str:
    """What is a name's own in it, its words for what the thing is left out (友宁 of 友宁小学, 行健 of
    行健楼)."""
    stem = re.sub(words()["slips"]["heads"], "", split_suffix(folded)[0])
    return stem[:-1] if stem == folded and stem[-1:] in words()["slips"]["things"] else stem


MIN_SLIP = 2
"""Characters a form must have for a slip to be recognised in it: of one character nothing would be left."""


def slip(query: str, place: str) -> tuple[Slip, int] | Contradiction | None:
    """The one slip that makes `place` into `query`, a contradiction where it changes the meaning, None where they
    differ by more."""
    if query == place:
        return Slip.NONE, 0
    if min(len(query), len(place)) < MIN_SLIP or abs(len(query) - len(place)) > 1:
        return None
    start = 0
    while start < min(len(query), len(place)) and query[start] == place[start]:
        start += 1
    if len(query) == len(place):
        return _equal_length(query, place, start)
    return _one_more(query, place, start)


def _one_more(query: str, place: str, start: int) -> tuple[Slip, int] | Contradiction | None:
    """A character that one name has more, at `start`."""
    longer, shorter, kind = (query, place, Slip.ADDED) if len(query) > len(place) else (place, query, Slip.DROPPED)
    if longer[start + 1 :] != shorter[start:]:
        return None
    character = longer[start]
    if kind is Slip.ADDED and start == len(shorter) and character in words()["slips"]["things"]:
        return Contradiction(f"地图上是“{place}”，不是“{query}”")
    stem = split_suffix(longer)[0]
    if start >= len(stem) and set(stem) <= set(words()["opposites"]["ends"]):  # 北街, 北大街
        return Contradiction(f"“{place}”与“{query}”除方位、次序外没有相同的字")
    if character in words()["opposites"]["ends"] and (start == 0 or start == len(stem) - 1):
        return Contradiction(f"“{place}”与“{query}”只差“{character}”字，按两处处理")
    beside_digit = any(c.isdigit() for c in longer[max(0, start - 1) : start] + longer[start + 1 : start + 2])
    last = character.isascii() and start == len(shorter) and not longer.isascii()
    if last or (character.isdigit() and (beside_digit or longer.isascii())):  # 楼A, 17号楼, G330
        return Contradiction(f"“{place}”与“{query}”编号不同")
    return kind, start


def _equal_length(query: str, place: str, start: int) -> tuple[Slip, int] | Contradiction | None:
    if query[start + 1 :] == place[start + 1 :]:
        return _one_for_another(query, place, start)
    if (
        query[start] == place[start + 1]
        and query[start + 1] == place[start]
        and query[start + 2 :] == place[start + 2 :]
    ):
        return None if _are_opposites(query[start], query[start + 1]) else (Slip.SWAPPED, start)
    pairs = [(a, b) for a, b in zip(query, place, strict=True) if a != b]
    if np.array_equal(sounds(query), sounds(place)) and not any(_are_opposites(a, b) for a, b in pairs):
        return Slip.HOMOPHONE, start
    return None


def _one_for_another(query: str, place: str, start: int) -> tuple[Slip, int] | Contradiction:
    """One character that stands for another, at `start`."""
    one, other = query[start], place[start]
    ends = split_suffix(query)[1], split_suffix(place)[1]
    things = words()["slips"]["things"]
    other_thing = start == len(query) - 1 and one in things and other in things
    if other_thing or (all(ends) and ends[0] != ends[1] and query[: -len(ends[0])] == place[: -len(ends[1])]):
        return Contradiction(f"地图上是“{place}”，不是“{query}”")
    if one.isascii() and other.isascii() and not query.isascii():
        return Contradiction(f"“{place}”与“{query}”编号不同")
    if _are_opposites(one, other):
        return Contradiction(f"地图上是“{place}”，“{one}”与“{other}”不是笔误，是两处")
    return (Slip.HOMOPHONE if pinyin_of(one) & pinyin_of(other) else Slip.SUBSTITUTED), start


_TONES = str.maketrans(
    {c: unicodedata.normalize("NFD", c)[0] for c in "āáǎàēéěèōóǒòīíǐìūúǔùḿńňǹ"} | dict.fromkeys("ǖǘǚǜ", "ü")
)


def _sound(reading: str) -> str:
    """A reading without its tone, with the sounds joined that southern speakers confuse (zh z, ch c, sh s, ang an, eng
    en, ing in)."""
    plain = reading.translate(_TONES)
    return re.sub(r"(?<=[aei]n)g$", "", re.sub(r"^([zcs])h", r"\1", plain))


@lru_cache(maxsize=32768)
def pinyin_of(character: str) -> frozenset[str]:
    """How a character can sound (see `_sound`); empty for what is not Chinese."""
    return frozenset(map(_sound, PINYIN_DICT.get(ord(character), "").split(","))) - {""}


@cache
def _sound_table() -> npt.NDArray[np.uint32]:
    """For every code point the number of its first sound; the code point itself, moved up, where it has none."""
    table = np.arange(0x110000, dtype=np.uint32) + 0x10000
    numbers: dict[str, int] = {}
    for code, readings in PINYIN_DICT.items():
        table[code] = numbers.setdefault(_sound(readings.split(",")[0]), len(numbers))
    return table


def code_points(text: str) -> npt.NDArray[np.uint32]:
    """The code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32)


def sounds_of(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Code points as a reader says them, one number each; what sounds alike is equal."""
    return _sound_table()[np.minimum(points, 0x10FFFF)]


def sounds(text: str) -> npt.NDArray[np.uint32]:
    """A text as a reader says it, one number a character."""
    return sounds_of(code_points(text))

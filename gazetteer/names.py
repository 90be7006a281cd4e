"""Names: folding, and the other forms a name goes by.

One folding serves the gazetteer and the query. `fold` is what is written the same; `forms` are the other ways of
saying the same name (suffix left out, abbreviation, road number). The word lists are data: `names.toml`.
"""

import re
import tomllib
import unicodedata
from enum import StrEnum
from functools import cache, lru_cache
from importlib import resources
from typing import Any, NamedTuple

from opencc import OpenCC

MAX_NAME = 80
"""Characters of a name that are looked at. The longest name in OpenStreetMap's China is shorter; a query of 10,000 is
cut."""
CACHED = 8192
"""Names whose folding and forms are kept: those of a county's works; each takes a kilobyte."""
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


class Form(NamedTuple):
    """One way of saying a name: folded `text`, the `rule` that made it, and the words taken off its two sides."""

    text: str
    rule: Rule = Rule.SAME
    suffix: str = ""
    prefix: str = ""


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


@lru_cache(maxsize=CACHED)
def fold_keeping_brackets(name: str) -> str:
    """As `fold`, with ( and ) kept."""
    text = unicodedata.normalize("NFKC", name[:MAX_NAME]).casefold().translate(_variants())
    if not text.isalnum():
        text = "".join(c for c in text if c in "()" or unicodedata.category(c)[0] in "LN" or c in "ー々")
    return _NUMERAL.sub(_digits, text)[:MAX_NAME]


@lru_cache(maxsize=CACHED)
def fold(name: str) -> str:
    """A name as it is compared: widths, case, traditional and simplified, written variants, numerals; no spaces or
    punctuation."""
    return fold_keeping_brackets(name).translate({ord("("): None, ord(")"): None})


@cache
def suffix_groups() -> dict[str, int]:
    """Every suffix and the (first) group it belongs to, longest first."""
    groups: dict[str, int] = {}
    for number, group in enumerate(words()["suffixes"]):
        for word in group["words"]:
            groups.setdefault(word, number)
    return dict(sorted(groups.items(), key=lambda item: -len(item[0])))


@cache
def _suffix_pattern() -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(suffix_groups()) + ")$")


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
def _any_abbreviation() -> re.Pattern[str]:
    return re.compile("|".join(short.pattern for short, _ in _abbreviations()))


@cache
def _generic_tail() -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(words()["generic"]["tails"]) + ")$")


_ADMIN = re.compile(r"(?:.{2,7}?(?:省|自治区|自治州|地区|市|自治县|县|区|旗|街道|镇|乡))")
_ROAD_NUMBER = re.compile(r"(?:([gsxy])?([0-9]{1,4}))(国道|省道|县道|乡道)?(?:线|公路)?")


def expand(folded: str) -> str:
    """The long form of an abbreviation (永康卫校: 永康卫生学校), the name itself where it is none."""
    if folded[-1:] not in words()["abbreviations"]["endings"] or not _any_abbreviation().search(folded):
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


@lru_cache(maxsize=CACHED)
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
    if bracketed != folded:
        outside = re.sub(r"\([^()]*\)", "", bracketed).replace("(", "").replace(")", "")
        if len(outside) > 1:
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

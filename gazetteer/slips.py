"""How two names differ: by which rule and which slip of the pen they agree, or why one is another place.

`compare` is for two names, `agree` for two of their forms, `slip` for two folded texts. The word lists are data:
`names.toml`.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import NamedTuple

from gazetteer.names import Form, Rule, split_suffix, suffix_groups, suffix_kinds, words
from gazetteer.sounds import pinyin_of, sound_of


class Slip(StrEnum):
    """One slip of the pen between two forms. The value is what a planner reads."""

    NONE = ""
    HOMOPHONE = "同音或近音字"
    SUBSTITUTED = "错一字"
    DROPPED = "漏一字"
    ADDED = "多一字"
    SWAPPED = "两字颠倒"


class Agreement(NamedTuple):
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


def agree(query: Form, place: Form) -> Agreement | Contradiction | None:
    """How one form of a query and one of a place agree, why they contradict each other, or None where they are far
    apart."""
    if query.text == place.text:
        return Agreement(query, place, Slip.NONE) if _compatible(query, place) else None
    if query.suffix and place.suffix:
        return None
    shorter = min(len(query.text), len(place.text))
    if (query.suffix or place.suffix) and (shorter <= MIN_SLIP or not (shows_slips(query) and shows_slips(place))):
        return None
    found = slip(query.text, place.text)
    if found is None or not _compatible(query, place):
        return None
    if isinstance(found, Contradiction):
        return None if Rule.BRACKET in (query.rule, place.rule) else found
    return Agreement(query, place, *found)


def shows_slips(form: Form) -> bool:
    """Whether a slip can be seen in a form: where its suffix is left out, only that of a village or town (下里西 for
    下里溪村), never of a road."""
    return not form.suffix or bool(suffix_kinds(form.suffix) & {"village", "town", "county"})


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
    if q.suffix and p.suffix and suffix_groups()[q.suffix] != suffix_groups()[p.suffix]:
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
def _pairs() -> dict[str, str]:
    """For each character those that follow it in the name of some place of China (`bench/name_pairs.py`)."""
    text = resources.files("gazetteer").joinpath("name_pairs.tsv").read_text(encoding="utf-8")
    return dict(line.split("\t") for line in text.splitlines() if not line.startswith("#"))


def makes_a_name(stem: str) -> bool:
    """Whether some place of China has these characters side by side in its name: 兴安, not 幢安."""
    return len(stem) > 1 and all(other in _pairs().get(one, "") for one, other in pairwise(stem))


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
    pairs = ((a, b) for a, b in zip(query, place, strict=True) if a != b)
    if all(sound_of(a) == sound_of(b) and not _are_opposites(a, b) for a, b in pairs):
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

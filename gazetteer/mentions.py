"""The places that a work's name mentions: 方岩镇 in 方岩干部培训中心, 上坪村 in 云峰乡上坪村饮水工程."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from gazetteer import names
from gazetteer.geocode import MAX_BEGINNING, MIN_THING, Gazetteer
from gazetteer.resolve import SETTLEMENTS, Area, Candidate

COUNTIES = frozenset({"county", "city"})
THING = 0.8
"""Chance that a work whose name begins with that of a thing is a part of it, or beside it."""
WHOLE_NAME = 0.6
"""Chance that a work lies near the town or village that its name begins with, where the name is written whole."""
TOWN_STEM = 0.6
"""The same for a town without 镇 or 乡: 方岩 before a building is nearly always the town."""
VILLAGE_STEM = 0.3
"""The same for a village without 村: 新华, 人民 and 光明 begin many names that have nothing to do with a village."""
SEAT = 0.5
"""Chance that a work said to be in the county's town lies within some kilometres of the point of its seat."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that a name mentions, the words that say it, and the chance that the work lies there."""

    words: str
    place: Candidate
    chance: float


@cache
def _words() -> dict[str, list[str]]:
    return tomllib.loads(resources.files("gazetteer").joinpath("mentions.toml").read_text(encoding="utf-8"))


def mentioned(gazetteer: Gazetteer, name: str, area: Area | None) -> Mention | None:
    """The thing whose whole name begins a work's (滨江公园 in 滨江公园二期); else the smallest settlement that it
    begins with, after the county's own name; else the county's seat.
    """
    text = names.fold(name)
    thing = _thing(gazetteer, text, area)
    if thing is not None:
        return thing
    for start in _starts(text, area):
        town = _settlement(gazetteer, text[start:], area, frozenset({"town"}))
        after = start + len(town.words) if town else start
        village = _settlement(gazetteer, text[after:], area, frozenset({"village", "locality"}))
        if village and (town is None or village.chance > VILLAGE_STEM):
            return village
        if town:
            return town
    seat = next((word for word in _words()["seat"] if text.startswith(word)), None)
    return _seat(gazetteer, seat, area) if seat and area else None


def _thing(gazetteer: Gazetteer, text: str, area: Area | None) -> Mention | None:
    """The longest beginning that is the whole name of one thing other than a settlement."""
    for length in range(len(text) - 1, MIN_THING - 1, -1):
        words = text[:length]
        found = gazetteer.resolver.search(words, area=area, slips=False)
        groups = [group[0] for group in found.groups if names.fold(group[0].name) == words]
        if len(groups) == 1 and groups[0].kind not in COUNTIES.union(SETTLEMENTS) and groups[0].geometry is not None:
            return Mention(words, groups[0], THING)
    return None


def _starts(text: str, area: Area | None) -> Iterator[int]:
    """Where the name of a place may begin: at once, after the county's name, after words such as 新建."""
    before = list(_words()["before"])
    if area is not None:
        county = names.fold(area.name)
        before += [county, names.split_suffix(county)[0]]
    yield 0
    for word in sorted({word for word in before if word}, key=len, reverse=True):
        if text.startswith(word) and len(text) > len(word):
            yield len(word)


def _settlement(gazetteer: Gazetteer, text: str, area: Area | None, only: frozenset[str]) -> Mention | None:
    for length in range(min(MAX_BEGINNING, len(text)), 1, -1):
        words = text[:length]
        found = gazetteer.resolver.search(words, area=area, slips=False, only=only)
        groups = [group[0] for group in found.groups if group[0].cost == found.groups[0][0].cost]
        if len(groups) != 1:
            continue
        place = groups[0]
        whole = names.fold(place.title) == words
        chance = WHOLE_NAME if whole else TOWN_STEM if place.kind == "town" else VILLAGE_STEM
        return Mention(words, place, chance)
    return None


def _seat(gazetteer: Gazetteer, words: str, area: Area) -> Mention | None:
    for name in dict.fromkeys((words, area.name, names.split_suffix(names.fold(area.name))[0])):
        for candidate in gazetteer.resolver.search(name, area=area, slips=False).candidates:
            is_point = candidate.is_placed and candidate.box[0] == candidate.box[2]
            if is_point and candidate.kind in COUNTIES | {"town", "locality"}:
                return Mention(words, candidate, SEAT)
    return None

"""Where a work lies by what is said of its place beside its name: 建设地点 in a project list, the words before it in a
report (在象珠镇建设…), the places that a planner gives it."""

from collections.abc import Sequence
from dataclasses import replace

import shapely

from gazetteer.answer import DOUBT
from gazetteer.geocode import Answer, Gazetteer, Query
from gazetteer.index import TAUGHT
from gazetteer.mentions import mentioned
from gazetteer.names import fold
from gazetteer.resolve import AREA_SLACK_M, METRES_A_DEGREE
from gazetteer.vocabulary import Kind, Precision
from geodata.models import Work

MAX_SAID = 10
"""Places of one work that are looked up; a cell that lists all villages of a county tells nothing."""
TELLS_NOTHING = frozenset({"county", "city", "province"})
"""Kinds of places that every work of a county lies in."""
_FINEST_FIRST = [Precision.NEAR, Precision.TOWN, Precision.COUNTY]


def said_places(work: Work) -> tuple[str, ...]:
    """The first places of a work that do not stand in its own name or at its ends."""
    own = [fold(words) for words in (work.name, work.extent_from, work.extent_to) if words]
    return tuple(place for place in work.places if not any(fold(place) in words for words in own))[:MAX_SAID]


def with_said_places(gazetteer: Gazetteer, own: Answer, said: Sequence[str], within: str) -> Answer:
    """The answer for a work's name, unless what is said of its place tells more, or that it is another thing.

    A thing that was found by its name is not the work where it lies in none of the towns that are said. A work that was
    not found, or only nearly, lies near the first of the finest places said, unless its name tells it closer.
    """
    places = [answer for answer in (_place(gazetteer, own.id, name, said, within) for name in said) if answer]
    if own.geometry is not None and own.precision not in _FINEST_FIRST:
        town = _other_town(own, places)
        if town is None:
            return own
        why = f"{own.why}；但它不在所说的“{town}”，不是同一处"
        own = Answer(own.id, None, Precision.NONE, 0.0, (), why, {"elsewhere": list(own.matched)})
    finest = min(places, key=lambda answer: _FINEST_FIRST.index(answer.precision), default=None)
    if finest is None:
        return own
    is_finer = own.geometry is not None and _FINEST_FIRST.index(own.precision) < _FINEST_FIRST.index(finest.precision)
    if is_finer and own.confidence >= DOUBT:
        return own
    return replace(finest, why=f"{own.why}；{finest.why}", evidence={**own.evidence, "rule": "said-place"})


def _place(gazetteer: Gazetteer, work: str, name: str, said: Sequence[str], within: str) -> Answer | None:
    """Near one place that is said, sure as its name is; None where it cannot be found or is the whole county."""
    context = tuple(other for other in said if other != name)
    found = gazetteer.geocode(Query(work, name, within=within, context=context))
    geometry, matched, chance, precision = found.geometry, found.matched, found.confidence, found.precision
    if geometry is None:
        mention = mentioned(gazetteer, name, gazetteer.area(within))
        if mention is None or mention.place.geometry is None:
            return None
        geometry, matched, chance = mention.place.geometry, (mention.place.to_json(),), mention.chance
        precision = Precision.EXACT
    kinds = [match["kind"] for match in matched]
    if not kinds or kinds[0] in TELLS_NOTHING:
        return None
    if precision not in _FINEST_FIRST:
        precision = Precision.TOWN if kinds[0] == Kind.TOWN else Precision.NEAR
    why = f"所说的地点是“{name}”，可在“{matched[0]['name']}”附近找"
    return Answer(work, geometry, precision, chance, matched, why)


def _other_town(own: Answer, places: Sequence[Answer]) -> str | None:
    """The first town that is said, where the thing found lies in none of them; a person's word is not doubted."""
    if any(match["source"] == TAUGHT for match in own.matched):
        return None
    towns = [
        place
        for place in places
        if place.precision is Precision.TOWN
        and place.matched[0]["kind"] == Kind.TOWN
        and place.geometry is not None
        and place.geometry.area
    ]
    slack = AREA_SLACK_M / METRES_A_DEGREE
    if not towns or any(shapely.dwithin(town.geometry, own.geometry, slack) for town in towns):
        return None
    return towns[0].matched[0]["name"]

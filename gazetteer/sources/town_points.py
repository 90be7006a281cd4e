"""Which point of GeoNames is which town of the administrative divisions: same county, same name, and no second
choice."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import shapely

from gazetteer.division_names import town_stem
from gazetteer.place import Place


class TownPoints(NamedTuple):
    """`points` by the town's key; `doubtful` are keys of towns that were refused because more than one choice was
    left."""

    points: dict[str, Place]
    doubtful: frozenset[str]


def match_town_points(towns: Iterable[Place], counties: Sequence[Place], points: Sequence[Place]) -> TownPoints:
    """Match towns with points that lie in the area of the town's county (its `parent`) and bear its name.

    A point that bears a town's whole name is taken before one that only shares its stem. A match counts only if it is
    the only one from both sides: a town with two such points, or a point with two such towns (城关镇 and 城关乡), is
    refused.
    """
    by_name: defaultdict[tuple[str | None, str], list[str]] = defaultdict(list)
    by_stem: defaultdict[tuple[str | None, str], list[str]] = defaultdict(list)
    for town in towns:
        by_name[town.parent, town.name].append(town.key)
        by_stem[town.parent, town_stem(town.name)].append(town.key)

    areas = [county for county in counties if county.geometry is not None]
    tree = shapely.STRtree(np.array([county.geometry for county in areas], dtype=object))
    county_of: defaultdict[int, list[str]] = defaultdict(list)
    where = np.array([point.geometry for point in points], dtype=object)
    for point, area in tree.query(where, predicate="within").T:
        county_of[point].append(areas[area].key)

    whole: defaultdict[str, list[Place]] = defaultdict(list)
    shared: defaultdict[str, list[Place]] = defaultdict(list)
    doubtful: set[str] = set()
    for number, point in enumerate(points):
        names = {point.name, *point.names}
        stems = {town_stem(name) for name in names}
        for found, index, wanted in ((whole, by_name, names), (shared, by_stem, stems)):
            keys = {key for county in county_of[number] for name in wanted for key in index.get((county, name), ())}
            if len(keys) == 1:
                found[keys.pop()].append(point)
                break
            if keys:
                doubtful |= keys
                break

    matched: dict[str, Place] = {}
    for key in whole.keys() | shared.keys():
        candidates = whole.get(key) or shared[key]
        if len(candidates) == 1:
            matched[key] = candidates[0]
        else:
            doubtful.add(key)
    return TownPoints(matched, frozenset(doubtful - matched.keys()))

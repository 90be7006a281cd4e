"""Where the built-up town of a county or city lies, which reports call 城区, 县城 or 市区: GeoNames' point that bears
its name."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
import shapely

from gazetteer.division_names import upper_stem
from gazetteer.place import Place

NAMES = {"市": ("城区", "市区"), "县": ("城区", "县城"), "旗": ("城区",)}
"""What reports call the seat of a division whose name ends so. A city district (区) has none of its own."""

MORE_NAMES = ("主城区", "中心城区", "老城区")


def seats(divisions: Iterable[Place], points: Sequence[Place]) -> list[Place]:
    """The seats of counties and cities, each a `locality` at the point that bears the division's name and lies in its
    area.

    The whole name (永康市) is taken before the name without its level (永康), which only counts for counties: a
    prefecture's is also the name of one of its counties or towns (甘孜). There is no seat where two points bear the
    name. `key` is the code with `/seat`, `parent` the code.
    """
    areas = [d for d in divisions if d.geometry is not None and d.kind in {"county", "city"} and d.name[-1] in NAMES]
    tree = shapely.STRtree(np.array([division.geometry for division in areas], dtype=object))
    whole: defaultdict[int, list[Place]] = defaultdict(list)
    shortened: defaultdict[int, list[Place]] = defaultdict(list)
    where = np.array([point.geometry for point in points], dtype=object)
    for number, area in tree.query(where, predicate="within").T:
        point, division = points[number], areas[area]
        names = {point.name, *point.names}
        if division.name in names:
            whole[area].append(point)
        elif division.kind == "county" and upper_stem(division.name) in names:
            shortened[area].append(point)
    return [
        Place(
            f"{division.key}/seat",
            NAMES[division.name[-1]][0],
            "locality",
            candidates[0].geometry,
            names=(*NAMES[division.name[-1]][1:], *MORE_NAMES),
            parent=division.key,
        )
        for area, division in enumerate(areas)
        if len(candidates := whole.get(area) or shortened.get(area, [])) == 1
    ]

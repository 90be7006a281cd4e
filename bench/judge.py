"""Whether an answer is right, as the benchmarks count: a line where 90 % of it and of the truth lie within 25 m of
each other, a place within 100 m."""

import math

import shapely
from shapely.geometry import shape

METRES = 111_320.0
NEAR_M = 25.0
RIGHT = 0.9
PLACE_M = 100.0
FINDS = frozenset({"exact", "stretch", "partial"})


def flat(geometry: shapely.Geometry, latitude: float) -> shapely.Geometry:
    """A geometry in metres."""
    return shapely.unary_union(
        shapely.transform(geometry, lambda xy: xy * [METRES * math.cos(math.radians(latitude)), METRES])
    )


def is_find(precision: str, gold: dict) -> bool:
    """Whether an answer counts: a partial stretch where one end is nowhere is as good as an abstention."""
    return precision in FINDS and not (precision == "partial" and gold.get("partial_ok"))


def is_right(geometry: shapely.Geometry | None, gold: dict) -> bool:
    """Whether a find is right; never where there is nothing to find."""
    if geometry is None or not gold["answerable"]:
        return False
    truth = shape(gold["geometry"])
    latitude = truth.centroid.y
    truth, found = flat(truth, latitude), flat(geometry, latitude)
    if truth.area or not truth.length:
        middle = (
            found.interpolate(0.5, normalized=True) if found.geom_type == "LineString" else found.representative_point()
        )
        return truth.distance(middle) <= PLACE_M
    if found.area or not found.length:
        return False
    if gold.get("allow"):
        found = found.difference(flat(shape(gold["allow"]), latitude).buffer(NEAR_M).difference(truth.buffer(NEAR_M)))
    p = found.intersection(truth.buffer(NEAR_M)).length / (found.length or 1.0)
    r = truth.intersection(found.buffer(NEAR_M)).length / truth.length
    return bool(p and r) and p * r / (p + r - p * r) >= RIGHT

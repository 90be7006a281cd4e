"""The offsets that Chinese web maps lay over WGS 84: GCJ-02, and Baidu's BD-09 on top of it.

They are no datums but shifts of some 100 to 700 m (GCJ-02) and another 1 km (BD-09); neither is published. The formulas
here are those found in open implementations since 2010 (eviltransform and its kin), which all descend from one early
derivation; their agreement with the official services is within a metre or so.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Krassowsky 1940, on which the offset is scaled: semi-major axis in metres and first eccentricity squared.
GCJ_AXIS = 6378245.0
GCJ_ECCENTRICITY_SQUARED = 0.00669342162296594323
GCJ_BOX = (72.004, 0.8293, 137.8347, 55.8271)  # west, south, east, north in degrees: outside it there is no offset
GCJ_INVERSE_STEPS = 10  # each shrinks the error by some 1e-3; 3 reach 1 cm, the rest cost little


def wgs84_to_gcj02(lonlat: Floats) -> Floats:
    """GCJ-02 of WGS 84 coordinates, degrees, shape (n, 2), longitude first; the same outside China's box."""
    inside = _in_box(lonlat)
    return np.where(inside[:, None], lonlat + _offset(lonlat), lonlat)


def gcj02_to_wgs84(lonlat: Floats) -> Floats:
    """WGS 84 of GCJ-02 coordinates, degrees, shape (n, 2), by fixed-point iteration; within 1 mm of there and back.

    On the box's own edge, at sea or beyond the border, where the offset begins, it is not one-to-one.
    """
    found = lonlat.copy()
    for _ in range(GCJ_INVERSE_STEPS):
        found = lonlat - _offset(found)
    return np.where(_in_box(found)[:, None], found, lonlat)


def _in_box(lonlat: Floats) -> NDArray[np.bool_]:
    west, south, east, north = GCJ_BOX
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def _offset(lonlat: Floats) -> Floats:
    """What GCJ-02 adds to WGS 84, degrees, shape (n, 2)."""
    x, y = lonlat[:, 0] - 105.0, lonlat[:, 1] - 35.0
    pi = np.pi
    waves = 20 * np.sin(6 * pi * x) + 20 * np.sin(2 * pi * x)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    north += (waves + 20 * np.sin(pi * y) + 40 * np.sin(pi * y / 3)) * 2 / 3
    north += (160 * np.sin(pi * y / 12) + 320 * np.sin(pi * y / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    east += (waves + 20 * np.sin(pi * x) + 40 * np.sin(pi * x / 3)) * 2 / 3
    east += (150 * np.sin(pi * x / 12) + 300 * np.sin(pi * x / 30)) * 2 / 3
    latitude = np.radians(lonlat[:, 1])
    magic = 1 - GCJ_ECCENTRICITY_SQUARED * np.sin(latitude) ** 2
    metres_a_radian_north = GCJ_AXIS * (1 - GCJ_ECCENTRICITY_SQUARED) / magic**1.5
    metres_a_radian_east = GCJ_AXIS / np.sqrt(magic) * np.cos(latitude)
    return np.degrees(np.column_stack([east / metres_a_radian_east, north / metres_a_radian_north]))


BD_TURNS = np.pi * 3000.0 / 180.0  # radians of BD-09's wave to a degree
BD_EAST, BD_NORTH = 0.0065, 0.006  # degrees that BD-09 adds to GCJ-02 everywhere


def bd09_to_wgs84(lonlat: Floats) -> Floats:
    """WGS 84 of BD-09 coordinates, degrees, shape (n, 2), longitude first; within about a metre."""
    x, y = lonlat[:, 0] - BD_EAST, lonlat[:, 1] - BD_NORTH
    radius = np.hypot(x, y) - 0.00002 * np.sin(y * BD_TURNS)
    angle = np.arctan2(y, x) - 0.000003 * np.cos(x * BD_TURNS)
    return gcj02_to_wgs84(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]))

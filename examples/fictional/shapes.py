"""Curves and patches that look grown, from a few points: all in metres, all the same on every run."""

import math
import zlib

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring, unary_union

SIMPLIFY_M = 1.2  # a vertex that moves a curve less than this is not worth a node
LARGE_M = 1050  # a patch with a larger radius than this is land, not a building's ground
TURN = math.radians(-7)  # of the whole plan, so that no street runs due north
Points = NDArray[np.float64]


def rng_for(label: str) -> np.random.Generator:
    """A generator of its own for every object, so that changing one leaves the others as they are."""
    return np.random.default_rng(zlib.crc32(label.encode()))


def bend(points: object) -> Points:
    """Kilometres on the plan to metres on the ground: turned and gently bent, so that no two streets are parallel."""
    x, y = np.asarray(points, dtype=float).T
    x, y = x * math.cos(TURN) - y * math.sin(TURN), x * math.sin(TURN) + y * math.cos(TURN)
    return np.column_stack([x + 0.10 * np.sin(1.3 * y + 0.4), y + 0.13 * np.sin(0.95 * x + 0.8)]) * 1000


def spline(points: Points, *, closed: bool = False, step: float = 45) -> Points:
    """Catmull-Rom curve (centripetal) through the points, one vertex every `step` metres."""
    if closed:
        padded = np.vstack([points[-1], points, points[:2]])
    else:
        padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    curve = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        t1 = math.dist(p0, p1) ** 0.5
        t2 = t1 + math.dist(p1, p2) ** 0.5
        t3 = t2 + math.dist(p2, p3) ** 0.5
        t = np.linspace(t1, t2, max(2, int(math.dist(p1, p2) / step)), endpoint=False)[:, None]
        a1 = (t1 - t) / t1 * p0 + t / t1 * p1
        a2 = (t2 - t) / (t2 - t1) * p1 + (t - t1) / (t2 - t1) * p2
        a3 = (t3 - t) / (t3 - t2) * p2 + (t - t2) / (t3 - t2) * p3
        b1 = (t2 - t) / t2 * a1 + t / t2 * a2
        b2 = (t3 - t) / (t3 - t1) * a2 + (t - t1) / (t3 - t1) * a3
        curve.append((t2 - t) / (t2 - t1) * b1 + (t - t1) / (t2 - t1) * b2)
    whole = np.vstack(curve)
    return np.vstack([whole, whole[:1] if closed else points[-1:]])


def wobble(curve: Points, label: str, amplitude: float, wavelength: float) -> Points:
    """Shift the curve sideways by smooth noise of `amplitude` metres that fades out at both ends."""
    rng = rng_for(label)
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))])
    noise = sum(
        rng.normal() * np.sin(2 * math.pi * along / (wavelength * factor) + rng.uniform(0, 7)) * factor
        for factor in (1.0, 0.61, 0.37, 2.3)
    )
    fade = np.clip(np.minimum(along, along[-1] - along) / wavelength, 0, 1)
    tangent = np.gradient(curve, axis=0)
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]]) / np.maximum(np.hypot(*tangent.T), 1e-9)[:, None]
    return curve + normal * (amplitude * 0.5 * noise * fade)[:, None]


def curve_of(plan: dict, label: str, amplitude: float, wavelength: float) -> LineString:
    closed = bool(plan.get("closed"))
    curve = spline(bend(plan["points"]), closed=closed)
    if not closed:
        curve = wobble(curve, label, plan.get("wobble", amplitude), wavelength)
    return LineString(curve).simplify(SIMPLIFY_M)


def blob(
    centre: Points, radius: float, label: str, *, stretch: tuple[float, float] = (1, 1), turn: float = 0
) -> Polygon:
    """A rounded patch: an ellipse whose radius varies, the more and the finer the larger it is."""
    rng = rng_for(label)
    angle = np.linspace(0, 2 * math.pi, 28 if radius < LARGE_M else 90, endpoint=False)
    waves = (2, 3, 5) if radius < LARGE_M else (2, 3, 5, 8, 13)
    rough = 1 + sum(rng.uniform(-0.22, 0.22) / k * np.sin(k * angle + rng.uniform(0, 7)) for k in waves)
    x, y = stretch[0] * radius * rough * np.cos(angle), stretch[1] * radius * rough * np.sin(angle)
    turned = math.radians(turn)
    ring = [x * math.cos(turned) - y * math.sin(turned), x * math.sin(turned) + y * math.cos(turned)]
    return Polygon(np.column_stack(ring) + centre)


def widening(line: LineString, widths: tuple[float, float]) -> Polygon:
    """The water of a river that grows from the first width to the second (metres) along its line."""
    pieces = 24
    parts = [
        substring(line, i / pieces, (i + 1) / pieces, normalized=True).buffer(
            (widths[0] + (widths[1] - widths[0]) * (i + 0.5) / pieces) / 2, quad_segs=3
        )
        for i in range(pieces)
    ]
    water = unary_union(parts).buffer(6).buffer(-6).simplify(3)
    return Polygon(max(water.geoms, key=lambda part: part.area).exterior if hasattr(water, "geoms") else water.exterior)


def largest(shape: BaseGeometry) -> Polygon:
    """The part of a shape with the largest area."""
    return max(shapely.get_parts(shape), key=lambda part: part.area)


def longest(shape: BaseGeometry) -> LineString:
    """The part of a shape with the greatest length."""
    return max(shapely.get_parts(shape), key=lambda part: part.length)

"""The enlargement of the part of the map where works are crowded, as that of a county's seat, in a free corner."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from webmap.poster.layout import Box
from webmap.poster.projection import ROUND_SCALES, Floats, Projection, round_up

ENLARGED = 2.4  # times, at least: what is a disc's width apart on the map is then two
SHARES = (0.40, 0.36, 0.32, 0.28)  # of the map's width and height, the largest first that finds a free corner
LEAST_WORKS = 12  # in the part: fewer find room on the map itself
LEAST_SHARE = 0.2  # of all works: else there is no one crowded part


@dataclass(frozen=True, slots=True)
class Inset:
    """The enlarged part of the map, `window`, and how it is drawn in its corner, `projection.box`."""

    window: Box
    projection: Projection


def find_inset(
    anchors: Sequence[tuple[float, float]],
    main: Projection,
    counties: Sequence[BaseGeometry],
    taken: Box,
    margin: float,
) -> Inset | None:
    """The inset for works at such points of the map; None where they are not crowded or no corner is free of them.

    `counties` are the areas, in mm on the sheet, of which it is to hide as little as possible, `taken` the north
    arrow; `margin` mm stay between it and the map's edge.
    """
    scale = round_up(main.scale / ENLARGED / ROUND_SCALES[1], ROUND_SCALES)
    points = np.array(anchors).reshape(-1, 2)
    for share in SHARES:
        width, height = share * main.box.width, share * main.box.height
        window = _crowded(points, width * scale / main.scale, height * scale / main.scale, main.box)
        inside = _holds(window, points)
        if inside.sum() < max(LEAST_WORKS, LEAST_SHARE * len(points)):
            continue
        corners = [
            corner
            for corner in _corners(main.box, width, height, margin)
            if not _overlap(corner, window)
            and not _overlap(corner, taken)
            and not (_holds(corner.inset(-margin), points) & ~inside).any()
        ]
        if corners:
            hidden = shapely.union_all(counties)
            best = min(corners, key=lambda corner: shapely.intersection(_polygon(corner), hidden).area)
            return Inset(window, main.enlarged(window, best))
    return None


def _crowded(points: Floats, width: float, height: float, box: Box) -> Box:
    """The window around one of the points that holds the most of them."""
    windows = [
        Box(
            min(max(x - width / 2, box.x), box.right - width),
            min(max(y - height / 2, box.y), box.bottom - height),
            width,
            height,
        )
        for x, y in points.tolist()
    ]
    return max(windows, key=lambda window: int(_holds(window, points).sum()))


def _holds(box: Box, points: Floats) -> NDArray[np.bool_]:
    x, y = points[:, 0], points[:, 1]
    return np.asarray((x >= box.x) & (x <= box.right) & (y >= box.y) & (y <= box.bottom))


def _corners(box: Box, width: float, height: float, margin: float) -> list[Box]:
    return [
        Box(x, y, width, height)
        for x in (box.x + margin, box.right - margin - width)
        for y in (box.bottom - margin - height, box.y + margin)
    ]


def _overlap(one: Box, other: Box) -> bool:
    return bool(shapely.intersects(_polygon(one), _polygon(other)))


def _polygon(box: Box) -> BaseGeometry:
    return shapely.box(box.x, box.y, box.right, box.bottom)

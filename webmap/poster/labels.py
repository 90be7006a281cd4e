"""Where numbers and names stand so that none lies on another: greedily, the most important first.

Every number is placed, moved aside on a leader line where its own spot is taken; a name that finds no free place is
left out, since the number leads to it in the list. The positions tried for a name and their order are those of
Imhof (Positioning Names on Maps, 1975): to the right first, then left, above and below.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from webmap.poster.layout import Box

Boxes = NDArray[np.float64]  # (n, 4): left, top, right, bottom in mm

DIRECTIONS = 16  # in which a disc is moved aside
RINGS = 14  # distances at which that is tried
RING_STEP = 0.62  # of a disc's diameter, between them
SHARPEST_TURN = math.radians(28)  # between two characters of a name along a line: beyond it the word falls apart


class Occupied:
    """What is taken on the map."""

    def __init__(self, frame: Box) -> None:
        self._frame = frame
        self._boxes: Boxes = np.empty((256, 4))
        self._count = 0

    def is_free(self, boxes: Boxes) -> bool:
        """Whether boxes lie inside the map and on nothing that is taken."""
        frame, taken = self._frame, self._boxes[: self._count]
        inside = (boxes[:, :2] >= (frame.x, frame.y)).all() and (boxes[:, 2:] <= (frame.right, frame.bottom)).all()
        if not inside:
            return False
        apart = (
            (boxes[:, None, 0] >= taken[:, 2])
            | (boxes[:, None, 2] <= taken[:, 0])
            | (boxes[:, None, 1] >= taken[:, 3])
            | (boxes[:, None, 3] <= taken[:, 1])
        )
        return bool(apart.all())

    def take(self, boxes: Boxes) -> None:
        """Takes boxes, whatever lies there."""
        while self._count + len(boxes) > len(self._boxes):
            self._boxes = np.concatenate([self._boxes, np.empty_like(self._boxes)])
        self._boxes[self._count : self._count + len(boxes)] = boxes
        self._count += len(boxes)

    def take_if_free(self, boxes: Boxes) -> bool:
        """Takes boxes where they are free, and says whether."""
        free = self.is_free(boxes)
        if free:
            self.take(boxes)
        return free


def around(x: float, y: float, half_width: float, half_height: float) -> Boxes:
    """The box around a middle."""
    return np.array([[x - half_width, y - half_height, x + half_width, y + half_height]])


def place_discs(anchors: Sequence[tuple[float, float]], radius: float, occupied: Occupied) -> list[tuple[float, float]]:
    """Where the discs of works stand: at their anchors, or as near as there is room.

    A disc for which no ring has room stays at its anchor: a number is never left out.
    """
    found = []
    for x, y in anchors:
        spots = _spots(x, y, radius)
        spot = next((spot for spot in spots if occupied.is_free(around(*spot, radius, radius))), (x, y))
        occupied.take(around(*spot, radius, radius))
        found.append(spot)
    return found


def _spots(x: float, y: float, radius: float) -> Iterator[tuple[float, float]]:
    yield x, y
    for ring in range(2, RINGS + 2):
        distance = ring * RING_STEP * 2 * radius
        for number in range(DIRECTIONS):
            turn = 2 * math.pi * (number + (ring % 2) / 2) / DIRECTIONS
            yield x + distance * math.cos(turn), y + distance * math.sin(turn)


@dataclass(frozen=True, slots=True)
class Label:
    """A level text: left end and baseline in mm."""

    text: str
    x: float
    y: float


def place_beside(
    x: float, y: float, gap: float, text: str, width: float, size: float, occupied: Occupied
) -> Label | None:
    """The place for a name beside a spot that reaches `gap` mm around x, y; None where all are taken."""
    rise = 0.36 * size  # from the baseline to the middle of a Chinese character or a capital
    for dx, dy in ((1, 0), (-1, 0), (0, -1), (0, 1), (0.75, -0.75), (-0.75, -0.75), (0.75, 0.75), (-0.75, 0.75)):
        reach = gap if abs(dx) == 1 else gap * 0.8  # a corner lies nearer the disc than its box does
        middle_x = x + (math.copysign(reach + width / 2, dx) if dx else 0)
        middle_y = y + dy * (gap + 0.55 * size)
        if occupied.take_if_free(around(middle_x, middle_y, width / 2, 0.56 * size)):
            return Label(text, middle_x - width / 2, middle_y + rise)
    return None


def place_at(x: float, y: float, text: str, width: float, size: float, occupied: Occupied) -> Label | None:
    """A name whose middle is x, y; None where that is taken."""
    if not occupied.take_if_free(around(x, y, width / 2, 0.56 * size)):
        return None
    return Label(text, x - width / 2, y + 0.36 * size)


@dataclass(frozen=True, slots=True)
class Character:
    """A character of a name along a line: its middle in mm, and its turn in radians, clockwise."""

    text: str
    x: float
    y: float
    angle: float


def place_along(
    line: shapely.LineString, text: str, widths: Sequence[float], size: float, occupied: Occupied
) -> list[Character] | None:
    """A name set along a line, at the first of several places where it is free and the line bends gently."""
    total, length = sum(widths), line.length
    if length < total * 1.25:
        return None
    middles = np.cumsum(widths) - np.array(widths) / 2
    for share in (0.5, 0.3, 0.7, 0.15, 0.85):
        start = share * length - total / 2
        if start < 0 or start + total > length:
            continue
        characters = _along(line, text, start + middles, size)
        if characters is None:
            continue
        boxes = np.concatenate([around(c.x, c.y, 0.56 * size, 0.56 * size) for c in characters])
        if occupied.take_if_free(boxes):
            return characters
    return None


def _along(line: shapely.LineString, text: str, distances: NDArray[np.float64], size: float) -> list[Character] | None:
    ends = shapely.get_coordinates(
        shapely.line_interpolate_point(line, np.concatenate([distances - size / 2, distances + size / 2]).clip(0))
    ).reshape(2, -1, 2)
    run = ends[1] - ends[0]
    angles = np.unwrap(np.arctan2(run[:, 1], run[:, 0]))
    if len(angles) > 1 and np.abs(np.diff(angles)).max() > SHARPEST_TURN:
        return None
    if math.cos(float(angles.mean())) < 0:  # it would stand on its head: set it from the other end
        return _along(line.reverse(), text, line.length - distances[::-1], size)
    middles = ends.mean(axis=0)
    set_along = zip(text, middles.tolist(), angles.tolist(), strict=True)
    return [Character(character, x, y, angle) for character, (x, y), angle in set_along]


def along_lines(lines: Iterable[shapely.LineString], step: float, reach: float) -> Boxes:
    """Boxes that cover lines, for names that are to keep off them: one every `step` mm, reaching `reach` mm around."""
    boxes = [np.empty((0, 4))]
    for line in lines:
        distances = np.arange(step / 2, line.length, step)
        points = shapely.get_coordinates(shapely.line_interpolate_point(line, distances))
        boxes.append(np.hstack([points - reach, points + reach]))
    return np.concatenate(boxes)

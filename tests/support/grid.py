"""Small maps drawn in the test: a grid of characters, one step 100 m, and the places on it."""

from collections.abc import Iterable
from pathlib import Path

import shapely

from gazetteer.build import build_index
from gazetteer.geocode import Gazetteer
from gazetteer.place import Place, Source

ORIGIN = (120.0, 28.9)
STEP = 0.001
"""Degrees a character: 97 m east, 111 m north."""
SOURCE = Source("test", "Test map", "none", "drawn by hand", fictional=True)


class Grid:
    """A drawing; every letter or digit in it is a point.

    grid = Grid('''
        A--B--C
           |
           D
    ''')
    grid.road("人民路", "ABC")
    """

    def __init__(self, drawing: str) -> None:
        self.points: dict[str, tuple[float, float]] = {}
        self.places: list[Place] = []
        for row, line in enumerate(drawing.splitlines()):
            for column, character in enumerate(line):
                if character.isalnum():
                    self.points[character] = (round(ORIGIN[0] + column * STEP, 7), round(ORIGIN[1] - row * STEP, 7))

    def line(self, letters: str) -> shapely.LineString:
        return shapely.LineString([self.points[letter] for letter in letters])

    def road(self, name: str, *ways: str, kind: str = "road", names: Iterable[str] = (), links: str = "") -> None:
        """A road of one or several ways, each a string of points."""
        lines = [self.line(way) for way in ways]
        shape = lines[0] if len(lines) == 1 else shapely.MultiLineString(lines)
        key = f"way/{len(self.places)}"
        self.places.append(Place(key, name, kind, shape, tuple(names), links=self.line(links) if links else None))

    def place(self, name: str, letter: str, kind: str = "village", names: Iterable[str] = ()) -> None:
        key = f"node/{len(self.places)}"
        self.places.append(Place(key, name, kind, shapely.Point(self.points[letter]), tuple(names)))

    def area(self, name: str, letters: str, kind: str = "town", adcode: str | None = None) -> None:
        ring = shapely.Polygon([self.points[letter] for letter in letters])
        self.places.append(Place(f"relation/{len(self.places)}", name, kind, ring, adcode=adcode))

    def gazetteer(self, directory: Path) -> Gazetteer:
        build_index(SOURCE, self.places, directory)
        return Gazetteer.open(directory)

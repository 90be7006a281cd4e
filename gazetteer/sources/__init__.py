"""One file a source. `open_source` finds the one that a name or a file means."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from gazetteer.errors import GuatuError
from gazetteer.place import Place, Source
from gazetteer.sources import boundaries, divisions, geonames, osm, vector

DEFAULT_SOURCES = ("divisions", "geonames")
"""What a new gazetteer is filled with: together they know every county of China, and share no place."""

Opened = tuple[Source, Iterator[Place]]

BY_NAME: dict[str, Callable[..., Opened]] = {
    "boundaries": lambda: (boundaries.SOURCE, boundaries.places()),
    "divisions": lambda package=divisions.PACKAGE: (
        divisions.SOURCE,
        divisions.places(package, boundaries.places(), geonames.places()),
    ),
    "geonames": lambda package=divisions.PACKAGE: (
        geonames.SOURCE,
        divisions.points_of_no_town(package, boundaries.places(), geonames.places()),
    ),
}

BY_ENDING: dict[str, Callable[..., Opened]] = {
    ".pbf": lambda path, **options: (_openstreetmap(path), osm.read_pbf(path, **options)),
    **dict.fromkeys(vector.SUFFIXES, lambda path, **options: (vector.source(path), vector.places(path, **options))),
}


def _openstreetmap(path: Path) -> Source:
    return Source(path.name, path.name, licence="ODbL 1.0", attribution="© OpenStreetMap contributors (ODbL 1.0)")


def open_source(spec: str | Path, **options: Any) -> Opened:
    """The source that `spec` means, and its places: a name of `BY_NAME`, or a file with an ending of `BY_ENDING`.

    `options` are those of the source's own function (`package` of divisions; `mapping`, `crs`, `encoding`, `layer` of
    a vector file). Raises GuatuError where there is no such source, and, at once or while the places are read, what
    the source raises.
    """
    if isinstance(spec, str) and spec in BY_NAME:
        return BY_NAME[spec](**options)
    path = Path(spec)
    opener = BY_ENDING.get(path.suffix.lower())
    if opener is None:
        known = ", ".join((*BY_NAME, *(f"*{ending}" for ending in sorted(BY_ENDING))))
        raise GuatuError(f"不认识的来源“{path.name}” is no source. There are: {known}")
    return opener(path, **options)

"""Which sources there are, by name and by the ending of a file."""

from collections.abc import Callable, Iterator
from inspect import signature
from pathlib import Path
from typing import Any

from shapely.geometry.base import BaseGeometry

from gazetteer.errors import GuatuError
from gazetteer.place import Place, Source
from gazetteer.sources import boundaries, divisions, geonames, osm, overture, vector

DEFAULT_SOURCES = ("divisions", "geonames")
"""What a new gazetteer is filled with: together they know every county of China, and share no place."""

Opened = tuple[Source, Iterator[Place]]


def open_source(spec: str | Path, **options: Any) -> Opened:
    """The source that `spec` means, and its places: a name of `BY_NAME`, or a file with an ending of `BY_ENDING`.

    `options` are those of the source's own function (`package` of divisions; `area`, outside which nothing is taken, of
    OpenStreetMap and Overture; `mapping`, `crs`, `encoding`, `layer` of a vector file). Raises GuatuError where there
    is no such source or option, and, at once or while the places are read, what the source raises.
    """
    path = Path(spec)
    by_name = BY_NAME.get(spec) if isinstance(spec, str) else None
    opener = by_name or BY_ENDING.get(path.suffix.lower())
    if opener is None:
        known = ", ".join((*BY_NAME, *(f"*{ending}" for ending in sorted(BY_ENDING))))
        raise GuatuError(f"不认识的来源“{path.name}” is no source. There are: {known}")
    if unknown := options.keys() - signature(opener).parameters.keys():
        raise GuatuError(f"来源“{path.name}”没有这个选项 has no such option: {', '.join(sorted(unknown))}")
    return opener(**options) if by_name else opener(path, **options)


def _boundaries() -> Opened:
    return boundaries.SOURCE, boundaries.places()


def _divisions(package: Path = divisions.PACKAGE) -> Opened:
    return divisions.SOURCE, divisions.places(package, boundaries.places(), geonames.places())


def _geonames(package: Path = divisions.PACKAGE) -> Opened:
    return geonames.SOURCE, divisions.points_of_no_town(package, boundaries.places(), geonames.places())


def _openstreetmap(path: Path, area: BaseGeometry | None = None) -> Opened:
    return osm.source(path.name), osm.read_osm(path, area=area)


def _overture(path: Path, area: BaseGeometry | None = None) -> Opened:
    return overture.source(path.name), overture.places(path, area=area)


def _vector(
    path: Path,
    mapping: vector.Mapping | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    layer: str | None = None,
) -> Opened:
    source = Source(path.name, path.name, licence="文件提供者所定 as its owner says", attribution=path.name)
    return source, vector.places(path, mapping, crs=crs, encoding=encoding, layer=layer)


BY_NAME: dict[str, Callable[..., Opened]] = {
    "boundaries": _boundaries,
    "divisions": _divisions,
    "geonames": _geonames,
}
BY_ENDING: dict[str, Callable[..., Opened]] = {
    ".pbf": _openstreetmap,
    ".osm": _openstreetmap,
    ".parquet": _overture,
    **dict.fromkeys(sorted(vector.SUFFIXES), _vector),
}

"""A place: one entry of the gazetteer."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True)
class Place:
    """One named thing of one source.

    `key` identifies it within its source and survives a reload (`way/123`). `kind` is a `Kind` value where one fits,
    or one of `province`, `city`, `county`, `junction`, `station`, `mountain`, `water`, `locality`. `geometry` is
    EPSG:4326, longitude first, or None where the source gives only a name (a village of the administrative hierarchy):
    such a place lies in its `parent`, the key of the place of the same source that contains it. `adcode` is the
    administrative division code (GB/T 2260 for six digits, the statistics bureau's nine and twelve digits below), None
    where the source has none.

    Lines meet where they have a vertex in common to the digit, so no node numbers are kept. `links` are lines that
    join the parts of a line without having its name: a bridge in the middle of a road, the ring of a roundabout.
    """

    key: str
    name: str
    kind: str
    geometry: BaseGeometry | None
    names: tuple[str, ...] = ()
    adcode: str | None = None
    parent: str | None = None
    links: BaseGeometry | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where places come from: shown with every place and in the NOTICE.

    `name` identifies a load: loading it again replaces it.
    """

    name: str
    title: str
    licence: str
    attribution: str
    fictional: bool = False


_POSITIVE = np.array([1_800_000_000, 900_000_000])


def vertex_keys(lonlat: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """One number a vertex (n, 2; degrees), equal where two are the same to 1e-7 degrees (1 cm), OpenStreetMap's
    resolution."""
    grid = np.rint(lonlat * 1e7).astype(np.int64) + _POSITIVE
    return np.asarray((grid[:, 0] << 32) | grid[:, 1])

"""Reading GeoPackages and GeoJSON that `guatu export` wrote and somebody edited. Nothing but these is opened."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyproj
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from shapely.geometry.base import BaseGeometry

from gazetteer.errors import GuatuError
from geodata.datums import WGS84
from geodata.exports.fields import FIELDS, LANGUAGES

ENDINGS = (".gpkg", ".geojson", ".json")
SQLITE, GEOPACKAGE_AT, GEOPACKAGE = b"SQLite format 3\x00", 68, (b"GPKG", b"GP10", b"GP11")
GCJ02_MEMBER = b'"datum":"GCJ-02'  # as `geodata.exports.geojson` marks it
HEAD_BYTES = 4096  # of a file: where its kind shows
MAX_BYTES = 200_000_000  # of a file: a hundred thousand works with their lines are some 100 MB
MAX_WORKS = 200_000
KEYS = ("work_id", "name", "status", "location_id", "status_id")  # what is read of a file
MAX_SHOWN = 60  # characters of a name that are shown


class ReturnError(GuatuError):
    """A file that cannot be taken back."""


class Noted(StrEnum):
    """What there is to say of a file beside its edits."""

    ADDED = "added"  # a row without an identifier: drawn by hand
    FOREIGN_LAYER = "foreign-layer"  # a layer that no export wrote
    NO_STATUSES = "no-statuses"  # a layer without the field of the status
    NO_VERSIONS = "no-versions"  # a layer without the versions: what was edited and what moved on look alike


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to say: what it is of, a row's name or a layer's."""

    what: Noted
    text: str


@dataclass(frozen=True, slots=True)
class Edited:
    """A work as a file has it; the geometry is WGS 84, longitude first, None where the file has none."""

    work_id: int
    status: str | None
    location_id: int | None
    status_id: int | None
    geometry: BaseGeometry | None

    def to_json(self) -> dict[str, Any]:
        """As an object that JSON can hold; `from_json` gives it back."""
        return {**asdict(self), "geometry": None if self.geometry is None else self.geometry.wkb_hex}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Edited":
        """What `to_json` wrote."""
        geometry = None if value["geometry"] is None else shapely.from_wkb(value["geometry"])
        return cls(**{**value, "geometry": geometry})


def read_edits(path: Path, remarks: list[Remark]) -> Iterator[Edited]:
    """The works in a file; what else there is to say of it is added to `remarks`.

    Raises ReturnError where it is too large, not of those formats, in GCJ-02 or no system, or no export of guatu.
    """
    if path.stat().st_size > MAX_BYTES:
        raise ReturnError(
            f"文件超过 {MAX_BYTES // 1_000_000} MB，请只留下改过的工程 (larger than that: keep only what was edited)"
        )
    _check_kind(path)
    seen: set[int] = set()
    for layer, names in _exported_layers(path, remarks):
        for edited in _read_layer(path, layer, names, remarks):
            if edited.work_id in seen or len(seen) >= MAX_WORKS:
                raise ReturnError(
                    f"工程 {edited.work_id} 出现两次，或工程多于 {MAX_WORKS} 项 (a work twice, or more works than that)"
                )
            seen.add(edited.work_id)
            yield edited


def _check_kind(path: Path) -> None:
    """Raises ReturnError for all that GDAL might take for another format, such as one that leads to other files."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    is_geopackage = head.startswith(SQLITE) and head[GEOPACKAGE_AT : GEOPACKAGE_AT + 4] in GEOPACKAGE
    is_json = head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")
    if not (is_geopackage if path.suffix.lower() == ".gpkg" else is_json) or path.suffix.lower() not in ENDINGS:
        raise ReturnError(
            f"{path.name}：只收 GeoPackage（.gpkg）和 GeoJSON（.geojson） (only GeoPackage and GeoJSON are taken back)"
        )
    if is_json and GCJ02_MEMBER in head:
        raise _in_gcj02(path.name)


def _unreadable(path: Path) -> ReturnError:
    return ReturnError(f"{path.name} 读不出来，可能不完整 (it cannot be read as GeoPackage or GeoJSON; is it whole?)")


def _in_gcj02(what: str) -> ReturnError:
    return ReturnError(
        f"{what} 是 GCJ-02 或没有坐标系，请用别的坐标系导出后再改 "
        "(it is in GCJ-02 or names no coordinate system: edit an export in another one)"
    )


def _exported_layers(path: Path, remarks: list[Remark]) -> list[tuple[str, dict[str, str]]]:
    """The layers that an export wrote, each with the file's names of the fields that are read."""
    found = []
    try:
        for layer, _ in pyogrio.list_layers(path):
            if layer == "layer_styles":
                continue
            names = _names(list(pyogrio.read_info(path, layer=layer)["fields"]))
            if "work_id" in names:
                found.append((layer, names))
                if "status" not in names:
                    remarks.append(Remark(Noted.NO_STATUSES, layer))
                if not names.keys() >= {"location_id", "status_id"}:
                    remarks.append(Remark(Noted.NO_VERSIONS, layer))
            else:
                remarks.append(Remark(Noted.FOREIGN_LAYER, layer))
    except (DataSourceError, DataLayerError) as error:
        raise _unreadable(path) from error
    if not found:
        raise ReturnError(
            f"{path.name} 没有“编号”字段，不是挂图导出的文件 (no field work_id: take back a file that guatu exported)"
        )
    return found


def _names(fields: Sequence[str]) -> dict[str, str]:
    """What the file calls the fields that are read, whichever language it is in."""
    called = {f.name(language): f.key for f in FIELDS if f.key in KEYS for language in LANGUAGES}
    return {called[name]: name for name in fields if name in called}


def _read_layer(path: Path, layer: str, names: Mapping[str, str], remarks: list[Remark]) -> Iterator[Edited]:
    try:
        meta, _, wkb, columns = pyogrio.raw.read(path, layer=layer, columns=list(names.values()))
    except (DataSourceError, DataLayerError) as error:
        raise _unreadable(path) from error
    keys = {called: key for key, called in names.items()}
    values = {keys[name]: column.tolist() for name, column in zip(meta["fields"], columns, strict=True)}
    rows = len(values["work_id"])
    geometries = _as_wgs84(wkb, meta["crs"], layer) if wkb is not None else [None] * rows
    for row, geometry in enumerate(geometries):
        number = {key: _whole(values[key][row]) if key in values else None for key in KEYS if key.endswith("_id")}
        if number["work_id"] is None:
            name = values["name"][row] if "name" in values else None
            remarks.append(Remark(Noted.ADDED, str(name or layer)[:MAX_SHOWN]))
            continue
        status = values["status"][row] if "status" in values else None
        yield Edited(
            number["work_id"],
            None if status is None else str(status),
            number["location_id"],
            number["status_id"],
            geometry,
        )


def _whole(value: Any) -> int | None:
    """An identifier; None for what is none, such as the null that GDAL gives as not a number."""
    if isinstance(value, str):
        value = int(value) if value.strip().isdecimal() and len(value) < 11 else None
    return int(value) if isinstance(value, int | float) and 0 < value < 2**31 else None


def _as_wgs84(wkb: Any, crs: str | None, layer: str) -> list[BaseGeometry | None]:
    if crs is None or "GCJ-02" in crs:
        raise _in_gcj02(layer)
    geometries = shapely.force_2d(shapely.from_wkb(wkb, on_invalid="ignore"))
    system = pyproj.CRS.from_user_input(crs)
    if system.to_epsg() != WGS84:
        there = pyproj.Transformer.from_crs(system, WGS84, always_xy=True)
        geometries = shapely.transform(geometries, lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1])))
    found: list[BaseGeometry | None] = geometries.tolist()
    return found

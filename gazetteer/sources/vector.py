"""Places of a vector file: GeoPackage, Shapefile, GeoJSON, or CSV with coordinates."""

import csv
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from gazetteer.errors import GuatuError
from gazetteer.names import fold, split_suffix, suffix_kinds
from gazetteer.place import Place
from gazetteer.sources import dbf
from gazetteer.vocabulary import Kind

LOG = logging.getLogger(__name__)

MAGIC = {".gpkg": b"SQLite format 3\0", ".shp": b"\0\0\x27\x0a", ".geojson": b"{", ".json": b"{"}
"""How a file of each ending begins. GDAL goes by the content, so a file that begins otherwise could be a format that
opens other files or addresses (VRT)."""

SUFFIXES = frozenset({*MAGIC, ".csv"})

MAX_GEOJSON_BYTES = 512 << 20
"""GDAL holds a GeoJSON file in memory as a whole, at about ten times its size. Larger ones belong into a GeoPackage."""

MAX_FEATURES = 5_000_000
"""More than the named features of OpenStreetMap in any one province."""

MAX_LINE = 1 << 20
"""Characters of a CSV line that are read at once; a file without line ends is not held in memory."""

CSV_DELIMITERS = ",;\t"
"""The one that the header has most of is the file's."""

BATCH = 10_000
"""Features whose geometry is worked on at a time."""

MAX_NAME = 200
"""Characters. What is longer is a text, not a name."""

KINDS = frozenset({*Kind, "province", "city", "county", "junction", "station", "mountain", "water", "locality"})
"""What `Place.kind` may be."""

WORLD = (-180.0, -90.0, 180.0, 90.0)
CHINA = (73.0, 3.0, 136.0, 54.0)
"""Bounds in degrees (west, south, east, north). No latitude in use lies beyond 73 north, where China's longitudes
begin: that is how swapped coordinates are told."""

SEPARATORS = re.compile(r"[;；、|,，]")
"""What stands between several other names in one cell."""

NAME_COLUMNS = ("name", "名称", "地名", "标准名称", "name_zh", "name:zh", "name_chn", "mc", "路名", "道路名称", "title")
KIND_COLUMNS = ("kind", "类型", "类别", "fclass", "type", "class")
OTHER_NAME_COLUMNS = ("names", "别名", "曾用名", "简称", "alt_name", "old_name", "short_name", "alias", "aliases")
ADCODE_COLUMNS = ("adcode", "行政区划代码", "区划代码", "xzqdm")
LONGITUDE_COLUMNS = ("lon", "lng", "long", "longitude", "经度", "x")
LATITUDE_COLUMNS = ("lat", "latitude", "纬度", "y")
"""Usual columns, looked for in this order, in capitals or not, where the mapping does not name one."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which columns say what. `kind` is a column or one kind for all. None is guessed from the usual names, and where
    there is no such column left out; only `name` (and `lon`, `lat` of a CSV) must be there. `key` is a column that
    identifies a feature across reloads; without it that is the feature's number in the file."""

    name: str | None = None
    kind: str | None = None
    names: tuple[str, ...] = ()
    adcode: str | None = None
    key: str | None = None
    lon: str | None = None
    lat: str | None = None

    def __str__(self) -> str:
        pairs = {field: getattr(self, field) for field in self.__slots__}
        return ", ".join(f"{field}={'+'.join(v) if isinstance(v, tuple) else v}" for field, v in pairs.items() if v)


class Row(NamedTuple):
    """One feature: where it stands in the file, for messages; its key; its cells; its geometry in the file's CRS."""

    where: str
    key: str
    cells: dict[str, str]
    geometry: BaseGeometry | None


def places(
    path: Path,
    mapping: Mapping | None = None,
    *,
    crs: str | None = None,
    encoding: str | None = None,
    layer: str | None = None,
) -> Iterator[Place]:
    """The named features of a file, with their geometry in EPSG:4326, longitude first, two-dimensional.

    `mapping` names columns; what it leaves open is guessed and told to the log. `crs` (`EPSG:4547`) is needed where
    the file does not say (a Shapefile without .prj) and, for a CSV, where the coordinates are not WGS 84 degrees; it
    overrides nothing that the file says. `encoding` is for Shapefile and CSV that are neither UTF-8 nor GBK. Features
    without a name or a geometry are left out, and the log says how many.

    Raises GuatuError where the file cannot be read, lacks a mapped column, has no CRS, or has coordinates that cannot
    be: the message names the line or the feature.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise GuatuError(
            f"不认识的文件类型 Not a file type that can be loaded: {path.name} ({', '.join(sorted(SUFFIXES))})"
        )
    if not path.is_file():
        raise GuatuError(f"没有这个文件 No such file: {path}")
    if suffix == ".csv":
        columns, rows = _open_csv(path, encoding)
        found = complete(mapping or Mapping(), columns, path.name, points=True)
        to_wgs84 = _transformer(CRS.from_epsg(4326), crs, path.name)
        rows = _points(rows, found, path.name)
    else:
        columns, rows, file_crs = _open_ogr(path, encoding, layer)
        found = complete(mapping or Mapping(), columns, path.name)
        to_wgs84 = _transformer(file_crs, crs if file_crs is None else None, path.name)
    LOG.info("%s: %s", path.name, found)
    return _places(rows, found, to_wgs84, path.name)


def complete(mapping: Mapping, columns: Sequence[str], file: str, *, points: bool = False) -> Mapping:
    """The mapping with what it leaves open guessed from the usual names of columns.

    Raises GuatuError, naming the columns that there are, where a mapped column is missing or none looks like the name.
    """
    by_folded = {column.casefold(): column for column in reversed(columns)}
    listed = "、".join(columns) or "(没有 none)"

    def usual(candidates: Iterable[str]) -> str | None:
        return next((by_folded[name] for name in candidates if name in by_folded), None)

    wanted = {mapping.name, mapping.adcode, mapping.key, mapping.lon, mapping.lat, *mapping.names} - {None}
    if mapping.kind not in KINDS:
        wanted |= {mapping.kind} - {None}
    for column in wanted:
        if column not in columns:
            raise GuatuError(f"{file} 没有“{column}”这一列 has no such column; it has: {listed}")
    found = replace(
        mapping,
        name=mapping.name or usual(NAME_COLUMNS),
        kind=mapping.kind or usual(KIND_COLUMNS),
        names=mapping.names or tuple(by_folded[name] for name in OTHER_NAME_COLUMNS if name in by_folded),
        adcode=mapping.adcode or usual(ADCODE_COLUMNS),
        lon=(mapping.lon or usual(LONGITUDE_COLUMNS)) if points else None,
        lat=(mapping.lat or usual(LATITUDE_COLUMNS)) if points else None,
    )
    if not found.name:
        raise GuatuError(f"{file} 里哪一列是名称?请指定 Which column is the name? Say one of: {listed}")
    if points and not (found.lon and found.lat):
        raise GuatuError(
            f"{file} 里哪两列是经度和纬度?请指定 Which columns are longitude and latitude? Say two of: {listed}"
        )
    return found


def _places(rows: Iterator[Row], mapping: Mapping, to_wgs84: Transformer | None, file: str) -> Iterator[Place]:
    left_out = read = 0
    keys: set[str] = set()
    while batch := list(islice(rows, BATCH)):
        read += len(batch)
        if read > MAX_FEATURES:
            raise GuatuError(f"{file} 超过 {MAX_FEATURES} 个要素,请分开 has too many features: split it")
        named = [row for row in batch if row.geometry is not None and not row.geometry.is_empty and _name(row, mapping)]
        left_out += len(batch) - len(named)
        for row, geometry in zip(named, _geometries(named, to_wgs84, file), strict=True):
            key = _cell(row, mapping.key) if mapping.key else row.key
            if mapping.key and (not key or key in keys):
                raise GuatuError(
                    f"{file} {row.where}:“{mapping.key}”为空或重复 is empty or not unique: it cannot be the key"
                )
            if mapping.key:
                keys.add(key)
            name = _name(row, mapping)
            others = (part.strip() for column in mapping.names for part in SEPARATORS.split(_cell(row, column)))
            names = tuple(dict.fromkeys(other for other in others if other != name and 0 < len(other) <= MAX_NAME))
            yield Place(key, name, _kind(row, mapping), geometry, names, adcode=_cell(row, mapping.adcode) or None)
    if left_out:
        LOG.warning("%s: %d 个要素没有名称或位置,未载入 features without name or geometry left out", file, left_out)


def _name(row: Row, mapping: Mapping) -> str:
    name = _cell(row, mapping.name)
    return name if len(name) <= MAX_NAME else ""


def _kind(row: Row, mapping: Mapping) -> str:
    """The mapped kind, else the one that the name's suffix says for certain (城北东路 is a road), else `other`."""
    kind = mapping.kind if mapping.kind in KINDS else _cell(row, mapping.kind)
    if kind and kind in KINDS:
        return kind
    said = suffix_kinds(split_suffix(fold(_name(row, mapping)))[1])
    return next(iter(said)) if len(said) == 1 else Kind.OTHER.value


def _cell(row: Row, column: str | None) -> str:
    """A cell as one line without control characters; empty where there is no such column."""
    cell = row.cells.get(column, "") if column else ""
    return " ".join((cell if cell.isprintable() else "".join(c if c.isprintable() else " " for c in cell)).split())


def _geometries(rows: Sequence[Row], to_wgs84: Transformer | None, file: str) -> Sequence[BaseGeometry]:
    """Their geometries in EPSG:4326, two-dimensional and valid. Raises GuatuError for the first that cannot be."""
    shapes = shapely.force_2d(np.array([row.geometry for row in rows], dtype=object))
    if to_wgs84 is not None:
        moved = np.column_stack(to_wgs84.transform(*shapely.get_coordinates(shapes).T))
        shapes = shapely.set_coordinates(shapes, moved)
    west, south, east, north = shapely.bounds(shapes).T.reshape(4, -1)
    swapped = (CHINA[0] <= south) & (north <= CHINA[2]) & (CHINA[1] <= west) & (east <= CHINA[3])
    possible = (WORLD[0] <= west) & (WORLD[1] <= south) & (east <= WORLD[2]) & (north <= WORLD[3])
    for number in np.flatnonzero(swapped | ~possible)[:1]:
        said = f"(lon {west[number]:g}, lat {south[number]:g})"
        if swapped[number]:
            raise GuatuError(f"{file} {rows[number].where}:经纬度似乎写反了 longitude and latitude look swapped {said}")
        raise GuatuError(
            f"{file} {rows[number].where}:坐标不可能,坐标系对吗? Impossible coordinates, is the CRS right? {said}"
        )
    invalid = ~shapely.is_valid(shapes)
    shapes[invalid] = shapely.make_valid(shapes[invalid], method="structure", keep_collapsed=False)
    return list(shapes)


def _transformer(file_crs: CRS | None, given: str | None, file: str) -> Transformer | None:
    """From the given CRS, else the file's, to EPSG:4326; None where nothing needs to be done."""
    try:
        crs = CRS.from_user_input(given) if given else file_crs
    except CRSError as error:
        raise GuatuError(
            f"不认识的坐标系 Not a coordinate system: {given} (EPSG:4326, EPSG:4490, EPSG:4547)"
        ) from error
    if crs is None:
        raise GuatuError(
            f"{file} 没有坐标系(缺 .prj),请用 crs 指定 "
            "has no coordinate system (.prj): say it with crs, e.g. EPSG:4326 or EPSG:4547"
        )
    wgs84 = CRS.from_epsg(4326)
    return None if crs.equals(wgs84, ignore_axis_order=True) else Transformer.from_crs(crs, wgs84, always_xy=True)


def _open_csv(path: Path, encoding: str | None) -> tuple[list[str], Iterator[Row]]:
    lines = _csv_lines(path, encoding or _text_encoding(path))
    _, header = next(lines, (0, []))
    columns = [column.strip() for column in header]
    return columns, (
        Row(f"第 {line} 行 line {line}", str(line), dict(zip(columns, cells, strict=False)), None)
        for line, cells in lines
        if any(cells)
    )


def _csv_lines(path: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """Cells of each record, with the number of the line that it ends on."""
    try:
        with path.open(encoding=encoding, newline="") as file:
            header = file.readline(MAX_LINE)
            file.seek(0)
            lines = csv.reader(
                iter(lambda: file.readline(MAX_LINE), ""), delimiter=max(CSV_DELIMITERS, key=header.count)
            )
            for cells in lines:
                yield lines.line_num, cells
    except (UnicodeError, LookupError, csv.Error, OSError) as error:
        raise GuatuError(f"读不了 {path.name},编码对吗? Cannot read it as {encoding}: {_one_line(error)}") from error


def _points(rows: Iterable[Row], mapping: Mapping, file: str) -> Iterator[Row]:
    for row in rows:
        lon, lat = _cell(row, mapping.lon), _cell(row, mapping.lat)
        try:
            yield row._replace(geometry=shapely.Point(float(lon), float(lat)))
        except ValueError as error:
            said = f"({mapping.lon}={lon:.40}, {mapping.lat}={lat:.40})"
            raise GuatuError(f"{file} {row.where}:坐标不是数字 coordinates are no numbers {said}") from error


def _text_encoding(path: Path) -> str:
    """UTF-8 with or without BOM where the whole file is, else GB18030, which contains GBK."""
    try:
        with path.open(encoding="utf-8") as file:
            for _ in iter(lambda: file.read(1 << 20), ""):
                pass
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _open_ogr(path: Path, encoding: str | None, layer: str | None) -> tuple[list[str], Iterator[Row], CRS | None]:
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        start = file.read(64)
    if not start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(MAGIC[suffix]) and not start.startswith(
        MAGIC[suffix]
    ):
        raise GuatuError(f"{path.name} 不是 {suffix} 文件或已损坏 is not a {suffix} file, or broken")
    if suffix in {".geojson", ".json"} and path.stat().st_size > MAX_GEOJSON_BYTES:
        raise GuatuError(f"{path.name} 太大,请先转成 GeoPackage is too large: convert it to a GeoPackage first")
    if suffix == ".shp":
        if int.from_bytes(start[24:28], "big") * 2 > path.stat().st_size:
            raise GuatuError(f"{path.name} 不完整,请重新复制 is cut short: copy it again")
        encoding = dbf.encoding(path, encoding)
    try:
        layers = [str(name) for name, geometry in pyogrio.list_layers(path) if geometry]
        if layer is None and len(layers) != 1:
            raise GuatuError(f"{path.name} 有多个图层,请指定 Say which layer: {'、'.join(layers) or '(没有 none)'}")
        info = pyogrio.read_info(path, layer=layer or layers[0], encoding=encoding)
        crs = CRS.from_user_input(info["crs"]) if info["crs"] else None
    except (DataSourceError, DataLayerError, CRSError, UnicodeError, ValueError) as error:
        raise GuatuError(f"读不了 Cannot read {path.name}: {_one_line(error)}") from error
    return list(info["fields"]), _features(path, layer or layers[0], encoding), crs


def _features(path: Path, layer: str, encoding: str | None) -> Iterator[Row]:
    """One by one, in batches as GDAL hands them over."""
    try:
        with pyogrio.open_arrow(path, layer=layer, encoding=encoding, use_pyarrow=True, return_fids=True) as (
            meta,
            batches,
        ):
            for batch in batches:
                shapes = shapely.from_wkb(batch[meta["geometry_name"] or "wkb_geometry"], on_invalid="ignore")
                fids = batch[meta["fid_column"] or "OGC_FID"].to_pylist()
                columns = [["" if v is None else str(v) for v in batch[name].to_pylist()] for name in meta["fields"]]
                for fid, shape, *cells in zip(fids, shapes, *columns, strict=True):
                    yield Row(f"要素 feature {fid}", str(fid), dict(zip(meta["fields"], cells, strict=True)), shape)
    except (DataSourceError, DataLayerError, UnicodeError, ValueError, RuntimeError) as error:
        raise GuatuError(f"读不了 Cannot read {path.name}: {_one_line(error)}") from error


def _one_line(error: Exception) -> str:
    said = " ".join(str(error).split())[:MAX_NAME]
    return (
        f"编码不对,请用 encoding 指定 wrong encoding, say it with encoding: {said}"
        if isinstance(error, UnicodeError)
        else said
    )

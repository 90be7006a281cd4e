"""GeoParquet files of the Overture Maps Foundation as places.

Types `place`, `segment`, `division`, `division_area`, and those of the theme base (`water`, `infrastructure`,
`land_use`, `land`), after Overture's schema 1.0 and later (docs.overturemaps.org/schema/reference). A feature's kind is
read off its subtype and class (`overture_kinds.tsv`), or off its name where a suffix says it for certain. The segments
of one road become one place (`gazetteer.sources.lines`); segments meet in the connectors that they share.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import resources
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from gazetteer.errors import GuatuError
from gazetteer.names import fold, split_suffix, suffix_kinds
from gazetteer.place import Place, Source
from gazetteer.sources.lines import LINE_KINDS, MAX_NAMES, Line, join_lines, kind_of_street

LANGUAGES = ("zh", "en")
"""The languages of `names.common` and `names.rules` that reports are written in, with all their scripts (zh-Hant)."""

MAX_NAME = 200
"""Characters. What is longer is a text, not a name."""

MAX_FEATURES = 5_000_000
"""Features that are taken from one file: more than the named ones of any province. Overture's own files hold a part of
the world; one of those is read with an area."""

BATCH = 10_000
"""Rows that are held at a time."""

WORLD = (-180.0, -90.0, 180.0, 90.0)
"""Bounds of coordinates in degrees: west, south, east, north."""

STRUCTURES = {"is_bridge": "bridge", "is_tunnel": "tunnel"}
"""Flags of segments that lie on a bridge or in a tunnel."""

LOOSE = frozenset({"facility", "locality", "county", "city"})
"""Kinds of Overture's that a Chinese name's own suffix puts right: a 镇 is no county, a 村 no facility."""

CLOSED = "permanently_closed"


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_wkb(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _is_rules(kind: pa.DataType) -> bool:
    return bool((pa.types.is_list(kind) or pa.types.is_large_list(kind)) and pa.types.is_struct(kind.value_type))


def _has(kind: pa.DataType, field: str) -> bool:
    return bool(pa.types.is_struct(kind)) and kind.get_field_index(field) >= 0


def _is_names(kind: pa.DataType) -> bool:
    if not _has(kind, "primary") or not _is_text(kind.field("primary").type):
        return False
    optional = {"common": pa.types.is_map, "rules": _is_rules}
    return all(not _has(kind, name) or is_right(kind.field(name).type) for name, is_right in optional.items())


def _is_category(kind: pa.DataType) -> bool:
    return _has(kind, "primary") and _is_text(kind.field("primary").type)


COLUMNS: dict[str, Callable[[pa.DataType], bool]] = {
    "id": _is_text,
    "geometry": _is_wkb,
    "bbox": lambda kind: all(_has(kind, side) for side in ("xmin", "ymin", "xmax", "ymax")),
    "names": _is_names,
    "subtype": _is_text,
    "class": _is_text,
    "categories": _is_category,
    "taxonomy": _is_category,
    "operating_status": _is_text,
    "routes": _is_rules,
    "road_flags": _is_rules,
    "rail_flags": _is_rules,
}
"""The columns that are read and of which type they must be. The first four are in all of Overture's types; places have
`categories` or, in later releases, `taxonomy`; all others `subtype` and `class`."""
CATEGORIES = ("categories", "taxonomy")
ALWAYS = frozenset({"id", "geometry", "bbox", "names"})


def source(name: str) -> Source:
    """Overture as a source of this name; which licence a feature is under depends on its theme."""
    return Source(
        name,
        f"Overture {name}",
        "ODbL 1.0; places: CDLA-Permissive-2.0, Apache-2.0, CC0 1.0",
        "© OpenStreetMap contributors, Overture Maps Foundation",
    )


def places(path: Path, *, area: BaseGeometry | None = None) -> Iterator[Place]:
    """The named features of one GeoParquet file, EPSG:4326, longitude first.

    With an `area` (EPSG:4326) only those that meet it; parts of the file whose `bbox` lies elsewhere are not read.
    `key` is Overture's id. Raises GuatuError where the file is missing, cut, no GeoParquet, or not in Overture's
    schema.
    """
    if not path.is_file():
        raise GuatuError(f"{path}: 没有这个文件 (no such file)")
    try:
        dataset = ds.dataset(path, format="parquet")
        _check(dataset.schema, path.name)
        lines: list[Line] = []
        if area is not None:
            shapely.prepare(area)
        for row, shape in _features(dataset, area, path.name):
            found = _named(row, shape)
            if isinstance(found, Line):
                lines.append(found)
            elif found is not None:
                yield found
    except (pa.ArrowException, OSError, UnicodeError) as error:
        said = " ".join(str(error).split())[:MAX_NAME]
        raise GuatuError(f"{path.name}: 不是完整的 GeoParquet 文件 (not a whole GeoParquet file): {said}") from error
    yield from join_lines(lines)


def _check(schema: pa.Schema, file: str) -> None:
    """Raises GuatuError where a column that is read is not as Overture has it."""
    present = COLUMNS.keys() & set(schema.names)
    wrong = [name for name in sorted(present) if not COLUMNS[name](schema.field(name).type)]
    if wrong or not present >= ALWAYS or not {"subtype", *CATEGORIES} & present:
        missing = "、".join(wrong or sorted(ALWAYS - present) or ["subtype"])
        raise GuatuError(
            f"{file}: 不是 Overture 的数据(列 {missing} 没有或不对),其他 GeoParquet 请先转成 GeoPackage "
            "not in Overture's schema: convert other GeoParquet to a GeoPackage first"
        )
    try:
        geo = json.loads((schema.metadata or {}).get(b"geo", b"{}"))
        crs = geo.get("columns", {}).get("geometry", {}).get("crs")
        if crs and not CRS.from_user_input(crs).equals(CRS.from_epsg(4326), ignore_axis_order=True):
            raise GuatuError(f"{file}: 坐标系不是 WGS 84 经纬度 coordinates are not WGS 84 longitude and latitude")
    except (ValueError, AttributeError, TypeError, CRSError) as error:
        raise GuatuError(f"{file}: GeoParquet 的元数据读不懂 cannot read the metadata “geo”: {error}") from error


def _features(
    dataset: ds.Dataset, area: BaseGeometry | None, file: str
) -> Iterator[tuple[dict[str, Any], BaseGeometry]]:
    """The rows that can become places, or join pieces of roads, each with its geometry."""
    columns = [name for name in COLUMNS if name in dataset.schema.names and name != "bbox"]
    wanted = pc.field("names", "primary").is_valid()
    for column in {"routes", "road_flags"} & set(columns):
        wanted |= pc.field(column).is_valid()
    if area is not None:
        west, south, east, north = area.bounds
        wanted &= (pc.field("bbox", "xmin") <= east) & (pc.field("bbox", "xmax") >= west)
        wanted &= (pc.field("bbox", "ymin") <= north) & (pc.field("bbox", "ymax") >= south)
    taken = 0
    for batch in dataset.to_batches(columns, filter=wanted, batch_size=BATCH, batch_readahead=1, fragment_readahead=1):
        shapes = shapely.from_wkb(batch["geometry"].to_numpy(zero_copy_only=False), on_invalid="ignore")
        shapes = shapely.force_2d(shapes)
        kept = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        if area is not None:
            kept &= shapely.intersects(area, shapes)
        bounds = shapely.bounds(shapes[kept])
        possible = ((bounds[:, :2] >= WORLD[:2]) & (bounds[:, 2:] <= WORLD[2:])).all(axis=1)
        if not possible.all():
            first = batch["id"].filter(pa.array(kept))[int(np.flatnonzero(~possible)[0])].as_py()
            raise GuatuError(f"{file} {str(first)[:MAX_NAME]}: 坐标不可能 impossible coordinates")
        taken += int(kept.sum())
        if taken > MAX_FEATURES:
            raise GuatuError(
                f"{file}: 超过 {MAX_FEATURES} 个要素,请用 --within 指定县市 too many features: say --within COUNTY"
            )
        rows = batch.drop_columns("geometry").filter(pa.array(kept)).to_pylist()
        yield from zip(rows, shapes[kept], strict=True)


def _named(row: dict[str, Any], shape: BaseGeometry) -> Place | Line | None:
    """The place, or the piece of one, that a row is; None where it is neither."""
    names = _names(row.get("names"))
    kind = _kind(row, names[0] if names else "")
    if kind is None or row.get("operating_status") == CLOSED:
        return None
    if kind in LINE_KINDS and shape.geom_type == "LineString":
        flags = _flags(row)
        kind = kind_of_street(names[0], kind, flags) if names and kind == "road" else kind
        refs = _plain(route.get("ref") for route in row.get("routes") or () if route)
        return Line(row["id"], kind, shapely.to_wkb(shape), names, refs, joins=bool(flags))
    if not names:
        return None
    valid = shape if shape.is_valid else shapely.make_valid(shape, method="structure", keep_collapsed=False)
    return Place(row["id"], names[0], kind, valid, names[1:])


def _flags(row: dict[str, Any]) -> list[str]:
    """The structures that the whole of a segment lies on."""
    rules = chain(row.get("road_flags") or (), row.get("rail_flags") or ())
    flags = (flag for rule in rules if rule and not rule.get("between") for flag in rule.get("values") or ())
    return [STRUCTURES[flag] for flag in _plain(flags) if flag in STRUCTURES]


def _names(names: dict[str, Any] | None) -> tuple[str, ...]:
    """All names of a feature, the primary one first, each once. Those of one side or a part of it are not its own."""
    if not names or not names["primary"]:
        return ()
    common = dict(names.get("common") or ())
    rules = (rule for rule in names.get("rules") or () if rule and not (rule.get("between") or rule.get("side")))
    others = chain(
        (value for language, value in common.items() if _is_read(language)),
        (rule.get("value") for rule in rules if _is_read(rule.get("language"))),
    )
    return _plain([names["primary"], *others])[:MAX_NAMES]


def _plain(texts: Iterable[Any]) -> tuple[str, ...]:
    """What of these is text, as one line each and each once."""
    found = (" ".join(text.split()) for text in texts if isinstance(text, str) and len(text) <= MAX_NAME)
    return tuple(dict.fromkeys(text for text in found if text and text.isprintable()))


def _is_read(language: object) -> bool:
    return language is None or str(language).split("-")[0] in LANGUAGES


def _kind(row: dict[str, Any], name: str) -> str | None:
    """The kind of a feature; None where it is left out."""
    subtype, cls = row.get("subtype"), row.get("class")
    if not row.keys().isdisjoint(CATEGORIES):
        categories = [(row.get(column) or {}).get("primary") for column in CATEGORIES]
        subtype, cls = "place", categories[0] or categories[1]
    kind = _table().get((subtype, cls)) or _table().get((subtype, "*"), "-")
    if kind == "-":
        return None
    if kind in LOOSE:
        said = suffix_kinds(split_suffix(fold(name))[1]) - LINE_KINDS
        return next(iter(said)) if len(said) == 1 else kind
    return kind


@cache
def _table() -> dict[tuple[str | None, str | None], str]:
    """Kind by subtype and class."""
    text = resources.files("gazetteer.sources").joinpath("overture_kinds.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {(subtype, cls): kind for subtype, cls, kind in rows}

"""Taking back: an export that somebody edited, as new entries in the works' histories.

Every exported work carries the versions of its place and status (`location_id`, `status_id`). What differs from those
versions was edited; where the work itself has moved on since, the edit is a conflict and is shown, not taken. Exports
in GCJ-02 carry no versions, so that nothing of them is taken, whatever became of their mark.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
import pyogrio
import pyproj
import shapely
from geoalchemy2.shape import from_shape, to_shape
from pyogrio.errors import DataLayerError, DataSourceError
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from gazetteer.errors import GuatuError
from gazetteer.vocabulary import Precision, Status
from geodata.datums import WGS84
from geodata.exports.fields import FIELDS, LANGUAGES
from geodata.models import SRID, Location, StatusChange, Work

DRIVERS = ("GPKG", "GeoJSON")
MAX_BYTES = 200_000_000  # of a file: a hundred thousand works with their lines are some 100 MB
MAX_WORKS = 200_000
SAME_DEGREES = 2e-8  # 2 mm: what writing to 0.1 mm and projecting there and back can move a place
CONFIDENCE_DRAWN = 1.0  # a person drew it, and answers for it
KEYS = ("work_id", "status", "location_id", "status_id")  # what is read of a file


class ReturnError(GuatuError):
    """A file that cannot be taken back."""


class Conflict(StrEnum):
    """Why an edit was not taken."""

    PLACE_MOVED = "place-moved"  # somebody placed the work elsewhere after the export
    STATUS_MOVED = "status-moved"  # somebody said another status after the export
    NO_WORK = "no-work"  # there is no such work, or no such version of it
    NO_STATUS = "no-status"  # the status is none of the five
    NO_GEOMETRY = "no-geometry"  # the place was deleted, or is no valid geometry on the Earth


@dataclass(frozen=True, slots=True)
class Refusal:
    """One edit that was not taken: which work, and why, `detail` being what stands against it."""

    work_id: int | None
    name: str
    conflict: Conflict
    detail: str


@dataclass(slots=True)
class Returned:
    """What came of a file: the works whose place or status changed, those left as they are, and the refusals."""

    placed: list[int] = field(default_factory=list)
    stated: list[int] = field(default_factory=list)
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Edited:
    """A work as a file has it; the geometry is WGS 84, longitude first, None where the file has none."""

    work_id: int
    status: str | None
    location_id: int | None
    status_id: int | None
    geometry: BaseGeometry | None


def take_back(session: Session, path: Path, by: str, status_words: Mapping[str, Status]) -> Returned:
    """Takes the edits of a GeoPackage or GeoJSON that `guatu export` wrote, as entries made by a person.

    `status_words` are other words for the statuses, as a file in Chinese has them. What is refused changes nothing; the
    rest is flushed, and the caller commits or, for a trial, rolls back.
    Raises ReturnError where the file is no such export.
    """
    edits = list(read_edits(path))
    known = {**{status.value: status for status in Status}, **status_words}
    works = _works(session, [edited.work_id for edited in edits])
    result = Returned()
    for edited in edits:
        work = works.get(edited.work_id)
        if work is None:
            result.refused.append(Refusal(edited.work_id, "", Conflict.NO_WORK, str(edited.work_id)))
            continue
        before = len(result.placed) + len(result.stated) + len(result.refused)
        _take_place(session, work, edited, by, result)
        _take_status(session, work, edited, by, known, result)
        result.unchanged += before == len(result.placed) + len(result.stated) + len(result.refused)
    session.flush()
    return result


def read_edits(path: Path) -> Iterator[Edited]:
    """The works in a file. Raises ReturnError where it is too large, not of those formats, in an unknown system, or has
    no field that tells which work is which.
    """
    if path.stat().st_size > MAX_BYTES:
        raise ReturnError(f"{path.name} is larger than {MAX_BYTES // 1_000_000} MB: take back what was edited only")
    seen: set[int] = set()
    found_layer = False
    for layer in _layers(path):
        names = _names(list(pyogrio.read_info(path, layer=layer)["fields"]))
        if "work_id" not in names:
            continue
        found_layer = True
        for edited in _read_layer(path, layer, names):
            if edited.work_id in seen or len(seen) >= MAX_WORKS:
                raise ReturnError(f"{path.name} has work {edited.work_id} twice, or more than {MAX_WORKS} works")
            seen.add(edited.work_id)
            yield edited
    if not found_layer:
        raise ReturnError(f"{path.name} has no field work_id or 编号: take back a file that guatu export wrote")


def _layers(path: Path) -> list[str]:
    try:
        driver = pyogrio.detect_write_driver(path)
        if driver not in DRIVERS:
            raise ReturnError(f"{path.name}: only GeoPackage (.gpkg) and GeoJSON (.geojson) are taken back")
        return [name for name, _ in pyogrio.list_layers(path) if name != "layer_styles"]
    except (ValueError, DataSourceError, DataLayerError) as error:
        raise ReturnError(f"{path.name} is no GeoPackage or GeoJSON that can be read") from error


def _names(fields: Sequence[str]) -> dict[str, str]:
    """What the file calls the fields that are read, whichever language it is in."""
    called = {f.name(language): f.key for f in FIELDS if f.key in KEYS for language in LANGUAGES}
    return {called[name]: name for name in fields if name in called}


def _read_layer(path: Path, layer: str, names: Mapping[str, str]) -> Iterator[Edited]:
    meta, _, wkb, columns = pyogrio.raw.read(path, layer=layer, columns=list(names.values()))
    keys = {called: key for key, called in names.items()}
    values = {keys[name]: column.tolist() for name, column in zip(meta["fields"], columns, strict=True)}
    geometries = _as_wgs84(wkb, meta["crs"], layer) if wkb is not None else [None] * len(values["work_id"])
    for row, geometry in enumerate(geometries):
        number = {key: _whole(values[key][row]) if key in values else None for key in KEYS if key != "status"}
        if number["work_id"] is None:
            raise ReturnError(
                f"layer {layer} has a work without a number: a new work comes from a report, not from here"
            )
        status = values["status"][row] if "status" in values else None
        yield Edited(number["work_id"], status, number["location_id"], number["status_id"], geometry)


def _whole(value: Any) -> int | None:
    return int(value) if value is not None and abs(value) < 2**31 else None  # neither is what is not a number


def _as_wgs84(wkb: Any, crs: str | None, layer: str) -> list[BaseGeometry | None]:
    geometries = shapely.force_2d(shapely.from_wkb(wkb, on_invalid="ignore"))
    if crs is None or "GCJ-02" in crs:
        raise ReturnError(f"layer {layer} is in GCJ-02 or names no coordinate system: edit an export in another one")
    system = pyproj.CRS.from_user_input(crs)
    if system.to_epsg() != WGS84:
        there = pyproj.Transformer.from_crs(system, WGS84, always_xy=True)
        geometries = shapely.transform(geometries, lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1])))
    found: list[BaseGeometry | None] = geometries.tolist()
    return found


def _works(session: Session, ids: Sequence[int]) -> dict[int, Work]:
    """The works, locked, so that nobody changes them between the comparison and the entry."""
    statement = (
        select(Work)
        .where(Work.id.in_(ids))
        .order_by(Work.id)
        .with_for_update()
        .options(selectinload(Work.locations), selectinload(Work.statuses))
    )
    return {work.id: work for work in session.scalars(statement)}


def _take_place(session: Session, work: Work, edited: Edited, by: str, result: Returned) -> None:
    base = next((location for location in work.locations if location.id == edited.location_id), None)
    now = next((location for location in work.locations if location.current), None)
    if base is None and edited.location_id is not None:
        result.refused.append(Refusal(work.id, work.name, Conflict.NO_WORK, f"location {edited.location_id}"))
        return
    if _same(edited.geometry, base) or _same(edited.geometry, now):
        return
    if not _is_place(edited.geometry):
        result.refused.append(Refusal(work.id, work.name, Conflict.NO_GEOMETRY, now.reason if now else ""))
        return
    if now is not base:
        detail = f"{now.placed_by} {now.created_at:%Y-%m-%d %H:%M}: {now.reason}" if now else ""
        result.refused.append(Refusal(work.id, work.name, Conflict.PLACE_MOVED, detail))
        return
    if now is not None:
        now.current = False
        session.flush()
    work.locations.append(
        Location(
            geometry=from_shape(_plain(edited.geometry), SRID),
            precision=Precision.EXACT,
            confidence=CONFIDENCE_DRAWN,
            reason=f"{by}在图上改绘",
            evidence={"rule": "redrawn", "matched": []},
            town=now.town if now else None,
            placed_by=by,
        )
    )
    result.placed.append(work.id)


def _take_status(
    session: Session, work: Work, edited: Edited, by: str, known: Mapping[str, Status], result: Returned
) -> None:
    base = next((change for change in work.statuses if change.id == edited.status_id), None)
    now = next(change for change in work.statuses if change.current)
    if edited.status is None:
        return
    status = known.get(edited.status.strip())
    if status is None:
        result.refused.append(Refusal(work.id, work.name, Conflict.NO_STATUS, edited.status[:60]))
        return
    if status is now.status or (base is not None and status is base.status):
        return
    if now is not base:
        detail = f"{now.changed_by} {now.created_at:%Y-%m-%d %H:%M}: {now.status.value}"
        result.refused.append(Refusal(work.id, work.name, Conflict.STATUS_MOVED, detail))
        return
    now.current = False
    session.flush()
    work.statuses.append(StatusChange(status=status, changed_by=by))
    result.stated.append(work.id)


def _same(geometry: BaseGeometry | None, location: Location | None) -> bool:
    """Whether the file shows the place of a version, however its writer turned rings or made single parts multiple."""
    kept = None if location is None or location.geometry is None else to_shape(location.geometry)
    if kept is None or geometry is None:
        return kept is None and geometry is None
    ours, theirs = (shapely.get_parts(shapely.normalize(g)) for g in (kept, geometry))
    return len(ours) == len(theirs) and all(
        a.equals_exact(b, SAME_DEGREES, normalize=True) for a, b in zip(ours, theirs, strict=True)
    )


def _is_place(geometry: BaseGeometry | None) -> TypeGuard[BaseGeometry]:
    if geometry is None or geometry.is_empty or not geometry.is_valid:
        return False
    west, south, east, north = geometry.bounds
    return -180 <= west <= east <= 180 and -90 <= south <= north <= 90


def _plain(geometry: BaseGeometry) -> BaseGeometry:
    """A geometry of one part as that part, as guatu keeps it."""
    parts = shapely.get_parts(geometry)
    return parts[0] if len(parts) == 1 else geometry

"""Taking back: an export that somebody edited, as new entries in the works' histories.

Every exported work carries the versions of its place and status (`location_id`, `status_id`). What differs from those
versions was edited; where the work itself has moved on since, the edit is a conflict, and is taken only where a person
who saw both says so. Exports in GCJ-02 carry no versions: nothing of them is taken, whatever became of their mark.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeGuard

import pyproj
import shapely
from geoalchemy2.shape import to_shape
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from gazetteer.vocabulary import Status
from geodata import placing
from geodata.audit import record
from geodata.edited_files import Edited, Remark, read_edits
from geodata.models import SRID, GazetteerPlace, Location, Report, StatusChange, Work
from geodata.placing import ConflictError, PlacingError

SAME_DEGREES = 2e-8  # 2 mm: what writing to 0.1 mm and projecting there and back can move a place
BATCH = 1000  # works compared at a time
FAR_DEGREES = 0.5  # some 50 km outside its county: a work may lie beyond the border, but not there
COUNTY = "county"
ELLIPSOID = pyproj.Geod(ellps="WGS84")


class Conflict(StrEnum):
    """Why an edit is not taken without a word."""

    PLACE_MOVED = "place-moved"  # somebody placed the work elsewhere after the export
    STATUS_MOVED = "status-moved"  # somebody said another status after the export


class Refused(StrEnum):
    """Why an edit cannot be taken at all."""

    NO_WORK = "no-work"  # there is no such work
    NO_VERSION = "no-version"  # the file does not say which versions were exported
    NO_STATUS = "no-status"  # the status is none of the five
    NO_GEOMETRY = "no-geometry"  # the place was deleted, or is no valid geometry on the Earth


@dataclass(frozen=True, slots=True)
class PlaceEdit:
    """Another place for a work: where it was at the export, where it is now, and where the file puts it."""

    before: Location | None
    now: Location | None
    geometry: BaseGeometry
    conflict: Conflict | None
    far: bool

    @property
    def moved_m(self) -> float | None:
        """Metres along the ellipsoid from the middle of the place now to that of the file's; None for a first place."""
        if self.now is None or self.now.geometry is None:
            return None
        here, there = to_shape(self.now.geometry).centroid, self.geometry.centroid
        _, _, metres = ELLIPSOID.inv(here.x, here.y, there.x, there.y)
        return float(metres)


@dataclass(frozen=True, slots=True)
class StatusEdit:
    """Another status for a work."""

    before: StatusChange | None
    now: StatusChange
    status: Status
    conflict: Conflict | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """One edit that cannot be taken, with what the file has."""

    reason: Refused
    text: str = ""


@dataclass(slots=True)
class Change:
    """What a file changes of one work. `work` is None where there is no such work."""

    edited: Edited
    work: Work | None
    place: PlaceEdit | None = None
    status: StatusEdit | None = None
    refusals: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Choice:
    """What to take of a file for one work, and the versions that whoever chose has seen; None takes nothing."""

    geometry: BaseGeometry | None = None
    seen_place: int | None = None
    status: Status | None = None
    seen_status: int | None = None


@dataclass(slots=True)
class Taken:
    """What was taken: the new versions by work. `late` are works that somebody changed while the file was looked at."""

    places: dict[int, int] = field(default_factory=dict)
    statuses: dict[int, int] = field(default_factory=dict)
    late: dict[int, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As an object that JSON can hold; `from_json` gives it back."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Mapping[str, Any]]) -> "Taken":
        """What `to_json` wrote: JSON has text for numbers as names."""
        return cls(**{name: {int(work): what for work, what in entries.items()} for name, entries in value.items()})


def changes_in(session: Session, path: Path, words: Mapping[str, Status]) -> tuple[list[Change], list[Remark], int]:
    """What a file changes, what is to be said of it, and the number of works it leaves as they are.

    `words` are other words for the statuses, as a file in Chinese has them. Raises ReturnError where the file is no
    export of guatu.
    """
    remarks: list[Remark] = []
    found: list[Change] = []
    same = 0
    for edits in _batches(read_edits(path, remarks)):
        changes = compare(session, edits, words)
        found += changes
        same += len(edits) - len(changes)
    return found, remarks, same


def compare(session: Session, edits: Sequence[Edited], words: Mapping[str, Status]) -> list[Change]:
    """The works of a file that it changes, beside what they are now."""
    known = {**{status.value: status for status in Status}, **words}
    works = _works(session, [edited.work_id for edited in edits])
    changes = []
    for edited in edits:
        work = works.get(edited.work_id)
        change = Change(edited, work)
        if work is None:
            change.refusals.append(Refusal(Refused.NO_WORK))
        else:
            _compare_place(change, work, edited)
            _compare_status(change, work, edited, known)
            if edited.status_id is None and (change.place or change.status):  # every export of guatu's has it
                change = Change(edited, work, refusals=[*change.refusals, Refusal(Refused.NO_VERSION)])
        if change.place or change.status or change.refusals:
            changes.append(change)
    return _with_far(session, changes)


def choices_without_conflict(changes: Iterable[Change]) -> dict[int, Choice]:
    """What nobody need look at: every edit of what has not changed since the export and lies near its county."""
    choices = {}
    for change in changes:
        place = change.place if change.place and not change.place.conflict and not change.place.far else None
        status = change.status if change.status and not change.status.conflict else None
        if place or status:
            choices[change.edited.work_id] = choice(place, status)
    return choices


def choice(place: PlaceEdit | None, status: StatusEdit | None) -> Choice:
    """To take both, as they stand beside the work now."""
    return Choice(
        geometry=place.geometry if place else None,
        seen_place=place.now.id if place and place.now else None,
        status=status.status if status else None,
        seen_status=status.now.id if status else None,
    )


def take(session: Session, choices: Mapping[int, Choice], by: str, file_name: str) -> Taken:
    """Makes the chosen edits entries of the works' histories, by a person, as if drawn on the page.

    What somebody else has changed since it was seen is left, and told. The caller commits.
    """
    taken = Taken()
    for work_id, chosen in sorted(choices.items()):
        try:
            if chosen.geometry is not None:
                drawing = mapping(_plain(chosen.geometry))
                taken.places[work_id] = placing.draw(session, work_id, chosen.seen_place, by, drawing).id
            if chosen.status is not None:
                said = placing.say_status(session, work_id, chosen.seen_status, by, chosen.status, None, file_name)
                taken.statuses[work_id] = said.id
        except (ConflictError, PlacingError) as error:
            taken.late[work_id] = str(error)
    if taken.places or taken.statuses:
        counts = {"places": len(taken.places), "statuses": len(taken.statuses)}
        record(session, by, "works.take_back", f"file {file_name}", **counts)
    session.flush()
    return taken


def undo(session: Session, taken: Taken, by: str) -> Taken:
    """Takes back what was taken, each as another entry of the history; what has changed since stays, and is told."""
    undone = Taken()
    for work_id, location in taken.places.items():
        try:
            undone.places[work_id] = placing.undo(session, work_id, location, by).id
        except (ConflictError, PlacingError) as error:
            undone.late[work_id] = str(error)
    for work_id, status in taken.statuses.items():
        try:
            undone.statuses[work_id] = placing.undo_status(session, work_id, status, by).id
        except (ConflictError, PlacingError) as error:
            undone.late[work_id] = str(error)
    session.flush()
    return undone


def _batches(edits: Iterator[Edited]) -> Iterator[list[Edited]]:
    batch: list[Edited] = []
    for edited in edits:
        batch.append(edited)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _works(session: Session, ids: Sequence[int]) -> dict[int, Work]:
    statement = (
        select(Work)
        .where(Work.id.in_(ids))
        .options(selectinload(Work.locations), selectinload(Work.statuses), joinedload(Work.report))
        .execution_options(populate_existing=True)
    )
    return {work.id: work for work in session.scalars(statement)}


def _compare_place(change: Change, work: Work, edited: Edited) -> None:
    before = next((location for location in work.locations if location.id == edited.location_id), None)
    now = next((location for location in work.locations if location.current), None)
    if _same(edited.geometry, before) or _same(edited.geometry, now):
        return
    if not _is_place(edited.geometry):
        change.refusals.append(Refusal(Refused.NO_GEOMETRY))
        return
    conflict = None if now is before and (now is None) == (edited.location_id is None) else Conflict.PLACE_MOVED
    change.place = PlaceEdit(before, now, edited.geometry, conflict, far=False)


def _compare_status(change: Change, work: Work, edited: Edited, known: Mapping[str, Status]) -> None:
    before = next((entry for entry in work.statuses if entry.id == edited.status_id), None)
    now = next(entry for entry in work.statuses if entry.current)
    if edited.status is None:
        return
    status = known.get(edited.status.strip())
    if status is None:
        change.refusals.append(Refusal(Refused.NO_STATUS, edited.status[:60]))
    elif status is not now.status and not (before and status is before.status):
        change.status = StatusEdit(before, now, status, None if now is before else Conflict.STATUS_MOVED)


def _with_far(session: Session, changes: list[Change]) -> list[Change]:
    """The changes, with those places marked that lie far outside the work's county, where the gazetteer has it."""
    for change in changes:
        if change.place is None or change.work is None:
            continue
        near = _distance(session, change.work.report, change.place.geometry)
        if near is not None and near > FAR_DEGREES:
            place = change.place
            change.place = PlaceEdit(place.before, place.now, place.geometry, place.conflict, far=True)
    return changes


def _distance(session: Session, report: Report, geometry: BaseGeometry) -> float | None:
    """Degrees from a county's area to a geometry; None where the gazetteer has no area of it."""
    is_county = GazetteerPlace.adcode == report.adcode if report.adcode else GazetteerPlace.name == report.county
    drawn = func.ST_GeomFromWKB(geometry.wkb, SRID)
    found: float | None = session.scalar(
        select(func.min(func.ST_Distance(GazetteerPlace.geometry, drawn))).where(
            is_county, GazetteerPlace.kind == COUNTY, func.ST_Dimension(GazetteerPlace.geometry) == 2
        )
    )
    return found


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

"""Taking in what inspectors' devices send: every check and every photo exactly once, whatever the network does.

A check's identifier is made on the device. The same content again is accepted again; other content under a known
identifier, and whatever else cannot be taken, is refused with the reason and kept for a person to see. Photos come in
parts of PART_BYTES, in any order and as often as the device likes. No function here commits: what the caller has
committed may be acknowledged.
"""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, NoReturn
from uuid import UUID

from geoalchemy2.shape import from_shape
from PIL import Image
from shapely.geometry import Point
from sqlalchemy import ColumnElement, delete, or_, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, selectinload

from gazetteer.errors import GuatuError
from gazetteer.vocabulary import Precision
from geodata.audit import record
from geodata.check_content import CheckContent, Position, digest_of, read_content
from geodata.models import (
    SRID,
    Account,
    Decision,
    Finding,
    Inspection,
    Location,
    Photo,
    PhotoPart,
    RefusedCheck,
    Role,
    Work,
)

PART_BYTES = 256 * 1024  # a part takes some seconds on a slow mobile network: little is lost when it is cut
MAX_PIXELS = 25_000_000  # of a photo: devices send at most 2048 x 2048
CLOCK_TOLERANCE = timedelta(minutes=5)  # by which a check may seem to come from the future
MAX_AGE = timedelta(days=60)  # a check seen longer ago than this was more likely made by a wrong clock
SELF_EVIDENT = (Precision.EXACT, Precision.STRETCH)  # a place so shown can be confirmed as it is
HIDDEN = ("exif", "xmp", "photoshop", "comment")  # where a JPEG keeps what its owner did not mean to send


class CheckRefusedError(GuatuError):
    """A check is not taken; it has been kept among the refused. `status` is the HTTP status that says so."""

    def __init__(self, reason: str, status: HTTPStatus) -> None:
        super().__init__(reason)
        self.status = status


class PhotoRefusedError(GuatuError):
    """A photo or one of its parts is not taken. `final` says that sending it again does not help."""

    def __init__(self, reason: str, *, final: bool) -> None:
        super().__init__(reason)
        self.final = final


@dataclass(frozen=True, slots=True)
class Received:
    """A check that is in the database, and whether it was new."""

    inspection: Inspection
    new: bool


def receive(
    session: Session, account: Account, check_id: UUID, content: dict[str, Any], now: datetime | None = None
) -> Received:
    """Takes one check in. Raises CheckRefusedError, after keeping the content among the refused; commit either way."""
    now = now or datetime.now(UTC)
    digest = digest_of(content)
    known = session.get(Inspection, check_id)
    if known is not None:
        return _again(session, account, known, content, digest)
    try:
        read = read_content(content)
        columns = _columns(session, account, read, now)
    except ValueError as error:
        _refuse(session, account, check_id, content, digest, str(error), HTTPStatus.UNPROCESSABLE_ENTITY)
    values = {"id": check_id, "account_id": account.id, "content": content, "sha256": digest, **columns}
    inserted = session.execute(
        insert(Inspection).values(**values).on_conflict_do_nothing().returning(Inspection.id)
    ).scalar()
    inspection = session.get_one(Inspection, check_id)
    if inserted is None:  # the same identifier came twice at once
        return _again(session, account, inspection, content, digest)
    session.add_all(_photos(check_id, read))
    record(
        session,
        account.name,
        "inspection.receive",
        f"work {read.work}",
        inspection=str(check_id),
        finding=read.finding.value,
    )
    session.flush()
    return Received(inspection, new=True)


def receive_part(session: Session, account: Account, photo_id: UUID, number: int, content: bytes) -> Photo:
    """Takes one part of a photo in, and puts the photo together when it was the last that was missing.

    Raises LookupError where the account announced no such photo; PhotoRefusedError, after which the caller commits, so
    that the reason stays with the photo.
    """
    photo = session.scalar(
        select(Photo)
        .join(Photo.inspection)
        .where(Photo.id == photo_id, Inspection.account_id == account.id)
        .with_for_update(of=Photo)
        .execution_options(populate_existing=True)
    )
    if photo is None:
        raise LookupError
    if photo.refused:
        raise PhotoRefusedError(photo.refused, final=True)
    if is_whole(session, photo):
        return photo
    total = parts_of(photo)
    expected = PART_BYTES if number < total - 1 else photo.size - PART_BYTES * (total - 1)
    if not 0 <= number < total or len(content) != expected:
        raise PhotoRefusedError(f"part {number} of {total} with {len(content)} bytes does not fit", final=False)
    part = insert(PhotoPart).values(photo_id=photo_id, number=number, content=content)
    session.execute(
        part.on_conflict_do_update(index_elements=["photo_id", "number"], set_={"content": part.excluded.content})
    )
    if not missing_parts(session, photo):
        _put_together(session, photo)
    return photo


def is_whole(session: Session, photo: Photo) -> bool:
    """Whether the photo's bytes are all there, without loading them."""
    return bool(session.scalar(select(Photo.content.is_not(None)).where(Photo.id == photo.id)))


def parts_of(photo: Photo) -> int:
    """How many parts a photo has."""
    return -(-photo.size // PART_BYTES)


def missing_parts(session: Session, photo: Photo) -> list[int]:
    """The parts that have not arrived; none for a whole or a refused photo."""
    if photo.refused or is_whole(session, photo):
        return []
    there = set(session.scalars(select(PhotoPart.number).where(PhotoPart.photo_id == photo.id)))
    return [number for number in range(parts_of(photo)) if number not in there]


def inspections_of(session: Session, account: Account, ids: Sequence[UUID] = ()) -> list[Inspection]:
    """An account's own inspections, the newest first, or those of some identifiers."""
    statement = (
        select(Inspection)
        .where(Inspection.account_id == account.id)
        .options(selectinload(Inspection.photos))
        .order_by(Inspection.received_at.desc())
    )
    if ids:
        statement = statement.where(Inspection.id.in_(ids))
    return list(session.scalars(statement))


def may_see(account: Account) -> ColumnElement[bool]:
    """Which inspections an account may see: planners all, others the accepted ones and their own."""
    if account.role.may_act_as(Role.PLANNER):
        return true()
    return or_(Inspection.decision == Decision.ACCEPTED, Inspection.account_id == account.id)


def _again(session: Session, account: Account, known: Inspection, content: dict[str, Any], digest: str) -> Received:
    if known.account_id != account.id or known.sha256 != digest:
        reason = "another check has this identifier already"
        _refuse(session, account, known.id, content, digest, reason, HTTPStatus.CONFLICT)
    return Received(known, new=False)


def _refuse(
    session: Session,
    account: Account,
    check_id: UUID,
    content: dict[str, Any],
    digest: str,
    reason: str,
    status: HTTPStatus,
) -> NoReturn:
    refused = insert(RefusedCheck).values(
        inspection_id=check_id, account_id=account.id, sha256=digest, content=content, reason=reason
    )
    if session.scalar(refused.on_conflict_do_nothing().returning(RefusedCheck.id)):
        record(session, account.name, "inspection.refuse", f"inspection {check_id}", reason=reason)
    raise CheckRefusedError(reason, status)


def _columns(session: Session, account: Account, read: CheckContent, now: datetime) -> dict[str, Any]:
    """The columns of a check; raises ValueError where it speaks of what is not there."""
    if read.inspector != account.name:
        raise ValueError(f"inspector: made by {read.inspector}, sent by {account.name}")
    work = session.get(Work, read.work)
    if work is None:
        raise ValueError(f"work: there is no work {read.work}")
    shown = session.scalar(select(Location).where(Location.id == read.location, Location.work_id == work.id))
    if (
        read.finding is Finding.HERE
        and read.geometry is None
        and (shown is None or shown.precision not in SELF_EVIDENT)
    ):
        raise ValueError("geometry: the place that was shown is too vague to be confirmed without one")
    if read.answers and not inspections_of(session, account, [read.answers]):
        raise ValueError("answers: no inspection of this inspector")
    taken = select(Photo.id).where(Photo.id.in_([photo.id for photo in read.photos]))
    if read.photos and session.scalar(taken.limit(1)):
        raise ValueError("photos: a photo has this identifier already")
    current = session.scalar(select(Location.id).where(Location.work_id == work.id, Location.current))
    shape, seen_at = read.shape(), read.seen_at_by_server()
    doubtful = not now - MAX_AGE <= seen_at <= now + CLOCK_TOLERANCE
    return {
        "work_id": work.id,
        "device": read.device,
        "finding": read.finding,
        "status_seen": read.status_seen,
        "note": read.note,
        "answers": read.answers,
        "geometry": None if shape is None else from_shape(shape, SRID),
        "position": _point(read.position),
        "accuracy_m": read.position.accuracy_m if read.position else None,
        "seen_at": seen_at,
        "clock_doubtful": doubtful,
        "location_id": shown.id if shown else None,
        "conflict": current != read.location,
    }


def _photos(check_id: UUID, read: CheckContent) -> list[Photo]:
    return [
        Photo(
            id=photo.id,
            inspection_id=check_id,
            sha256=photo.sha256,
            size=photo.size,
            taken_at=photo.taken_at + timedelta(seconds=read.clock_offset_s or 0),
            position=_point(photo.position),
            direction=photo.direction,
        )
        for photo in read.photos
    ]


def _point(position: Position | None) -> Any:
    return None if position is None else from_shape(Point(position.lon, position.lat), SRID)


def _put_together(session: Session, photo: Photo) -> None:
    parts = session.scalars(select(PhotoPart.content).where(PhotoPart.photo_id == photo.id).order_by(PhotoPart.number))
    content = b"".join(parts)
    session.execute(delete(PhotoPart).where(PhotoPart.photo_id == photo.id))
    if hashlib.sha256(content).hexdigest() != photo.sha256:
        raise PhotoRefusedError("the parts do not make up the photo that was announced: send them again", final=False)
    reason = _why_no_photo(content)
    if reason:
        photo.refused = reason
        raise PhotoRefusedError(reason, final=True)
    photo.content = content
    session.flush()


def _why_no_photo(content: bytes) -> str:
    """Why bytes are not a photo that may be kept; empty where they are."""
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG"]) as image:
            if image.width * image.height > MAX_PIXELS:
                return "the photo is larger than 25 megapixels"
            if any(image.info.get(key) for key in HIDDEN):
                return "the photo holds metadata that the device should have dropped"
            image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return "this is not a JPEG photo"
    return ""

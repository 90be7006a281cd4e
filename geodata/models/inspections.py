"""What inspectors saw of works, with their photos, as their devices sent it and as planners decided on it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, func
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gazetteer.vocabulary import Status
from geodata.models.accounts import Account
from geodata.models.base import SRID, Base, word_list
from geodata.models.works import Location, Work


class Finding(StrEnum):
    """What an inspector says of a work's place."""

    HERE = "here"
    MOVED = "moved"
    NOT_FOUND = "not_found"
    UNREACHABLE = "unreachable"


class Decision(StrEnum):
    """What became of an inspection: waiting for a planner, accepted, or returned with a question."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    RETURNED = "returned"


class Inspection(Base):
    """What an inspector saw of one work at one time. The device made its identifier and its content never changes."""

    __tablename__ = "inspection"
    __table_args__ = (
        Index("ix_inspection_decision", "decision", "received_at"),
        Index("ix_inspection_answers", "answers", postgresql_where=sql("answers is not null")),
        Index("ix_inspection_location_id", "location_id", postgresql_where=sql("location_id is not null")),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("finding <> 'moved' or geometry is not null", name="moved"),
        CheckConstraint("accuracy_m >= 0", name="accuracy"),
        CheckConstraint("(decision = 'waiting') = (decided_by is null)", name="decided"),
        CheckConstraint("(decided_by is null) = (decided_at is null)", name="decided_at"),
        CheckConstraint("decision <> 'returned' or question <> ''", name="question"),
        CheckConstraint(
            "geometry is null or (st_isvalid(geometry) and not st_isempty(geometry)"
            " and st_xmin(geometry) >= -180 and st_xmax(geometry) <= 180"
            " and st_ymin(geometry) >= -90 and st_ymax(geometry) <= 90)",
            name="geometry",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    work_id: Mapped[int] = mapped_column(ForeignKey(Work.id, ondelete="RESTRICT"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id, ondelete="RESTRICT"), index=True)
    device: Mapped[UUID] = mapped_column(doc="made by the device when it was first used")
    content: Mapped[dict[str, Any]] = mapped_column(doc="what the device sent")
    sha256: Mapped[str] = mapped_column(doc="of the content in canonical form: the same again is accepted again")
    finding: Mapped[Finding] = mapped_column(word_list(Finding))
    status_seen: Mapped[Status | None]
    note: Mapped[str]
    geometry: Mapped[WKBElement | None] = mapped_column(
        Geometry(srid=SRID, spatial_index=False), doc="where the work is, in the inspector's eyes; None: as shown"
    )
    position: Mapped[WKBElement | None] = mapped_column(
        Geometry("POINT", srid=SRID, spatial_index=False), doc="where the inspector stood"
    )
    accuracy_m: Mapped[float | None] = mapped_column(doc="radius in metres, as the device says")
    seen_at: Mapped[datetime] = mapped_column(doc="by the server's clock, as well as the device's offset was known")
    clock_doubtful: Mapped[bool] = mapped_column(doc="the device's clock contradicts the server's")
    location_id: Mapped[int | None] = mapped_column(
        ForeignKey(Location.id, ondelete="SET NULL"), doc="the location that the device showed"
    )
    conflict: Mapped[bool] = mapped_column(doc="the work had another location by the time this arrived")
    answers: Mapped[UUID | None] = mapped_column(ForeignKey("inspection.id"), doc="the returned one that this answers")
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
    decision: Mapped[Decision] = mapped_column(word_list(Decision), server_default=Decision.WAITING.value)
    question: Mapped[str] = mapped_column(server_default="")
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]

    work: Mapped[Work] = relationship()
    account: Mapped[Account] = relationship()
    shown: Mapped[Location | None] = relationship()
    photos: Mapped[list["Photo"]] = relationship(back_populates="inspection", order_by="Photo.taken_at")


class Photo(Base):
    """A photo of an inspection: announced with it, and there once all its parts have arrived and fit its digest."""

    __tablename__ = "photo"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("content is null or octet_length(content) = size", name="content"),
        CheckConstraint("direction >= 0 and direction < 360", name="direction"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    inspection_id: Mapped[UUID] = mapped_column(ForeignKey(Inspection.id, ondelete="RESTRICT"), index=True)
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(doc="bytes")
    taken_at: Mapped[datetime]
    position: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", srid=SRID, spatial_index=False))
    direction: Mapped[float | None] = mapped_column(doc="degrees clockwise from north, where the camera looked")
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True, doc="JPEG without metadata")
    refused: Mapped[str] = mapped_column(server_default="", doc="why what arrived is no photo")

    inspection: Mapped[Inspection] = relationship(back_populates="photos")


class PhotoPart(Base):
    """Bytes of a photo that is not whole yet."""

    __tablename__ = "photo_part"

    photo_id: Mapped[UUID] = mapped_column(ForeignKey(Photo.id, ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, doc="from 0")
    content: Mapped[bytes] = mapped_column(LargeBinary)


class RefusedCheck(Base):
    """What a device sent and the server did not take, kept for a person to see."""

    __tablename__ = "refused_check"
    __table_args__ = (UniqueConstraint("inspection_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    inspection_id: Mapped[UUID] = mapped_column(doc="as the device named it")
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id, ondelete="RESTRICT"), index=True)
    sha256: Mapped[str]
    content: Mapped[dict[str, Any]]
    reason: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
    settled: Mapped[bool] = mapped_column(server_default=sql("false"), doc="a planner has seen to it")

    account: Mapped[Account] = relationship()

"""What people make of a reading: drafts of a review, and the corrections that were saved."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, func
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from geodata.models.base import Base, word_list
from geodata.models.works import Report


class Action(StrEnum):
    """What a person did with works as they were read."""

    ACCEPT = "accept"
    CORRECT = "correct"
    SPLIT = "split"
    MERGE = "merge"
    DROP = "drop"
    ADD = "add"


class Draft(Base):
    """The review of one report that has not been saved: of a report that is kept, or of one that is not kept yet.

    `steps` are what the planners did, in order, as `geodata.drafts` defines them. A report that is not kept yet has
    its columns in `document` and the works as read in `works`.
    """

    __tablename__ = "draft"
    __table_args__ = (CheckConstraint("(report_id is null) = (document is not null)", name="document"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int | None] = mapped_column(ForeignKey(Report.id, ondelete="CASCADE"), unique=True)
    document: Mapped[dict[str, Any] | None]
    works: Mapped[list[Any]] = mapped_column(server_default=sql("'[]'"))
    steps: Mapped[list[Any]] = mapped_column(server_default=sql("'[]'"))
    version: Mapped[int] = mapped_column(server_default=sql("0"), doc="grows with every step and every undo")
    present: Mapped[dict[str, Any]] = mapped_column(
        server_default=sql("'{}'"), doc="who has the page open: name and ISO 8601 time last seen"
    )
    created_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())

    report: Mapped[Report | None] = relationship()


class Correction(Base):
    """One thing that a person made of a reading: `read` are the works as they stood, `made` what they became.

    Nothing read is a work added, nothing made a work dropped. Works are objects of `gazetteer.work.Work`'s fields.
    """

    __tablename__ = "correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey(Report.id, ondelete="CASCADE"), index=True)
    action: Mapped[Action] = mapped_column(word_list(Action))
    read: Mapped[list[Any]]
    made: Mapped[list[Any]]
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(doc="when the step was taken")
    saved_at: Mapped[datetime] = mapped_column(server_default=func.now())

"""What the map counts and draws by: one narrow row a work, and a number that grows with every change.

Triggers of the database write all of it (migrations 0030 to 0050), so that whoever changes a work need not know of
them. Counting 100,000 works by six choices takes a fifth of the time that the joined histories take.
"""

from datetime import datetime

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from geodata.models.base import Base
from geodata.models.works import Work

WEB_MERCATOR = 3857


class WorkSummary(Base):
    """A work as it stands now. `area` is the path of headings joined by ›, `town` is - where none is known, `finding`
    is what an inspector said last, - where none has been there.

    `anchor`, EPSG:3857, is where its sign is drawn: half-way along its longest line or on its area.
    """

    __tablename__ = "work_summary"
    __table_args__ = (
        Index("ix_work_summary_anchor", "anchor", postgresql_using="gist"),
        {"postgresql_with": {"fillfactor": "70"}},
    )

    work_id: Mapped[int] = mapped_column(ForeignKey(Work.id, ondelete="CASCADE"), primary_key=True)
    report_id: Mapped[int] = mapped_column(index=True)
    report_kind: Mapped[str] = mapped_column(Text(collation="C"), server_default="report")
    start: Mapped[int]
    area: Mapped[str] = mapped_column(Text(collation="C"))
    sector: Mapped[str] = mapped_column(Text(collation="C"))
    status: Mapped[str | None] = mapped_column(Text(collation="C"))
    town: Mapped[str] = mapped_column(Text(collation="C"), server_default="-")
    precision: Mapped[str] = mapped_column(Text(collation="C"), server_default="none")
    confidence: Mapped[float] = mapped_column(server_default="0")
    finding: Mapped[str] = mapped_column(Text(collation="C"), server_default="-")
    anchor: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", srid=WEB_MERCATOR, spatial_index=False))
    changed_at: Mapped[datetime] = mapped_column(
        server_default=func.now(), doc="the work, its place, its status or the finding"
    )


class DeletedWork(Base):
    """A work that is no more: its report was read otherwise, or somebody dropped it. Its identifier is never reused."""

    __tablename__ = "deleted_work"

    work_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    report_id: Mapped[int]
    deleted_at: Mapped[datetime] = mapped_column(server_default=func.now())


class WorksVersion(Base):
    """One row: a number that grows at the end of every transaction that changed a work or a report."""

    __tablename__ = "works_version"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, server_default="1")
    number: Mapped[int] = mapped_column(BigInteger, server_default="1")
    transaction: Mapped[int | None] = mapped_column(BigInteger, doc="the last that made it grow")

"""Reports, their works, where the works are and how far they are."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gazetteer.vocabulary import Kind, Nature, Period, Precision, Sector, Status
from geodata.models.base import SRID, Base, word_list

PARTIAL_DATE = "^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"
"""A date in ISO 8601, as exact as a list gives it: 2023, 2023-05 or 2023-05-17."""


class ReportKind(StrEnum):
    """What a report is: the speech a government gives its congress, or a bureau's list of projects."""

    REPORT = "report"
    PROJECT_LIST = "project-list"


class Report(Base):
    """One published document. Offsets of its works count characters of `text`.

    The text of a project list is its rows, one a line, as `geodata.project_lists` writes them; behind those of its
    newest version, which `sha256` is of, stand the rows that this no longer has.
    """

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint("year between 1949 and 2100", name="year"),
        CheckConstraint("text <> ''", name="text"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("adcode is null or adcode ~ '^[0-9]{6}$'", name="adcode"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    county: Mapped[str]
    adcode: Mapped[str | None] = mapped_column(doc="six digits, GB/T 2260")
    year: Mapped[int]
    text: Mapped[str]
    source_file: Mapped[str]
    sha256: Mapped[str] = mapped_column(unique=True, doc="of the text in UTF-8, so one report in two encodings is one")
    fictional: Mapped[bool] = mapped_column(server_default=sql("false"))
    kind: Mapped[ReportKind] = mapped_column(word_list(ReportKind), server_default="report")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    works: Mapped[list["Work"]] = relationship(
        back_populates="report", order_by="Work.start", cascade="all, delete-orphan", passive_deletes=True
    )


class Work(Base):
    """One work that a report names. What is fixed by the words of the report; place and status have histories."""

    __tablename__ = "work"
    __table_args__ = (
        UniqueConstraint("report_id", "key"),
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint('0 <= start and start < "end"', name="offsets"),
        CheckConstraint("(extent_from is null) = (extent_to is null)", name="extent"),
        CheckConstraint("quantity is null or quantity >= 0", name="quantity"),
        CheckConstraint("investment is null or investment >= 0", name="investment"),
        CheckConstraint(f"planned_start is null or planned_start ~ '{PARTIAL_DATE}'", name="planned_start"),
        CheckConstraint(f"planned_finish is null or planned_finish ~ '{PARTIAL_DATE}'", name="planned_finish"),
        CheckConstraint(
            "left(planned_start, length(planned_finish)) <= left(planned_finish, length(planned_start))",
            name="planned_dates",
        ),
        Index("ix_work_report_sector", "report_id", "sector"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey(Report.id, ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(doc="folded name and extent: the same work of the same report, read again")
    name: Mapped[str]
    kind: Mapped[Kind]
    nature: Mapped[Nature]
    sector: Mapped[Sector]
    named: Mapped[bool]
    extent_from: Mapped[str | None]
    extent_to: Mapped[str | None]
    quantity: Mapped[float | None]
    unit: Mapped[str | None]
    area: Mapped[list[str]] = mapped_column(doc="path of headings, outermost first")
    period: Mapped[Period]
    places: Mapped[list[str]]
    action: Mapped[str]
    sentence: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    spans: Mapped[list[Any]] = mapped_column(doc="[[start, end], ...]: the words that spell the name")
    mentions: Mapped[list[Any]] = mapped_column(doc="[[start, end], ...]: later mentions in the same report")
    flags: Mapped[list[str]]
    responsible: Mapped[str | None] = mapped_column(doc="the body that answers for it, as a project list says")
    investment: Mapped[float | None] = mapped_column(doc="in all, in 10,000 yuan (万元)")
    planned_start: Mapped[str | None] = mapped_column(doc="ISO 8601, as exact as the list: 2023, 2023-05, 2023-05-17")
    planned_finish: Mapped[str | None] = mapped_column(doc="likewise")
    reviewed_by: Mapped[str | None] = mapped_column(doc="who accepted or made it; None where only guatu has read it")

    report: Mapped[Report] = relationship(back_populates="works")
    locations: Mapped[list["Location"]] = relationship(
        back_populates="work", order_by="Location.id", cascade="all, delete-orphan", passive_deletes=True
    )
    statuses: Mapped[list["StatusChange"]] = relationship(
        back_populates="work", order_by="StatusChange.id", cascade="all, delete-orphan", passive_deletes=True
    )


class Location(Base):
    """Where a work is, as somebody or something placed it at one time."""

    __tablename__ = "location"
    __table_args__ = (
        Index("uq_location_current", "work_id", unique=True, postgresql_where=sql("current")),
        Index("ix_location_restores_id", "restores_id", postgresql_where=sql("restores_id is not null")),
        Index("ix_location_geometry", "geometry", postgresql_using="gist", postgresql_where=sql("current")),
        CheckConstraint("confidence between 0 and 1", name="confidence"),
        CheckConstraint("(geometry is null) = (precision = 'none')", name="placed"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint(
            "geometry is null or (st_isvalid(geometry) and not st_isempty(geometry)"
            " and st_xmin(geometry) >= -180 and st_xmax(geometry) <= 180"
            " and st_ymin(geometry) >= -90 and st_ymax(geometry) <= 90)",
            name="geometry",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    work_id: Mapped[int] = mapped_column(ForeignKey(Work.id, ondelete="CASCADE"), index=True)
    geometry: Mapped[WKBElement | None] = mapped_column(Geometry(srid=SRID, spatial_index=False))
    precision: Mapped[Precision]
    confidence: Mapped[float] = mapped_column(doc="calibrated chance that it is right, 0 to 1")
    reason: Mapped[str] = mapped_column(doc="why here, or why nowhere, in a planner's words")
    evidence: Mapped[dict[str, Any]] = mapped_column(doc="matched places, rule, scores, candidates that lost")
    town: Mapped[str | None] = mapped_column(doc="the town it lies in, where that is known")
    placed_by: Mapped[str] = mapped_column(doc="guatu, or who placed it")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    current: Mapped[bool] = mapped_column(server_default=sql("true"))
    restores_id: Mapped[int | None] = mapped_column(
        ForeignKey("location.id", ondelete="SET NULL"), doc="the earlier one that this one, an undo, puts back"
    )

    work: Mapped[Work] = relationship(back_populates="locations")


class StatusChange(Base):
    """What was known of a work's progress from one time on. The first is what the report says."""

    __tablename__ = "status_change"
    __table_args__ = (
        Index("uq_status_change_current", "work_id", unique=True, postgresql_where=sql("current")),
        Index("ix_status_change_restores_id", "restores_id", postgresql_where=sql("restores_id is not null")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    work_id: Mapped[int] = mapped_column(ForeignKey(Work.id, ondelete="CASCADE"), index=True)
    status: Mapped[Status]
    on_date: Mapped[date | None] = mapped_column(doc="when it came to be so, where somebody said")
    note: Mapped[str] = mapped_column(server_default="")
    changed_by: Mapped[str] = mapped_column(doc="guatu, or who said so")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    current: Mapped[bool] = mapped_column(server_default=sql("true"))
    restores_id: Mapped[int | None] = mapped_column(
        ForeignKey("status_change.id", ondelete="SET NULL"), doc="the earlier one that this one, an undo, puts back"
    )

    work: Mapped[Work] = relationship(back_populates="statuses")

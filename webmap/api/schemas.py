"""What the API answers, as pydantic models: the answers are made of them, and so is the OpenAPI document.

Geometries are GeoJSON (RFC 7946): WGS 84, longitude first. Times are RFC 3339 with their offset.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from gazetteer.vocabulary import Kind, Nature, Period, Precision, Sector, Status
from geodata.edited_files import Noted
from geodata.models import Decision, Finding
from geodata.returns import Refused

Outcome = Literal["taken", "left"]
Geometry = Annotated[dict[str, Any] | None, Field(description="GeoJSON geometry, WGS 84, longitude first")]


class Location(BaseModel):
    """Where a work is, as somebody or something placed it at one time."""

    id: int
    geometry: Geometry
    precision: Precision
    confidence: float
    reason: str
    town: str | None
    placed_by: str
    created_at: datetime
    current: bool


class StatusChange(BaseModel):
    """What was known of a work's progress from one time on."""

    id: int
    status: Status
    on_date: date | None
    note: str
    changed_by: str
    created_at: datetime
    current: bool


class Work(BaseModel):
    """One work that a report names, with its current status and, where it has been placed, its current location."""

    id: int
    report_id: int
    name: str
    kind: Kind
    nature: Nature
    sector: Sector
    named: bool
    extent_from: str | None
    extent_to: str | None
    quantity: float | None
    unit: str | None
    area: list[str]
    period: Period
    places: list[str]
    sentence: str
    county: str
    year: int
    fictional: bool
    changed_at: datetime
    status: StatusChange
    location: Location | None


class Report(BaseModel):
    """One published document."""

    id: int
    title: str
    county: str
    adcode: str | None
    year: int
    fictional: bool
    created_at: datetime
    works: int


class Place(BaseModel):
    """One entry of the gazetteer, as its source has it."""

    id: int
    name: str
    kind: str
    adcode: str | None
    source: str
    names: list[str]
    geometry: Geometry


class Inspection(BaseModel):
    """What an inspector saw of one work at one time."""

    id: UUID
    work_id: int
    finding: Finding
    status_seen: Status | None
    note: str
    geometry: Geometry
    seen_at: datetime
    inspector: str
    decision: Decision


class DeletedWork(BaseModel):
    """A work that is no more: its report was read otherwise, or somebody dropped it."""

    id: int
    report_id: int
    deleted_at: datetime


class Works(BaseModel):
    """A page of works and, where `since` was asked with, of the works deleted since, whatever the other choices. `next`
    is the address of the next page. `until`, of the first page, is what to ask `since` with when all pages are read: a
    minute back, so that works in the making are not missed; some then come twice.
    """

    works: list[Work]
    deleted: list[DeletedWork]
    next: str | None
    until: datetime


class Reports(BaseModel):
    """All reports."""

    reports: list[Report]


class Places(BaseModel):
    """A page of places."""

    places: list[Place]
    next: str | None


class Locations(BaseModel):
    """The history of a work's places, oldest first."""

    locations: list[Location]


class Statuses(BaseModel):
    """The history of a work's statuses, oldest first."""

    statuses: list[StatusChange]


class Inspections(BaseModel):
    """The inspections of a work, oldest first."""

    inspections: list[Inspection]


class EditedWork(BaseModel):
    """What a file changes of one work, and what became of it.

    `place` and `status` are `taken`, `left` where somebody must look (the work has changed since the export, or the
    place lies far outside its county), or null where the file changes nothing.
    """

    work: int
    name: str | None
    place: Outcome | None
    status: Outcome | None
    status_now: Status | None
    status_in_file: Status | None
    location_now: int | None
    refused: list[Refused]


class Remarked(BaseModel):
    """What else there is to say of a file: rows without an identifier, layers of others, fields that are missing."""

    what: Noted
    text: str


class Edits(BaseModel):
    """What a file that was exported and edited changes. With `dry_run` nothing is written."""

    dry_run: bool
    unchanged: int
    works: list[EditedWork]
    remarks: list[Remarked]


class Problem(BaseModel):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str | None

"""What a device says of one check, as JSON, read with limits: every field is hostile until it has passed here."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import shapely
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from shapely.geometry.base import BaseGeometry

from gazetteer.vocabulary import Status
from geodata.models import Finding

MAX_NOTE = 2000  # characters: two pages typed on a tablet
MAX_PHOTOS = 20  # of one check
MAX_PHOTO_BYTES = 4 * 1024 * 1024  # a photo of 2048 pixels at the device's quality has a tenth of it
MAX_VERTICES = 5000  # of a line drawn by hand or taken from the map
MAX_CLOCK_OFFSET_S = 100 * 366 * 86400  # a tablet whose clock starts at 1970 is 57 years off
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
GEOMETRY_TYPES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon")

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Identifier = Annotated[int, Field(ge=1, lt=2**31)]
Moment = Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST)]


class _Read(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Position(_Read):
    """Where a device was: degrees, WGS 84, and the radius in metres within which it is sure to be."""

    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    accuracy_m: float = Field(ge=0, le=1e6)


class PhotoContent(_Read):
    """One announced photo; its bytes come in parts."""

    id: UUID
    sha256: Digest
    size: int = Field(gt=0, le=MAX_PHOTO_BYTES)
    taken_at: Moment
    position: Position | None = None
    direction: float | None = Field(default=None, ge=0, lt=360)


class CheckContent(_Read):
    """One check. Times are the device's; `clock_offset_s` is what the server's clock was ahead when last compared."""

    device: UUID
    inspector: str = Field(max_length=64)
    work: Identifier
    location: Identifier | None
    finding: Finding
    geometry: dict[str, Any] | None
    position: Position | None
    seen_at: Moment
    clock_offset_s: float | None = Field(ge=-MAX_CLOCK_OFFSET_S, le=MAX_CLOCK_OFFSET_S)
    status_seen: Status | None
    note: str = Field(max_length=MAX_NOTE)
    photos: list[PhotoContent] = Field(max_length=MAX_PHOTOS)
    answers: UUID | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> "CheckContent":
        if self.finding is Finding.MOVED and self.geometry is None:
            raise PydanticCustomError("geometry", "a moved work needs its geometry")
        if self.finding not in (Finding.MOVED, Finding.HERE) and self.geometry is not None:
            raise PydanticCustomError("geometry", "only a work that was found has a geometry")
        if len({photo.id for photo in self.photos}) < len(self.photos):
            raise PydanticCustomError("photos", "two photos have one identifier")
        self.shape()
        return self

    def shape(self) -> BaseGeometry | None:
        """The geometry in EPSG:4326, longitude first; None where the place is as the device showed it."""
        return None if self.geometry is None else _shape(self.geometry)

    def seen_at_by_server(self) -> datetime:
        """When it was seen, by the server's clock."""
        return self.seen_at + timedelta(seconds=self.clock_offset_s or 0)


def read_content(content: dict[str, Any]) -> CheckContent:
    """The check that a device sent. Raises ValueError with the first thing that is wrong and where."""
    try:
        return CheckContent.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise ValueError(f"{where}: {first['msg']}" if where else first["msg"]) from error


def parse(body: bytes) -> dict[str, Any]:
    """The JSON object in a request's body, its strings without what PostgreSQL cannot store.

    Raises ValueError where it is none.
    """

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no JSON")

    try:
        content = json.loads(body, parse_constant=refuse)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(content, dict):
        raise ValueError("a JSON object is expected")  # noqa: TRY004  the caller asks for one kind of error
    cleaned: dict[str, Any] = _storable(content)
    return cleaned


def digest_of(content: dict[str, Any]) -> str:
    """SHA-256 of the canonical form, the same however the keys are ordered."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return "".join("\ufffd" if char == "\0" or "\ud800" <= char <= "\udfff" else char for char in value)
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return value


def _shape(geometry: dict[str, Any]) -> BaseGeometry:
    wrong = PydanticCustomError("geometry", "geometry: a valid GeoJSON point, line or polygon in degrees is expected")
    if geometry.get("type") not in GEOMETRY_TYPES:
        raise wrong
    try:
        shape = shapely.force_2d(shapely.from_geojson(json.dumps(geometry)))
    except (shapely.errors.ShapelyError, RecursionError, ValueError) as error:
        raise wrong from error
    west, south, east, north = shape.bounds if not shape.is_empty else (200, 0, 0, 0)
    inside = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    if not inside or not shape.is_valid or shapely.get_num_coordinates(shape) > MAX_VERTICES:
        raise wrong
    return shape

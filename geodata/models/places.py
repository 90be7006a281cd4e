"""The places of the gazetteer."""

from datetime import datetime

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from geodata.models.base import SRID, Base


class GazetteerSource(Base):
    """One load of places, replaced as a whole when it is loaded again."""

    __tablename__ = "gazetteer_source"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    licence: Mapped[str]
    attribution: Mapped[str]
    fictional: Mapped[bool] = mapped_column(server_default=sql("false"))
    places: Mapped[int] = mapped_column(doc="how many")
    loaded_at: Mapped[datetime] = mapped_column(server_default=func.now())


FAR_KINDS = ("province", "city", "county", "town", "expressway", "railway", "waterway", "water", "reservoir")
"""What is seen from afar: an index holds these alone, since few of all the places of a wide view are of them."""


class GazetteerPlace(Base):
    """One entry of the gazetteer, as its source has it."""

    __tablename__ = "place"
    __table_args__ = (
        UniqueConstraint("source_id", "key"),
        Index("ix_place_geometry", "geometry", postgresql_using="gist"),
        Index(
            "ix_place_far",
            "geometry",
            postgresql_using="gist",
            postgresql_where=text(f"kind IN ({', '.join(map(repr, FAR_KINDS))})"),
        ),
        CheckConstraint("name <> ''", name="name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey(GazetteerSource.id, ondelete="CASCADE"))
    key: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    adcode: Mapped[str | None]
    parent: Mapped[str | None] = mapped_column(doc="key of the place of the same source that holds it")
    geometry: Mapped[WKBElement | None] = mapped_column(Geometry(srid=SRID, spatial_index=False))


class PlaceName(Base):
    """Another name of a place: its alternative, old, short or official name."""

    __tablename__ = "place_name"

    place_id: Mapped[int] = mapped_column(ForeignKey(GazetteerPlace.id, ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True, index=True)

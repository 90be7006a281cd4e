"""What all tables share: the declarative base, the names of constraints, and columns of closed word lists."""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, DateTime, Enum, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

from gazetteer.vocabulary import Kind, Nature, Period, Precision, Sector, Status

SRID = 4326


def word_list(words: type[Any]) -> Enum:
    """A text column that the database checks against a closed list of words, stored by their values."""
    return Enum(
        words,
        native_enum=False,
        create_constraint=True,
        length=None,
        name=words.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    """All tables; names of constraints are fixed so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy reads it from the class
        str: Text,
        datetime: DateTime(timezone=True),
        list[str]: ARRAY(Text),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        Status: word_list(Status),
        Nature: word_list(Nature),
        Sector: word_list(Sector),
        Kind: word_list(Kind),
        Period: word_list(Period),
        Precision: word_list(Precision),
    }

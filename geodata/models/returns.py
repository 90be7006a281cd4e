"""Edited exports that were sent back and wait for a person to say what is taken of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from geodata.models.base import Base


class ReturnedFile(Base):
    """One file: `edits` and `remarks` as `geodata.edited_files` has them, `taken` as `geodata.returns` has it."""

    __tablename__ = "returned_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    sent_by: Mapped[str]
    sent_at: Mapped[datetime] = mapped_column(server_default=func.now())
    edits: Mapped[list[Any]]
    remarks: Mapped[list[Any]]
    same: Mapped[int] = mapped_column(doc="works that the file leaves as they are")
    taken: Mapped[dict[str, Any] | None] = mapped_column(doc="None until somebody has said what is taken")

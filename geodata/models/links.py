"""Which works of successive reports are the same thing."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from geodata.models.base import Base, word_list
from geodata.models.works import Work


class Relation(StrEnum):
    """How the later work continues the earlier: as the same work, or as another one on the same thing (its 二期)."""

    SAME = "same"
    THING = "thing"


class WorkLink(Base):
    """That a work of a later report continues one of an earlier report, or that a person says it does not (`cut`)."""

    __tablename__ = "work_link"
    __table_args__ = (
        UniqueConstraint("earlier_id", "later_id"),
        CheckConstraint("earlier_id <> later_id", name="two_works"),
        CheckConstraint("confidence between 0 and 1", name="confidence"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("not cut or made_by <> 'guatu'", name="cut_by_a_person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    earlier_id: Mapped[int] = mapped_column(ForeignKey(Work.id, ondelete="CASCADE"))
    later_id: Mapped[int] = mapped_column(ForeignKey(Work.id, ondelete="CASCADE"), index=True)
    relation: Mapped[Relation] = mapped_column(word_list(Relation))
    confidence: Mapped[float] = mapped_column(doc="of the rule that made it, 0 to 1; 1 for a person's")
    reason: Mapped[str] = mapped_column(doc="in a planner's words")
    made_by: Mapped[str] = mapped_column(doc="guatu, or the person who made or cut it")
    cut: Mapped[bool] = mapped_column(server_default=sql("false"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    earlier: Mapped[Work] = relationship(foreign_keys=earlier_id)
    later: Mapped[Work] = relationship(foreign_keys=later_id)

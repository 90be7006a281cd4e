"""The people who may see and change what is kept, the secrets they hold, and the record of what they did."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, func
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from geodata.models.base import Base, word_list


class Role(StrEnum):
    """What a person may do; each may do all that the ones before it may."""

    VIEWER = "viewer"
    INSPECTOR = "inspector"
    PLANNER = "planner"
    ADMINISTRATOR = "administrator"

    def may_act_as(self, role: "Role") -> bool:
        """Whether this role may do what `role` may."""
        order = list(Role)
        return order.index(self) >= order.index(role)


class Purpose(StrEnum):
    """What a key opens: a browser's session, the interface for scripts, or the page where a password is chosen."""

    SESSION = "session"
    TOKEN = "token"  # noqa: S105  a word, not a secret
    INVITATION = "invitation"


class Account(Base):
    """A person. Accounts are disabled, never deleted: what they did stays theirs."""

    __tablename__ = "account"
    __table_args__ = (
        Index("uq_account_name", sql("lower(name)"), unique=True),
        CheckConstraint("name = btrim(name) and length(name) between 1 and 64", name="name"),
        CheckConstraint("name <> 'guatu'", name="not_guatu"),  # who places and says things in the histories
        CheckConstraint("failures >= 0", name="failures"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(doc="what the person signs in with, and how the histories name them")
    role: Mapped[Role] = mapped_column(word_list(Role))
    password_hash: Mapped[str | None] = mapped_column(doc="argon2id with its parameters; None until one is chosen")
    disabled: Mapped[bool] = mapped_column(server_default=sql("false"))
    failures: Mapped[int] = mapped_column(server_default=sql("0"), doc="wrong passwords since the last right one")
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    keys: Mapped[list["AccessKey"]] = relationship(
        back_populates="account", order_by="AccessKey.id", cascade="all, delete-orphan", passive_deletes=True
    )


class AccessKey(Base):
    """A secret that a person's browser or script holds; only its digest is kept. Deleting the row takes it away."""

    __tablename__ = "access_key"
    __table_args__ = (CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"), index=True)
    purpose: Mapped[Purpose] = mapped_column(word_list(Purpose))
    sha256: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str] = mapped_column(doc="the browser, or what the token is for")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    used_at: Mapped[datetime | None] = mapped_column(doc="to the hour")
    expires_at: Mapped[datetime]

    account: Mapped[Account] = relationship(back_populates="keys")


class AuditEntry(Base):
    """Who did what to what, and when. The database refuses to change or delete a row."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_subject", "subject", "id"),
        CheckConstraint("action <> ''", name="action"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    who: Mapped[str] = mapped_column(doc="the account's name, or guatu for the command line")
    action: Mapped[str] = mapped_column(doc="noun.verb: account.add, inspection.accept")
    subject: Mapped[str] = mapped_column(doc="what it was done to, kind and identifier: work 12")
    detail: Mapped[dict[str, Any]]

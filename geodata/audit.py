"""The record of who did what, and when: written in the transaction of the deed itself, never changed."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.models import AuditEntry

COMMAND_LINE = "guatu"  # who acts where no account does: whoever runs the commands


def record(session: Session, who: str, action: str, subject: str, **detail: Any) -> None:
    """Adds one entry. `action` is `noun.verb`, `subject` a kind and an identifier, `detail` what JSON can hold."""
    session.add(AuditEntry(who=who, action=action, subject=subject, detail=detail))


def entries(session: Session, *, subject: str | None = None, before: int | None = None, limit: int) -> list[AuditEntry]:
    """The newest entries, of one subject where it is given, before the entry `before` where it is given."""
    statement = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if subject is not None:
        statement = statement.where(AuditEntry.subject == subject)
    if before is not None:
        statement = statement.where(AuditEntry.id < before)
    return list(session.scalars(statement))

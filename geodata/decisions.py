"""What planners decide on inspections: accept them, which may move the work, or return them with a question."""

from datetime import UTC, datetime

from geoalchemy2 import WKBElement
from geoalchemy2.shape import to_shape
from sqlalchemy import select
from sqlalchemy.orm import Session

from gazetteer.errors import GuatuError
from geodata import placing
from geodata.audit import record
from geodata.models import Decision, Finding, Inspection, StatusChange
from geodata.rounds import CHINA

MAX_QUESTION = 1000  # characters
FOUND = (Finding.HERE, Finding.MOVED)


class DecisionError(GuatuError):
    """An inspection cannot be decided on as asked."""


def accept(
    session: Session, inspection: Inspection, by: str, seen: int | None, *, place: bool = True, status: bool = True
) -> None:
    """Accepts an inspection. `seen` is the work's location as whoever decides has seen it.

    `place`: what was found here or elsewhere becomes the work's location, with the precision exact. `status`: the
    status that was seen becomes the work's. Raises DecisionError where the inspection is accepted already,
    `geodata.placing.ConflictError` where the work has been placed anew meanwhile.
    """
    _lock(session, inspection)
    if inspection.decision is Decision.ACCEPTED:
        raise DecisionError(f"{inspection.decided_by} has accepted this inspection already")
    placed = place and inspection.finding in FOUND and _place(session, inspection, by, seen)
    said = status and inspection.status_seen is not None and _say_status(session, inspection)
    _decide(inspection, Decision.ACCEPTED, by)
    record(
        session,
        by,
        "inspection.accept",
        f"work {inspection.work_id}",
        inspection=str(inspection.id),
        placed=placed,
        status=inspection.status_seen.value if inspection.status_seen and said else None,
    )


def return_with_question(session: Session, inspection: Inspection, by: str, question: str) -> None:
    """Gives an inspection back to its inspector. Raises DecisionError without a question, or where it was accepted."""
    _lock(session, inspection)
    question = question.replace("\x00", "").strip()
    if not 0 < len(question) <= MAX_QUESTION:
        raise DecisionError(f"write the question, in at most {MAX_QUESTION} characters")
    if inspection.decision is Decision.ACCEPTED:
        raise DecisionError(f"{inspection.decided_by} has accepted this inspection already")
    inspection.question = question
    _decide(inspection, Decision.RETURNED, by)
    record(
        session,
        by,
        "inspection.return",
        f"work {inspection.work_id}",
        inspection=str(inspection.id),
        question=question,
    )


def place_of(inspection: Inspection) -> WKBElement | None:
    """Where an inspection says that the work is: what the inspector drew, else the place that the device showed."""
    if inspection.finding not in FOUND:
        return None
    if inspection.geometry is not None:
        return inspection.geometry
    return inspection.shown.geometry if inspection.shown else None


def _lock(session: Session, inspection: Inspection) -> None:
    session.refresh(inspection, ["decision", "decided_by"], with_for_update={"of": Inspection})


def _decide(inspection: Inspection, decision: Decision, by: str) -> None:
    inspection.decision, inspection.decided_by, inspection.decided_at = decision, by, datetime.now(UTC)


def _place(session: Session, inspection: Inspection, by: str, seen: int | None) -> bool:
    """Makes the place of an inspection the work's current location; False where it has none."""
    geometry = place_of(inspection)
    if geometry is None:
        return False
    inspector = inspection.account.name
    what = "确认在图示位置" if inspection.geometry is None else "到现场标出位置"
    placing.confirm(
        session,
        inspection.work_id,
        seen,
        inspector,
        to_shape(geometry),
        f"巡查员{inspector}于{inspection.seen_at.astimezone(CHINA):%Y-%m-%d}{what}，{by}采纳",
        {"inspection": str(inspection.id), "accuracy_m": inspection.accuracy_m},
    )
    return True


def _say_status(session: Session, inspection: Inspection) -> bool:
    """Makes the status that was seen the work's; False where it is that already."""
    current = session.scalar(
        select(StatusChange).where(StatusChange.work_id == inspection.work_id, StatusChange.current).with_for_update()
    )
    if inspection.status_seen is None or (current and current.status is inspection.status_seen):
        return False
    placing.say_status(
        session,
        inspection.work_id,
        current.id if current else None,
        inspection.account.name,
        inspection.status_seen,
        inspection.seen_at.astimezone(CHINA).date(),
        inspection.note[: placing.MAX_WORDS],
    )
    return True

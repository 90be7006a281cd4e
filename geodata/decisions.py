"""What planners decide on inspections: accept them, which may move the work, or return them with a question."""

from datetime import UTC, datetime

from geoalchemy2 import WKBElement
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from gazetteer.errors import GuatuError
from gazetteer.vocabulary import Precision
from geodata.audit import record
from geodata.models import Decision, Finding, Inspection, Location, StatusChange

CONFIDENCE_SEEN = 1.0  # somebody stood there and a planner agreed: the place is what later guesses are measured against
MAX_QUESTION = 1000  # characters
FOUND = (Finding.HERE, Finding.MOVED)


class DecisionError(GuatuError):
    """An inspection cannot be decided on as asked."""


def accept(session: Session, inspection: Inspection, by: str, *, place: bool = True, status: bool = True) -> None:
    """Accepts an inspection.

    `place`: what was found here or elsewhere becomes the work's location, with the precision exact. `status`: the
    status that was seen becomes the work's. Raises DecisionError where the inspection is accepted already.
    """
    _lock(session, inspection)
    if inspection.decision is Decision.ACCEPTED:
        raise DecisionError(f"{inspection.decided_by} has accepted this inspection already")
    placed = place and inspection.finding in FOUND and _place(session, inspection, by)
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


def _place(session: Session, inspection: Inspection, by: str) -> bool:
    """Makes the place of an inspection the work's current location; what a person has placed is what guatu teaches."""
    geometry = place_of(inspection)
    if geometry is None:
        return False
    inspector = inspection.account.name
    seen = f"{inspection.seen_at:%Y-%m-%d}"
    what = "确认在图示位置" if inspection.geometry is None else "到现场标出位置"
    current = session.scalar(select(Location).where(Location.work_id == inspection.work_id, Location.current))
    session.execute(
        update(Location).where(Location.work_id == inspection.work_id, Location.current).values(current=False)
    )
    session.add(
        Location(
            work_id=inspection.work_id,
            geometry=func.ST_Force2D(geometry),
            precision=Precision.EXACT,
            confidence=CONFIDENCE_SEEN,
            reason=f"巡查员{inspector}{seen}{what}，{by}采纳",
            evidence={
                "rule": "inspection",
                "inspection": str(inspection.id),
                "matched": [
                    {"place": None, "name": inspection.work.name, "kind": inspection.work.kind, "source": "巡查"}
                ],
                "accuracy_m": inspection.accuracy_m,
            },
            town=current.town if current else None,
            placed_by=inspector,
        )
    )
    session.flush()
    return True


def _say_status(session: Session, inspection: Inspection) -> bool:
    """Makes the status that was seen the work's; False where it is that already."""
    current = session.scalar(
        select(StatusChange).where(StatusChange.work_id == inspection.work_id, StatusChange.current).with_for_update()
    )
    if inspection.status_seen is None or (current and current.status is inspection.status_seen):
        return False
    if current:
        current.current = False
        session.flush()
    session.add(
        StatusChange(
            work_id=inspection.work_id,
            status=inspection.status_seen,
            on_date=inspection.seen_at.date(),
            note=inspection.note,
            changed_by=inspection.account.name,
        )
    )
    session.flush()
    return True

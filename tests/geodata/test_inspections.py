"""Checks and photos are stored once, whatever comes twice, out of order or wrong; planners' decisions move works."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from checks import a_check, a_jpeg, announced, in_parts
from drawing import a_report, a_work
from geoalchemy2.shape import to_shape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people import an_account
from shapely import affinity, from_wkt
from shapely.geometry import mapping
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gazetteer.vocabulary import Precision, Status
from geodata.audit import entries
from geodata.check_content import parse
from geodata.decisions import DecisionError, accept, return_with_question
from geodata.inspections import CheckRefusedError, PhotoRefusedError, missing_parts, receive, receive_part
from geodata.models import Account, Decision, Inspection, Location, Photo, PhotoPart, RefusedCheck, Role, Work
from geodata.placing import ConflictError

NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def work(session: Session) -> Work:
    return a_work(session, a_report(session), place="POINT(120 28.9)", precision=Precision.EXACT, town="芝英镇")


@pytest.fixture
def inspector(session: Session) -> Account:
    return an_account(session, "巡查员甲")


def stored(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Inspection))


def refusal(session: Session, account: Account, content: dict, check_id: UUID | None = None) -> CheckRefusedError:
    with pytest.raises(CheckRefusedError) as caught:
        receive(session, account, check_id or uuid4(), content, NOW)
    return caught.value


def test_a_check_sent_twice_is_stored_once(session: Session, work: Work, inspector: Account):
    check_id, content = uuid4(), a_check(work, inspector)
    assert receive(session, inspector, check_id, content, NOW).new
    assert not receive(session, inspector, check_id, dict(reversed(content.items())), NOW).new
    assert stored(session) == 1
    actions = [entry.action for entry in entries(session, subject=f"work {work.id}", limit=9)]
    assert actions == ["inspection.receive"]


def test_other_content_under_a_known_identifier_is_refused_and_kept(session: Session, work: Work, inspector: Account):
    check_id, content = uuid4(), a_check(work, inspector)
    receive(session, inspector, check_id, content, NOW)
    for _ in range(2):
        assert refusal(session, inspector, content | {"note": "改过"}, check_id).status == 409
    (kept,) = session.scalars(select(RefusedCheck))
    assert kept.content["note"] == "改过"
    assert session.get(Inspection, check_id).note == ""


def test_another_inspector_cannot_touch_a_check(session: Session, work: Work, inspector: Account):
    check_id, content = uuid4(), a_check(work, inspector)
    receive(session, inspector, check_id, content, NOW)
    other = an_account(session, "巡查员乙")
    assert refusal(session, other, content, check_id).status == 409
    assert "made by" in str(refusal(session, other, content))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"work": 999_999}, "no work 999999"),
        ({"finding": "maybe"}, "finding"),
        ({"geometry": None}, "needs its geometry"),
        ({"finding": "not_found"}, "only a work that was found"),
        ({"geometry": {"type": "Point", "coordinates": [28.9, 120.0]}}, "valid GeoJSON"),
        ({"geometry": {"type": "Point", "coordinates": ["x"]}}, "valid GeoJSON"),
        ({"geometry": {"type": "LineString", "coordinates": [[120, 28.9]]}}, "valid GeoJSON"),
        ({"geometry": {"type": "LineString", "coordinates": [[120, 28 + n / 1e4] for n in range(5001)]}}, "valid"),
        ({"position": {"lon": 200, "lat": 0, "accuracy_m": 1}}, "position.lon"),
        ({"position": {"lon": 120, "lat": 28, "accuracy_m": -1}}, "position.accuracy_m"),
        ({"note": "长" * 2001}, "note"),
        ({"seen_at": "2026-03-01T09:30:00"}, "seen_at"),
        ({"seen_at": "yesterday"}, "seen_at"),
        ({"clock_offset_s": 1e30}, "clock_offset_s"),
        ({"extra": 1}, "extra"),
        ({"answers": str(uuid4())}, "answers"),
        ({"photos": [announced(b"x", size=10**9)]}, "photos.0.size"),
        ({"photos": [announced(b"x", direction=360)]}, "photos.0.direction"),
        ({"photos": [announced(b"x", id=str(UUID(int=7)))] * 2}, "one identifier"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_the_reason_and_kept(
    session: Session, work: Work, inspector: Account, fields: dict, reason: str
):
    error = refusal(session, inspector, a_check(work, inspector, **fields))
    assert error.status == 422
    assert reason in str(error)
    assert session.scalars(select(RefusedCheck.reason)).all() == [str(error)]
    assert stored(session) == 0


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_json_is_refused_and_kept_without_an_error(session: Session, inspector: Account, value):
    import json

    try:
        content = parse(json.dumps({"note": value}).encode())
    except ValueError:
        return
    assert refusal(session, inspector, content).status == 422


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"a": NaN}', b'{"a":' * 100_000, b"\xff\xfe", b"1" * 5000])
def test_a_body_that_is_no_json_object_is_said_to_be_none(body: bytes):
    with pytest.raises(ValueError, match=r"."):
        parse(body)


def test_a_vague_place_is_not_confirmed_without_saying_where(session: Session, inspector: Account):
    work = a_work(session, a_report(session), place="POINT(120 28.9)", precision=Precision.TOWN)
    vague = a_check(work, inspector, finding="here", geometry=None)
    assert "too vague" in str(refusal(session, inspector, vague))
    with_geometry = a_check(work, inspector, finding="here")
    assert receive(session, inspector, uuid4(), with_geometry, NOW).new


def test_a_clock_that_is_a_year_wrong_is_put_right_by_the_offset(session: Session, work: Work, inspector: Account):
    year = timedelta(days=365)
    wrong = a_check(work, inspector, seen_at=(NOW - year).isoformat(), clock_offset_s=year.total_seconds())
    inspection = receive(session, inspector, uuid4(), wrong, NOW).inspection
    assert (inspection.seen_at, inspection.clock_doubtful) == (NOW, False)
    unknown = a_check(work, inspector, seen_at=(NOW + year).isoformat(), clock_offset_s=None)
    assert receive(session, inspector, uuid4(), unknown, NOW).inspection.clock_doubtful


def test_a_place_that_changed_meanwhile_is_a_conflict_and_both_are_kept(
    session: Session, work: Work, inspector: Account
):
    content = a_check(work, inspector)
    work.locations[-1].current = False
    session.flush()
    session.add(
        Location(
            work_id=work.id,
            geometry="SRID=4326;POINT(120.1 28.9)",
            precision=Precision.EXACT,
            confidence=1,
            reason="画的",
            evidence={},
            placed_by="规划员",
        )
    )
    session.flush()
    inspection = receive(session, inspector, uuid4(), content, NOW).inspection
    assert inspection.conflict
    current = session.scalar(select(Location).where(Location.work_id == work.id, Location.current))
    assert to_shape(current.geometry).x == 120.1, "until a planner decides the work stays where it was put"


def with_photo(session: Session, work: Work, account: Account, jpeg: bytes, **fields) -> Photo:
    photo = announced(jpeg, **fields)
    receive(session, account, uuid4(), a_check(work, account, photos=[photo]), NOW)
    return session.get(Photo, UUID(photo["id"]))


def test_parts_make_up_the_photo_in_any_order_and_however_often_they_come(
    session: Session, work: Work, inspector: Account
):
    jpeg = a_jpeg(side=1200, quality=60)
    photo = with_photo(session, work, inspector, jpeg)
    parts = list(enumerate(in_parts(jpeg)))
    assert len(parts) > 2
    order = parts * 2
    random.Random(5).shuffle(order)
    for number, part in order:
        receive_part(session, inspector, photo.id, number, part)
    assert missing_parts(session, photo) == []
    assert session.scalar(select(Photo.content).where(Photo.id == photo.id)) == jpeg
    assert session.scalar(select(func.count()).select_from(PhotoPart)) == 0


def test_what_is_missing_of_a_photo_is_said(session: Session, work: Work, inspector: Account):
    jpeg = a_jpeg(side=1200, quality=60)
    photo = with_photo(session, work, inspector, jpeg)
    receive_part(session, inspector, photo.id, 1, in_parts(jpeg)[1])
    assert missing_parts(session, photo) == [0, *range(2, len(in_parts(jpeg)))]


def test_a_damaged_part_makes_the_photo_come_again(session: Session, work: Work, inspector: Account):
    jpeg = a_jpeg()
    photo = with_photo(session, work, inspector, jpeg)
    with pytest.raises(PhotoRefusedError, match="send them again") as caught:
        receive_part(session, inspector, photo.id, 0, bytes(len(jpeg)))
    assert not caught.value.final
    receive_part(session, inspector, photo.id, 0, jpeg)
    assert missing_parts(session, photo) == []


def exif_of_a_phone() -> bytes:
    from PIL import Image

    exif = Image.Exif()
    exif[0x9003] = "2026:03:01 09:30:00"
    return exif.tobytes()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<script>alert(1)</script>", "not a JPEG"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "not a JPEG"),
        (a_jpeg()[:-900], "not a JPEG"),
        (a_jpeg(exif=exif_of_a_phone()), "metadata"),
        (a_jpeg(comment=b"secret"), "metadata"),
    ],
)
def test_what_is_no_clean_photo_is_refused_for_good(
    session: Session, work: Work, inspector: Account, content: bytes, reason: str
):
    photo = with_photo(session, work, inspector, content)
    for _ in range(2):
        with pytest.raises(PhotoRefusedError, match=reason) as caught:
            receive_part(session, inspector, photo.id, 0, content)
        assert caught.value.final
    assert photo.content is None


def test_only_the_inspector_who_announced_a_photo_sends_it(session: Session, work: Work, inspector: Account):
    photo = with_photo(session, work, inspector, a_jpeg())
    with pytest.raises(LookupError):
        receive_part(session, an_account(session, "乙"), photo.id, 0, a_jpeg())
    with pytest.raises(LookupError):
        receive_part(session, inspector, uuid4(), 0, a_jpeg())


@pytest.mark.parametrize(("number", "size"), [(-1, 10), (1, 10), (0, 10)])
def test_a_part_that_does_not_fit_is_refused(session: Session, work: Work, inspector: Account, number: int, size: int):
    photo = with_photo(session, work, inspector, a_jpeg())
    with pytest.raises(PhotoRefusedError, match="does not fit"):
        receive_part(session, inspector, photo.id, number, bytes(size))


def test_an_accepted_check_becomes_the_works_place_and_status(session: Session, work: Work, inspector: Account):
    content = a_check(work, inspector, status_seen="complete", note="已通车")
    inspection = receive(session, inspector, uuid4(), content, NOW).inspection
    accept(session, inspection, "规划员李四", work.locations[-1].id)
    session.expire(work)
    old, new = work.locations
    assert not old.current
    assert (new.current, new.precision, new.placed_by, new.town) == (True, Precision.EXACT, "巡查员甲", "芝英镇")
    assert to_shape(new.geometry).coords[0] == (120.001, 28.901)
    assert "规划员李四采纳" in new.reason
    assert (work.statuses[-1].status, work.statuses[-1].changed_by) == (Status.COMPLETE, "巡查员甲")
    assert [entry.action for entry in entries(session, limit=1)] == ["inspection.accept"]
    with pytest.raises(DecisionError, match="already"):
        accept(session, inspection, "规划员王五", None)


def test_confirming_a_line_keeps_the_line(session: Session, inspector: Account):
    work = a_work(session, a_report(session), place="LINESTRING(120 28.9, 120.1 28.9)", precision=Precision.STRETCH)
    content = a_check(work, inspector, finding="here", geometry=None)
    accept(session, receive(session, inspector, uuid4(), content, NOW).inspection, "规划员", work.locations[-1].id)
    session.expire(work)
    assert work.locations[-1].precision is Precision.EXACT
    assert to_shape(work.locations[-1].geometry).wkt == "LINESTRING (120 28.9, 120.1 28.9)"


@pytest.mark.parametrize(
    "place",
    [
        "MULTIPOINT(120 28.9, 120.01 28.9)",
        "MULTILINESTRING((120 28.9, 120.01 28.9), (120.02 28.9, 120.03 28.9))",
        "MULTIPOLYGON(((120 28, 121 28, 120 29, 120 28)), ((122 28, 123 28, 122 29, 122 28)))",
    ],
)
def test_a_place_of_several_parts_can_be_dragged_elsewhere(session: Session, inspector: Account, place: str):
    work = a_work(session, a_report(session), place=place, precision=Precision.EXACT)
    dragged = affinity.translate(from_wkt(place), 0.001, 0.002)
    content = a_check(work, inspector, geometry=mapping(dragged))
    accept(session, receive(session, inspector, uuid4(), content, NOW).inspection, "规划员", work.locations[-1].id)
    session.expire(work)
    assert to_shape(work.locations[-1].geometry).equals(dragged)


def test_accepting_over_a_place_that_was_not_seen_is_a_conflict(session: Session, work: Work, inspector: Account):
    inspection = receive(session, inspector, uuid4(), a_check(work, inspector), NOW).inspection
    with pytest.raises(ConflictError):
        accept(session, inspection, "规划员", work.locations[-1].id + 1)


def test_not_finding_a_work_leaves_it_where_it_was(session: Session, work: Work, inspector: Account):
    content = a_check(work, inspector, finding="not_found", geometry=None)
    accept(session, receive(session, inspector, uuid4(), content, NOW).inspection, "规划员", work.locations[-1].id)
    session.expire(work)
    assert len(work.locations) == 1


def test_a_returned_check_is_answered_by_another(session: Session, work: Work, inspector: Account):
    inspection = receive(session, inspector, uuid4(), a_check(work, inspector), NOW).inspection
    with pytest.raises(DecisionError, match="write the question"):
        return_with_question(session, inspection, "规划员", " ")
    return_with_question(session, inspection, "规划员", "是路的哪一侧？")
    assert inspection.decision is Decision.RETURNED
    answer = receive(session, inspector, uuid4(), a_check(work, inspector, answers=str(inspection.id)), NOW).inspection
    assert answer.answers == inspection.id
    accept(session, answer, "规划员", work.locations[-1].id)


def test_roles_are_in_order():
    assert Role.PLANNER.may_act_as(Role.INSPECTOR)
    assert not Role.INSPECTOR.may_act_as(Role.PLANNER)

"""What planners put right stays in the history, is undone step by step, and overwrites nothing they have not seen."""

import pytest
from drawing import a_report, a_work
from geoalchemy2.shape import from_shape, to_shape
from shapely import wkt
from sqlalchemy import select
from sqlalchemy.orm import Session

from gazetteer.vocabulary import Precision, Status
from geodata import audit, placing
from geodata.models import GazetteerPlace, GazetteerSource, Location, StatusChange, Work, WorkSummary
from geodata.placing import Candidate, ConflictError, PlacingError

POINT = {"type": "Point", "coordinates": [120.1, 28.9]}
ELSEWHERE = {"type": "Point", "coordinates": [120.2, 28.8]}


@pytest.fixture
def work(session: Session) -> Work:
    """A road that guatu has placed, in a county whose map has two roads and a town."""
    source = GazetteerSource(name="drawn", title="图", licence="", attribution="", places=3)
    session.add(source)
    session.flush()
    drawn = {
        "人民路": ("road", "LINESTRING(120 28.9, 120.1 28.9, 120.2 28.9)"),
        "两段路": ("road", "MULTILINESTRING((120 28.8, 120.1 28.8), (121 28.8, 121.1 28.8))"),
        "芝英镇": ("town", "POLYGON((120 28.85, 120.3 28.85, 120.3 28.95, 120 28.95, 120 28.85))"),
    }
    for name, (kind, shape) in drawn.items():
        geometry = from_shape(wkt.loads(shape), 4326)
        session.add(GazetteerPlace(source_id=source.id, key=name, name=name, kind=kind, geometry=geometry))
    return a_work(session, a_report(session), place="POINT(119 28)", precision=Precision.NEAR)


def current(session: Session, work: Work) -> Location:
    session.expire_all()
    return session.scalars(select(Location).where(Location.work_id == work.id, Location.current)).one()


def test_a_drawing_becomes_the_place_and_says_who_drew_it(session: Session, work: Work):
    seen = current(session, work).id
    placing.draw(session, work.id, seen, "张三", POINT)
    location = current(session, work)
    assert to_shape(location.geometry).wkt == "POINT (120.1 28.9)"
    assert (location.placed_by, location.precision, location.confidence) == ("张三", Precision.EXACT, 1.0)
    assert location.town == "芝英镇"
    (entry,) = audit.entries(session, subject=f"work {work.id}", limit=5)
    assert (entry.who, entry.action, entry.detail["instead_of"]) == ("张三", "work.place", seen)


def test_what_the_map_counts_by_follows_every_change(session: Session, work: Work):
    seen = current(session, work).id
    placing.declare_nowhere(session, work.id, seen, "张三", "图上没有")
    summary = session.get(WorkSummary, work.id)
    session.refresh(summary)
    assert (summary.precision, summary.anchor) == ("none", None)
    placing.draw(session, work.id, current(session, work).id, "张三", POINT)
    status = session.scalars(select(StatusChange).where(StatusChange.work_id == work.id)).one()
    placing.say_status(session, work.id, status.id, "张三", Status.COMPLETE, None, "")
    session.refresh(summary)
    assert (summary.precision, summary.town, summary.status) == ("exact", "芝英镇", "complete")
    assert summary.anchor is not None


def test_a_candidate_is_chosen_by_its_source_and_key(session: Session, work: Work):
    location = placing.choose(session, work.id, current(session, work).id, "张三", Candidate("drawn", "人民路"))
    assert location.precision is Precision.EXACT
    assert location.evidence["matched"][0]["name"] == "人民路"
    town = placing.choose(session, work.id, location.id, "张三", Candidate("drawn", "芝英镇"))
    assert town.precision is Precision.TOWN
    with pytest.raises(PlacingError):
        placing.choose(session, work.id, town.id, "张三", Candidate("drawn", "没有"))


def test_a_road_is_cut_between_the_points_nearest_to_two_clicks(session: Session, work: Work):
    ends = ((120.05, 28.901), (120.15, 28.899))
    location = placing.cut(session, work.id, current(session, work).id, "张三", Candidate("drawn", "人民路"), ends)
    line = to_shape(location.geometry)
    assert location.precision is Precision.STRETCH
    assert [round(value, 4) for value in line.bounds] == [120.05, 28.9, 120.15, 28.9]


@pytest.mark.parametrize(
    ("place", "ends"),
    [
        ("人民路", ((120.05, 28.9), (120.05, 28.9))),
        ("芝英镇边界外", ((120.05, 28.9), (120.06, 28.9))),
    ],
)
def test_a_cut_of_nothing_is_refused(session: Session, work: Work, place: str, ends):
    with pytest.raises(PlacingError):
        placing.cut(session, work.id, current(session, work).id, "张三", Candidate("drawn", place), ends)


def test_undo_goes_back_step_by_step_to_what_guatu_said(session: Session, work: Work):
    first = current(session, work)
    placing.draw(session, work.id, first.id, "张三", POINT)
    placing.draw(session, work.id, current(session, work).id, "李四", ELSEWHERE)
    placing.undo(session, work.id, current(session, work).id, "李四")
    assert to_shape(current(session, work).geometry).wkt == "POINT (120.1 28.9)"
    placing.undo(session, work.id, current(session, work).id, "李四")
    back = current(session, work)
    assert (to_shape(back.geometry).wkt, back.placed_by) == ("POINT (119 28)", "guatu")
    with pytest.raises(PlacingError):
        placing.undo(session, work.id, back.id, "李四")
    kept = session.scalars(select(Location).where(Location.work_id == work.id)).all()
    assert len(kept) == 5


def test_an_undone_place_can_be_brought_back(session: Session, work: Work):
    drawn = placing.draw(session, work.id, current(session, work).id, "张三", POINT)
    placing.undo(session, work.id, drawn.id, "张三")
    placing.restore(session, work.id, current(session, work).id, "张三", drawn.id)
    assert current(session, work).placed_by == "张三"


def test_whoever_saw_an_older_state_is_told_and_nothing_is_written(session: Session, work: Work):
    seen = current(session, work).id
    placing.draw(session, work.id, seen, "张三", POINT)
    with pytest.raises(ConflictError) as told:
        placing.draw(session, work.id, seen, "李四", ELSEWHERE)
    assert "张三" in str(told.value)
    assert told.value.current.id == current(session, work).id
    assert to_shape(current(session, work).geometry).wkt == "POINT (120.1 28.9)"


def test_a_status_is_said_with_a_date_and_a_note_and_undone(session: Session, work: Work):
    from datetime import date

    first = session.scalars(select(StatusChange).where(StatusChange.work_id == work.id)).one()
    said = placing.say_status(session, work.id, first.id, "张三", Status.COMPLETE, date(2026, 3, 1), "验收了")
    assert (said.status, said.note, said.changed_by) == (Status.COMPLETE, "验收了", "张三")
    with pytest.raises(ConflictError):
        placing.say_status(session, work.id, first.id, "李四", Status.START, None, "")
    undone = placing.undo_status(session, work.id, said.id, "张三")
    assert (undone.status, undone.changed_by) == (first.status, "guatu")
    with pytest.raises(PlacingError):
        placing.undo_status(session, work.id, undone.id, "张三")


@pytest.mark.parametrize(
    "drawing",
    [
        None,
        "POINT(0 0)",
        {},
        {"type": "Circle", "coordinates": [1, 1]},
        {"type": "Point"},
        {"type": "Point", "coordinates": []},
        {"type": "Point", "coordinates": ["a", "b"]},
        {"type": "Point", "coordinates": [181, 0]},
        {"type": "Point", "coordinates": [float("nan"), 0]},
        {"type": "LineString", "coordinates": [[1, 1]]},
        {"type": "LineString", "coordinates": [[1, 1], [1, 1]]},
        {"type": "LineString", "coordinates": [[0, 0]] * 20_001},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
        {"type": "GeometryCollection", "geometries": []},
    ],
)
def test_a_drawing_that_no_map_can_show_is_refused(drawing):
    with pytest.raises(PlacingError):
        placing.geometry_of(drawing)


def test_heights_are_left_out():
    assert placing.geometry_of({"type": "Point", "coordinates": [1, 2, 3]}).wkt == "POINT (1 2)"


def test_a_work_that_cannot_be_placed_needs_a_reason(session: Session, work: Work):
    with pytest.raises(PlacingError):
        placing.declare_nowhere(session, work.id, current(session, work).id, "张三", "  \x00 ")

"""Taking back an edited export: edits become history, conflicts are shown, nothing is overwritten silently."""

import json
from pathlib import Path
from typing import Any

import pandas
import pyogrio
import pytest
from drawing import a_report, a_work
from geoalchemy2.shape import from_shape, to_shape
from shapely import Point, box
from sqlalchemy import select
from sqlalchemy.orm import Session

from gazetteer.vocabulary import Precision, Status
from geodata.audit import entries
from geodata.datums import DATUMS
from geodata.edited_files import MAX_BYTES, Noted, Remark, ReturnError
from geodata.exports import FORMATS, Wording, export
from geodata.models import SRID, GazetteerPlace, GazetteerSource, Location, StatusChange, Work
from geodata.placing import draw
from geodata.returns import Change, Conflict, Refused, Taken, changes_in, choice, choices_without_conflict, take, undo
from geodata.selection import Selection

WORDS = {"在建": Status.ONGOING, "建成": Status.COMPLETE}
ZH = Wording("zh", {"status": {"ongoing": "在建", "complete": "建成"}})
PLACES = {
    "点": "POINT(120.123456789 28.9)",
    "线": "LINESTRING(120 29, 120.1 29.05)",
    "面": "POLYGON((120 29, 120 29.1, 120.1 29.1, 120.1 29, 120 29))",
    "无": None,
}


@pytest.fixture
def works(session: Session) -> dict[str, Work]:
    report = a_report(session)
    return {
        name: a_work(session, report, name, place=place, precision=None if place else Precision.NONE)
        for name, place in PLACES.items()
    }


def exported(session: Session, folder: Path, system: str = "EPSG:4326", wording: Wording = ZH) -> Path:
    path = folder / "w.geojson"
    export(path, session, Selection(), FORMATS["geojson"], DATUMS[system], wording)
    return path


def edit(path: Path, name: str, **changes: Any) -> None:
    """Changes a feature as QGIS would: its `geometry`, or a field."""
    document = json.loads(path.read_text())
    for feature in document["features"]:
        if feature["properties"].get("名称", feature["properties"].get("name")) == name:
            if "geometry" in changes:
                feature["geometry"] = changes.pop("geometry")
            feature["properties"].update(changes)
    path.write_text(json.dumps(document, ensure_ascii=False))


def changed(session: Session, path: Path) -> list[Change]:
    session.expire_all()
    return changes_in(session, path, WORDS)[0]


def take_back(session: Session, path: Path, by: str = "李工") -> Taken:
    """Takes what nobody need look at."""
    return take(session, choices_without_conflict(changed(session, path)), by, path.name)


def point(lon: float, lat: float) -> dict[str, object]:
    return {"type": "Point", "coordinates": [lon, lat]}


@pytest.mark.parametrize("system", ["EPSG:4326", "EPSG:4490", "EPSG:4549", "EPSG:4528", "EPSG:3857"])
@pytest.mark.parametrize("kind", ["geojson", "gpkg"])
@pytest.mark.parametrize("wording", [ZH, Wording()], ids=["zh", "en"])
def test_a_file_that_nobody_edited_changes_nothing(session, works, tmp_path, kind, system, wording):
    path = tmp_path / f"w{FORMATS[kind].ending}"
    export(path, session, Selection(), FORMATS[kind], DATUMS[system], wording)
    assert changes_in(session, path, WORDS) == ([], [], len(PLACES))


def test_a_moved_point_is_a_new_place_by_that_person_and_the_old_one_stays(session, works, tmp_path):
    path = exported(session, tmp_path)
    edit(path, "点", geometry=point(120.2, 28.8))
    assert list(take_back(session, path).places) == [works["点"].id]
    old, new = session.scalars(select(Location).where(Location.work_id == works["点"].id).order_by(Location.id))
    assert (old.current, new.current) == (False, True)
    assert to_shape(new.geometry).equals(Point(120.2, 28.8))
    assert (new.placed_by, new.precision, new.confidence) == ("李工", Precision.EXACT, 1.0)


def test_a_work_without_a_place_gets_one(session, works, tmp_path):
    path = exported(session, tmp_path, "EPSG:4549")
    edit(path, "无", geometry=point(500_000, 3_200_000))
    assert list(take_back(session, path).places) == [works["无"].id]


@pytest.mark.parametrize("word", ["建成", "complete"])
def test_a_status_in_words_of_the_file_is_a_new_status_by_that_person(session, works, tmp_path, word):
    path = exported(session, tmp_path)
    edit(path, "线", 进展=word)
    assert list(take_back(session, path).statuses) == [works["线"].id]
    now = session.scalar(select(StatusChange).where(StatusChange.work_id == works["线"].id, StatusChange.current))
    assert (now.status, now.changed_by) == (Status.COMPLETE, "李工")


def test_taking_the_same_file_twice_changes_nothing_more(session, works, tmp_path):
    path = exported(session, tmp_path)
    edit(path, "点", geometry=point(120.2, 28.8), 进展="建成")
    take_back(session, path)
    assert changed(session, path) == []


def test_an_edit_of_what_somebody_else_has_changed_since_is_a_conflict(session, works, tmp_path):
    path = exported(session, tmp_path)
    (placed,), (said,) = works["点"].locations, works["点"].statuses
    placed.current = said.current = False
    session.flush()
    elsewhere = Location(
        geometry=from_shape(Point(121, 30), SRID),
        precision=Precision.EXACT,
        confidence=1,
        reason="到现场标出位置",
        evidence={},
        placed_by="王工",
    )
    works["点"].locations.append(elsewhere)
    works["点"].statuses.append(StatusChange(status=Status.START, changed_by="王工"))
    session.flush()
    edit(path, "点", geometry=point(120.2, 28.8), 进展="建成")
    assert take_back(session, path) == Taken()
    (change,) = changed(session, path)
    assert (change.place.conflict, change.status.conflict) == (Conflict.PLACE_MOVED, Conflict.STATUS_MOVED)
    assert (change.place.before.placed_by, change.place.now.placed_by) == ("guatu", "王工")
    taken = take(session, {works["点"].id: choice(change.place, change.status)}, "李工", "w.geojson")
    assert list(taken.places) == list(taken.statuses) == [works["点"].id]


def test_what_changes_while_the_file_is_looked_at_is_left_and_told(session, works, tmp_path):
    path = exported(session, tmp_path)
    edit(path, "点", geometry=point(120.2, 28.8))
    choices = choices_without_conflict(changed(session, path))
    draw(session, works["点"].id, works["点"].locations[0].id, "王工", point(120.5, 28.5))
    taken = take(session, choices, "李工", path.name)
    assert (taken.places, list(taken.late)) == ({}, [works["点"].id])
    assert "王工" in taken.late[works["点"].id]


def test_what_was_taken_can_be_undone_and_both_stand_in_the_record(session, works, tmp_path):
    path = exported(session, tmp_path)
    edit(path, "点", geometry=point(120.2, 28.8), 进展="建成")
    undone = undo(session, take_back(session, path), "李工")
    session.expire_all()
    (now,) = (location for location in works["点"].locations if location.current)
    assert (now.id, now.placed_by) == (undone.places[works["点"].id], "guatu")
    actions = [entry.action for entry in reversed(entries(session, limit=10))]
    assert actions == ["work.place", "work.status", "works.take_back", "work.restore_place", "work.restore_status"]


def test_a_place_far_from_its_county_is_marked_and_not_taken_without_a_word(session, works, tmp_path):
    source = GazetteerSource(name="a map", title="图", licence="", attribution="", places=1)
    session.add(source)
    session.flush()
    area = from_shape(box(119.8, 28.6, 120.4, 29.2), SRID)
    session.add(GazetteerPlace(source_id=source.id, key="1", name="永康市", kind="county", geometry=area))
    session.flush()
    path = exported(session, tmp_path)
    edit(path, "点", geometry=point(28.9, 120.1 - 90))
    edit(path, "无", geometry=point(120.2, 28.8))
    far = {change.work.name: change.place.far for change in changed(session, path)}
    assert far == {"点": True, "无": False}
    assert list(take_back(session, path).places) == [works["无"].id]


def test_rows_drawn_by_hand_and_layers_of_others_are_told(session, works, tmp_path):
    path = tmp_path / "w.gpkg"
    export(path, session, Selection(), FORMATS["gpkg"], DATUMS["EPSG:4549"], ZH)
    frame = pyogrio.read_dataframe(path, layer="工程点")
    frame.loc[0, "进展"] = "建成"
    by_hand = frame.iloc[[0]].assign(编号=None, 名称="手画的点")
    pyogrio.write_dataframe(pandas.concat([frame, by_hand]), path, layer="工程点")
    pyogrio.write_dataframe(frame[["名称", "geometry"]], path, layer="草图", append=True)
    pyogrio.write_dataframe(
        pyogrio.read_dataframe(path, layer="工程线").drop(columns=["进展", "位置版本"]), path, layer="工程线"
    )
    changes, remarks, same = changes_in(session, path, WORDS)
    assert [change.status.status for change in changes] == [Status.COMPLETE]
    assert set(remarks) == {
        Remark(Noted.ADDED, "手画的点"),
        Remark(Noted.FOREIGN_LAYER, "草图"),
        Remark(Noted.NO_STATUSES, "工程线"),
        Remark(Noted.NO_VERSIONS, "工程线"),
    }
    assert same == len(PLACES) - 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"进展": "停工"}, Refused.NO_STATUS),
        ({"geometry": None}, Refused.NO_GEOMETRY),
        ({"geometry": point(200, 95)}, Refused.NO_GEOMETRY),
        ({"编号": 999999}, Refused.NO_WORK),
        ({"进展版本": None, "geometry": point(120, 28)}, Refused.NO_VERSION),
    ],
)
def test_what_cannot_be_taken_is_shown_with_its_reason(session, works, tmp_path, changes, reason):
    path = exported(session, tmp_path)
    edit(path, "面", **changes)
    (change,) = changed(session, path)
    assert [refusal.reason for refusal in change.refusals] == [reason]
    assert take_back(session, path) == Taken()


def test_a_gcj02_file_that_lost_its_mark_moves_nothing(session, works, tmp_path):
    path = exported(session, tmp_path, "GCJ-02")
    document = json.loads(path.read_text())
    del document["datum"]
    path.write_text(json.dumps(document))
    refusals = [refusal.reason for change in changed(session, path) for refusal in change.refusals]
    assert refusals == [Refused.NO_VERSION] * 3
    assert take_back(session, path) == Taken()


def test_gcj02_and_other_peoples_files_are_refused(session, works, tmp_path):
    for kind in ("gpkg", "geojson"):
        gcj02 = tmp_path / f"g.{kind}"
        export(gcj02, session, Selection(), FORMATS[kind], DATUMS["GCJ-02"])
        with pytest.raises(ReturnError, match="GCJ-02"):
            take_back(session, gcj02)
    for name, text in (
        ("a.geojson", "{}"),
        ("b.gpkg", "x"),
        ("c.csv", "a,b"),
        ("v.geojson", "<OGRVRTDataSource></OGRVRTDataSource>"),
        ("t.geojson", '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":nul'),
        ("d.geojson", '{"type":"FeatureCollection","features":[]}'),
    ):
        (tmp_path / name).write_text(text)
        with pytest.raises(ReturnError):
            take_back(session, tmp_path / name)


def test_a_file_that_is_too_large_is_not_opened(session, tmp_path):
    path = tmp_path / "large.geojson"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(ReturnError, match="200 MB"):
        take_back(session, path)

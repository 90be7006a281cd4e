"""Taking back an edited export: edits become history, conflicts are shown, nothing is overwritten silently."""

import json
from pathlib import Path
from typing import Any

import pytest
from drawing import a_report, a_work
from geoalchemy2.shape import from_shape, to_shape
from shapely import Point
from sqlalchemy import select
from sqlalchemy.orm import Session

from gazetteer.vocabulary import Precision, Status
from geodata.datums import DATUMS
from geodata.exports import FORMATS, Wording, export
from geodata.models import SRID, Location, StatusChange, Work
from geodata.returns import Conflict, ReturnError, take_back
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


def point(lon: float, lat: float) -> dict[str, object]:
    return {"type": "Point", "coordinates": [lon, lat]}


@pytest.mark.parametrize("system", ["EPSG:4326", "EPSG:4490", "EPSG:4549", "EPSG:4528", "EPSG:3857"])
@pytest.mark.parametrize("kind", ["geojson", "gpkg"])
@pytest.mark.parametrize("wording", [ZH, Wording()], ids=["zh", "en"])
def test_a_file_that_nobody_edited_changes_nothing(session, works, tmp_path, kind, system, wording):
    path = tmp_path / f"w{FORMATS[kind].ending}"
    export(path, session, Selection(), FORMATS[kind], DATUMS[system], wording)
    result = take_back(session, path, "李工", WORDS)
    assert (result.placed, result.stated, result.refused, result.unchanged) == ([], [], [], len(PLACES))


def test_a_moved_point_is_a_new_place_by_that_person_and_the_old_one_stays(session, works, tmp_path):
    path = exported(session, tmp_path)
    edit(path, "点", geometry=point(120.2, 28.8))
    result = take_back(session, path, "李工", WORDS)
    assert result.placed == [works["点"].id]
    old, new = session.scalars(select(Location).where(Location.work_id == works["点"].id).order_by(Location.id))
    assert (old.current, new.current) == (False, True)
    assert to_shape(new.geometry).equals(Point(120.2, 28.8))
    assert (new.placed_by, new.precision, new.confidence) == ("李工", Precision.EXACT, 1.0)


def test_a_work_without_a_place_gets_one(session, works, tmp_path):
    path = exported(session, tmp_path, "EPSG:4549")
    edit(path, "无", geometry=point(500_000, 3_200_000))
    assert take_back(session, path, "李工", WORDS).placed == [works["无"].id]


@pytest.mark.parametrize("word", ["建成", "complete"])
def test_a_status_in_words_of_the_file_is_a_new_status_by_that_person(session, works, tmp_path, word):
    path = exported(session, tmp_path)
    edit(path, "线", 进展=word)
    assert take_back(session, path, "李工", WORDS).stated == [works["线"].id]
    now = session.scalar(select(StatusChange).where(StatusChange.work_id == works["线"].id, StatusChange.current))
    assert (now.status, now.changed_by) == (Status.COMPLETE, "李工")


def test_taking_the_same_file_twice_changes_nothing_more(session, works, tmp_path):
    path = exported(session, tmp_path)
    edit(path, "点", geometry=point(120.2, 28.8), 进展="建成")
    take_back(session, path, "李工", WORDS)
    session.expire_all()
    again = take_back(session, path, "李工", WORDS)
    assert (again.placed, again.stated, again.refused) == ([], [], [])


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
    result = take_back(session, path, "李工", WORDS)
    assert (result.placed, result.stated) == ([], [])
    assert [refusal.conflict for refusal in result.refused] == [Conflict.PLACE_MOVED, Conflict.STATUS_MOVED]
    assert "王工" in result.refused[0].detail
    assert elsewhere.current


@pytest.mark.parametrize(
    ("changes", "conflict"),
    [
        ({"进展": "停工"}, Conflict.NO_STATUS),
        ({"geometry": None}, Conflict.NO_GEOMETRY),
        ({"geometry": point(200, 95)}, Conflict.NO_GEOMETRY),
        ({"编号": 999999}, Conflict.NO_WORK),
        ({"位置版本": 999999, "geometry": point(120, 28)}, Conflict.NO_WORK),
    ],
)
def test_what_cannot_be_taken_is_shown_with_its_reason(session, works, tmp_path, changes, conflict):
    path = exported(session, tmp_path)
    edit(path, "面", **changes)
    result = take_back(session, path, "李工", WORDS)
    assert [refusal.conflict for refusal in result.refused] == [conflict]
    assert (result.placed, result.stated) == ([], [])


def test_a_gcj02_file_that_lost_its_mark_moves_nothing(session, works, tmp_path):
    path = exported(session, tmp_path, "GCJ-02")
    document = json.loads(path.read_text())
    del document["datum"]
    path.write_text(json.dumps(document))
    result = take_back(session, path, "李工", WORDS)
    assert (result.placed, result.stated, len(result.refused)) == ([], [], 3)


def test_gcj02_and_other_peoples_files_are_refused(session, works, tmp_path):
    gcj02 = tmp_path / "g.gpkg"
    export(gcj02, session, Selection(), FORMATS["gpkg"], DATUMS["GCJ-02"])
    with pytest.raises(ReturnError, match="GCJ-02"):
        take_back(session, gcj02, "李工", WORDS)
    for name, text in (
        ("a.geojson", "{}"),
        ("b.gpkg", "x"),
        ("c.csv", "a,b"),
        ("d.geojson", '{"type":"FeatureCollection","features":[]}'),
    ):
        (tmp_path / name).write_text(text)
        with pytest.raises(ReturnError):
            take_back(session, tmp_path / name, "李工", WORDS)

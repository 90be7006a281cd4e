"""Selections as GeoJSON."""

import json

from drawing import a_report, a_work
from sqlalchemy.orm import Session

from gazetteer.vocabulary import Precision, Sector
from geodata.features import feature_collection
from geodata.selection import Selection


def test_a_selection_is_a_geojson_collection_of_its_works_with_longitude_first(session: Session):
    report = a_report(session)
    work = a_work(session, report, "人民路", place="LINESTRING(120.1 28.9, 120.2 28.9)", precision=Precision.STRETCH)
    a_work(session, report, "第一小学", place="POINT(120 29)", sector=Sector.EDUCATION)
    collection = json.loads(feature_collection(session, Selection(sector=(Sector.TRANSPORT,))))
    assert collection["type"] == "FeatureCollection"
    (feature,) = collection["features"]
    assert feature["id"] == work.id
    assert feature["geometry"] == {"type": "LineString", "coordinates": [[120.1, 28.9], [120.2, 28.9]]}
    assert feature["properties"]["name"] == "人民路"
    assert feature["properties"]["precision"] == "stretch"
    assert feature["properties"]["area"] == ["一、交通"]


def test_a_work_without_a_place_has_no_geometry_but_its_reason(session: Session):
    a_work(session, a_report(session), precision=Precision.NONE, reason="地名库里没有“人民路”")
    (feature,) = json.loads(feature_collection(session, Selection()))["features"]
    assert feature["geometry"] is None
    assert feature["properties"]["reason"] == "地名库里没有“人民路”"


def test_an_empty_selection_is_an_empty_collection(session: Session):
    assert json.loads(feature_collection(session, Selection(words="没有"))) == {
        "type": "FeatureCollection",
        "features": [],
    }

"""GeoJSON (RFC 7946), whole or a feature a line, made by PostGIS and passed on as it comes."""

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from sqlalchemy import JSON, ColumnElement, Text, func
from sqlalchemy.orm import Session

from gazetteer.offsets import wgs84_to_gcj02
from geodata.datums import WGS84, Datum
from geodata.exports.fields import Wording
from geodata.exports.rows import Progress, counterclockwise, place_in, stream
from geodata.models import Location, Work
from geodata.selection import Selection, works_in


def write_collection(
    path: Path, session: Session, selection: Selection, wording: Wording, datum: Datum, progress: Progress
) -> None:
    """One FeatureCollection.

    RFC 7946 knows only WGS 84. Another system is declared by a `crs` member, as before it and as GDAL reads it;
    GCJ-02, which has no code, by a `datum` member.
    """
    head = '{"type":"FeatureCollection"'
    if datum.epsg is None:
        head += f',"datum":{json.dumps(datum.name, ensure_ascii=False)}'
    elif datum.epsg != WGS84:
        head += f',"crs":{{"type":"name","properties":{{"name":"urn:ogc:def:crs:EPSG::{datum.epsg}"}}}}'
    with path.open("w", encoding="utf-8") as file:
        file.write(head + ',"features":[\n')
        separator = ""
        for features in _features(session, selection, wording, datum):
            file.write(separator + ",\n".join(features))
            separator = ",\n"
            progress(len(features))
        file.write("\n]}\n")


def write_lines(
    path: Path, session: Session, selection: Selection, wording: Wording, datum: Datum, progress: Progress
) -> None:
    """A feature a line (GeoJSON Text Sequence without record separators)."""
    with path.open("w", encoding="utf-8") as file:
        for features in _features(session, selection, wording, datum):
            file.write("\n".join(features) + "\n")
            progress(len(features))


def _features(session: Session, selection: Selection, wording: Wording, datum: Datum) -> Iterator[list[str]]:
    properties = func.json_build_object(*chain.from_iterable(wording.columns().items()))
    if datum.epsg is None:
        yield from _features_in_gcj02(session, selection, properties)
        return
    geometry = func.ST_AsGeoJSON(counterclockwise(place_in(datum)), datum.decimals, 0)
    feature = func.json_build_object(
        *("type", "Feature", "id", Work.id, "geometry", geometry.cast(JSON), "properties", properties)
    )
    for rows in stream(session, works_in(selection, feature.cast(Text)).order_by(Work.id)):
        yield [row[0] for row in rows]


def _features_in_gcj02(session: Session, selection: Selection, properties: ColumnElement[Any]) -> Iterator[list[str]]:
    geometry = func.ST_AsBinary(counterclockwise(Location.geometry))
    statement = works_in(selection, Work.id, properties.cast(Text), geometry).order_by(Work.id)
    for rows in stream(session, statement):
        ids, texts, places = zip(*rows, strict=True)
        moved = shapely.transform(shapely.from_wkb(places), lambda lonlat: np.round(wgs84_to_gcj02(lonlat), 9))
        yield [
            f'{{"type":"Feature","id":{work},"geometry":{place or "null"},"properties":{text}}}'
            for work, text, place in zip(ids, texts, shapely.to_geojson(moved), strict=True)
        ]

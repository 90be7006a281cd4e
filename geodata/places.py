"""Loading a source of places, into PostGIS for maps and services and into the index for finding names; and writing one
to a file."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.build import Progress, build_index
from gazetteer.errors import GuatuError
from gazetteer.place import Place, Source
from geodata.models import SRID, GazetteerPlace, GazetteerSource, PlaceName

LOAD_LOCK = 0x706C6163
"""The advisory lock ("plac") under which places get their numbers: one load at a time."""
BATCH = 10_000
"""Places that are written at a time: some megabytes."""


def load_places(
    sessions: sessionmaker[Session],
    directory: Path,
    source: Source,
    places: Iterable[Place],
    *,
    progress: Progress | None = None,
) -> int:
    """Loads a source, in place of an earlier load of it; returns how many places it has.

    The rows and the index become visible together, at the end; a load that fails or is killed leaves what was there
    before. `directory` is that of the indexes. Raises GuatuError where the source is being loaded already or is empty,
    and whatever the source itself raises.
    """
    with sessions.begin() as session:
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOAD_LOCK})
        session.execute(delete(GazetteerSource).where(GazetteerSource.name == source.name))
        row = GazetteerSource(
            name=source.name,
            title=source.title,
            licence=source.licence,
            attribution=source.attribution,
            fictional=source.fictional,
            places=0,
        )
        session.add(row)
        session.flush()
        count = build_index(source, _stored(session, row.id, places), directory, progress=progress)
        session.execute(update(GazetteerSource).where(GazetteerSource.id == row.id).values(places=count))
    return count


def _stored(session: Session, source_id: int, places: Iterable[Place]) -> Iterator[Place]:
    """The same places, each on its way to the index also written to the database."""
    driver: Any = session.connection().connection.driver_connection
    number = session.scalar(select(func.coalesce(func.max(GazetteerPlace.id), 0))) or 0
    for batch in _batches(places):
        shapes = shapely.set_srid(np.array([place.geometry for place in batch], dtype=object), SRID)
        wkb = shapely.to_wkb(shapes, hex=True, include_srid=True)
        with driver.cursor() as cursor:
            with cursor.copy(
                "COPY place (id, source_id, key, name, kind, adcode, parent, geometry) FROM STDIN"
            ) as copy:
                for place_id, (place, geometry) in enumerate(zip(batch, wkb, strict=True), number + 1):
                    copy.write_row(
                        (place_id, source_id, place.key, place.name, place.kind, place.adcode, place.parent, geometry)
                    )
            with cursor.copy("COPY place_name (place_id, name) FROM STDIN") as copy:
                for place_id, place in enumerate(batch, number + 1):
                    for name in dict.fromkeys(place.names):
                        copy.write_row((place_id, name))
        number += len(batch)
        yield from batch
    session.execute(
        text("SELECT setval(pg_get_serial_sequence('place', 'id'), greatest(:number, 1))"), {"number": number}
    )


def _batches(places: Iterable[Place]) -> Iterator[list[Place]]:
    batch: list[Place] = []
    for place in places:
        batch.append(place)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def stored_places(session: Session, source: str) -> Iterator[Place]:
    """The places of a loaded source by its name, as the database has them: without links."""
    others = (
        select(func.array_agg(PlaceName.name))
        .where(PlaceName.place_id == GazetteerPlace.id)
        .correlate(GazetteerPlace)
        .scalar_subquery()
    )
    shape = func.ST_AsBinary(GazetteerPlace.geometry)
    rows = session.execute(
        select(GazetteerPlace, others, shape)
        .join(GazetteerSource, GazetteerSource.id == GazetteerPlace.source_id)
        .where(GazetteerSource.name == source)
        .order_by(GazetteerPlace.id)
        .execution_options(yield_per=BATCH)
    )
    for row, names, wkb in rows:
        geometry = None if wkb is None else shapely.from_wkb(bytes(wkb))
        yield Place(row.key, row.name, row.kind, geometry, tuple(names or ()), row.adcode, row.parent)


def write_places(session: Session, source: str, out: Path) -> int:
    """Writes the places of a source that have a geometry to a GeoJSON file (RFC 7946: EPSG:4326, longitude first);
    returns how many. The file is written beside its name and takes it when it is whole.

    Raises GuatuError where there is no such source, or nothing in it.
    """
    part = out.with_name(f".{out.name}.part")
    count = 0
    try:
        with part.open("w", encoding="utf-8") as file:
            file.write('{"type": "FeatureCollection", "features": [')
            for place in stored_places(session, source):
                if place.geometry is None:
                    continue
                file.write(",\n" if count else "\n")
                file.write(json.dumps(_feature(place), ensure_ascii=False))
                count += 1
            file.write("\n]}\n")
        if not count:
            known = "、".join(session.scalars(select(GazetteerSource.name).order_by(GazetteerSource.name)))
            raise GuatuError(
                f"来源“{source}”里没有地点 There are no places in it. Loaded sources: {known or '(没有 none)'}"
            )
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return count


def _feature(place: Place) -> dict[str, object]:
    properties = {"key": place.key, "name": place.name, "kind": place.kind, "names": ";".join(place.names)}
    if place.adcode:
        properties["adcode"] = place.adcode
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": mapping(place.geometry) if place.geometry else None,
    }

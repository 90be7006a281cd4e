"""Loading a source of places: into PostGIS for maps and services, and into the index for finding names."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.index import Progress, build_index
from gazetteer.place import Place, Source
from geodata.models import SRID, GazetteerPlace, GazetteerSource

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

"""What people have placed by hand is taught to the gazetteer: a source of its own, made anew from the current places.

Undoing a place takes it out again, and loading other sources anew leaves it alone. The gazetteer prefers it to other
sources (`gazetteer.index.TAUGHT`). The same work of a later report is found by its name and ends, in the same county.
"""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from geoalchemy2.shape import to_shape
from sqlalchemy import Select, delete, func, select, text
from sqlalchemy.orm import Session

from gazetteer.build import build_index
from gazetteer.index import TAUGHT
from gazetteer.place import Place, Source
from gazetteer.vocabulary import Precision
from geodata.models import SRID, GazetteerPlace, GazetteerSource, Location, Report, Work
from geodata.places import stored_places

SOURCE = Source(
    TAUGHT,
    "人工定位 Placed by hand",
    licence="本单位所有 the operator's own",
    attribution="规划员和巡查员 / planners and inspectors",
)
PLACED_BY = "guatu"
"""Who places what no person has placed."""
IMPORTED = "imported/"
"""What the keys of places begin with that were placed by hand elsewhere; those of a work here begin with `work/`."""
LOCK = 0x74656163
"""The advisory lock ("teac") under which the source is made anew: the last to change a place has the last word."""
SURE = (Precision.EXACT, Precision.STRETCH)


def teach(session: Session, directory: Path) -> int:
    """Makes the source anew, in the database and the index; returns how many places it has.

    A work with ends is a part of its road, and is not taught as the road. What was imported stays. The caller commits.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    imported = [place for place in stored_places(session, TAUGHT) if place.key.startswith(IMPORTED)]
    return _make(session, directory, [*taught_places(session), *imported])


def import_taught(session: Session, directory: Path, places: Iterable[Place]) -> int:
    """Adds places that were taught elsewhere, in place of those imported before; returns how many. One that a work here
    has in the same place is left out. The caller commits.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    own = list(taught_places(session))
    here = {_where(place) for place in own}
    imported = [
        replace(place, key=IMPORTED + place.key.removeprefix(IMPORTED), names=())
        for place in places
        if _where(place) not in here
    ]
    _make(session, directory, [*own, *imported])
    return len(imported)


def _where(place: Place) -> tuple[str, bytes | None]:
    return place.name, place.geometry.wkb if place.geometry else None


def _make(session: Session, directory: Path, places: list[Place]) -> int:
    session.execute(delete(GazetteerSource).where(GazetteerSource.name == TAUGHT))
    if not places:
        shutil.rmtree(directory / TAUGHT, ignore_errors=True)
        return 0
    row = GazetteerSource(
        name=SOURCE.name, title=SOURCE.title, licence=SOURCE.licence, attribution=SOURCE.attribution, places=len(places)
    )
    session.add(row)
    session.flush()
    for place in places:
        geometry = func.ST_GeomFromWKB(place.geometry.wkb if place.geometry else None, SRID)
        session.add(
            GazetteerPlace(source_id=row.id, key=place.key, name=place.name, kind=place.kind, geometry=geometry)
        )
    session.flush()
    return build_index(SOURCE, places, directory)


def taught_places(session: Session) -> Iterator[Place]:
    """The places that people gave works, each known by its work."""
    for work, location in session.execute(_by_hand().where(Work.extent_from.is_(None), Work.named)):
        yield Place(f"work/{work.id}", work.name, work.kind.value, to_shape(location.geometry))


def taught_location(session: Session, work: Work, report: Report) -> Location | None:
    """Where a person placed the work of the same name and ends in another report of the same county; the newest."""
    same_county = Report.adcode == report.adcode if report.adcode else Report.county == report.county
    found: Location | None = session.scalar(
        _by_hand(Location)
        .join(Report, Report.id == Work.report_id)
        .where(Work.key == work.key, Work.id != work.id, same_county)
        .order_by(Location.id.desc())
        .limit(1)
    )
    return found


def _by_hand(*columns: Any) -> Select[Any]:
    return (
        select(*(columns or (Work, Location)))
        .join_from(Work, Location, Location.work_id == Work.id)
        .where(Location.current, Location.placed_by != PLACED_BY, Location.precision.in_(SURE))
    )

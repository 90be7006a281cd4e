"""Locating: every work gets a place with its evidence, or the reason why not."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import geopandas
from geoalchemy2.shape import from_shape, to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import and_, exists, false, func, or_, select, update
from sqlalchemy.orm import Session

from gazetteer.geocode import Answer, Gazetteer, Query
from gazetteer.mentions import Mention, mentioned
from gazetteer.resolve import holders, label
from gazetteer.vocabulary import Kind, Precision
from gazetteer.work import Extent
from geodata.candidates import losers
from geodata.models import SRID, GazetteerPlace, Location, Report, Work
from geodata.said_places import said_places, with_said_places
from geodata.teaching import PLACED_BY, taught_location

METRES = {"公里": 1000.0, "千米": 1000.0, "km": 1000.0, "里": 500.0, "米": 1.0, "延米": 1.0}
"""Units of length in metres."""
LINEAR = frozenset({Kind.ROAD, Kind.EXPRESSWAY, Kind.RAILWAY, Kind.WATERWAY, Kind.PIPELINE, Kind.TUNNEL, Kind.BRIDGE})
"""Kinds whose quantity in units of length is that of the thing."""
SAME_DEGREES = 1e-9
"""Coordinates that differ by less are the same: a tenth of a millimetre."""
SecondOpinion = Callable[[Query, Answer], Answer]
"""What takes a refusal elsewhere (`gazetteer.online`); any other answer it leaves as it is."""
NEAR_BY_KIND = {"town": Precision.TOWN, "county": Precision.COUNTY, "city": Precision.COUNTY}
"""How closely a settlement that a name mentions shows the work; a village shows it as near."""


def no_second_opinion(_: Query, answer: Answer) -> Answer:
    """Leaves every answer as it is."""
    return answer


def locate(
    session: Session,
    gazetteer: Gazetteer,
    *,
    again: bool = False,
    reports: Sequence[int] = (),
    limit: int | None = None,
    second: SecondOpinion = no_second_opinion,
    progress: Callable[[int], None] = lambda _: None,
) -> Counter[Precision]:
    """Places the works that have no place yet; `again` also those that guatu placed before, never what a person placed.

    At most `limit` works of each report are placed, the first in its text. `second` is asked about works that the
    gazetteer knows nothing of. Returns how many works got which precision. A place that comes out the same as
    before adds no history.
    """
    counts: Counter[Precision] = Counter()
    statement = select(Report).order_by(Report.id)
    for report in session.scalars(statement.where(Report.id.in_(reports)) if reports else statement):
        within = report.adcode or report.county
        towns = towns_of(session, gazetteer, report)
        sentences: dict[str, list[str]] = {}
        for work in session.scalars(select(Work).where(Work.report_id == report.id)):
            sentences.setdefault(work.sentence, []).extend(work.places)
        for work in session.scalars(_to_locate(report.id, again=again).limit(limit)).unique():
            taught = taught_location(session, work, report)
            if taught:
                answer = _as_taught(work, taught)
            else:
                answer = _answer(gazetteer, work, within, sentences[work.sentence], second)
            counts[answer.precision] += 1
            _keep(session, gazetteer, work, answer, _town(answer, work, towns))
            progress(1)
    return counts


def unlocated(session: Session, report_id: int) -> int:
    """How many works of a report have not been looked for yet."""
    return session.scalar(select(func.count()).select_from(_to_locate(report_id, again=False).subquery())) or 0


def _to_locate(report_id: int, *, again: bool) -> Any:
    current = and_(Location.work_id == Work.id, Location.current)
    open_works = ~exists().where(current)
    if again:
        open_works = or_(open_works, exists().where(and_(current, Location.placed_by == PLACED_BY)))
    return select(Work).where(Work.report_id == report_id, open_works).order_by(Work.start)


def _answer(gazetteer: Gazetteer, work: Work, within: str, neighbours: Sequence[str], second: SecondOpinion) -> Answer:
    """The work itself; else a place that is said of it, or the first of the places in its name that can be found, as
    one it lies near; else what the second opinion is."""
    if not work.named and not work.extent_from:
        return Answer(str(work.id), None, Precision.NONE, 0.0, (), "报告只说了数量，没有点名是哪一处")
    extent = Extent(work.extent_from, work.extent_to) if work.extent_from and work.extent_to else None
    said = said_places(work)
    context = said or tuple(dict.fromkeys(place for place in neighbours if place not in work.places))
    query = Query(str(work.id), work.name, work.kind, extent, within, context, _length_m(work))
    own = gazetteer.geocode(query)
    mention = mentioned(gazetteer, work.name, gazetteer.area(within)) if own.geometry is None else None
    answer = with_said_places(gazetteer, _near(own, mention) if mention else own, said, within)
    return second(query, own) if answer.geometry is None and not answer.evidence.get("elsewhere") else answer


def _as_taught(work: Work, taught: Location) -> Answer:
    """Where a person placed the same work of another report."""
    geometry = None if taught.geometry is None else to_shape(taught.geometry)
    matched = tuple(taught.evidence.get("matched", ()))
    why = f"同一县另一份报告里的同名工程由{taught.placed_by}定位"
    evidence: dict[str, object] = {"rule": "taught", "location": taught.id}
    return Answer(str(work.id), geometry, taught.precision, taught.confidence, matched, why, evidence)


def _near(own: Answer, mention: Mention) -> Answer:
    """An answer for a place that the work's name mentions, said to be no more than that."""
    place, geometry = mention.place, mention.place.geometry
    precision = NEAR_BY_KIND.get(place.kind, Precision.NEAR)
    why = f"{own.why}；名称里的“{mention.words}”是{label(place.kind)}“{place.title}”"
    matched = [place, *(holders(place) if geometry is None else ())]
    if geometry is None:
        holder = matched[-1]
        geometry, precision = holder.geometry, NEAR_BY_KIND.get(holder.kind, Precision.COUNTY)
        if geometry is None:
            return own
        why += f"，它没有坐标，位于“{holder.title}”内"
    return Answer(own.id, geometry, precision, mention.chance, tuple(match.to_json() for match in matched), why)


def _length_m(work: Work) -> float | None:
    if work.quantity and work.unit in METRES and work.kind in LINEAR:
        return work.quantity * METRES[work.unit]
    return None


def towns_of(session: Session, gazetteer: Gazetteer, report: Report) -> geopandas.GeoDataFrame:
    """The towns of a report's county, by their codes and by the county's area.

    Columns `name` and `geometry`: EPSG:4326, longitude first, None where the gazetteer has only the name.
    """
    area = gazetteer.area(report.adcode or report.county)
    inside = []
    if report.adcode:
        inside.append(GazetteerPlace.adcode.startswith(report.adcode))
    if area is not None and area.polygon is not None:
        county = from_shape(area.polygon, SRID)
        inside.append(func.ST_Covers(county, func.ST_PointOnSurface(GazetteerPlace.geometry)))
    towns = (
        select(GazetteerPlace.name, func.ST_AsBinary(GazetteerPlace.geometry).label("geometry"))
        .where(GazetteerPlace.kind == Kind.TOWN.value, or_(false(), *inside))
        .order_by(GazetteerPlace.name)
    )
    return geopandas.read_postgis(towns, session.connection(), geom_col="geometry", crs=SRID)


def _town(answer: Answer, work: Work, towns: geopandas.GeoDataFrame) -> str | None:
    """The town whose area holds the place; else the one that the work's own words name."""
    if answer.geometry is not None and answer.precision not in NEAR_BY_KIND.values():
        holding = towns.sindex.query(answer.geometry.representative_point(), predicate="covered_by")
        areas = [number for number in holding if towns.geometry.iloc[number].area]
        if areas:
            return str(towns["name"].iloc[areas[0]])
    matched = {match["name"] for match in answer.matched if match["kind"] == Kind.TOWN.value}
    words = " ".join([work.name, *work.places])
    for name in towns["name"]:
        if name in matched or name in words or _stem(name) in work.places:
            return str(name)
    return None


def _stem(name: str) -> str:
    for suffix in ("街道", "镇", "乡"):
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            return name.removesuffix(suffix)
    return name


def _same_place(location: Location, geometry: BaseGeometry | None) -> bool:
    if location.geometry is None or geometry is None:
        return location.geometry is None and geometry is None
    return bool(to_shape(location.geometry).equals_exact(geometry, SAME_DEGREES))


def _keep(session: Session, gazetteer: Gazetteer, work: Work, answer: Answer, town: str | None) -> None:
    geometry = None if answer.geometry is None else from_shape(answer.geometry, SRID)
    current = session.scalar(select(Location).where(Location.work_id == work.id, Location.current))
    if current is not None:
        if _same_place(current, answer.geometry) and (current.precision, current.reason, current.town) == (
            answer.precision,
            answer.why,
            town,
        ):
            return
        session.execute(update(Location).where(Location.id == current.id).values(current=False))
    evidence = {"matched": list(answer.matched), **answer.evidence}
    if work.named:
        evidence["rejected"] = losers(gazetteer, work, answer.matched)
    session.add(
        Location(
            work_id=work.id,
            geometry=geometry,
            precision=answer.precision,
            confidence=answer.confidence,
            reason=answer.why,
            evidence=evidence,
            town=town,
            placed_by=PLACED_BY,
        )
    )
    session.flush()

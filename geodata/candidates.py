"""The places that a work can be, for a person to choose from, and those that were looked at and left out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import shapely

from gazetteer.geocode import Gazetteer
from gazetteer.index import current_generations
from gazetteer.resolve import label
from geodata.models import Work

LIMIT = 12  # candidates: more than a screen of them is no choice
REJECTED = 6  # places that were left out, shown with why
SHOWN_DEGREES = 2e-5  # how far a candidate's line as shown may lie from its own: 2 m


@dataclass(frozen=True, slots=True)
class Candidates:
    """`candidates`, best first: source, key, name, kind, why, geometry (GeoJSON). `rejected`: name and why."""

    candidates: list[dict[str, Any]]
    rejected: list[dict[str, str]]


def loaded_gazetteer(directory: Path) -> Gazetteer | None:
    """The gazetteer as it is loaded now, opened once for each state of it; None where nothing is loaded."""
    generations = tuple(current_generations(directory))
    return _opened(directory, generations) if generations else None


@lru_cache(maxsize=1)
def _opened(directory: Path, _generations: tuple[Path, ...]) -> Gazetteer:
    return Gazetteer.open(directory)


def candidates_for(gazetteer: Gazetteer, work: Work, name: str = "") -> Candidates:
    """What `name`, else the work's own name, can mean in the county of the work's report."""
    area = gazetteer.area(work.report.adcode or work.report.county)
    found = gazetteer.find(name or work.name, LIMIT, area)
    candidates = []
    for candidate in found.candidates:
        geometry = candidate.geometry
        if geometry is None:
            continue
        place = candidate.to_json()
        candidates.append(
            {
                "source": place["source"],
                "key": place["place"],
                "name": candidate.title,
                "kind": candidate.kind,
                "label": label(candidate.kind),
                "why": candidate.agreement.words,
                "line": candidate.is_line,
                "geometry": shapely.geometry.mapping(shapely.simplify(geometry, SHOWN_DEGREES)),
            }
        )
    rejected = {rejection.reason: rejection.name for rejection in found.rejected}
    return Candidates(candidates, [{"name": name, "why": why} for why, name in list(rejected.items())[:REJECTED]])


def losers(gazetteer: Gazetteer, work: Work, matched: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """The places that a work's place was not, as its evidence keeps them: name and why."""
    winners = {(match["source"], match["place"]) for match in matched}
    found = candidates_for(gazetteer, work)
    others = [
        {"name": other["name"], "why": f"{other['label']}，{other['why']}，但另有更合适的" if winners else other["why"]}
        for other in found.candidates
        if (other["source"], other["key"]) not in winners
    ]
    return (others + found.rejected)[:REJECTED]

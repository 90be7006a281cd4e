"""The county that a report is of."""

from dataclasses import dataclass
from pathlib import Path

from gazetteer.divisions import Divisions
from gazetteer.geocode import Gazetteer
from gazetteer.sources import divisions

CHECKED_KINDS = ("county", "city", "province", "zone")
"""Kinds of places that a report can be of."""


@dataclass(frozen=True, slots=True)
class County:
    """A county: its name as the gazetteer has it, its code where it has one, and whether it is made up."""

    name: str
    adcode: str | None
    fictional: bool = False


def find_county(directory: Path, text: str) -> County:
    """The county that a name or a six-digit code means.

    Real ones come from the administrative divisions; a county that only another source has, such as a fictional one,
    is found there by its whole name. Raises GuatuError where there is none or more than one.
    """
    elsewhere = _in_other_sources(directory, text)
    if elsewhere is not None:
        return elsewhere
    place = Divisions.open(directory).find(text)
    return County(place.name, place.key)


def _in_other_sources(directory: Path, text: str) -> County | None:
    for candidate in Gazetteer.open(directory).find(text).candidates:
        of_divisions = candidate.index.source.name == divisions.SOURCE.name
        if candidate.kind in CHECKED_KINDS and candidate.title == text and not of_divisions:
            adcode = candidate.index.text("adcode", candidate.number)
            six_digits = adcode if adcode and len(adcode) == len("330784") and adcode.isdigit() else None
            return County(candidate.title, six_digits, candidate.index.source.fictional)
    return None

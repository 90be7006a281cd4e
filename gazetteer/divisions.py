"""The county that a report is of: by name or code, with its area, towns and villages, out of the loaded gazetteer."""

import csv
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gazetteer.division_names import upper_forms, upper_stem
from gazetteer.errors import GuatuError
from gazetteer.index import SourceIndex, current_generations
from gazetteer.place import Place
from gazetteer.sources.divisions import SOURCE

UPPER = ("province", "city", "county", "zone")
"""The levels that a report can be of; `zone` is a development zone that the statistics bureau lists beside the
counties."""

MAX_NAME = 60
"""Characters. The longest full name of a division has 38."""

LISTED = 12
"""Candidates that the refusal of an ambiguous name lists."""


class Divisions:
    """The administrative divisions, read from the memory-mapped places of the source `divisions`.

    Places come without their other names; those are in the index. Opening reads the 3,400 upper divisions without
    their areas.
    """

    def __init__(self, places: pa.Table) -> None:
        """`places` has the columns of `gazetteer.index.PLACES` and `kind`."""
        self._places = places
        columns = ("key", "name", "kind", "parent")
        upper = places.select(columns).filter(pc.is_in(places["kind"], pa.array(UPPER)))
        self._upper = {
            key: Place(key, name, kind, None, adcode=key, parent=parent)
            for key, name, kind, parent in zip(*upper.to_pydict().values(), strict=True)
        }

    @classmethod
    def open(cls, directory: Path) -> "Divisions":
        """The divisions of a gazetteer directory. Raises GuatuError where they have not been loaded."""
        for path in current_generations(directory):
            if path.parent.name == SOURCE.name:
                index = SourceIndex.open(path)
                kinds = pa.DictionaryArray.from_arrays(index.kinds, list(index.kind_names)).cast(pa.string())
                return cls(index.places.append_column("kind", kinds))
        raise GuatuError(
            f"{directory} 里没有行政区划,请先装载 has no divisions: run guatu gazetteer load {SOURCE.name}"
        )

    def find(self, text: str) -> Place:
        """The division that a name or six-digit code means: 永康, 永康市, 浙江省永康市, 浙江金华永康, 330784.

        A whole name is taken before a shortened one. A level that has changed since (永康县) is overlooked where
        nothing bears the name as given. Raises GuatuError where nothing is meant, or more than one: then with the
        candidates.
        """
        wanted = "".join(c for c in unicodedata.normalize("NFKC", text[:MAX_NAME]) if c.isprintable() and c != " ")
        if wanted in self._upper:
            return self._with_area(self._upper[wanted])
        found = (
            self._named(wanted, self._by_name)
            or self._named(wanted, self._by_form)
            or self._named(wanted, self._by_former_name)
            or [place for place in self._named(upper_stem(wanted), self._by_form) if place.kind == "county"]
        )
        if len(found) == 1:
            return self._with_area(found[0])
        if not found:
            raise GuatuError(
                f"没有“{wanted}”这个省、市、县,请写全称或六位代码 "
                "No such province, city or county: say its whole name or code (浙江省永康市, 330784)"
            )
        listed = "、".join(f"{self.full_name(place)} {place.key}" for place in found[:LISTED])
        more = " ……" if len(found) > LISTED else ""
        raise GuatuError(f"“{wanted}”有 {len(found)} 个,请写明 Which one do you mean? {listed}{more}")

    def full_name(self, place: Place) -> str:
        """With the divisions above it: 浙江省金华市永康市."""
        return "".join(above.name for above in reversed(self.above(place))) + place.name

    def above(self, place: Place) -> list[Place]:
        """The divisions from county to province that a place lies in, nearest first, without their areas."""
        found = []
        parent = place.parent
        while parent is not None:
            if parent in self._upper:
                found.append(self._upper[parent])
                parent = self._upper[parent].parent
            else:  # a village's town
                parent = parent[:6]
        return found

    def towns(self, within: Place) -> list[Place]:
        """The towns of a county, zone, city or province, each with its point where GeoNames knows one."""
        return self._below(within, "town")

    def villages(self, within: Place) -> list[Place]:
        """The villages and communities of a town or county. None has a geometry: it lies in its `parent`, a town."""
        return self._below(within, "village")

    def _below(self, within: Place, kind: str) -> list[Place]:
        code = within.key.removesuffix("00").removesuffix("00") if len(within.key) == 6 else within.key
        chosen = pc.and_(pc.starts_with(self._places["key"], code), pc.equal(self._places["kind"], kind))
        return [_place(row) for row in self._places.filter(chosen).to_pylist()]

    def _with_area(self, place: Place) -> Place:
        return _place(self._places.filter(pc.equal(self._places["key"], place.key)).to_pylist()[0])

    @cached_property
    def _by_name(self) -> dict[str, list[Place]]:
        return _grouped((place.name, place) for place in self._upper.values())

    @cached_property
    def _by_form(self) -> dict[str, list[Place]]:
        return _grouped((form, place) for place in self._upper.values() for form in upper_forms(place.name))

    @cached_property
    def _by_former_name(self) -> dict[str, list[Place]]:
        """Successors of the counties of `former_counties.tsv`."""
        text = files("gazetteer").joinpath("former_counties.tsv").read_text(encoding="utf-8")
        rows = csv.DictReader((line for line in text.splitlines() if not line.startswith("#")), delimiter="\t")
        return _grouped(
            (row["name"], self._upper[code])
            for row in rows
            for code in row["successors"].split(",")
            if code in self._upper
        )

    def _named(self, text: str, by_name: dict[str, list[Place]]) -> list[Place]:
        """Divisions whose name ends the text, with nothing before it but names of divisions above them."""
        return [
            place
            for start in range(len(text))
            for place in by_name.get(text[start:], ())
            if _leads(text[:start], self.above(place)[::-1])
        ]


def _grouped(pairs: Iterable[tuple[str, Place]]) -> dict[str, list[Place]]:
    found: defaultdict[str, list[Place]] = defaultdict(list)
    for name, place in pairs:
        found[name].append(place)
    return dict(found)


def _leads(text: str, above: list[Place]) -> bool:
    """Whether the text is names of these divisions, highest first, any of them left out."""
    if not text:
        return True
    return any(
        text.startswith(form) and _leads(text[len(form) :], above[position + 1 :])
        for position, place in enumerate(above)
        for form in upper_forms(place.name)
    )


def _place(row: dict[str, Any]) -> Place:
    area = None if row["geometry"] is None else shapely.from_wkb(row["geometry"])
    return Place(row["key"], row["name"], row["kind"], area, adcode=row["adcode"], parent=row["parent"])

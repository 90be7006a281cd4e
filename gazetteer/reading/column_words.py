"""The words of project lists as data: `lexicon/columns.toml`, and a planner's file of that name laid over it."""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite
from pathlib import Path
from typing import TypeVar

from gazetteer.reading.columns import ColumnWords, Field, FieldNames, plain_header
from gazetteer.reading.lexicon_file import LexiconFile, files_in
from gazetteer.vocabulary import Nature, Sector, Status

FOLDER = Path(__file__).with_name("lexicon")
FILE = "columns.toml"
_E = TypeVar("_E", bound=StrEnum)
_VOCABULARIES: dict[str, type[StrEnum]] = {"status": Status, "nature": Nature, "sector": Sector}


@functools.lru_cache(maxsize=8)
def column_words(folder: Path | None = None) -> ColumnWords:
    """The words of the package, with the `columns.toml` of `folder` laid over them. Raises `LexiconError`."""
    found = _Words()
    for source in (FOLDER, folder):
        for path in files_in(source) if source else ():
            if path.name == FILE:
                _lay_over(found, LexiconFile.open(path))
    return found.frozen()


@dataclass(slots=True)
class _Names:
    title: str = ""
    whole: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    never: list[str] = field(default_factory=list)

    def forget(self, names: Iterable[str]) -> None:
        plain = {*names, *map(plain_header, names)}
        self.whole = [name for name in self.whole if name not in plain]
        self.parts = [name for name in self.parts if name not in plain]


@dataclass(slots=True)
class _Words:
    """What has been read so far."""

    fields: dict[Field, _Names] = field(default_factory=lambda: {name: _Names() for name in Field})
    status: dict[str, Status] = field(default_factory=dict)
    nature: dict[str, Nature] = field(default_factory=dict)
    sector: dict[str, Sector] = field(default_factory=dict)
    units: dict[str, float] = field(default_factory=dict)
    totals: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def forget(self, words: list[str]) -> None:
        for names in self.fields.values():
            names.forget(words)
            names.never = [word for word in names.never if word not in words]
        for table in (self.status, self.nature, self.sector, self.units):
            for word in words:
                table.pop(word, None)
        self.totals = [word for word in self.totals if word not in words]
        self.notes = [word for word in self.notes if word not in words]

    def frozen(self) -> ColumnWords:
        fields = {
            name: FieldNames(
                names.title,
                frozenset(names.whole),
                tuple(sorted(names.parts, key=len, reverse=True)),
                tuple(names.never),
            )
            for name, names in self.fields.items()
        }
        return ColumnWords(
            fields, self.status, self.nature, self.sector, self.units, tuple(self.totals), tuple(self.notes)
        )


def _lay_over(found: _Words, file: LexiconFile) -> None:
    data = file.data
    file.known(data, {"remove", "totals", "notes", "unit", "field", "words"})
    found.forget(file.texts(data.get("remove", []), "remove"))
    found.totals += file.texts(data.get("totals", []), "totals")
    found.notes += file.texts(data.get("notes", []), "notes")
    for word, value in file.table(data, "unit").items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0 or not isfinite(value):
            raise file.fail(word, f"{word} 应为正数 must be a positive number, in 10,000 yuan", ["[unit]"])
        found.units[word] = float(value)
    _lay_fields_over(found, file)
    words = file.table(data, "words")
    file.known(words, set(_VOCABULARIES), ["[words."])
    found.status = _laid_over(found.status, _meanings(file, words, "status", Status))
    found.nature = _laid_over(found.nature, _meanings(file, words, "nature", Nature))
    found.sector = _laid_over(found.sector, _meanings(file, words, "sector", Sector))


def _lay_fields_over(found: _Words, file: LexiconFile) -> None:
    """A name of a column that other fields had is no longer theirs."""
    read: dict[Field, _Names] = {}
    tables = file.table(file.data, "field")
    file.known(tables, {name.value for name in Field}, ["[field."])
    for key in tables:
        below = [f"[field.{key}]"]
        table = file.table(tables, key, below)
        file.known(table, {"title", "is", "has", "not"}, below)
        if not isinstance(table.get("title", ""), str):
            raise file.fail("title", "title 应为一个词 must be a word", below)
        whole = [plain_header(name) for name in file.texts(table.get("is", []), "is", below)]
        parts, never = (file.texts(table.get(name, []), name, below) for name in ("has", "not"))
        read[Field(key)] = _Names(table.get("title", ""), whole, parts, never)
    taken = [name for names in read.values() for name in (*names.whole, *names.parts)]
    for names in found.fields.values():
        names.forget(taken)
    for key, names in read.items():
        known = found.fields[key]
        known.title = names.title or known.title
        known.whole += names.whole
        known.parts += names.parts
        known.never += names.never


def _meanings(file: LexiconFile, words: Mapping[str, object], key: str, enum: type[_E]) -> dict[str, _E]:
    below = [f"[words.{key}]"]
    return {word: file.one_of(enum, value, word, below) for word, value in file.table(words, key, below).items()}


def _laid_over(known: dict[str, _E], own: dict[str, _E]) -> dict[str, _E]:
    """New words come first: the first found in a cell decides. A known word keeps its place (开工 after 未开工)."""
    return {word: value for word, value in own.items() if word not in known} | known | own

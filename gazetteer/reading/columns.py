"""Which column of a project list holds what, guessed from its header; and what the words in its cells mean.

What bureaus call their columns is data: `lexicon/columns.toml`, loaded by `column_words`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gazetteer.vocabulary import Nature, Sector, Status

NAMED, NAMED_IN_PART, NAMED_WITHIN, BY_CONTENT = 1.0, 0.95, 0.6, 0.5
"""Confidence in a column whose whole header is a known name; whose lowest or highest header line is one; whose header
only holds one (more for longer words); whose cells alone say what it is."""

MOST_WITHIN = 0.85

PER_CHARACTER = 0.03
"""Gain in confidence for each character of a name found within a header."""

CONTENT_SHARE = 0.6
"""Share of a column's cells that hold words of one vocabulary for its content to decide."""

MIN_CONTENT_CELLS = 3

_RANGE = re.compile(r"[-—~至到]\d")


class Field(StrEnum):
    """What a column of a project list can hold."""

    SERIAL = "serial"
    CODE = "code"
    NAME = "name"
    PLACE = "place"
    TOWN = "town"
    CONTENT = "content"
    INVESTMENT = "investment"
    INVESTED = "invested"
    PLAN_INVESTMENT = "plan_investment"
    PLAN = "plan"
    RESPONSIBLE = "responsible"
    PROGRESS = "progress"
    STATUS = "status"
    NATURE = "nature"
    SECTOR = "sector"
    PERIOD = "period"
    START = "start"
    FINISH = "finish"


MONEY = frozenset({Field.INVESTMENT, Field.INVESTED, Field.PLAN_INVESTMENT})


@dataclass(frozen=True, slots=True)
class Guess:
    """That a header names a field: how sure (0 to 1) and why, in words a planner can read."""

    field: Field
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class FieldNames:
    """How a column of one field may be called: by its `whole` header, by `parts` of it (longest first), and `never`
    with which words."""

    title: str
    whole: frozenset[str]
    parts: tuple[str, ...]
    never: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColumnWords:
    """The words of project lists. `units` are in 10,000 yuan (万元)."""

    fields: Mapping[Field, FieldNames]
    status: Mapping[str, Status]
    nature: Mapping[str, Nature]
    sector: Mapping[str, Sector]
    units: Mapping[str, float]
    totals: tuple[str, ...]
    notes: tuple[str, ...]

    def guesses(self, path: Sequence[str]) -> list[Guess]:
        """The fields that a header, given as its lines from top to bottom, may name."""
        lines = [line for line in map(plain_header, path) if line]
        if not lines:
            return []
        whole, as_written = "".join(lines), _narrow("".join(path))
        found: list[Guess] = []
        for field, names in self.fields.items():
            if any(word in as_written or word in whole for word in names.never):
                continue
            if whole in names.whole:
                found.append(Guess(field, NAMED, f"列名就是{names.title} named so"))
            elif lines[-1] in names.whole or (lines[0] in names.whole and self._sums_up(lines[1:])):
                found.append(Guess(field, NAMED_IN_PART, f"列名的一行是{names.title} one line of the header says so"))
            elif part := next((part for part in names.parts if part in whole or part in as_written), None):
                confidence = min(MOST_WITHIN, NAMED_WITHIN + PER_CHARACTER * len(part))
                found.append(Guess(field, confidence, f"列名含“{part}” the header holds this"))
        return found

    def _sums_up(self, lines: Sequence[str]) -> bool:
        return all(line in {"合计", "小计", "总计", "计", "金额", *self.units} for line in lines)

    def guess_by_content(self, cells: Sequence[str]) -> Guess | None:
        """Status, nature or sector, for a column whose cells mostly hold words of one of them."""
        if len(cells) < MIN_CONTENT_CELLS:
            return None
        tables: tuple[tuple[Field, Mapping[str, StrEnum]], ...] = (
            (Field.STATUS, self.status),
            (Field.NATURE, self.nature),
            (Field.SECTOR, self.sector),
        )
        for field, table in tables:
            hits = [word for cell in cells if len(cell) <= 8 and (word := _first_word(cell, table)) is not None]
            if len(hits) >= CONTENT_SHARE * len(cells):
                return Guess(field, BY_CONTENT, f"多数格子是“{hits[0]}”之类 most cells say such words")
        return None

    def status_in(self, text: str) -> Status | None:
        """The status that a cell or a group row names, or None."""
        word = _first_word(text, self.status)
        return None if word is None else self.status[word]

    def nature_in(self, text: str) -> Nature | None:
        """The nature that a cell names, or None."""
        word = _first_word(text, self.nature)
        return None if word is None else self.nature[word]

    def sector_in(self, text: str) -> Sector | None:
        """The sector that a cell or a group row names, or None."""
        word = _first_word(text, self.sector)
        return None if word is None else self.sector[word]

    def unit_in(self, text: str) -> str | None:
        """The unit of money that a header or a line such as 单位：万元 names, or None."""
        units = "|".join(sorted((re.escape(unit) for unit in self.units if unit.endswith("元")), key=len, reverse=True))
        match = re.search(rf"(?:[(（:：/、,，]|单位|^)\s*({units or '(?!)'})", re.sub(r"\s", "", text))
        return match.group(1) if match else None

    def money_in(self, text: str, unit: str) -> float | None:
        """Money in 10,000 yuan (万元) where a cell begins with an amount; its own unit counts before the column's.

        None for a range, or where there is no amount.
        """
        units = "|".join(sorted(map(re.escape, self.units), key=len, reverse=True))
        text = re.sub(r"\s", "", text)
        match = re.match(rf"[约近]?(\d[\d,，]*(?:\.\d+)?)({units or '(?!)'})?", text)
        if match is None or _RANGE.match(text[match.end() :]):
            return None
        own = self.units.get(match.group(2) or unit)
        return None if own is None else round(float(re.sub("[,，]", "", match.group(1))) * own, 6)


def plain_header(text: str) -> str:
    """A header without white space and brackets, with half-width marks, and any year as 年度 (2023年计划投资)."""
    text = re.sub(r"\([^()]{0,30}\)|[【\[][^\]】]{0,30}[\]】]|[:*]", "", _narrow(text))
    return re.sub(r"20\d\d年度?", "年度", text)


def _narrow(text: str) -> str:
    marks = str.maketrans("\uff08\uff09\uff1a", "():")
    return re.sub(r"\s+", "", text).translate(marks).upper()


def _first_word(text: str, words: Iterable[str]) -> str | None:
    return next((word for word in words if word in text), None)

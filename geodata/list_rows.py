"""The rows of a kept project list, taken from its text, and which of them a newer version of the list still has."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gazetteer.names import fold
from gazetteer.reading.columns import Field

SEPARATOR = "｜"
HEADING = "# "
"""What a line that is no row begins with: the title of a table or the name of its sheet."""
SAID = "："
"""Between the header and the text of a cell."""
CODE_DIGITS = 6
"""Digits of the shortest code of a project: a year or month and a number in it. The national one has twenty."""

Headers = Mapping[Field, frozenset[str]]
"""The headers of a list's columns by their fields."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list's text that is a project: where it begins, its name, its other filled cells by their headers."""

    at: int
    line: str
    name: str
    cells: Mapping[str, str]

    @property
    def end(self) -> int:
        """Where the line ends."""
        return self.at + len(self.line)

    def cell(self, headers: Iterable[str]) -> str:
        """What stands under the first of the headers that has a cell, or nothing."""
        return next((self.cells[header] for header in headers if header in self.cells), "")


def rows_of(text: str) -> Iterator[Row]:
    """The rows of a list's text, in order."""
    at = 0
    for line in text.split("\n"):
        if line and not line.startswith(HEADING):
            name, *cells = line.split(SEPARATOR)
            said: dict[str, str] = {}
            for cell in cells:
                header, _, words = cell.partition(SAID)
                said[header] = f"{said[header]}；{words}" if header in said else words
            yield Row(at, line, name, said)
        at += len(line) + 1


def pairs(old: Sequence[Row], new: Sequence[Row], headers: Headers, names: Mapping[int, str]) -> dict[int, int]:
    """Which row of an older version, by number, each row of a newer one goes on as; rows that are new are left out.

    Rows are the same by name and place, and code where several have these, those alike in order; else by the project's
    code; else by the name, where one row of that name is left on each side; else where a planner has given the older
    row the name that the list has now (`names`, by the number of the older row). Serial numbers say nothing, also where
    they stand under 项目编号: a row put in between moves them all.
    """
    code, place = (headers.get(field, frozenset()) for field in (Field.CODE, Field.PLACE))
    found: dict[int, int] = {}

    def pair(old_key: Callable[[int], Hashable], new_key: Callable[[int], Hashable], *, alone: bool) -> None:
        taken = set(found.values())
        left = _groups((number for number in range(len(old)) if number not in taken), old_key)
        for key, numbers in _groups((number for number in range(len(new)) if number not in found), new_key).items():
            olds = left.get(key, [])
            if not alone or len(olds) == len(numbers) == 1:
                found.update(zip(numbers, olds, strict=False))

    def both(key: Callable[[Row], Hashable], *, alone: bool) -> None:
        pair(lambda number: key(old[number]), lambda number: key(new[number]), alone=alone)

    both(lambda row: row.line, alone=False)
    both(lambda row: (fold(row.name), fold(row.cell(place)), fold(row.cell(code))), alone=False)
    both(lambda row: (fold(row.name), fold(row.cell(place))), alone=False)
    both(lambda row: _identifier(row.cell(code)), alone=True)
    both(lambda row: fold(row.name), alone=True)
    pair(lambda number: fold(names.get(number, "")), lambda number: fold(new[number].name), alone=True)
    return found


def _identifier(code: str) -> str:
    """A code that can be one project's alone, or nothing: not 待赋码, not a serial number."""
    return fold(code) if sum(character.isdigit() for character in code) >= CODE_DIGITS else ""


def _groups(numbers: Iterable[int], key: Callable[[int], Hashable]) -> dict[Hashable, list[int]]:
    groups: dict[Hashable, list[int]] = {}
    for number in numbers:
        if made := key(number):
            groups.setdefault(made, []).append(number)
    return groups


def differences(old: Row, new: Row, compared: frozenset[str]) -> list[str]:
    """What a row says otherwise than before, in the list's own words; only under headers that are `compared`."""
    said = [] if old.name == new.name else [f"{old.name} → {new.name}"]
    for header in dict.fromkeys((*old.cells, *new.cells)):
        before, now = old.cells.get(header, ""), new.cells.get(header, "")
        if header in compared and before != now:
            said.append(f"{header}{SAID}{before or '（空）'} → {now or '（空）'}")
    return said

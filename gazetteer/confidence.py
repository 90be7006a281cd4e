"""How sure an answer is: the calibrated probability that it is right.

A logistic model over a few yes-or-no and small-number facts of an answer. Its weights are data (`calibration.toml`),
fitted by `bench/calibrate.py` on maps whose names were perturbed; facts that are not in the table weigh nothing.
"""

import math
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources


@cache
def _weights() -> dict[str, float]:
    text = resources.files("gazetteer").joinpath("calibration.toml").read_text(encoding="utf-8")
    return {name: float(weight) for name, weight in tomllib.loads(text)["weights"].items()}


def probability(facts: Mapping[str, float]) -> float:
    """The chance that an answer with these facts is right, two decimals more than a planner needs."""
    weights = _weights()
    score = weights["intercept"] + sum(weights.get(name, 0.0) * value for name, value in facts.items())
    return round(1.0 / (1.0 + math.exp(-score)), 4)

"""Reading works out of report text beside the place parsers of the field, in one run on one machine.

    python -m bench.reading [REPORT.txt...] [--peers PYTHON] [--megabytes N]

Three tables: characters and works a second on one text beside JioNLP's and cpca's location extraction (which give a
sentence's province, city, county and no works), growth with the length of the text up to N megabytes, and the peak
memory of the longest. The text is the passages of the tests and the reports named, repeated with other numbers in its
headings so that it is no single paragraph. The peers live in an environment of their own: PYTHON is its interpreter
(`python -m venv X && X/bin/pip install jionlp cpca setuptools`); a peer that is not there is said to be missing. They
get the text sentence by sentence, which is how they are made to be called.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from gazetteer.reading import read_works

PASSAGES = Path(__file__).parent.parent / "tests" / "gazetteer" / "reading" / "passages"
MEGABYTE = 1_000_000
"""Characters, in thirds of bytes: a Chinese character is three bytes of UTF-8."""
REPEATS = 3
"""Runs of each measurement, of which the fastest counts: the rest is what else the machine did."""
PEER_SECONDS = 600
"""Seconds after which a peer is given up."""

_MEMORY = """
import resource, sys
from gazetteer.reading import read_works
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
works = len(read_works(open(sys.argv[1], encoding="utf-8").read()).works)
print(before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, works)
"""
_PEER = """
import contextlib, json, os, sys, time
sentences = json.load(sys.stdin)
with contextlib.redirect_stdout(open(os.devnull, "w")):
    if sys.argv[1] == "jionlp":
        import jionlp
        def parse(batch):
            return sum(bool(jionlp.parse_location(s)["county"]) for s in batch)
    else:
        import cpca
        def parse(batch):
            return int(cpca.transform(batch)["区"].notna().sum())
    parse(sentences[:2])
    start = time.perf_counter()
    found = parse(sentences)
    seconds = time.perf_counter() - start
print(json.dumps([seconds, found]))
"""


def corpus(reports: list[Path]) -> str:
    """One text of all passages and reports."""
    paths = [*sorted((PASSAGES / "tune").glob("*.txt")), *reports]
    return "\n\n".join(path.read_text(encoding="utf-8") for path in paths)


def grown(text: str, characters: int) -> str:
    """The text over and over, each time under a heading of its own, cut to a number of characters."""
    copies = (f"第{number}部分 工作安排\n\n{text}\n\n" for number in range(1, characters // len(text) + 2))
    return "".join(copies)[:characters]


def fastest(text: str) -> tuple[float, int]:
    """Seconds and works."""
    best, works = float("inf"), 0
    for _ in range(REPEATS):
        start = time.perf_counter()
        works = len(read_works(text).works)
        best = min(best, time.perf_counter() - start)
    return best, works


def peer(python: str | None, name: str, sentences: list[str]) -> tuple[float, int] | str:
    """Seconds and sentences with a county found, or why there are none."""
    if python is None:
        return "no --peers given"
    try:
        run = subprocess.run(
            [python, "-c", _PEER, name],
            input=json.dumps(sentences),
            capture_output=True,
            text=True,
            timeout=PEER_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if run.returncode:
        return (run.stderr.strip().splitlines() or ["failed"])[-1]
    seconds, found = json.loads(run.stdout.splitlines()[-1])
    return float(seconds), int(found)


def line(*cells: object) -> None:
    sys.stdout.write("| " + " | ".join(str(cell) for cell in cells) + " |\n")


def speed(text: str, python: str | None) -> None:
    read_works(text[:1000])  # the lexicon is compiled once a process
    sentences = [part for part in re.split(r"[。；\n]", text) if part.strip()]
    seconds, works = fastest(text)
    sys.stdout.write(f"\n{len(text):,} characters, {len(sentences):,} sentences\n\n")
    line("", "seconds", "characters/s", "found", "times as fast as")
    line("---", "---", "---", "---", "---")
    line("guatu", f"{seconds:.3f}", f"{len(text) / seconds:,.0f}", f"{works} works ({works / seconds:,.0f}/s)", "")
    for name in ("jionlp", "cpca"):
        answer = peer(python, name, sentences)
        if isinstance(answer, str):
            line(name, "missing", answer, "", "")
            continue
        took, found = answer
        line(
            name, f"{took:.3f}", f"{len(text) / took:,.0f}", f"{found} sentences with a county", f"{took / seconds:.0f}"
        )


def growth(text: str, megabytes: float) -> None:
    sys.stdout.write("\n")
    line("UTF-8 megabytes", "seconds", "characters/s", "works")
    line("---", "---", "---", "---")
    size = int(megabytes * MEGABYTE / 3)
    for part in (100, 10, 1):
        piece = grown(text, size // part)
        start = time.perf_counter()
        works = len(read_works(piece).works)
        seconds = time.perf_counter() - start
        line(f"{len(piece.encode()) / MEGABYTE:.2f}", f"{seconds:.2f}", f"{len(piece) / seconds:,.0f}", works)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as file:
        file.write(piece)
        file.flush()
        command = [sys.executable, "-c", _MEMORY, file.name]
        run = subprocess.run(command, capture_output=True, text=True, timeout=PEER_SECONDS, check=True)
    before, peak, works = map(int, run.stdout.split())
    sys.stdout.write(f"\npeak memory {peak / 1024:.0f} MiB ({before / 1024:.0f} MiB before reading), {works} works\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", nargs="*", type=Path)
    parser.add_argument("--peers", metavar="PYTHON", help="interpreter of an environment with jionlp and cpca")
    parser.add_argument("--megabytes", type=float, default=10.0, help="length of the longest text (default 10)")
    arguments = parser.parse_args()
    text = corpus(arguments.reports)
    speed(text, arguments.peers)
    growth(text, arguments.megabytes)


if __name__ == "__main__":
    main()

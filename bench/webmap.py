"""The planners' map against a plain Folium page and psql, in one run.

    python -m bench.webmap [--works 100000] [--places 1000000] [--folium 10000] [--rounds 50]

Makes a database `bench` in the private cluster of GUATU_HOME (with DATABASE_URL: in that database, whose works are
replaced) and prints a table. pygeoapi and tipg are measured where they are installed beside guatu (`--peer URL` of a
running one, with the path of its items); they are no dependency.
"""

import argparse
import json
import logging
import random
import re
import statistics
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import folium
from playwright.sync_api import Route, sync_playwright
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from bench.many_works import EAST, NORTH, SOUTH, WEST, fill, fill_places
from geodata.cluster import OWNER, WEB, Cluster
from geodata.database import Database, upgrade
from geodata.features import feature_collection
from geodata.selection import Selection
from geodata.session import open_engine, session_factory
from geodata.settings import Settings
from webmap.app import create_app

CHROMIUM = "/usr/bin/chromium"
BBOX = (119.0, 28.0, 119.4, 28.4)
LONG_TASKS = """
    window.longTasks = [];
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) longTasks.push(entry.duration); })
        .observe({ type: "longtask", buffered: true });
"""
ROOT = Path(__file__).resolve().parents[1]
LOCAL = {
    "leaflet.js": ROOT / "webmap/static/vendor/leaflet.js",
    "leaflet.css": ROOT / "webmap/static/vendor/leaflet.css",
    "jquery-": ROOT / "node_modules/jquery/dist/jquery.min.js",
}
PSQL = (
    "SELECT ST_AsGeoJSON(l.geometry, 6), w.name FROM work w JOIN location l ON l.work_id = w.id AND l.current"
    " WHERE l.geometry && ST_MakeEnvelope({}, {}, {}, {}, 4326)"
)


@contextmanager
def bench_database() -> Iterator[Database]:
    settings = Settings.from_environment()
    if settings.database_url:
        yield Database(settings.database_url, settings.database_url)
        return
    cluster = Cluster(settings.home)
    with cluster.running():
        with cluster.connect_as_admin("postgres") as admin:
            known = admin.execute("SELECT 1 FROM pg_database WHERE datname = 'bench'").fetchone()
        if not known:
            cluster.create_database("bench")
            cluster.grant_web("bench")
        yield Database(cluster.url(OWNER, "bench"), cluster.url(WEB, "bench"))


@contextmanager
def served(url: str) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(url, SECRET_KEY="bench"), threaded=True)  # noqa: S106
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


def get(address: str) -> bytes:
    asked = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})  # noqa: S310
    with urllib.request.urlopen(asked, timeout=120) as answer:  # noqa: S310
        return answer.read()


def seconds(deed: Callable[[], object]) -> float:
    start = time.perf_counter()
    deed()
    return time.perf_counter() - start


def tidy(engine: Engine) -> None:
    """What autovacuum does within a minute."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def quantile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def say(what: str, value: float, unit: str, note: str = "") -> None:
    print(f"{what:<58} {value:>10.1f} {unit:<6} {note}", flush=True)


def plain_folium(session: Session, number: int) -> str:
    """The page that one would write: every work in it, with its popup."""
    works = json.loads(feature_collection(session, Selection(), ("name", "sentence", "reason")))["features"][:number]
    page = folium.Map(location=((SOUTH + NORTH) / 2, (WEST + EAST) / 2), zoom_start=8, prefer_canvas=True)
    for work in works:
        if work["geometry"] and work["geometry"]["type"] == "Point":
            lon, lat = work["geometry"]["coordinates"]
            folium.CircleMarker((lat, lon), radius=6, popup=work["properties"]["sentence"]).add_to(page)
    return page.get_root().render()


def fulfil(file: Path, route: Route) -> None:
    route.fulfill(path=file)


def drawn(address: str, ready: str) -> tuple[float, float]:
    """Seconds until a page is drawn in Chromium, and the longest task after it in milliseconds while it is panned."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.route(re.compile("^https://"), lambda route: route.abort())
        page.add_init_script(LONG_TASKS)
        for name, file in LOCAL.items():  # plain Folium asks other hosts for its scripts: what they cost is not counted
            page.route(re.compile(rf"^https://.*/{name}"), partial(fulfil, file))
        took = seconds(lambda: (page.goto(address), page.wait_for_selector(ready, timeout=120_000)))
        page.evaluate("longTasks.length = 0")
        for _ in range(4):
            page.mouse.move(900, 500)
            page.mouse.down()
            page.mouse.move(700, 400, steps=8)
            page.mouse.up()
            page.wait_for_timeout(500)
        longest = page.evaluate("Math.max(0, ...longTasks)")
        browser.close()
    return took, longest


def measure_page(base: str, session: Session, number: int, folium_works: int, file: Path) -> None:
    say(f"page with {number} works", len(get(base + "/")) / 1000, "kB")
    say("  server time", 1000 * statistics.median(seconds(lambda: get(base + "/")) for _ in range(10)), "ms")
    if number <= folium_works:
        start = time.perf_counter()
        page = plain_folium(session, number)
        say("  plain Folium", len(page) / 1000, "kB", f"{time.perf_counter() - start:.1f} s")
        file.write_text(page)


def measure_choices(base: str) -> None:
    for name, query in {
        "all": "",
        "one sector": "sector=water",
        "three": "sector=water&status=start&precision=exact",
    }.items():
        times = [seconds(lambda q=query, n=n: get(f"{base}/map/choices.json?{q}&turn={n}")) for n in range(7)]
        say(f"counts beside every choice, {name}", 1000 * statistics.median(times), "ms")


def measure_geojson(base: str, url: str, rounds: int, peers: list[str]) -> None:
    box = ",".join(map(str, BBOX))
    addresses = {
        "GeoJSON of a box": f"{base}/works.geojson?bbox={box}",
        "OGC API items, limit=1000": f"{base}/ogc/collections/works/items?limit=1000",
        **{f"peer {peer}": peer for peer in peers},
    }
    for what, address in addresses.items():
        with ThreadPoolExecutor(4) as pool:
            start = time.perf_counter()
            times = list(pool.map(lambda _, a=address: seconds(lambda: get(a)), range(rounds)))
        say(what, rounds / (time.perf_counter() - start), "/s", f"p99 {1000 * quantile(times, 0.99):.0f} ms")
    libpq = url.replace("postgresql+psycopg", "postgresql")
    command = ["psql", libpq, "-qAtX", "-o", "/dev/null", "-c", PSQL.format(*BBOX)]
    say("psql, the same box", 1000 * min(seconds(lambda: subprocess.run(command, check=True)) for _ in range(5)), "ms")
    say("guatu, the same box", 1000 * min(seconds(lambda: get(addresses["GeoJSON of a box"])) for _ in range(5)), "ms")


def measure_tiles(base: str, rounds: int) -> None:
    dice = random.Random(3)
    for layer in ("works", "gazetteer"):
        times = []
        for turn in range(rounds):
            z = dice.randint(7, 16)
            x = int((dice.uniform(WEST, EAST) + 180) / 360 * 2**z)
            y = int((1 - (dice.uniform(SOUTH, NORTH) + 1.5) / 90) / 2 * 2**z)
            times.append(seconds(lambda a=f"{base}/tiles/{layer}/{z}/{x}/{y}.mvt?turn={turn}": get(a)))
        say(
            f"tiles of {layer}, uncached",
            1000 * statistics.median(times),
            "ms",
            f"p95 {1000 * quantile(times, 0.95):.0f} ms",
        )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--works", type=int, default=100_000)
    arguments.add_argument("--places", type=int, default=1_000_000)
    arguments.add_argument("--folium", type=int, default=10_000)
    arguments.add_argument("--rounds", type=int, default=50)
    arguments.add_argument("--peer", action="append", default=[])
    arguments.add_argument("--page", type=Path, default=Path("/tmp/guatu-plain-folium.html"))  # noqa: S108
    asked = arguments.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with bench_database() as database:
        upgrade(database.owner)
        engine = open_engine(database.owner)
        sessions = session_factory(engine)
        with served(database.web) as base:
            for number in [n for n in (100, 1000, 10_000) if n < asked.works] + [asked.works]:
                with sessions.begin() as session:
                    fill(session, number)
                tidy(engine)
                with sessions() as session:
                    measure_page(base, session, number, asked.folium, asked.page)
                if number >= 10_000:
                    took, longest = drawn(base + "/", "body[data-ready]")
                    say("  drawn in Chromium", took, "s", f"longest task after it {longest:.0f} ms")
                if number == asked.folium:
                    took, longest = drawn(asked.page.as_uri(), "canvas")
                    say("  plain Folium drawn", took, "s", f"longest task after it {longest:.0f} ms")
            with sessions.begin() as session:
                fill_places(session, asked.places)
            tidy(engine)
            measure_choices(base)
            measure_geojson(base, database.owner, asked.rounds, asked.peer)
            measure_tiles(base, asked.rounds * 2)
        engine.dispose()


if __name__ == "__main__":
    main()

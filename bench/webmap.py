"""The planners' map against a plain Folium page, pygeoapi, tipg and psql, in one run.

    python -m bench.webmap [--works 100000] [--places 1000000] [--folium 10000] [--rounds 50] [--peers FOLDER]

Makes a database `bench` in the private cluster of GUATU_HOME (with DATABASE_URL: in that database, whose works are
replaced) and prints a table. guatu is served as `guatu up` serves it, its peers with as many workers; FOLDER is where
these are installed (`bench.peers`). Nobody is asked to compress: the peers cannot. psql asks in one session, as guatu
does in its own; of its times the one in the middle.
"""

import argparse
import gzip
import json
import logging
import math
import random
import re
import statistics
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import folium
import psycopg
from playwright.sync_api import Page, Request, Route, sync_playwright
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from bench import peers
from bench.many_works import EAST, NORTH, SOUTH, WEST, fill, fill_places
from geodata.cluster import OWNER, WEB, Cluster
from geodata.database import Database, upgrade
from geodata.features import feature_collection
from geodata.selection import Selection
from geodata.session import open_engine, session_factory
from geodata.settings import Settings
from webmap.freshness import LEVEL
from webmap.server import WORKERS, listen, serving

CHROMIUM = "/usr/bin/chromium"
BBOX = (119.0, 28.0, 119.4, 28.4)
CLIENTS = 4  # at once: twice the workers
LONG_TASK_MS = 200  # from here on a hand notices that the page stands still
LONG_TASKS = """
    window.longTasks = [];
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) longTasks.push(entry.duration); })
        .observe({ type: "longtask", buffered: true });
"""
DRAWN = """
    (withBaseMap) => window.L && Object.values(window).filter((value) => value instanceof L.Map).some((map) => {
        const isBaseMap = (layer) => layer instanceof L.TileLayer || layer.paintRules;
        const layers = [];
        map.eachLayer((layer) => layers.push(layer));
        const grids = layers.filter((layer) => layer instanceof L.GridLayer && (withBaseMap || !isBaseMap(layer)));
        return layers.some((layer) => layer instanceof L.CircleMarker) && grids.every((grid) => !grid.isLoading())
            && (!withBaseMap || layers.some(isBaseMap));
    })
"""
ROOT = Path(__file__).resolve().parents[1]
LOCAL = {
    "leaflet.js": ROOT / "webmap/static/vendor/leaflet.js",
    "leaflet.css": ROOT / "webmap/static/vendor/leaflet.css",
    "jquery-": ROOT / "node_modules/jquery/dist/jquery.min.js",
}


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
    listener = listen("127.0.0.1", None)
    with listener, serving(Settings.from_environment(), url, listener):
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def get(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=120) as answer:  # noqa: S310
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


def drawn(address: str, change: str = "") -> None:
    """Says what a page costs in Chromium: until its works are drawn and until its base map is too, while it is panned,
    and for one filter change.

    The address of another host is answered from this disk where it is a script that the page needs, else refused:
    what the network costs is not counted.
    """
    foreign: list[str] = []

    def count_foreign(request: Request) -> None:
        if request.url.startswith("http") and not request.url.startswith("http://127.0.0.1:"):
            foreign.append(request.url)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.route(re.compile("^https://"), lambda route: route.abort())
        page.add_init_script(LONG_TASKS)
        for name, file in LOCAL.items():
            page.route(re.compile(rf"^https://.*/{name}"), partial(fulfil, file))
        page.on("request", count_foreign)
        start = time.perf_counter()
        page.goto(address, wait_until="commit")
        settle(page, False)
        say("  works drawn in Chromium", time.perf_counter() - start, "s")
        settle(page, True)
        took = time.perf_counter() - start
        say("  and the base map, or its last tile refused", took, "s", f"other hosts asked: {len(foreign)}")
        page.evaluate("longTasks.length = 0")
        for _ in range(4):
            page.mouse.move(900, 500)
            page.mouse.down()
            page.mouse.move(700, 400, steps=8)
            page.mouse.up()
            page.wait_for_timeout(500)
        tasks = page.evaluate("longTasks")
        slow = sum(task > LONG_TASK_MS for task in tasks)
        say("  longest task while panned", max(tasks, default=0), "ms", f"over {LONG_TASK_MS} ms: {slow}")
        if change:
            before = page.locator("#tally").text_content()
            tally = "before => document.getElementById('tally').textContent !== before"
            took = seconds(
                lambda: (page.locator(change).check(), page.wait_for_function(tally, arg=before), settle(page, True))
            )
            say("  one filter change", 1000 * took, "ms")
        browser.close()


def settle(page: Page, with_base_map: bool) -> None:
    """Waits until there are works, all tiles in view have come or were refused, and the next picture is shown."""
    page.wait_for_function(DRAWN, arg=with_base_map, timeout=300_000)
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")


def sizes(page: bytes) -> tuple[float, str, str]:
    return len(page) / 1000, "kB", f"compressed {len(gzip.compress(page, LEVEL)) / 1000:.1f} kB"


def measure_page(base: str, session: Session, number: int, folium_works: int, file: Path) -> None:
    say(f"page with {number} works", *sizes(get(base + "/")))
    say("  server time", 1000 * statistics.median(seconds(lambda: get(base + "/")) for _ in range(10)), "ms")
    drawn(base + "/", ".facet input[name=sector][value=water]")
    if number <= folium_works:
        start = time.perf_counter()
        page = plain_folium(session, number)
        took = time.perf_counter() - start
        file.write_text(page)
        say("plain Folium, the same works", *sizes(page.encode()))
        say("  server time", 1000 * took, "ms")
        drawn(file.as_uri())


def measure_choices(base: str) -> None:
    for name, query in {
        "all": "",
        "one sector": "sector=water",
        "three": "sector=water&status=start&precision=exact",
    }.items():
        times = [seconds(lambda q=query, n=n: get(f"{base}/map/choices.json?{q}&turn={n}")) for n in range(7)]
        say(f"counts beside every choice, {name}", 1000 * statistics.median(times), "ms")


def measure_geojson(base: str, database: Database, rounds: int, folder: Path | None) -> None:
    """Requests a second by four clients at once, against the peers on the same works."""
    measure_items("guatu", f"{base}/ogc/collections/works/items?f=json", "cursor", rounds)
    for name, peer in peers.PEERS.items() if folder else ():
        with peer(folder, database.owner, WORKERS) as items:
            measure_items(name, items, "offset", rounds)
    turns = iter(range(1000))
    asked = [seconds(lambda: get(f"{base}/works.geojson?bbox={box(next(turns))}")) for _ in range(15)]
    say("GeoJSON of a box, whole", 1000 * statistics.median(asked), "ms")
    command = ["psql", database.web.replace("+psycopg", ""), "-qAtX", "-o", "/dev/null", "-c", "\\timing"]
    command += ["-c", statement_of_box(database)] * 15
    timing = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    say("psql, the same statement", statistics.median(map(float, re.findall(r"[\d.]+(?= ms)", timing))), "ms")


def box(turn: int) -> str:
    """About the same works, in another address every time: guatu answers a known one from memory."""
    west, south, east, north = BBOX
    return f"{west},{south},{east},{north + turn / 1e6:.6f}"


def measure_items(who: str, items: str, page: str, rounds: int) -> None:
    queries: dict[str, Callable[[int], str]] = {
        "1000 of them, another page each time": lambda turn: f"&limit=1000&{page}={turn + 1}",
        "a box, another each time": lambda turn: f"&limit=1000&bbox={box(turn)}",
        "the same 1000 again": lambda _turn: "&limit=1000",
    }
    for what, query in queries.items():
        for turn in range(-CLIENTS, 0):  # every worker has its connections
            get(items + query(turn + rounds + CLIENTS))
        with ThreadPoolExecutor(CLIENTS) as pool:
            start = time.perf_counter()
            times = list(pool.map(lambda turn, q=query: seconds(lambda: get(items + q(turn))), range(rounds)))
        rate = rounds / (time.perf_counter() - start)
        say(f"{who}: {what}", rate, "/s", f"p99 {1000 * quantile(times, 0.99):.0f} ms")


def statement_of_box(database: Database) -> str:
    """What guatu asks the database for the GeoJSON of the box, as psql can ask it."""
    engine = open_engine(database.web)
    asked: list[tuple[str, Any]] = []
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
    with session_factory(engine)() as session:
        feature_collection(session, Selection(bbox=BBOX))
        driver: Any = session.connection().connection.driver_connection
        return psycopg.ClientCursor(driver).mogrify(*asked[-1])


def measure_tiles(base: str, database: Database, rounds: int, folder: Path | None) -> None:
    """Tiles anywhere in the province, from it all to a street; tipg draws 10,000 features a tile at most."""
    for layer in ("works", "gazetteer"):
        measure_tile(f"guatu: tiles of {layer}, uncached", f"{base}/tiles/{layer}/{{z}}/{{x}}/{{y}}.mvt", rounds)
    if folder:
        with peers.tipg(folder, database.owner, WORKERS) as items:
            for layer, table in {"works": peers.TABLE, "gazetteer": "place"}.items():
                tiles = items.replace(f"{peers.TABLE}/items", f"{table}/tiles/WebMercatorQuad/{{z}}/{{x}}/{{y}}")
                measure_tile(f"tipg: tiles of {layer}", tiles, rounds)


def measure_tile(what: str, address: str, rounds: int) -> None:
    dice, times = random.Random(3), []
    for turn in range(rounds):
        z = dice.randint(7, 16)
        x = int((dice.uniform(WEST, EAST) + 180) / 360 * 2**z)
        north = math.asinh(math.tan(math.radians(dice.uniform(SOUTH, NORTH))))  # of Web Mercator's unit sphere
        y = int((0.5 - north / math.tau) * 2**z)
        tile = address.format(z=z, x=x, y=y)
        times.append(seconds(lambda a=f"{tile}{'&' if '?' in tile else '?'}turn={turn}": get(a)))
    say(what, 1000 * statistics.median(times), "ms", f"p95 {1000 * quantile(times, 0.95):.0f} ms")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--works", type=int, default=100_000)
    arguments.add_argument("--places", type=int, default=1_000_000)
    arguments.add_argument("--folium", type=int, default=10_000)
    arguments.add_argument("--rounds", type=int, default=50)
    arguments.add_argument("--peers", type=Path)
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
            with sessions.begin() as session:
                fill_places(session, asked.places)
            tidy(engine)
            measure_choices(base)
            if asked.peers:
                peers.make_table(engine)
                tidy(engine)
            measure_geojson(base, database, asked.rounds, asked.peers)
            measure_tiles(base, database, asked.rounds * 2, asked.peers)
        engine.dispose()


if __name__ == "__main__":
    main()

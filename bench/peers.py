"""The servers that guatu is measured beside, on a table of the same works: pygeoapi and tipg, from PyPI.

They are no dependency. Each is installed once in an environment of its own, in one folder:

    python -m venv peers/pygeoapi && peers/pygeoapi/bin/pip install pygeoapi gunicorn psycopg2-binary geoalchemy2
    python -m venv peers/tipg && peers/tipg/bin/pip install tipg uvicorn

The table has all properties in it and indexes on the identifier and the geometry: what these servers do best with.
"""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

TABLE = "bench_works"
START_SECONDS = 60
MAKE_TABLE = """
    DROP TABLE IF EXISTS bench_works;
    CREATE TABLE bench_works AS
    SELECT w.id, w.name, w.kind, w.sector, w.nature, s.status, w.named, w.extent_from, w.extent_to, w.quantity, w.unit,
           r.county, r.year, r.fictional, array_to_string(w.area, '›') AS area, w.period, w.sentence,
           l.precision, l.confidence, l.reason, l.town, l.placed_by, l.geometry
    FROM work w JOIN report r ON r.id = w.report_id JOIN status_change s ON s.work_id = w.id AND s.current
    LEFT JOIN location l ON l.work_id = w.id AND l.current;
    ALTER TABLE bench_works ADD PRIMARY KEY (id);
    CREATE INDEX ON bench_works USING gist (geometry)
"""


def make_table(engine: Engine) -> None:
    """The works of now, as one table."""
    with engine.begin() as connection:
        for statement in MAKE_TABLE.split(";"):
            connection.execute(text(statement))


@contextmanager
def pygeoapi(folder: Path, url: str, workers: int) -> Iterator[str]:
    """The address of its items."""
    parsed, port = make_url(url), _free_port()
    base = f"http://127.0.0.1:{port}"
    configuration = {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": base,
            "mimetype": "application/json",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "limits": {"default_items": 10, "max_items": 10000},
            "map": {"url": "", "attribution": ""},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": "bench",
                "description": "bench",
                "keywords": ["bench"],
                "terms_of_service": "",
                "url": base,
            },
            "license": {"name": "", "url": ""},
            "provider": {"name": "bench", "url": base},
            "contact": {"name": "bench"},
        },
        "resources": {
            "works": {
                "type": "collection",
                "title": "works",
                "description": "works",
                "keywords": ["works"],
                "links": [],
                "extents": {"spatial": {"bbox": [-180, -90, 180, 90]}},
                "providers": [
                    {
                        "type": "feature",
                        "name": "PostgreSQL",
                        "data": {
                            "host": parsed.query["host"],
                            "dbname": parsed.database,
                            "user": parsed.username,
                            "password": parsed.password,
                            "search_path": ["public"],
                        },
                        "id_field": "id",
                        "table": TABLE,
                        "geom_field": "geometry",
                    }
                ],
            }
        },
    }
    at = folder / "pygeoapi"
    (at / "config.yml").write_text(json.dumps(configuration))  # JSON is YAML
    environment = {
        **os.environ,
        "PYGEOAPI_CONFIG": str(at / "config.yml"),
        "PYGEOAPI_OPENAPI": str(at / "openapi.yml"),
    }
    made = ["bin/pygeoapi", "openapi", "generate", str(at / "config.yml"), "--output-file", str(at / "openapi.yml")]
    subprocess.run([at / made[0], *made[1:]], env=environment, check=True, capture_output=True)
    command = [str(at / "bin/gunicorn"), f"--workers={workers}", "--threads=8", f"--bind=127.0.0.1:{port}"]
    with _running([*command, "pygeoapi.flask_app:APP"], environment, at / "log", f"{base}/collections"):
        yield f"{base}/collections/works/items?f=json"


@contextmanager
def tipg(folder: Path, url: str, workers: int) -> Iterator[str]:
    """The address of its items."""
    parsed, port = make_url(url), _free_port()
    base = f"http://127.0.0.1:{port}"
    socket_folder = quote(str(parsed.query["host"]), safe="")
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgresql://{parsed.username}:{parsed.password}@{socket_folder}/{parsed.database}",
        "TIPG_MAX_FEATURES_PER_QUERY": "10000",
        "TIPG_DB_SCHEMAS": '["public"]',
        "TIPG_DB_TABLES": f'["public.{TABLE}", "public.place"]',
    }
    at = folder / "tipg"
    command = [str(at / "bin/uvicorn"), "tipg.main:app", f"--workers={workers}", f"--port={port}"]
    with _running([*command, "--log-level=error"], environment, at / "log", f"{base}/collections/public.{TABLE}"):
        yield f"{base}/collections/public.{TABLE}/items?f=geojson"


PEERS = {"pygeoapi": pygeoapi, "tipg": tipg}


@contextmanager
def _running(command: list[str], environment: dict[str, str], log: Path, address: str) -> Iterator[None]:
    with log.open("wb") as output:
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=output, start_new_session=True)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(address):
            if server.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{command[0]} does not answer: see {log}")
            time.sleep(0.2)
        yield
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):  # noqa: S310
            return True
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port

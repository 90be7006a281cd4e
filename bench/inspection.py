"""A soak of the interface that tablets use: checks at a steady rate while a worker is killed and PostgreSQL restarts.

    .venv/bin/python -m bench.inspection [CHECKS [A_SECOND]]

Runs in a private cluster and a gunicorn of its own. A sender repeats a check until it is acknowledged, as tablets do.
Prints the answers' times, the longest silence around each trouble, and whether every check is in the database once.
"""

import http.client
import json
import os
import shutil
import signal
import socket
import statistics
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select, text

from geodata import accounts
from geodata.cluster import OWNER, WEB, Cluster
from geodata.database import upgrade
from geodata.models import Inspection, Role
from geodata.session import open_engine, session_factory
from geodata.settings import Settings
from webmap.server import serving

CHECKS = 1500
A_SECOND = 50
SENDERS = 64
RETRY_S = 0.2
NAME = "bench"
MADE = """
INSERT INTO report (title, county, year, text, source_file, sha256)
VALUES ('政府工作报告', '永康市', 2022, '建成人民路。', 'bench', repeat('0', 64));
INSERT INTO work (report_id, key, name, kind, nature, sector, named, area, period, places, action, sentence,
                  start, "end", spans, mentions, flags)
SELECT 1, n::text, '人民路' || n, 'road', 'new', 'transport', true, '{}', 'planned', '{}', '建成', '建成人民路。', 2, 5,
       '[[2, 5]]', '[]', '{}'
FROM generate_series(1, 100) n;
INSERT INTO status_change (work_id, status, changed_by) SELECT id, 'ongoing', 'guatu' FROM work
"""


def a_check(number: int) -> bytes:
    now = datetime.now(UTC).isoformat()
    content = {
        "device": str(uuid4()),
        "inspector": NAME,
        "work": 1 + number % 100,
        "location": None,
        "finding": "moved",
        "geometry": {"type": "Point", "coordinates": [120 + number / 1e4, 28.9]},
        "position": {"lon": 120.0, "lat": 28.9, "accuracy_m": 8},
        "seen_at": now,
        "clock_offset_s": 0,
        "status_seen": None,
        "note": f"第{number}条",
        "photos": [],
    }
    return json.dumps(content).encode()


class Soak:
    """The senders. `acknowledged` are (identifier, when answered, seconds of the last try)."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.acknowledged: list[tuple[str, float, float]] = []
        self.retries = 0

    def send(self, number: int) -> None:
        name, body = str(uuid4()), a_check(number)
        while True:
            began = time.monotonic()
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                connection.request("PUT", f"/inspection/checks/{name}", body, self.headers)
                status = connection.getresponse().status
                connection.close()
            except (OSError, http.client.HTTPException):
                status = 0
            if status in (200, 201):
                self.acknowledged.append((name, time.monotonic(), time.monotonic() - began))
                return
            self.retries += 1
            time.sleep(RETRY_S)


def kill_a_worker() -> None:
    """SIGKILL to one process that answers."""
    ours = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    for child in ours:
        workers = Path(f"/proc/{child}/task/{child}/children").read_text().split()
        if "gunicorn" in Path(f"/proc/{child}/cmdline").read_text() and workers:
            os.kill(int(workers[0]), signal.SIGKILL)
            return
    raise RuntimeError("no worker found")


def main(checks: int = CHECKS, a_second: int = A_SECOND) -> None:
    home = Path(tempfile.mkdtemp(prefix="guatu-bench-", dir="/tmp"))
    home.chmod(0o711)
    settings, cluster = Settings(home=home, database_url=None), Cluster(home)
    cluster.start()
    upgrade(cluster.url(OWNER))
    engine = open_engine(cluster.url(OWNER))
    with session_factory(engine).begin() as session:
        session.execute(text(MADE))
        token = accounts.add_token(session, accounts.add_account(session, NAME, Role.INSPECTOR), "bench")
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    with listener, serving(settings, cluster.url(WEB), listener), ThreadPoolExecutor(SENDERS) as pool:
        soak, began = Soak(listener.getsockname()[1], token), time.monotonic()
        troubles = {checks // 3: kill_a_worker, 2 * checks // 3: lambda: (cluster.stop(), cluster.start())}
        happened: dict[str, float] = {}
        for number in range(checks):
            time.sleep(max(0.0, began + number / a_second - time.monotonic()))
            pool.submit(soak.send, number)
            if number in troubles:
                name = "worker killed" if number == checks // 3 else "PostgreSQL restarted"
                happened[name] = time.monotonic()
                threading.Thread(target=troubles[number]).start()
        pool.shutdown(wait=True)
        took = time.monotonic() - began
    with session_factory(engine)() as session:
        stored = [str(found) for found in session.scalars(select(Inspection.id))]
    engine.dispose()
    cluster.stop()
    shutil.rmtree(home)
    seconds = sorted(tried for _, _, tried in soak.acknowledged)
    answered = sorted(when for _, when, _ in soak.acknowledged)
    print(f"checks acknowledged: {len(soak.acknowledged)} of {checks} in {took:.1f} s, {soak.retries} tries repeated")
    print(f"answer time: median {statistics.median(seconds):.3f} s, p99 {seconds[int(len(seconds) * 0.99)]:.3f} s")
    for name, when in happened.items():
        back = max((b - a for a, b in pairwise(answered) if b > when and a < when + 10), default=0)
        print(f"{name}: longest silence around it {back:.2f} s")
    names = [name for name, _, _ in soak.acknowledged]
    print(f"in the database, each once: {sorted(stored) == sorted(names)}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

"""A network that drops, cuts, repeats, delays and loses, between devices and a server that is killed now and then."""

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from types import TracebackType
from urllib.request import urlopen

TROUBLED = ("/inspection/checks", "/inspection/photos", "/account/session.json")
TROUBLES = {  # what happens to a share of the requests
    "dropped": 0.10,
    "cut": 0.08,
    "answer lost": 0.08,
    "repeated": 0.08,
    "delayed": 0.15,
}
MAX_DELAY_S = 0.4
START_S = 180  # on a busy machine, most of it for reading the libraries


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Server:
    """guatu's own web server in processes of its own."""

    def __init__(self, database_url: str) -> None:
        self.port = free_port()
        self.environment = {**os.environ, "DATABASE_URL": database_url, "GUATU_SECRET_KEY": "for tests"}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "webmap.wsgi:app", "--workers=2", "--threads=8"]
        self.process = subprocess.Popen(
            [*command, f"--bind=127.0.0.1:{self.port}", "--log-level=critical", "--no-control-socket", "--preload"],
            env=self.environment,
            start_new_session=True,
        )
        deadline = time.monotonic() + START_S
        while True:
            try:
                urlopen(f"http://127.0.0.1:{self.port}/account/session.json", timeout=5).close()
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return

    def kill_a_worker(self) -> None:
        """SIGKILL to one of the processes that answer."""
        assert self.process
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        if children:
            os.kill(int(children[0]), signal.SIGKILL)

    def kill(self) -> None:
        """SIGKILL to all of it: nobody gets to say goodbye."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Network:
    """A proxy to `port` that gives the requests that matter a hard time. `happened` counts what it did."""

    def __init__(self, port: int, seed: int) -> None:
        self.to_port = port
        self.port = free_port()
        self.chance = random.Random(seed)
        self.happened: Counter[str] = Counter()
        self.calm = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> "Network":
        self._thread.start()
        starting = asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self._server = asyncio.run_coroutine_threadsafe(starting, self._loop).result()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _fate(self, path: str) -> str:
        if self.calm or not path.startswith(TROUBLED):
            return "let through"
        return self.chance.choices([*TROUBLES, "let through"], [*TROUBLES.values(), 1 - sum(TROUBLES.values())])[0]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            lines = [line for line in head.split(b"\r\n") if line and not line.lower().startswith(b"connection:")]
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines[1:])}
            body = await reader.readexactly(int(headers.get(b"content-length", 0)))
            request = b"\r\n".join([*lines, b"Connection: close", b"", body])
            fate = self._fate(lines[0].split()[1].decode())
            self.happened[fate] += 1
            if fate == "delayed":
                await asyncio.sleep(self.chance.uniform(0, MAX_DELAY_S))
            if fate == "cut":
                await self._forward(request[: len(request) - len(body) // 2 - 1], wait=False)
            elif fate != "dropped":
                answer = await self._forward(request)
                if fate == "repeated":
                    answer = await self._forward(request)
                if fate != "answer lost":
                    writer.write(answer)
                    await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            self.happened["server gone"] += 1
        finally:
            writer.close()

    async def _forward(self, request: bytes, *, wait: bool = True) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.to_port)
        try:
            writer.write(request)
            await writer.drain()
            return await reader.read(-1) if wait else b""
        finally:
            writer.close()

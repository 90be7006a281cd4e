"""`guatu up` as people and machines start and end it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

GUATU = (sys.executable, "-c", "from webmap.cli import main; main()")
private = pytest.mark.skipif("DATABASE_URL" in os.environ, reason="with DATABASE_URL no cluster is touched")
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(database, tmp_path) -> Iterator[Start]:
    """Starts `guatu up` on a database of the test's own."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a run in the background hands its deafness on
    started = []
    environment = {**os.environ, "DATABASE_URL": database.owner, "GUATU_HOME": str(tmp_path)}

    def up(*arguments: str, **changes: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*GUATU, "up", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={name: value for name, value in {**environment, **changes}.items() if value},
        )
        started.append(process)
        return process

    yield up
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def address(process: subprocess.Popen[str], label: str = "guatu") -> str:
    """Where it serves, as soon as it says so."""
    for line in process.stdout:
        if found := re.search(rf"{label}: (http://\S+)", line):
            return found[1]
    raise AssertionError(process.stderr.read())


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310  our own address
            return answer.status == 200
    except OSError:
        return False


def servers(home: Path) -> list[Path]:
    """The gunicorn processes that serve from a folder."""
    log = f"--error-logfile={home}/web.log".encode()
    return [file.parent for file in Path("/proc").glob("[0-9]*/cmdline") if log in command_line(file).split(b"\0")]


def command_line(file: Path) -> bytes:
    """The command line of a process; nothing where it ended meanwhile."""
    try:
        return file.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def test_it_prints_the_address_it_serves_and_ends_with_ctrl_c(start, tmp_path):
    process = start()
    assert answers(address(process))
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 0
    assert not servers(tmp_path)


def test_a_second_one_is_told_where_the_first_one_serves(start):
    first = address(start())
    second = start()
    assert second.wait(timeout=60) == 1
    said = second.stderr.read()
    assert first in said
    assert said.count("\n") == 1
    assert answers(first)


def test_the_first_start_says_where_the_administrator_chooses_a_password(start):
    process = start()
    invitation = address(process, "first sign-in")
    assert invitation.startswith(address(process))
    assert answers(invitation)


def test_a_port_in_use_is_told(start):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        process = start("--port", str(port))
        assert process.wait(timeout=60) == 1
        assert f"127.0.0.1:{port}: Address already in use" in process.stderr.read()


def test_after_a_kill_nothing_is_left_and_it_starts_again(start, tmp_path):
    process = start()
    address(process)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 40
    while servers(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not servers(tmp_path)
    assert answers(address(start()))


def test_no_password_is_in_a_command_line(start, database, tmp_path):
    address(start())
    lines = b"".join(command_line(server / "cmdline") for server in servers(tmp_path))
    assert b"postgresql" not in lines


@private
def test_the_web_process_knows_the_web_role_alone_and_takes_its_cluster_with_it(start, cluster):
    process = start(DATABASE_URL="", GUATU_HOME=str(cluster.home))
    assert answers(address(process))
    for server in servers(cluster.home):
        environment = (server / "environ").read_text()
        assert "postgresql+psycopg://guatu_web:" in environment
        assert "postgresql+psycopg://guatu:" not in environment
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0
    assert cluster.pid is None

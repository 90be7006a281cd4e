"""Private clusters to be mistreated, made once and copied for each test, since making one takes a second."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from geodata.cluster import Cluster


def empty_folder() -> Path:
    """A folder that the server's user can reach, which pytest's own are not for root."""
    folder = Path(tempfile.mkdtemp(prefix="guatu-cluster-", dir="/tmp"))
    folder.chmod(0o711)
    return folder


@pytest.fixture
def folder() -> Iterator[Path]:
    folder = empty_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def prototype() -> Iterator[Path]:
    """The home of a stopped cluster."""
    folder = empty_folder()
    cluster = Cluster(folder / "home")
    with cluster.running():
        pass
    with (cluster.data / "postgresql.conf").open("a") as configuration:
        configuration.write("fsync = off\n")  # nothing here has to survive a power cut
    yield cluster.home
    shutil.rmtree(folder)


@pytest.fixture
def cluster(folder: Path, prototype: Path) -> Iterator[Cluster]:
    subprocess.run(["cp", "-a", prototype, folder], check=True)
    cluster = Cluster(folder / "home")
    yield cluster
    if cluster.pid:
        os.kill(cluster.pid, signal.SIGINT)
    while cluster.pid:
        time.sleep(0.05)

"""The private cluster: made, started, stopped, and what happens to it on a bad day."""

import os
import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from gazetteer.errors import GuatuError
from geodata.cluster import ADMIN, ELSEWHERE, OWNER, WEB, Cluster, ClusterError

pytestmark = pytest.mark.skipif("DATABASE_URL" in os.environ, reason="with DATABASE_URL no cluster is touched")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can")


def answer(cluster: Cluster, question: str, role: str = OWNER) -> object:
    address = cluster.url(role).replace("+psycopg", "")
    with psycopg.connect(address) as connection:
        return connection.execute(question).fetchone()[0]


def command_lines() -> str:
    return "\n".join(
        file.read_text(errors="replace") for file in Path("/proc").glob("[0-9]*/cmdline") if os.access(file, os.R_OK)
    )


def test_a_cluster_is_made_in_a_folder_that_is_not_there_yet(folder):
    cluster = Cluster(folder / "new" / "home")
    with cluster.running():
        assert answer(cluster, "SELECT postgis_lib_version()")
        assert answer(cluster, "SHOW server_encoding") == "UTF8"
        assert answer(cluster, "SELECT count(*) FROM pg_tables WHERE tableowner = 'guatu_web'", WEB) == 0


def test_only_the_socket_is_listened_on(cluster):
    with cluster.running():
        assert answer(cluster, "SHOW listen_addresses") == ""
        assert (cluster.socket_folder / ".s.PGSQL.5432").is_socket()


def test_nobody_comes_in_without_the_password(cluster):
    with cluster.running(), pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(host=str(cluster.socket_folder), user=ADMIN, dbname="guatu", password="guess")


def test_passwords_are_for_their_owner_alone_and_in_no_command_line(cluster):
    with cluster.running():
        file = cluster.home / "pgpass"
        assert file.stat().st_mode & 0o077 == 0
        words = [line.rpartition(":")[2] for line in file.read_text().splitlines()]
        assert len(set(words)) == 3
        assert not any(word in command_lines() for word in words)
        assert not any(word in cluster.log.read_text() for word in words)


def test_the_last_to_leave_stops_it(cluster):
    with cluster.running():
        with Cluster(cluster.home).running():
            pid = cluster.pid
        assert cluster.pid == pid
    assert cluster.pid is None


def test_a_started_cluster_stays_until_it_is_stopped(cluster):
    cluster.start()
    with cluster.running():
        pass
    assert cluster.pid
    cluster.stop()
    assert cluster.pid is None


def test_it_is_not_stopped_under_its_users(cluster):
    with cluster.running(), pytest.raises(ClusterError, match="in use"):
        cluster.stop()


def test_two_starts_at_once_make_one_server(folder):
    cluster = Cluster(folder / "home")
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda _: Cluster(cluster.home).start(), range(3)))
    assert answer(cluster, "SELECT 1") == 1
    assert cluster.log.read_text().count("database system is ready") == 1
    cluster.stop()


def test_what_was_committed_is_there_after_a_kill(cluster):
    cluster.start()
    with psycopg.connect(cluster.url(OWNER).replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS value")
    os.kill(cluster.pid, signal.SIGKILL)
    while cluster.pid:
        time.sleep(0.01)
    cluster.start()
    assert answer(cluster, "SELECT value FROM kept") == 42


def test_a_lock_file_whose_number_another_program_has_by_now_is_no_hindrance(cluster):
    cluster.start()
    os.kill(cluster.pid, signal.SIGKILL)
    while cluster.pid:
        time.sleep(0.01)
    lines = (cluster.data / "postmaster.pid").read_text().splitlines()
    sleeper = subprocess.Popen(["sleep", "60"])
    try:
        (cluster.data / "postmaster.pid").write_text("\n".join([str(sleeper.pid), *lines[1:]]))
        assert cluster.pid is None
        cluster.start()
        assert cluster.pid not in (None, sleeper.pid)
    finally:
        sleeper.kill()
        sleeper.wait()


def test_an_interrupted_first_start_is_made_good(cluster):
    cluster.data.rename(cluster.store / "data.unfinished")
    with cluster.running():
        assert answer(cluster, "SELECT 1") == 1
    assert not (cluster.store / "data.unfinished").exists()


def test_a_path_too_long_for_a_socket_gets_a_short_one(cluster):
    cluster = Cluster(cluster.home.rename(cluster.home.with_name("县" * 40)))
    with cluster.running():
        assert len(os.fsencode(cluster.socket_folder)) < 50
        assert cluster.socket_folder.stat().st_mode & 0o077 == 0
        assert answer(cluster, "SELECT 1") == 1
    assert not cluster.socket_folder.exists()


def test_data_of_a_release_that_is_not_installed_are_left_alone_with_a_word_what_to_install(cluster):
    (cluster.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(GuatuError, match=r"PostgreSQL 12.*apt-get install postgresql-12-postgis-3"), cluster.running():
        pass


def test_lost_passwords_are_told(cluster):
    (cluster.home / "pgpass").unlink()
    with pytest.raises(ClusterError, match="pgpass"), cluster.running():
        pass


def test_a_server_that_does_not_start_says_why(cluster):
    with (cluster.data / "postgresql.conf").open("a") as configuration:
        configuration.write("shared_buffers = 'plenty'\n")
    with (
        pytest.raises(ClusterError, match=r"postgresql.conf.*contains errors.*postgres.log") as refusal,
        cluster.running(),
    ):
        pass
    assert "\n" not in str(refusal.value)


@as_root
def test_a_cluster_of_another_user_is_refused(cluster):
    os.seteuid(65534)
    try:
        with pytest.raises(ClusterError, match="belongs to the user root"), cluster.running():
            pass
    finally:
        os.seteuid(0)


@as_root
def test_root_keeps_the_data_elsewhere_when_the_servers_user_cannot_reach_the_folder(folder):
    folder.chmod(0o700)
    cluster = Cluster(folder / "home")
    try:
        with cluster.running():
            assert cluster.store.parent == ELSEWHERE
            assert answer(cluster, "SELECT 1") == 1
    finally:
        shutil.rmtree(cluster.store)


@as_root
def test_a_full_disk_is_one_clear_line_and_leaves_nothing_half_made(folder):
    cluster = Cluster(folder / "home")
    cluster.home.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", cluster.home], check=False).returncode:
        pytest.skip("this machine does not let us mount a small disk")
    try:
        with pytest.raises(ClusterError, match=r"disk of .* is full"), cluster.running():
            pass
        assert not cluster.data.exists()
        assert not (cluster.store / "data.unfinished").exists()
    finally:
        subprocess.run(["umount", cluster.home], check=True)

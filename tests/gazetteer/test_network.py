"""Downloads from a real server that is busy, slow, cuts its answers off, or is not there."""

import socket
import threading
import time
from pathlib import Path

import pytest
from web_server import Asked, Reply, serve

from gazetteer import network
from gazetteer.errors import GuatuError
from gazetteer.network import download

MEGABYTE = 1 << 20


def refusal(url: str, target: Path, **options: float) -> str:
    with pytest.raises(GuatuError) as error:
        download(url, target, limit=MEGABYTE, **options)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_download_is_whole_counted_and_asked_for_by_name(tmp_path: Path) -> None:
    done: list[int] = []
    with serve(lambda _: Reply(b"x" * 200_000)) as server:
        download(f"{server.url}/a", tmp_path / "a", limit=MEGABYTE, progress=done.append)
    assert (tmp_path / "a").read_bytes() == b"x" * 200_000
    assert sum(done) == 200_000
    assert server.asked[0].headers["User-Agent"].startswith("guatu/")


def test_a_busy_server_is_asked_again_when_it_says(tmp_path: Path) -> None:
    times: list[float] = []

    def busy_once(_: Asked) -> Reply:
        times.append(time.monotonic())
        return Reply(status=429, headers={"Retry-After": "1"}) if len(times) == 1 else Reply(b"data")

    with serve(busy_once) as server:
        download(server.url, tmp_path / "a", limit=MEGABYTE, data={"data": "query"})
    assert (tmp_path / "a").read_bytes() == b"data"
    assert times[1] - times[0] >= 1
    assert [asked.parameters for asked in server.asked] == [{"data": "query"}] * 2


def test_a_server_that_stays_busy_is_left_alone(tmp_path: Path) -> None:
    with serve(lambda _: Reply(status=504, headers={"Retry-After": "0"})) as server:
        assert "busy" in refusal(server.url, tmp_path / "a")
    assert len(server.asked) == 1 + network.RETRIES


def test_an_answer_that_ends_early_is_refused(tmp_path: Path) -> None:
    with serve(lambda _: Reply(b"half", length=8)) as server:
        assert "cut its answer off" in refusal(server.url, tmp_path / "a")


def test_an_answer_larger_than_the_limit_is_refused(tmp_path: Path) -> None:
    with serve(lambda _: Reply(b"x" * (MEGABYTE + 1))) as server:
        assert "1 MB" in refusal(server.url, tmp_path / "a")


def test_a_server_that_does_not_answer_is_given_up(tmp_path: Path) -> None:
    def slow(_: Asked) -> Reply:
        time.sleep(1)
        return Reply()

    with serve(slow) as server:
        assert "in time" in refusal(server.url, tmp_path / "a", read_s=0.2)


def test_a_server_that_drips_is_given_up(tmp_path: Path) -> None:
    with serve(lambda _: Reply(b"x" * 200_000)) as server:
        assert "too slow" in refusal(server.url, tmp_path / "a", whole_s=0)


def test_a_server_that_stops_in_the_middle_is_given_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)
        host, port = listening.getsockname()

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
                time.sleep(1)

        thread = threading.Thread(target=answer)
        thread.start()
        assert "in time" in refusal(f"http://{host}:{port}", tmp_path / "a", read_s=0.2)
        thread.join()


def test_no_network_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert "is there a network?" in refusal(f"http://127.0.0.1:{unused.getsockname()[1]}", tmp_path / "a")
    assert "is there a network?" in refusal("http://nowhere.invalid/", tmp_path / "a")


def test_a_page_that_is_not_there_is_said(tmp_path: Path) -> None:
    with serve(lambda _: Reply("<html>", status=404)) as server:
        assert "404" in refusal(server.url, tmp_path / "a")


@pytest.mark.parametrize(
    "url", ["", "ftp://example.invalid/a", "/etc/passwd", "file:///etc/passwd", "http://", "http://["]
)
def test_what_is_no_web_address_is_refused(tmp_path: Path, url: str) -> None:
    assert "no address" in refusal(url, tmp_path / "a")

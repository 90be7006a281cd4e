"""The web server: gunicorn in a process of its own, which is told of no database role but the web's."""

import contextlib
import fcntl
import http.client
import os
import secrets
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from gazetteer.errors import GuatuError
from geodata.settings import Settings
from geodata.system import write_private
from webmap.certificates import Certificate

FIRST_PORT = 8000
PORTS = 20  # how many are tried from there on when none is asked for
WORKERS = 2
THREADS = 8  # a worker waits for the database most of the time
START_SECONDS = 60
STOP_SECONDS = 30  # what gunicorn gives the requests that are being answered


class ServerError(GuatuError):
    """The pages cannot be served."""


@contextlib.contextmanager
def only_one(home: Path) -> Iterator[Path]:
    """The file to write the server's address to, while no other guatu serves from this folder.

    Raises ServerError, with its address, where another one does.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / "serving").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            address = (home / "serving").read_text().strip()
            state = f"runs already at {address}" if address else "is being started already"
            raise ServerError(f"guatu {state}: stop that one with Ctrl-C first") from None
        lock.truncate(0)
        yield home / "serving"


def listen(host: str, port: int | None) -> socket.socket:
    """A socket that listens on a port, or on the first free one from 8000 on.

    Raises ServerError where the port is taken or the host is not this machine's.
    """
    ports = [port] if port else range(FIRST_PORT, FIRST_PORT + PORTS)
    for candidate in ports:
        try:
            family, _, _, _, address = socket.getaddrinfo(host, candidate, type=socket.SOCK_STREAM)[0]
            return socket.create_server(address[:2], family=family, backlog=512)
        except socket.gaierror:
            raise ServerError(f"there is no host {host}: give --host one of this machine's names or 0.0.0.0") from None
        except OSError as error:
            reason = f"{host}:{candidate}: {error.strerror}"
    raise ServerError(f"cannot listen on {reason}; give another --port or --host")


def secret_key(home: Path) -> str:
    """What sessions and forms are signed with: GUATU_SECRET_KEY, else a key made once and kept in guatu's folder."""
    if given := os.environ.get("GUATU_SECRET_KEY"):
        return given
    file = home / "secret_key"
    if not file.exists():
        write_private(file, secrets.token_urlsafe(32))
    return file.read_text()


@contextlib.contextmanager
def serving(
    settings: Settings, database_url: str, listener: socket.socket, certificate: Certificate | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """gunicorn, answering on the socket, by HTTPS where there is a certificate; it ends with the context, and with us
    should we be killed.

    Raises ServerError with its last words where it does not get that far.
    """
    log = settings.home / "web.log"
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "GUATU_HOME": str(settings.home),
        "GUATU_SECRET_KEY": secret_key(settings.home),
    }
    command = [
        *("setpriv", "--pdeathsig", "TERM", "--", sys.executable, "-m", "gunicorn", "webmap.wsgi:app"),
        *(f"--workers={WORKERS}", f"--threads={THREADS}", f"--bind=fd://{listener.fileno()}"),
        *(f"--graceful-timeout={STOP_SECONDS}", f"--error-logfile={log}", "--preload", "--no-control-socket"),
    ]
    if certificate:
        command += [f"--certfile={certificate.certificate}", f"--keyfile={certificate.key}"]
        environment |= {"GUATU_AUTHORITY": str(certificate.authority)}
    log.unlink(missing_ok=True)
    with log.open("ab") as output:
        # A session of its own: Ctrl-C reaches us alone, and we let it finish its answers.
        server = subprocess.Popen(
            command, env=environment, pass_fds=[listener.fileno()], stdout=output, stderr=output, start_new_session=True
        )
    try:
        _wait_until_it_answers(server, listener, log, certificate)
        yield server
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def _wait_until_it_answers(
    server: subprocess.Popen[bytes], listener: socket.socket, log: Path, certificate: Certificate | None
) -> None:
    deadline = time.monotonic() + START_SECONDS
    host, port = listener.getsockname()[:2]
    while server.poll() is None and time.monotonic() < deadline:
        if certificate:
            trusted = ssl.create_default_context(cafile=certificate.authority)
            trusted.check_hostname = False  # the address that is listened on may be 0.0.0.0
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                host, port, timeout=START_SECONDS, context=trusted
            )
        else:
            connection = http.client.HTTPConnection(host, port, timeout=START_SECONDS)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
            connection.request("HEAD", "/")
            connection.getresponse()
            return
        time.sleep(0.1)
    lines = [line for line in log.read_text(errors="replace").splitlines() if "Error" in line]
    raise ServerError(f"the pages could not be served: {lines[-1].strip() if lines else 'no answer'} (see {log})")

"""HTTPS of guatu's own: what it serves is trusted by whoever trusts its authority, for as long as it should be."""

import contextlib
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from webmap.certificates import Certificate, certificate_for, own_hosts

HOSTS = ["localhost", "127.0.0.1", "guatu.example"]


def shakes_hands(made: Certificate, name: str) -> bool:
    """Whether a browser that trusts the authority, and nobody else, takes the certificate for a host."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(made.certificate, made.key)
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.load_verify_locations(made.authority)
    ours, theirs = socket.socketpair()

    def answer() -> None:
        with contextlib.suppress(OSError), serving.wrap_socket(theirs, server_side=True) as secured:
            secured.recv(1)

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        with trusting.wrap_socket(ours, server_hostname=name):
            return True
    except ssl.SSLCertVerificationError:
        return False
    finally:
        ours.close()
        thread.join()


def test_a_certificate_is_trusted_for_its_hosts_and_no_others(tmp_path: Path):
    made = certificate_for(tmp_path, HOSTS)
    assert [shakes_hands(made, name) for name in (*HOSTS, "other.example")] == [True, True, True, False]


def test_the_same_certificate_is_used_again_until_it_nears_its_end(tmp_path: Path):
    now = datetime.now(UTC)
    first = certificate_for(tmp_path, HOSTS, now).certificate.read_bytes()
    assert certificate_for(tmp_path, HOSTS[:2], now).certificate.read_bytes() == first
    assert certificate_for(tmp_path, HOSTS, now + timedelta(days=380)).certificate.read_bytes() != first


def test_a_new_host_gets_a_new_certificate_of_the_same_authority(tmp_path: Path):
    authority = certificate_for(tmp_path, HOSTS).authority.read_bytes()
    made = certificate_for(tmp_path, [*HOSTS, "10.0.0.7"])
    assert shakes_hands(made, "10.0.0.7")
    assert made.authority.read_bytes() == authority


def test_the_keys_are_readable_by_their_owner_alone(tmp_path: Path):
    made = certificate_for(tmp_path, HOSTS)
    for key in (made.key, tmp_path / "https" / "authority.key"):
        assert key.stat().st_mode & 0o077 == 0


def test_a_server_on_every_network_is_known_by_the_machines_name():
    assert socket.gethostname() in own_hosts("0.0.0.0")  # noqa: S104  no socket is bound
    assert own_hosts("10.1.2.3") == ["10.1.2.3", "127.0.0.1", "localhost"]


def test_tablets_are_given_the_authority_where_there_is_one(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("GUATU_AUTHORITY", raising=False)
    assert client.get("/authority.crt").status_code == 404
    made = certificate_for(tmp_path, HOSTS)
    monkeypatch.setenv("GUATU_AUTHORITY", str(made.authority))
    answer = client.get("/authority.crt")
    assert answer.data == made.authority.read_bytes()
    assert b"PRIVATE" not in answer.data

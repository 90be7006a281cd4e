"""HTTPS on an intranet: an authority of this guatu's own, and the certificate that it gives the server.

Browsers let a page work without a network, and tell it where it is, only over HTTPS. A tablet that trusts the
authority, once, trusts every certificate that is made here later. The keys stay in guatu's folder.
"""

import socket
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from geodata.system import write_private

if TYPE_CHECKING:
    import trustme

ORGANISATION = "guatu 挂图"
DAYS = 397  # a certificate is good for: Apple's limit for public ones; it allows private ones 825
RENEW_DAYS = 30  # before its end


@dataclass(frozen=True, slots=True)
class Certificate:
    """Three files in PEM form: the authority to be trusted by tablets, the server's certificate and its key."""

    authority: Path
    certificate: Path
    key: Path


def certificate_for(home: Path, hosts: Iterable[str], now: datetime | None = None) -> Certificate:
    """The certificate for some host names and addresses, made or renewed where need be."""
    folder = home / "https"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = Certificate(folder / "authority.crt", folder / "server.crt", folder / "server.key")
    wanted, now = set(hosts), now or datetime.now(UTC)
    if not _still_good(made, wanted, now):
        leaf = _authority(folder / "authority.key", made.authority).issue_cert(
            *sorted(wanted),
            organization_name=ORGANISATION,
            not_before=now - timedelta(days=1),
            not_after=now + timedelta(days=DAYS),
        )
        write_private(made.key, leaf.private_key_pem.bytes().decode())
        made.certificate.write_bytes(b"".join(pem.bytes() for pem in leaf.cert_chain_pems))
    return made


def own_hosts(address: str) -> list[str]:
    """The names and addresses under which other machines reach a server that listens on an address."""
    hosts = {"localhost", "127.0.0.1"}
    if address not in ("0.0.0.0", "::"):  # noqa: S104  compared, not bound
        return sorted(hosts | {address})
    name = socket.gethostname()
    hosts |= {name, f"{name}.local"}
    said = subprocess.run(["hostname", "--all-ip-addresses"], capture_output=True, text=True, check=False).stdout
    return sorted(hosts | set(said.split()))


def _authority(key: Path, certificate: Path) -> "trustme.CA":
    import trustme

    if key.exists() and certificate.exists():
        return trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    authority = trustme.CA(organization_name=ORGANISATION, organization_unit_name=f"guatu {socket.gethostname()}")
    write_private(key, authority.private_key_pem.bytes().decode())
    certificate.write_bytes(authority.cert_pem.bytes())
    return authority


def _still_good(made: Certificate, hosts: set[str], now: datetime) -> bool:
    if not all(file.exists() for file in (made.authority, made.certificate, made.key)):
        return False
    from cryptography import x509

    certificate = x509.load_pem_x509_certificate(made.certificate.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    held = set(names.get_values_for_type(x509.DNSName))
    held |= {str(address) for address in names.get_values_for_type(x509.IPAddress)}
    return _canonical(hosts) <= held and certificate.not_valid_after_utc > now + timedelta(days=RENEW_DAYS)


def _canonical(hosts: set[str]) -> set[str]:
    def one(host: str) -> str:
        try:
            return str(ip_address(host))
        except ValueError:
            return host

    return {one(host) for host in hosts}

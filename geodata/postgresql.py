"""The PostgreSQL that is installed on this machine: which releases there are, and how their programs are run."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gazetteer.errors import GuatuError
from geodata.system import SystemUser, as_user

OLDEST = 15  # the first release in which a whole cluster can have an ICU locale
DEBIAN = Path("/usr/lib/postgresql")


class PostgresqlError(GuatuError):
    """PostgreSQL is missing, or one of its programs failed. The message ends with the program's own last words."""


@dataclass(frozen=True, slots=True)
class Release:
    """One installed major version and the folder of its programs."""

    version: int
    programs: Path

    def run(
        self,
        program: str,
        *arguments: str | Path,
        user: SystemUser | None = None,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> str:
        """Run one program and return what it printed. `user` None means ourselves; only root can name another.

        Raises PostgresqlError with the last line that the program wrote to stderr.
        """
        finished: subprocess.CompletedProcess[str] = subprocess.run(
            [self.programs / program, *arguments],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            cwd=folder or "/",
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", **(environment or {})},
            **as_user(user),  # type: ignore[call-overload]
        )
        if finished.returncode:
            raise PostgresqlError(f"{program} failed: {last_words(finished.stderr or finished.stdout)}")
        return finished.stdout


def last_words(output: str) -> str:
    """What went wrong, from a program's or server's output: its last error, else its last line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [found[1] for line in lines if (found := re.search(r"(?:FATAL|PANIC|ERROR|error): +(.*)", line))]
    return (errors or lines or ["it said nothing"])[-1]


def newest_release() -> Release:
    """The newest installed release that has PostGIS.

    Raises PostgresqlError, with the line that installs it, where there is none.
    """
    releases = [release for release in installed_releases() if _has_postgis(release)]
    if not releases:
        raise PostgresqlError(
            f"PostgreSQL {OLDEST} or newer with PostGIS is not installed: run `apt-get install postgresql-postgis`,"
            " or set DATABASE_URL to a PostGIS database"
        )
    return releases[-1]


def release_of(version: int) -> Release:
    """The installed release of one major version.

    Raises PostgresqlError where it is not installed.
    """
    for release in installed_releases():
        if release.version == version and _has_postgis(release):
            return release
    raise PostgresqlError(
        f"the database was made by PostgreSQL {version}, which is not installed with PostGIS:"
        f" run `apt-get install postgresql-{version}-postgis-3`, then `guatu db upgrade` moves it to a newer one"
    )


def newest_client() -> Release:
    """The newest installed release with client programs, which work with servers of their own age and older ones.

    Raises PostgresqlError where there is none.
    """
    clients = _in_folders("pg_dump")
    if not clients:
        raise PostgresqlError("PostgreSQL's client programs are not installed: run `apt-get install postgresql-client`")
    return clients[-1]


def installed_releases() -> Sequence[Release]:
    """The installed releases that are new enough, oldest first: Debian's, else the one on the PATH."""
    return [release for release in _in_folders("postgres") if release.version >= OLDEST]


def _in_folders(program: str) -> Sequence[Release]:
    folders = [found.parent for found in DEBIAN.glob(f"*/bin/{program}")]
    if not folders and (on_path := shutil.which(program)):
        folders = [Path(on_path).resolve().parent]
    releases = [Release(_version(folder, program), folder) for folder in folders]
    return sorted(releases, key=lambda release: release.version)


def _version(programs: Path, program: str) -> int:
    words = Release(0, programs).run(program, "--version")  # postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)
    return int(re.sub(r"^\D*(\d+).*", r"\1", words, flags=re.DOTALL))


def _has_postgis(release: Release) -> bool:
    shared = Path(release.run("pg_config", "--sharedir").strip())
    return (shared / "extension" / "postgis.control").exists()

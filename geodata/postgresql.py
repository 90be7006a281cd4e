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
    """The line of a program's or server's output that says what went wrong: the last error, else the last line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if any(word in line for word in ("FATAL:", "PANIC:", "error:", "ERROR:"))]
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


def installed_releases() -> Sequence[Release]:
    """The installed releases that are new enough, oldest first: Debian's, and the one on the PATH."""
    folders = [programs.parent for programs in DEBIAN.glob("*/bin/postgres")]
    if on_path := shutil.which("postgres"):
        folders.append(Path(on_path).resolve().parent)
    releases = {version: Release(version, folder) for folder in folders if (version := _version(folder)) >= OLDEST}
    return [releases[version] for version in sorted(releases)]


def _version(programs: Path) -> int:
    words = Release(0, programs).run("postgres", "--version")  # postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)
    return int(re.sub(r"^\D*(\d+).*", r"\1", words, flags=re.DOTALL))


def _has_postgis(release: Release) -> bool:
    shared = Path(release.run("pg_config", "--sharedir").strip())
    return (shared / "extension" / "postgis.control").exists()

"""Users, processes and private files of the operating system (Linux), as far as the cluster needs them."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SystemUser:
    """A user of the machine and its first group."""

    name: str
    uid: int
    gid: int


def system_user(uid: int) -> SystemUser:
    """The user with a number, also one that the machine has no name for, as in containers."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return SystemUser(str(uid), uid, os.getegid())
    return SystemUser(entry.pw_name, uid, entry.pw_gid)


def as_user(user: SystemUser | None) -> dict[str, object]:
    """The arguments with which `subprocess.run` runs a program as a user; only root can name another than itself."""
    if user is None or user.uid == os.geteuid():
        return {}
    return {"user": user.uid, "group": user.gid, "extra_groups": []}


def reaches(user: SystemUser, folder: Path) -> bool:
    """Whether a user can pass through a folder and all above it."""
    found = subprocess.run(["test", "-x", folder], cwd="/", check=False, **as_user(user))  # type: ignore[call-overload]
    return bool(found.returncode == 0)


def works_in(pid: int, folder: Path) -> bool:
    """Whether a process has a folder as its working directory, as those of a PostgreSQL server have its data."""
    try:
        return Path(f"/proc/{pid}/cwd").samefile(folder)
    except OSError:
        return False


def give_to(path: Path, user: SystemUser) -> None:
    """Make a user the owner of a file of ours."""
    if user.uid != os.geteuid():
        os.chown(path, user.uid, user.gid)


def write_private(path: Path, text: str, user: SystemUser | None = None) -> None:
    """Write a file that only its owner, ourselves or another user, can read from its first byte on."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    if user:
        give_to(path, user)

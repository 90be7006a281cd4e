"""The private PostgreSQL cluster: one in a folder, started when needed, reached through a Unix socket only.

In its folder (`home`):

    postgresql/     data/, run/ (the socket) and postgres.log, owned by the user that runs the server; where that user
                    cannot reach the folder, a link to one in /var/lib/guatu that it can
    pgpass          the passwords of the three roles, in libpq's format, readable by its owner alone
    lock, in-use    held while the cluster starts or stops, and by every process that uses it
    stay            there while `guatu db start` wants the cluster to outlive its users

Three roles: `guatu_admin` (superuser; makes roles, databases and extensions), `guatu` (owns the database and everything
in it) and `guatu_web` (the web process: reads and writes rows, owns nothing).
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

from gazetteer.errors import GuatuError
from geodata.postgresql import PostgresqlError, Release, last_words, newest_release, release_of
from geodata.system import SystemUser, give_to, reaches, system_user, works_in, write_private

ADMIN = "guatu_admin"
OWNER = "guatu"
WEB = "guatu_web"
DATABASE = "guatu"

ELSEWHERE = Path("/var/lib/guatu")
SHORT = Path("/tmp")  # noqa: S108  what is made in it is checked to be ours alone
SOCKET_FOLDER_BYTES = 90  # a socket's address holds 107 bytes, of which PostgreSQL's name for it takes 14
START_SECONDS = 60
ORPHANS_SECONDS = 15  # the processes of a killed server notice within some 5 s that it is gone

LOCALE = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=zh")
CONFIGURATION = """
# Set by guatu when it made this cluster; yours to change.
listen_addresses = ''  # the socket only
jit = off              # compiling a map's short queries takes longer than running them
max_parallel_workers_per_gather = 0  # and so does starting workers: requests run beside each other already
random_page_cost = 1.1  # of disks without a moving head, and of what lies in memory: works are found by index
"""
ACCESS = "# Everybody needs a password; the socket is the only way in.\nlocal all all scram-sha-256\n"


class ClusterError(GuatuError):
    """The private cluster cannot do what was asked."""


class Cluster:
    """The private cluster in `home`, an absolute folder that is made when it is missing."""

    def __init__(self, home: Path) -> None:
        self.home = home

    @property
    def store(self) -> Path:
        """The folder of the cluster's data, socket and log."""
        return (self.home / "postgresql").resolve()

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.store / "data"

    @property
    def log(self) -> Path:
        """What the server said since it was last started."""
        return self.store / "postgres.log"

    @property
    def socket_folder(self) -> Path:
        """The socket's folder: in the store, or a short one where that would be too long for a socket's address."""
        folder = self.store / "run"
        if len(os.fsencode(folder)) <= SOCKET_FOLDER_BYTES and re.fullmatch(r"[\w./-]+", str(folder), re.ASCII):
            return folder
        return SHORT / f"guatu-{hashlib.sha256(os.fsencode(self.store)).hexdigest()[:12]}"

    @property
    def version(self) -> int | None:
        """Major version of the PostgreSQL that made the data; None where there are none."""
        try:
            return int((self.data / "PG_VERSION").read_text())
        except FileNotFoundError:
            return None

    @property
    def pid(self) -> int | None:
        """The running server's process, None when it does not run. A lock file left by a killed one does not count."""
        self._check_owner()
        pid = self._pid_in_lock_file()
        return pid if pid and works_in(pid, self.data) else None

    @property
    def stays(self) -> bool:
        """Whether the cluster is to run on when nobody uses it."""
        return (self.home / "stay").exists()

    def url(self, role: str, database: str = DATABASE) -> str:
        """The address of a database of this cluster for a role, with the password."""
        address = URL.create(
            "postgresql+psycopg",
            username=role,
            password=self._passwords()[role],
            database=database,
            query={"host": str(self.socket_folder)},
        )
        return address.render_as_string(hide_password=False)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """The cluster, running: started if need be, and stopped when its last user leaves, unless it is to stay.

        Raises GuatuError where PostgreSQL with PostGIS is not installed, the cluster is another user's or was made by a
        major version that is not there, or the server does not start.
        """
        self._make_home()
        with (self.home / "in-use").open("a") as users:
            fcntl.flock(users, fcntl.LOCK_SH)
            try:
                self._start()
                yield
            finally:
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    if not self.stays:
                        self._stop()

    def start(self) -> None:
        """Start the cluster and let it run until `stop`. Raises what `running` does."""
        with self.running():
            (self.home / "stay").touch()

    def stop(self) -> None:
        """Stop the cluster, if it runs.

        Raises ClusterError while another guatu process uses it.
        """
        if not self.home.exists():
            return
        self._check_owner()
        with (self.home / "in-use").open("a") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ClusterError(
                    f"the database in {self.home} is in use: stop `guatu up` with Ctrl-C, or wait for the other command"
                ) from None
            (self.home / "stay").unlink(missing_ok=True)
            self._stop()

    def set_aside(self) -> Path:
        """Stop the cluster and move its data aside, so that the next start makes new ones; where they are now."""
        self.stop()
        aside = self.store / f"data-{self.version}-{secrets.token_hex(2)}"
        return self.data.rename(aside)

    def put_back(self, aside: Path) -> None:
        """Make data that were set aside the cluster's again."""
        self.stop()
        shutil.rmtree(self.data, ignore_errors=True)
        aside.rename(self.data)

    def create_database(self, name: str) -> None:
        """Make a database that `guatu` owns, with PostGIS in it, unless it is there."""
        with self.connect_as_admin("postgres") as admin:
            if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                admin.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER))
                )
            admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
            admin.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), sql.Identifier(WEB))
            )
        with self.connect_as_admin(name) as admin:
            admin.execute("SET client_min_messages = warning")
            admin.execute("CREATE EXTENSION IF NOT EXISTS postgis")
            admin.execute("ALTER EXTENSION postgis UPDATE")

    def grant_web(self, name: str) -> None:
        """Give the web's role its rights on what `guatu` has and will have in a database, once: later changes stay."""
        with self.connect_as_admin(name) as admin:
            if admin.execute("SELECT 1 FROM pg_default_acl WHERE defaclrole = %s::regrole", (OWNER,)).fetchone():
                return
            admin.execute(f"""
                BEGIN;
                SET LOCAL ROLE {OWNER};
                GRANT USAGE ON SCHEMA public TO {WEB};
                GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {WEB};
                GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {WEB};
                ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {WEB};
                ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {WEB};
                COMMIT
            """)

    def connect_as_admin(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        """An autocommitting connection of the superuser."""
        return psycopg.connect(
            host=str(self.socket_folder),
            dbname=database,
            user=ADMIN,
            password=self._passwords()[ADMIN],
            autocommit=True,
        )

    def _start(self) -> None:
        with self._locked():
            if self.pid:
                return
            if not self.data.exists():
                self._initialise()
            self._bury_killed_server()
            self._make_socket_folder()
            self._launch()
            self._prepare_roles()
            self.create_database(DATABASE)
            self.grant_web(DATABASE)

    def _stop(self) -> None:
        with self._locked():
            if self.pid:
                self._release().run(
                    "pg_ctl", "stop", "--pgdata", self.data, "--mode=fast", "--wait", user=self._server_user()
                )
            if self.socket_folder.parent == SHORT and self.socket_folder.exists():
                self.socket_folder.rmdir()

    def _launch(self) -> None:
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        try:
            self._release().run(
                "pg_ctl",
                "start",
                "--wait",
                f"--timeout={START_SECONDS}",
                "--pgdata",
                self.data,
                "--log",
                self.log,
                f"--options=-k {self.socket_folder}",
                user=self._server_user(),
                folder=self.store,
            )
        except PostgresqlError as error:
            said = self.log.read_text(errors="replace") if self.log.exists() else ""
            raise self._explained(last_words(said) if said else str(error)) from error

    def _initialise(self) -> None:
        """Make the data directory beside its place and move it there when it is whole."""
        user = self._server_user()
        self._make_store(user)
        if not (self.home / "pgpass").exists():
            entries = (f"*:*:*:{role}:{secrets.token_urlsafe(24)}\n" for role in (ADMIN, OWNER, WEB))
            write_private(self.home / "pgpass", "".join(entries))
        unfinished = self.store / "data.unfinished"
        word_file = self.store / "password"
        try:
            shutil.rmtree(unfinished, ignore_errors=True)
            write_private(word_file, self._passwords()[ADMIN], user)
            newest_release().run(
                "initdb",
                "--pgdata",
                unfinished,
                "--username",
                ADMIN,
                "--pwfile",
                word_file,
                "--auth=scram-sha-256",
                *LOCALE,
                user=user,
                folder=self.store,
            )
            with (unfinished / "postgresql.conf").open("a") as configuration:
                configuration.write(CONFIGURATION)
            (unfinished / "pg_hba.conf").write_text(ACCESS)
            unfinished.rename(self.data)
        except PostgresqlError as error:
            raise self._explained(str(error)) from error
        finally:
            word_file.unlink(missing_ok=True)
            shutil.rmtree(unfinished, ignore_errors=True)

    def _prepare_roles(self) -> None:
        passwords = self._passwords()
        with self.connect_as_admin("postgres") as admin:
            for role in (OWNER, WEB):
                if admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone():
                    continue
                hashed = admin.pgconn.encrypt_password(passwords[role].encode(), role.encode())
                admin.execute(
                    sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                        sql.Identifier(role), sql.Literal(hashed.decode())
                    )
                )

    def _release(self) -> Release:
        version = self.version
        return release_of(version) if version else newest_release()

    def _passwords(self) -> dict[str, str]:
        try:
            lines = (self.home / "pgpass").read_text().splitlines()
        except FileNotFoundError:
            raise ClusterError(
                f"{self.home / 'pgpass'} with the database's passwords is gone: put it back,"
                f" or remove {self.home} and restore a backup"
            ) from None
        return {role: word for _, _, _, role, word in (line.split(":") for line in lines)}

    # Who runs the server, and where

    def _server_user(self) -> SystemUser:
        """The owner of the data; else, since PostgreSQL refuses root, `postgres` for root and ourselves for others."""
        uid = os.geteuid()
        if self.data.exists():
            uid = self.data.stat().st_uid
        elif uid == 0:
            try:
                uid = pwd.getpwnam("postgres").pw_uid
            except KeyError:
                raise ClusterError(
                    "PostgreSQL does not run as root and there is no system user `postgres`: run guatu as another user"
                ) from None
        return system_user(uid)

    def _check_owner(self) -> None:
        for folder in (self.home, self.data):
            with contextlib.suppress(FileNotFoundError, PermissionError):
                owner = folder.stat().st_uid
                if os.geteuid() not in (0, owner) or (folder == self.data and owner == 0):
                    raise ClusterError(
                        f"{folder} belongs to the user {system_user(owner).name}: run guatu as that user,"
                        " or set GUATU_HOME to a folder of your own"
                    )

    def _make_home(self) -> None:
        if not self.home.exists():
            self.home.mkdir(parents=True, exist_ok=True)  # another start may be as far
            if os.geteuid() == 0:  # the server's user has to pass through
                self.home.chmod(0o711)
        self._check_owner()

    def _make_store(self, user: SystemUser) -> None:
        place = self.home / "postgresql"
        if not place.is_symlink() and not place.exists() and not reaches(user, self.home):
            ELSEWHERE.mkdir(parents=True, exist_ok=True)
            place.symlink_to(ELSEWHERE / secrets.token_hex(4))
        if not self.store.exists():
            self.store.mkdir(mode=0o700)
            give_to(self.store, user)

    def _make_socket_folder(self) -> None:
        folder, user = self.socket_folder, self._server_user()
        if not folder.exists():
            folder.mkdir(mode=0o700)
            give_to(folder, user)
        found = folder.lstat()
        if folder.is_symlink() or found.st_uid != user.uid or found.st_mode & 0o077:
            raise ClusterError(f"{folder} is not a folder of the user {user.name} alone: remove it")

    # Locks

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """One start or stop at a time."""
        with (self.home / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _pid_in_lock_file(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().split()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def _bury_killed_server(self) -> None:
        """Remove the lock files of a server that was killed, once the last of its processes has noticed and gone.

        PostgreSQL does so itself, but not where another program has been given the number in them, as after a reboot.
        """
        lock_files = [self.data / "postmaster.pid", self.socket_folder / ".s.PGSQL.5432.lock"]
        deadline = time.monotonic() + ORPHANS_SECONDS
        while any(file.exists() for file in lock_files):
            processes = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
            orphans = [pid for pid in processes if works_in(pid, self.data)]
            if not orphans:
                for file in lock_files:
                    file.unlink(missing_ok=True)
            elif time.monotonic() > deadline:
                raise ClusterError(f"processes of a killed server still use {self.data}: end {orphans} and start again")
            else:
                time.sleep(0.1)

    def _explained(self, said: str) -> ClusterError:
        if "No space left on device" in said:
            return ClusterError(f"the disk of {self.store} is full: free some space on it and start again")
        return ClusterError(f"the database in {self.store} did not start: {said} (see {self.log})")

"""`guatu up`: everything that has to run, started."""

import contextlib
import signal
import socket

import click

from geodata.cluster import Cluster
from geodata.database import open_database, upgrade
from geodata.session import open_engine, session_factory
from geodata.settings import Settings
from webmap.certificates import certificate_for, own_hosts
from webmap.server import ServerError, listen, only_one, serving


@click.command()
@click.option("--demo", is_flag=True, help="First load the gazetteer and the example reports, where they are missing.")
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 lets other machines in.")
@click.option("--port", type=click.IntRange(1, 65535), help="Default: the first free one from 8000 on.")
@click.option("--https", is_flag=True, help="Serve with a certificate of an authority of its own: tablets need it.")
def command(demo: bool, host: str, port: int | None, https: bool) -> None:
    """Start guatu: database, migrations, web pages. Ctrl-C stops what was started."""
    settings = Settings.from_environment()
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    with (
        contextlib.suppress(KeyboardInterrupt),
        open_database(settings) as database,
        only_one(settings.home) as running,
        listen(host, port) as listener,
    ):
        _say("数据库 database", _where(settings))
        upgrade(database.owner)
        if demo:
            from webmap.demo import load_demo

            load_demo(settings)
        certificate = certificate_for(settings.home, own_hosts(host)) if https else None
        with serving(settings, database.web, listener, certificate) as server:
            address = _address(listener, "https" if https else "http")
            running.write_text(address)
            if path := _first_invitation(database.owner):
                _say("首次登录 first sign-in", address.rstrip("/") + path)
            if certificate:
                _say("平板须信任 tablets trust", f"{address}authority.crt  (= {certificate.authority})")
            _say("挂图 guatu", f"{address}  (Ctrl-C 停止 stops)")
            server.wait()
            raise ServerError(f"the web server ended by itself: see {settings.home / 'web.log'}")
    _say("挂图 guatu", "已停止 stopped")


def _say(what: str, line: str) -> None:
    click.echo(f"{what}: {line}")


def _where(settings: Settings) -> str:
    if settings.database_url:
        return "DATABASE_URL"
    cluster = Cluster(settings.home)
    return f"PostgreSQL {cluster.version}, {cluster.store}"


def _first_invitation(owner_url: str) -> str | None:
    """The path where the first administrator chooses a password, while nobody has."""
    from geodata.accounts import first_invitation
    from webmap.accounts import invitation_path

    engine = open_engine(owner_url)
    with session_factory(engine).begin() as session:
        secret = first_invitation(session)
    engine.dispose()
    return invitation_path(secret) if secret else None


def _address(listener: socket.socket, scheme: str) -> str:
    """The address to type into a browser; where every network is listened on, that of the machine's name."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104  compared, not bound
        host = socket.gethostname()
    return f"{scheme}://[{host}]:{port}/" if ":" in host else f"{scheme}://{host}:{port}/"

"""One database session a request, rolled back at its end unless somebody committed."""

from flask import Flask, current_app, g
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from geodata.session import session_factory

_EXTENSION = "guatu.session_factory"


def init_app(app: Flask, engine: Engine) -> None:
    """Gives the application its database."""
    app.extensions[_EXTENSION] = session_factory(engine)
    app.teardown_appcontext(_close)


def database() -> Session:
    """The session of this request."""
    if "database" not in g:
        factory: sessionmaker[Session] = current_app.extensions[_EXTENSION]
        g.database = factory()
    session: Session = g.database
    return session


def _close(_error: BaseException | None) -> None:
    session: Session | None = g.pop("database", None)
    if session is not None:
        session.close()

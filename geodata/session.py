"""Engine and sessions of the one PostGIS database."""

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker


def open_engine(url: str) -> Engine:
    """An engine for a PostgreSQL address; `postgres://` and `postgresql://` mean psycopg 3."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)


def session_factory(engine: Engine) -> sessionmaker[Session]:
    """Makes sessions; use as `with factory.begin() as session:`, which commits at the end."""
    return sessionmaker(engine, expire_on_commit=False)

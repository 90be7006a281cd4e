"""The database: which it is, that it is fit for use, and that its tables are those of the models."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from geodata.cluster import ADMIN, OWNER
from geodata.database import Database, DatabaseError, check, current_revision, newest_revision, upgrade
from geodata.session import open_engine


@pytest.fixture
def owner(own_database: Database):
    engine = open_engine(own_database.owner)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_a_fresh_database_has_the_newest_tables(owner):
    assert current_revision(owner) == newest_revision()


def test_upgrading_twice_changes_nothing(own_database, owner):
    upgrade(own_database.owner)
    assert current_revision(owner) == newest_revision()


def test_a_database_of_a_newer_release_is_refused(own_database, owner):
    owner.execute(text("UPDATE alembic_version SET version_num = 'from-the-future'"))
    owner.commit()
    with pytest.raises(DatabaseError, match="newer guatu"):
        upgrade(own_database.owner)


def test_chinese_sorts_by_its_sound(owner):
    words = owner.scalars(
        text("SELECT w FROM unnest(ARRAY['永康', '安徽', '北京', '重庆', '花街', '芝英']) w ORDER BY w")
    )
    assert words.all() == ["安徽", "北京", "重庆", "花街", "永康", "芝英"]


def test_latin_letters_among_chinese_match_in_either_case(owner):
    assert owner.scalar(text("SELECT '老G330国道' ILIKE '%g330国%'"))


@pytest.mark.parametrize(
    "url",
    ["nonsense", "", "sqlite:///works.db", "mysql://root@localhost/works", "postgresql://guatu@localhost:port/works"],
)
def test_an_address_that_is_none_of_postgresql_is_refused(url):
    with pytest.raises(DatabaseError, match="not a PostgreSQL address"):
        check(url)


def test_an_address_where_nothing_listens_is_named_without_its_password():
    with pytest.raises(DatabaseError) as refusal:
        check("postgresql://guatu:geheim@127.0.0.1:1/works")
    assert "works at 127.0.0.1:1" in str(refusal.value)
    assert "geheim" not in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_the_web_role_reads_and_writes_rows(server, database):
    engine = open_engine(database.web)
    with engine.begin() as web:
        web.execute(
            text(
                "INSERT INTO gazetteer_source (name, title, licence, attribution, places)"
                " VALUES ('a', 'A', 'CC0', 'A', 0)"
            )
        )
        assert web.scalar(text("SELECT count(*) FROM gazetteer_source")) == 1
    engine.dispose()


@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="one role plays all parts on the operator's server")
@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE work",
        "ALTER TABLE work ADD COLUMN extra text",
        "CREATE TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "TRUNCATE work CASCADE",
        "SET ROLE guatu",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY work TO PROGRAM 'cat'",
    ],
)
def test_the_web_role_owns_nothing(database, statement):
    engine = open_engine(database.web)
    with engine.begin() as web, pytest.raises(ProgrammingError, match=r"permission denied|must be (owner|superuser)"):
        web.execute(text(statement))
    engine.dispose()


@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="the operator's role may be allowed to make the extension")
def test_a_database_without_postgis_is_told_what_a_superuser_has_to_do(server):
    server.execute("CREATE DATABASE bare OWNER guatu")
    try:
        with pytest.raises(DatabaseError, match="superuser has to run CREATE EXTENSION postgis"):
            check(server.address(OWNER, "bare"))
    finally:
        server.execute("DROP DATABASE bare WITH (FORCE)")


def test_a_database_in_another_encoding_is_refused(server):
    name = f"latin_{os.getpid()}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C' LOCALE_PROVIDER libc")
    try:
        with pytest.raises(DatabaseError, match="SQL_ASCII"):
            check(server.address(ADMIN, name))
    finally:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_two_upgrades_at_once_do_not_trip_over_each_other(server):
    name = f"empty_{os.getpid()}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    try:
        url = server.address(ADMIN, name)
        with ThreadPoolExecutor() as pool:
            list(pool.map(upgrade, [url, url]))
        engine = open_engine(url)
        with engine.connect() as connection:
            assert current_revision(connection) == newest_revision()
        engine.dispose()
    finally:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")

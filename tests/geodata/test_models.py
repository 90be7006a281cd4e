"""The database itself refuses what must not be."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from drawing import a_report, a_work
from geoalchemy2 import alembic_helpers
from geoalchemy2.shape import from_shape
from shapely.geometry import Point, Polygon
from sqlalchemy import CheckConstraint, Engine, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gazetteer.vocabulary import Precision, Status
from geodata.database import Database, upgrade
from geodata.models import Base, Location, StatusChange
from geodata.session import open_engine


def ours(thing, name, kind, reflected, compare_to):
    return name not in ("spatial_ref_sys", "alembic_version") and alembic_helpers.include_object(
        thing, name, kind, reflected, compare_to
    )


def test_the_migrations_make_exactly_the_tables_of_the_models(shared_engine: Engine):
    with shared_engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": ours, "compare_server_default": True, "compare_type": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_the_migrations_make_every_check_of_the_models(shared_engine: Engine):
    wanted = {
        (table.name, constraint.name)
        for table in Base.metadata.sorted_tables
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    made = {
        (table, check["name"])
        for table in Base.metadata.tables
        for check in inspect(shared_engine).get_check_constraints(table)
    }
    assert {(table, str(name).removeprefix(f"ck_{table}_")) for table, name in made} == {
        (table, str(name).removeprefix(f"ck_{table}_")) for table, name in wanted
    }


def test_what_points_at_other_rows_is_found_by_index(shared_engine: Engine):
    """Else deleting a row that is pointed at reads the whole table."""
    without = text("""
        SELECT conrelid::regclass || '.' || attname FROM pg_constraint
        JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
        WHERE contype = 'f' AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = conrelid AND indkey[0] = conkey[1])
    """)
    with shared_engine.connect() as connection:
        assert connection.scalars(without).all() == []


def test_the_migrations_go_down_and_up_again(own_database: Database):
    from alembic import command

    from geodata.database import _alembic

    command.downgrade(_alembic(own_database.owner), "base")
    engine = open_engine(own_database.owner)
    with engine.connect() as connection:
        left = connection.execute(
            text("select tablename from pg_tables where schemaname = 'public' order by 1")
        ).scalars()
        assert list(left) == ["alembic_version", "spatial_ref_sys"]
    upgrade(own_database.owner)
    assert "work" in inspect(engine).get_table_names()
    engine.dispose()


def test_a_work_has_one_current_location(session: Session):
    work = a_work(session, a_report(session), place="POINT(120 28.9)")
    session.add(
        Location(work_id=work.id, precision=Precision.NONE, confidence=0, reason="没有", evidence={}, placed_by="guatu")
    )
    with pytest.raises(IntegrityError, match="uq_location_current"):
        session.flush()


def test_a_work_has_one_current_status(session: Session):
    work = a_work(session, a_report(session))
    session.add(StatusChange(work_id=work.id, status=Status.COMPLETE, changed_by="张三"))
    with pytest.raises(IntegrityError, match="uq_status_change_current"):
        session.flush()


@pytest.mark.parametrize(
    ("broken", "constraint"),
    [
        ({"confidence": 1.5}, "confidence"),
        ({"geometry": None}, "placed"),
        ({"precision": Precision.NONE}, "placed"),
        ({"reason": ""}, "reason"),
        ({"geometry": from_shape(Point(200, 28.9), 4326)}, "geometry"),
        ({"geometry": from_shape(Point(28.9, 120), 4326)}, "geometry"),
        ({"geometry": from_shape(Polygon([(0, 0), (1, 1), (0, 1), (1, 0)]), 4326)}, "geometry"),
    ],
)
def test_a_location_that_cannot_be_is_refused(session: Session, broken: dict, constraint: str):
    work = a_work(session, a_report(session))
    sound = {
        "geometry": from_shape(Point(120, 28.9), 4326),
        "precision": Precision.EXACT,
        "confidence": 0.9,
        "reason": "名称一致",
        "evidence": {},
        "placed_by": "guatu",
    }
    session.add(Location(work_id=work.id, **(sound | broken)))
    with pytest.raises(IntegrityError, match=f"ck_location_{constraint}"):
        session.flush()


@pytest.mark.parametrize(
    ("broken", "constraint"),
    [
        ({"year": 1200}, "year"),
        ({"sha256": "abc"}, "sha256"),
        ({"adcode": "33078"}, "adcode"),
        ({"text": "", "sha256": "0" * 64}, "text"),
    ],
)
def test_a_report_that_cannot_be_is_refused(session: Session, broken: dict, constraint: str):
    with pytest.raises(IntegrityError, match=f"ck_report_{constraint}"):
        a_report(session, **broken)


def test_a_word_outside_its_list_is_refused(session: Session):
    work = a_work(session, a_report(session))
    with pytest.raises(IntegrityError, match="sector"):
        session.execute(text("update work set sector = 'magic' where id = :id"), {"id": work.id})

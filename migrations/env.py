"""Runs the migrations against the address that `alembic.ini`'s caller gives as `sqlalchemy.url`."""

from alembic import context
from geoalchemy2 import alembic_helpers

from geodata.models import Base
from geodata.session import open_engine


def include_object(thing, name, kind, reflected, compare_to):
    """Leaves PostGIS's own tables out of comparisons."""
    return name != "spatial_ref_sys" and alembic_helpers.include_object(thing, name, kind, reflected, compare_to)


def run() -> None:
    engine = open_engine(context.config.get_main_option("sqlalchemy.url"))
    with engine.begin() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_object=include_object,
            process_revision_directives=alembic_helpers.writer,
            render_item=alembic_helpers.render_item,
            compare_server_default=True,
        )
        context.run_migrations()
    engine.dispose()


run()

"""What the map counts and draws by, in one row a work; a version of all works; what an undo restored"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0030"
down_revision = "0020"
branch_labels = None
depends_on = None

HISTORIES = ("location", "status_change")

SUMMARY = {
    "works_inserted": (
        "work",
        "INSERT",
        "NEW TABLE AS new_rows",
        """
        INSERT INTO work_summary (work_id, report_id, area, sector, start)
        SELECT id, report_id, array_to_string(area, '›'), sector, start FROM new_rows;
        """,
    ),
    "works_updated": (
        "work",
        "UPDATE",
        "NEW TABLE AS new_rows",
        """
        UPDATE work_summary SET report_id = w.report_id, area = array_to_string(w.area, '›'), sector = w.sector,
               start = w.start
        FROM new_rows AS w WHERE w.id = work_id;
        """,
    ),
    "statuses_inserted": (
        "status_change",
        "INSERT",
        "NEW TABLE AS new_rows",
        "UPDATE work_summary SET status = s.status FROM new_rows AS s WHERE s.work_id = work_summary.work_id AND s.current;",
    ),
    "statuses_updated": (
        "status_change",
        "UPDATE",
        "NEW TABLE AS new_rows",
        "UPDATE work_summary SET status = s.status FROM new_rows AS s WHERE s.work_id = work_summary.work_id AND s.current;",
    ),
    "locations_inserted": ("location", "INSERT", "NEW TABLE AS new_rows", "{placed}"),
    "locations_updated": (
        "location",
        "UPDATE",
        "OLD TABLE AS old_rows NEW TABLE AS new_rows",
        "{displaced} {placed}",
    ),
    "locations_deleted": ("location", "DELETE", "OLD TABLE AS old_rows", "{displaced}"),
}
PLACED = """
    UPDATE work_summary SET town = coalesce(l.town, '-'), precision = l.precision, confidence = l.confidence,
           anchor = guatu_anchor(l.geometry)
    FROM new_rows AS l WHERE l.work_id = work_summary.work_id AND l.current;
"""
DISPLACED = """
    UPDATE work_summary SET town = '-', precision = 'none', confidence = 0, anchor = NULL
    FROM old_rows AS l WHERE l.work_id = work_summary.work_id AND l.current;
"""
# Half-way along the longest line; else a point on the area; else the first point. Web Mercator ends at 85 degrees.
ANCHOR = """
    CREATE FUNCTION guatu_anchor(shape geometry) RETURNS geometry LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT ST_Transform(
            CASE ST_Dimension(shape)
                WHEN 1 THEN (
                    SELECT ST_LineInterpolatePoint(part.geom, 0.5) FROM ST_Dump(shape) AS part
                    ORDER BY ST_Length(part.geom) DESC LIMIT 1
                )
                WHEN 2 THEN ST_PointOnSurface(shape)
                ELSE ST_GeometryN(shape, 1)
            END, 3857)
        WHERE ST_YMax(shape) < 85.06 AND ST_YMin(shape) > -85.06
    $$
"""


def upgrade() -> None:
    for table in HISTORIES:
        op.add_column(table, sa.Column("restores_id", sa.Integer()))
        op.create_foreign_key(
            op.f(f"fk_{table}_restores_id_{table}"), table, table, ["restores_id"], ["id"], ondelete="SET NULL"
        )
    op.execute(ANCHOR)
    op.create_table(
        "work_summary",
        sa.Column("work_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column("sector", sa.Text(collation="C"), nullable=False),
        sa.Column("status", sa.Text(collation="C")),
        sa.Column("town", sa.Text(collation="C"), server_default="-", nullable=False),
        sa.Column("precision", sa.Text(collation="C"), server_default="none", nullable=False),
        sa.Column("confidence", sa.Double(), server_default="0", nullable=False),
        sa.Column("anchor", Geometry("POINT", srid=3857, spatial_index=False)),
        sa.ForeignKeyConstraint(
            ["work_id"], ["work.id"], name=op.f("fk_work_summary_work_id_work"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("work_id", name=op.f("pk_work_summary")),
        # Each work's row is written again and again: with room beside it, PostgreSQL need not touch the indexes.
        postgresql_with={"fillfactor": "70"},
    )
    op.create_index("ix_work_summary_anchor", "work_summary", ["anchor"], postgresql_using="gist")
    op.create_index("ix_work_summary_report_id", "work_summary", ["report_id"])
    op.execute("""
        INSERT INTO work_summary
        SELECT w.id, w.report_id, w.start, array_to_string(w.area, '›'), w.sector, s.status, coalesce(l.town, '-'),
               coalesce(l.precision, 'none'), coalesce(l.confidence, 0), guatu_anchor(l.geometry)
        FROM work w
        LEFT JOIN status_change s ON s.work_id = w.id AND s.current
        LEFT JOIN location l ON l.work_id = w.id AND l.current
    """)
    for name, (table, event, rows, body) in SUMMARY.items():
        statements = body.format(placed=PLACED, displaced=DISPLACED)
        op.execute(f"""
            CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {statements} RETURN NULL; END $$
        """)
        op.execute(f"""
            CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {rows}
            FOR EACH STATEMENT EXECUTE FUNCTION {name}()
        """)
    op.create_table(
        "works_version",
        sa.Column("id", sa.Integer(), server_default="1", autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("transaction", sa.BigInteger()),
        sa.CheckConstraint("id = 1", name=op.f("ck_works_version_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_works_version")),
    )
    op.execute("INSERT INTO works_version DEFAULT VALUES")
    # At the end of a transaction, so that whoever changes works waits for nobody; once a transaction.
    op.execute("""
        CREATE FUNCTION works_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE works_version SET number = number + 1, transaction = pg_current_xact_id()::text::bigint
            WHERE transaction IS DISTINCT FROM pg_current_xact_id()::text::bigint;
            RETURN NULL;
        END $$
    """)
    for table in ("work_summary", "report"):
        op.execute(f"""
            CREATE CONSTRAINT TRIGGER {table}_changed AFTER INSERT OR UPDATE OR DELETE ON {table}
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION works_changed()
        """)


def downgrade() -> None:
    op.execute("DROP TRIGGER report_changed ON report")
    op.drop_table("works_version")
    for name, (table, *_) in SUMMARY.items():
        op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("work_summary")
    op.execute("DROP FUNCTION works_changed()")
    op.execute("DROP FUNCTION guatu_anchor(geometry)")
    for table in HISTORIES:
        op.drop_column(table, "restores_id")

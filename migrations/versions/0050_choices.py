"""What inspectors said last and what kind of report a work is from, as choices; the places that are seen from afar"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0040"
branch_labels = None
depends_on = None

INSERTED = """
    CREATE OR REPLACE FUNCTION works_inserted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO work_summary (work_id, report_id, area, sector, start{columns})
        SELECT w.id, w.report_id, array_to_string(w.area, '›'), w.sector, w.start{values}
        FROM new_rows AS w JOIN report AS r ON r.id = w.report_id;
        RETURN NULL;
    END $$
"""
FINDINGS = """
    UPDATE work_summary SET finding = i.finding
    FROM (SELECT DISTINCT ON (work_id) work_id, finding FROM inspection {of}
          ORDER BY work_id, seen_at DESC, received_at DESC) AS i
    WHERE i.work_id = work_summary.work_id AND work_summary.finding <> i.finding;
"""
# What is drawn at zoom 10 and before: a tile of those zooms holds more villages and roads than can be looked through.
FAR = "'province', 'city', 'county', 'town', 'expressway', 'railway', 'waterway', 'water', 'reservoir'"


def upgrade() -> None:
    text = sa.Text(collation="C")
    op.add_column("work_summary", sa.Column("report_kind", text, server_default="report", nullable=False))
    op.add_column("work_summary", sa.Column("finding", text, server_default="-", nullable=False))
    op.execute("ALTER TABLE work_summary DISABLE TRIGGER USER")
    op.execute("UPDATE work_summary SET report_kind = r.kind FROM report AS r WHERE r.id = report_id")
    op.execute(FINDINGS.format(of=""))
    op.execute("ALTER TABLE work_summary ENABLE TRIGGER USER")
    op.execute(INSERTED.format(columns=", report_kind", values=", r.kind"))
    findings = FINDINGS.format(of="WHERE work_id IN (SELECT work_id FROM new_rows)")
    op.execute(f"""
        CREATE FUNCTION inspections_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {findings} RETURN NULL; END $$
    """)
    for event in ("INSERT", "UPDATE"):  # an inspection of works that became one moves to that one
        op.execute(f"""
            CREATE TRIGGER inspections_{event.lower()} AFTER {event} ON inspection REFERENCING NEW TABLE AS new_rows
            FOR EACH STATEMENT EXECUTE FUNCTION inspections_changed()
        """)
    op.create_index(
        "ix_place_far", "place", ["geometry"], postgresql_using="gist", postgresql_where=sa.text(f"kind IN ({FAR})")
    )


def downgrade() -> None:
    op.drop_index("ix_place_far", "place")
    for event in ("insert", "update"):
        op.execute(f"DROP TRIGGER inspections_{event} ON inspection")
    op.execute("DROP FUNCTION inspections_changed()")
    op.execute(INSERTED.format(columns="", values=""))
    op.drop_column("work_summary", "finding")
    op.drop_column("work_summary", "report_kind")

"""When a work last changed, which works are gone, and edited exports that wait for a person's word"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0030"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
LAST_CHANGE = """
    UPDATE work_summary SET changed_at = (
        SELECT greatest(r.created_at, max(s.created_at), max(l.created_at))
        FROM work w JOIN report r ON r.id = w.report_id
        LEFT JOIN status_change s ON s.work_id = w.id
        LEFT JOIN location l ON l.work_id = w.id
        WHERE w.id = work_summary.work_id GROUP BY r.created_at
    )
"""


def json_column(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=nullable)


def upgrade() -> None:
    op.add_column(
        "work_summary", sa.Column("changed_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False)
    )
    op.execute(LAST_CHANGE)
    # Whatever changes of a work, its place or its status writes the summary: that is the one place to note when.
    op.execute("""
        CREATE FUNCTION summary_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN NEW.changed_at = now(); RETURN NEW; END $$
    """)
    op.execute("""
        CREATE TRIGGER summary_changed BEFORE UPDATE ON work_summary
        FOR EACH ROW EXECUTE FUNCTION summary_changed()
    """)
    op.create_table(
        "deleted_work",
        sa.Column("work_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("work_id", name=op.f("pk_deleted_work")),
    )
    op.execute("""
        CREATE FUNCTION works_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO deleted_work (work_id, report_id) SELECT id, report_id FROM old_rows
            ON CONFLICT (work_id) DO UPDATE SET deleted_at = now();
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER works_deleted AFTER DELETE ON work REFERENCING OLD TABLE AS old_rows
        FOR EACH STATEMENT EXECUTE FUNCTION works_deleted()
    """)
    op.create_table(
        "returned_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sent_by", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        json_column("edits"),
        json_column("remarks"),
        sa.Column("same", sa.Integer(), nullable=False),
        json_column("taken", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returned_file")),
    )


def downgrade() -> None:
    op.drop_table("returned_file")
    op.execute("DROP TRIGGER works_deleted ON work")
    op.execute("DROP FUNCTION works_deleted()")
    op.drop_table("deleted_work")
    op.execute("DROP TRIGGER summary_changed ON work_summary")
    op.execute("DROP FUNCTION summary_changed()")
    op.drop_column("work_summary", "changed_at")

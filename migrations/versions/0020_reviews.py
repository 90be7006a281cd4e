"""Drafts and corrections of readings, links from year to year, and what project lists say of works"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0011"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
PARTIAL_DATE = "^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"
CHECKS = {
    "investment": "investment is null or investment >= 0",
    "planned_start": f"planned_start is null or planned_start ~ '{PARTIAL_DATE}'",
    "planned_finish": f"planned_finish is null or planned_finish ~ '{PARTIAL_DATE}'",
    "planned_dates": "left(planned_start, length(planned_finish)) <= left(planned_finish, length(planned_start))",
}
COLUMNS = {
    "responsible": sa.Text(),
    "investment": sa.Double(),
    "planned_start": sa.Text(),
    "planned_finish": sa.Text(),
    "reviewed_by": sa.Text(),
}


def words(name: str, *members: str) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=None)


def json_column(name: str, default: str | None = None, nullable: bool = False) -> sa.Column:
    server_default = sa.text(default) if default else None
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), server_default=server_default, nullable=nullable)


def upgrade() -> None:
    kind = words("reportkind", "report", "project-list")
    op.add_column("report", sa.Column("kind", kind, server_default="report", nullable=False))
    for name, column_type in COLUMNS.items():
        op.add_column("work", sa.Column(name, column_type, nullable=True))
    for name, rule in CHECKS.items():
        op.create_check_constraint(name, "work", rule)
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        json_column("document", nullable=True),
        json_column("works", "'[]'"),
        json_column("steps", "'[]'"),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        json_column("present", "'{}'"),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint("(report_id is null) = (document is not null)", name=op.f("ck_draft_document")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_draft_report_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("report_id", name=op.f("uq_draft_report_id")),
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("action", words("action", "accept", "correct", "split", "merge", "drop", "add"), nullable=False),
        json_column("read"),
        json_column("made"),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_correction_report_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_report_id"), "correction", ["report_id"])
    op.create_table(
        "work_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("earlier_id", sa.Integer(), nullable=False),
        sa.Column("later_id", sa.Integer(), nullable=False),
        sa.Column("relation", words("relation", "same", "thing"), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("cut", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint("earlier_id <> later_id", name=op.f("ck_work_link_two_works")),
        sa.CheckConstraint("confidence between 0 and 1", name=op.f("ck_work_link_confidence")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_work_link_reason")),
        sa.CheckConstraint("not cut or made_by <> 'guatu'", name=op.f("ck_work_link_cut_by_a_person")),
        sa.ForeignKeyConstraint(["earlier_id"], ["work.id"], name=op.f("fk_work_link_earlier_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["later_id"], ["work.id"], name=op.f("fk_work_link_later_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_link")),
        sa.UniqueConstraint("earlier_id", "later_id", name=op.f("uq_work_link_earlier_id_later_id")),
    )
    op.create_index(op.f("ix_work_link_later_id"), "work_link", ["later_id"])


def downgrade() -> None:
    for table in ("work_link", "correction", "draft"):
        op.drop_table(table)
    for name in CHECKS:
        op.drop_constraint(name, "work", type_="check")
    for name in COLUMNS:
        op.drop_column("work", name)
    op.drop_column("report", "kind")

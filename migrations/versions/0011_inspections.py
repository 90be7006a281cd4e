"""Inspections, their photos, and what was refused"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
DIGEST = "sha256 ~ '^[0-9a-f]{64}$'"


def words(name: str, *members: str) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=None)


def geometry(name: str, kind: str) -> sa.Column:
    return sa.Column(
        name,
        Geometry(kind, srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"),
        nullable=True,
    )


def upgrade() -> None:
    op.create_geospatial_table(
        "inspection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("work_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("device", sa.Uuid(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("finding", words("finding", "here", "moved", "not_found", "unreachable"), nullable=False),
        sa.Column(
            "status_seen", words("status", "proposed", "preliminary", "start", "ongoing", "complete"), nullable=True
        ),
        sa.Column("note", sa.Text(), nullable=False),
        geometry("geometry", "GEOMETRY"),
        geometry("position", "POINT"),
        sa.Column("accuracy_m", sa.Float(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_doubtful", sa.Boolean(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=True),
        sa.Column("conflict", sa.Boolean(), nullable=False),
        sa.Column("answers", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column(
            "decision", words("decision", "waiting", "accepted", "returned"), server_default="waiting", nullable=False
        ),
        sa.Column("question", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(DIGEST, name=op.f("ck_inspection_sha256")),
        sa.CheckConstraint("finding <> 'moved' or geometry is not null", name=op.f("ck_inspection_moved")),
        sa.CheckConstraint("accuracy_m >= 0", name=op.f("ck_inspection_accuracy")),
        sa.CheckConstraint("(decision = 'waiting') = (decided_by is null)", name=op.f("ck_inspection_decided")),
        sa.CheckConstraint("(decided_by is null) = (decided_at is null)", name=op.f("ck_inspection_decided_at")),
        sa.CheckConstraint("decision <> 'returned' or question <> ''", name=op.f("ck_inspection_question")),
        sa.CheckConstraint(
            "geometry is null or (st_isvalid(geometry) and not st_isempty(geometry)"
            " and st_xmin(geometry) >= -180 and st_xmax(geometry) <= 180"
            " and st_ymin(geometry) >= -90 and st_ymax(geometry) <= 90)",
            name=op.f("ck_inspection_geometry"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_inspection_account_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["answers"], ["inspection.id"], name=op.f("fk_inspection_answers")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_inspection_location_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["work_id"], ["work.id"], name=op.f("fk_inspection_work_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
    )
    op.create_index(op.f("ix_inspection_account_id"), "inspection", ["account_id"])
    op.create_index("ix_inspection_decision", "inspection", ["decision", "received_at"])
    op.create_index(op.f("ix_inspection_work_id"), "inspection", ["work_id"])
    op.create_geospatial_table(
        "photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        geometry("position", "POINT"),
        sa.Column("direction", sa.Float(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("refused", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(DIGEST, name=op.f("ck_photo_sha256")),
        sa.CheckConstraint("size > 0", name=op.f("ck_photo_size")),
        sa.CheckConstraint("content is null or octet_length(content) = size", name=op.f("ck_photo_content")),
        sa.CheckConstraint("direction >= 0 and direction < 360", name=op.f("ck_photo_direction")),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_photo_inspection_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
    )
    op.create_index(op.f("ix_photo_inspection_id"), "photo", ["inspection_id"])
    op.create_table(
        "photo_part",
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_photo_part_photo_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("photo_id", "number", name=op.f("pk_photo_part")),
    )
    op.create_table(
        "refused_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("settled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_refused_check_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_check")),
        sa.UniqueConstraint("inspection_id", "sha256", name=op.f("uq_refused_check_inspection_id_sha256")),
    )
    op.create_index(op.f("ix_refused_check_account_id"), "refused_check", ["account_id"])


def downgrade() -> None:
    for table in ("refused_check", "photo_part", "photo", "inspection"):
        op.drop_table(table)

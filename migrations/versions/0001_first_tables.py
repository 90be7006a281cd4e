"""Reports, works, locations, statuses, places"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gazetteer_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("attribution", sa.Text(), nullable=False),
        sa.Column("fictional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gazetteer_source")),
        sa.UniqueConstraint("name", name=op.f("uq_gazetteer_source_name")),
    )
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("county", sa.Text(), nullable=False),
        sa.Column("adcode", sa.Text(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source_file", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("fictional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("adcode is null or adcode ~ '^[0-9]{6}$'", name=op.f("ck_report_adcode")),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_report_sha256")),
        sa.CheckConstraint("text <> ''", name=op.f("ck_report_text")),
        sa.CheckConstraint("year between 1949 and 2100", name=op.f("ck_report_year")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("sha256", name=op.f("uq_report_sha256")),
    )
    op.create_geospatial_table(
        "place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("adcode", sa.Text(), nullable=True),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column(
            "geometry",
            Geometry(srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"),
            nullable=True,
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_place_name")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["gazetteer_source.id"], name=op.f("fk_place_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("source_id", "key", name=op.f("uq_place_source_id_key")),
    )
    op.create_geospatial_index(
        "ix_place_geometry", "place", ["geometry"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_table(
        "work",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "road",
                "bridge",
                "tunnel",
                "interchange",
                "expressway",
                "railway",
                "waterway",
                "pipeline",
                "plant",
                "power",
                "waste",
                "park",
                "green",
                "farmland",
                "reservoir",
                "school",
                "hospital",
                "building",
                "housing",
                "block",
                "zone",
                "village",
                "town",
                "scenic",
                "funeral",
                "parking",
                "facility",
                "equipment",
                "mine",
                "other",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column(
            "nature",
            sa.Enum(
                "new",
                "expand",
                "renovate",
                "relocate",
                "extend",
                "restore",
                "upgrade",
                name="nature",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column(
            "sector",
            sa.Enum(
                "transport",
                "urban",
                "housing",
                "rural",
                "water",
                "environment",
                "energy",
                "industry",
                "education",
                "health",
                "culture",
                "sport",
                "civil",
                "safety",
                name="sector",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("extent_from", sa.Text(), nullable=True),
        sa.Column("extent_to", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Double(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("area", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "period",
            sa.Enum("done", "planned", name="period", native_enum=False, create_constraint=True, length=None),
            nullable=False,
        ),
        sa.Column("places", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("spans", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("mentions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("flags", sa.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_work_name")),
        sa.CheckConstraint("(extent_from is null) = (extent_to is null)", name=op.f("ck_work_extent")),
        sa.CheckConstraint('0 <= start and start < "end"', name=op.f("ck_work_offsets")),
        sa.CheckConstraint("quantity is null or quantity >= 0", name=op.f("ck_work_quantity")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_work_report_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work")),
        sa.UniqueConstraint("report_id", "key", name=op.f("uq_work_report_id_key")),
    )
    op.create_index("ix_work_report_sector", "work", ["report_id", "sector"], unique=False)
    op.create_geospatial_table(
        "location",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("work_id", sa.Integer(), nullable=False),
        sa.Column(
            "geometry",
            Geometry(srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"),
            nullable=True,
        ),
        sa.Column(
            "precision",
            sa.Enum(
                "exact",
                "stretch",
                "partial",
                "near",
                "town",
                "county",
                "none",
                name="precision",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("town", sa.Text(), nullable=True),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("current", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint("(geometry is null) = (precision = 'none')", name=op.f("ck_location_placed")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_location_reason")),
        sa.CheckConstraint("confidence between 0 and 1", name=op.f("ck_location_confidence")),
        sa.CheckConstraint(
            "geometry is null or (st_isvalid(geometry) and not st_isempty(geometry) and st_xmin(geometry) >= -180 and st_xmax(geometry) <= 180 and st_ymin(geometry) >= -90 and st_ymax(geometry) <= 90)",
            name=op.f("ck_location_geometry"),
        ),
        sa.ForeignKeyConstraint(["work_id"], ["work.id"], name=op.f("fk_location_work_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location")),
    )
    op.create_geospatial_index(
        "ix_location_geometry",
        "location",
        ["geometry"],
        unique=False,
        postgresql_using="gist",
        postgresql_where=sa.text("current"),
        postgresql_ops={},
    )
    op.create_index(op.f("ix_location_work_id"), "location", ["work_id"], unique=False)
    op.create_index("uq_location_current", "location", ["work_id"], unique=True, postgresql_where=sa.text("current"))
    op.create_table(
        "place_name",
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_place_name_place_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("place_id", "name", name=op.f("pk_place_name")),
    )
    op.create_index(op.f("ix_place_name_name"), "place_name", ["name"], unique=False)
    op.create_table(
        "status_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("work_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "preliminary",
                "start",
                "ongoing",
                "complete",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column("on_date", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("current", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(["work_id"], ["work.id"], name=op.f("fk_status_change_work_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_change")),
    )
    op.create_index(op.f("ix_status_change_work_id"), "status_change", ["work_id"], unique=False)
    op.create_index(
        "uq_status_change_current", "status_change", ["work_id"], unique=True, postgresql_where=sa.text("current")
    )


def downgrade() -> None:
    for table in ("status_change", "place_name", "location", "work", "place", "report", "gazetteer_source"):
        op.drop_table(table)

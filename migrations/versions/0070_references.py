"""Indexes on what points at rows that are deleted: without them a report's deletion reads whole tables for every work"""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0060"
branch_labels = None
depends_on = None

REFERENCES = (
    ("location", "restores_id"),
    ("status_change", "restores_id"),
    ("inspection", "location_id"),
    ("inspection", "answers"),
)


def upgrade() -> None:
    for table, column in REFERENCES:
        op.create_index(f"ix_{table}_{column}", table, [column], postgresql_where=sa.text(f"{column} is not null"))


def downgrade() -> None:
    for table, column in REFERENCES:
        op.drop_index(f"ix_{table}_{column}", table)

"""How many works are points, lines and areas, for the planner: files that keep these apart ask for one at a time"""

from alembic import op

revision = "0060"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE STATISTICS location_dimension ON (ST_Dimension(geometry)) FROM location")
    op.execute("ANALYZE location")


def downgrade() -> None:
    op.execute("DROP STATISTICS location_dimension")

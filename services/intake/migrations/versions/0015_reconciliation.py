"""What a reader lost is found by hourly counts, and sent again."""

from alembic import op

from shared.bus.migrations import create_version, drop_version

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and tables."""
    create_version(op, 9)


def downgrade() -> None:
    """Drop them."""
    drop_version(op, 9)

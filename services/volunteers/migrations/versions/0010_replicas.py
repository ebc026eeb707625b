"""Replicas write heartbeats into a table."""

from alembic import op

from shared.bus.migrations import create_version, drop_version

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    create_version(op, 7)


def downgrade() -> None:
    """Drop it."""
    drop_version(op, 7)

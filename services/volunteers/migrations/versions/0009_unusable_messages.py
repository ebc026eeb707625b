"""Unusable messages are marked, and operators' actions on many messages are logged."""

from alembic import op

from shared.bus.migrations import create_version, drop_version

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, its indexes and the actions."""
    create_version(op, 6)


def downgrade() -> None:
    """Drop them."""
    drop_version(op, 6)

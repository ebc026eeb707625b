"""Refused messages wait by themselves, and transactions are numbered before their messages."""

from alembic import op

from shared.bus.migrations import create_version, drop_version

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns, indexes and the trigger."""
    create_version(op, 5)


def downgrade() -> None:
    """Drop them."""
    drop_version(op, 5)

"""Redrive: stations of kept messages, publishers of sent ones, the acts of operators."""

from alembic import op

from shared.bus.migrations import create_version, drop_version

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the columns and the table."""
    create_version(op, 2)


def downgrade() -> None:
    """Take them away."""
    drop_version(op, 2)

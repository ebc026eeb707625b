"""The inbox counts how often a retry was begun, and finds deferred messages by an index."""

from alembic import op

from shared.bus.migrations import create_version, drop_version

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and the index."""
    create_version(op, 4)


def downgrade() -> None:
    """Drop them."""
    drop_version(op, 4)

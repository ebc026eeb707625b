"""The inbox tells a partner's repeat from another message under the same id."""

from alembic import op

from shared.bus.migrations import create_version, drop_version

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    create_version(op, 8)


def downgrade() -> None:
    """Drop it."""
    drop_version(op, 8)

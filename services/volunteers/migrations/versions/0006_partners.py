"""Partners: who published the messages that the inbox keeps."""

from alembic import op

from shared.bus.migrations import create_version, drop_version

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column."""
    create_version(op, 3)


def downgrade() -> None:
    """Take it away."""
    drop_version(op, 3)

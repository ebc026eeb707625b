"""The tables of the bus."""

from alembic import op

from shared.bus.migrations import create_version, drop_version

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make outbox, sent, inbox, jobs and answers."""
    create_version(op, 1)


def downgrade() -> None:
    """Take them away."""
    drop_version(op, 1)

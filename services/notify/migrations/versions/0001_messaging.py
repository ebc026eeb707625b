"""The tables of the bus."""

from alembic import op

from shared.bus.migrations import create_v1, drop_v1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make outbox, sent, inbox, jobs and answers."""
    create_v1(op)


def downgrade() -> None:
    """Take them away."""
    drop_v1(op)

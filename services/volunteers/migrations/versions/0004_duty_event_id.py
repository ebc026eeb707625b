"""Duties know their event and when it ends; None for those that were heard of before."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.execute("ALTER TABLE duties ADD COLUMN event_id uuid, ADD COLUMN ends_at timestamptz")


def downgrade() -> None:
    """Take them away."""
    op.execute("ALTER TABLE duties DROP COLUMN event_id, DROP COLUMN ends_at")

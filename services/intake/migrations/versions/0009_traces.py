"""Steps of wishes remember the request that they were taken by."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column."""
    op.add_column("wish_steps", sa.Column("correlation_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("wish_steps", "correlation_id")

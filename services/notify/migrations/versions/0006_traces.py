"""Deliveries remember the message and the span that led to them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the columns."""
    for name in ("causation", "traceparent"):
        op.add_column("deliveries", sa.Column(name, sa.String(), nullable=True))


def downgrade() -> None:
    """Take them away."""
    for name in ("traceparent", "causation"):
        op.drop_column("deliveries", name)

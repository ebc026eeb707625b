"""Appointments: who is reminded of which event."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "appointments",
        sa.Column("participation_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("utc_offset", sa.Interval(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("correlation", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('coming', 'over')", name=op.f("ck_appointments_state")),
        sa.PrimaryKeyConstraint("participation_id", name=op.f("pk_appointments")),
    )
    op.create_index(
        "ix_appointments_due",
        "appointments",
        ["remind_at"],
        postgresql_where=sa.text("state = 'coming' AND reminded_at IS NULL"),
    )
    op.create_index("ix_appointments_starts_at", "appointments", ["starts_at"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("appointments")

"""The audience and the deliveries."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("cause", sa.Uuid(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("params", JSONB, nullable=False),
        sa.Column("sealed", JSONB(none_as_null=True), nullable=True),
        sa.Column("address_sealed", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("correlation", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("via", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state IN ('queued', 'leased')) = (due_at IS NOT NULL)", name=op.f("ck_deliveries_due")
        ),
        sa.CheckConstraint("channel IN ('inbox', 'sms')", name=op.f("ck_deliveries_channel")),
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f("ck_deliveries_language")),
        sa.CheckConstraint(
            "state IN ('queued', 'leased', 'sent', 'failed')", name=op.f("ck_deliveries_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint(
            "recipient_id",
            "channel",
            "cause",
            name=op.f("uq_deliveries_recipient_id_channel_cause"),
        ),
    )
    op.create_index(
        "ix_deliveries_addressed",
        "deliveries",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("address_sealed IS NOT NULL"),
    )
    op.create_index("ix_deliveries_correlation", "deliveries", ["correlation"], unique=False)
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_deliveries_inbox",
        "deliveries",
        ["station_id", "recipient_id", "channel", "id"],
        unique=False,
    )
    op.create_index(
        "ix_deliveries_sealed",
        "deliveries",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("sealed IS NOT NULL"),
    )
    op.create_index("ix_deliveries_station_id_id", "deliveries", ["station_id", "id"], unique=False)
    op.create_index(
        "ix_deliveries_unread",
        "deliveries",
        ["station_id", "recipient_id", "channel"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "recipients",
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("phone_sealed", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f("ck_recipients_language")),
        sa.PrimaryKeyConstraint("resident_id", name=op.f("pk_recipients")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("recipients")
    op.drop_index(
        "ix_deliveries_unread", table_name="deliveries", postgresql_where=sa.text("read_at IS NULL")
    )
    op.drop_index("ix_deliveries_station_id_id", table_name="deliveries")
    op.drop_index(
        "ix_deliveries_sealed",
        table_name="deliveries",
        postgresql_where=sa.text("sealed IS NOT NULL"),
    )
    op.drop_index("ix_deliveries_inbox", table_name="deliveries")
    op.drop_index(
        "ix_deliveries_due", table_name="deliveries", postgresql_where=sa.text("due_at IS NOT NULL")
    )
    op.drop_index("ix_deliveries_correlation", table_name="deliveries")
    op.drop_index(
        "ix_deliveries_addressed",
        table_name="deliveries",
        postgresql_where=sa.text("address_sealed IS NOT NULL"),
    )
    op.drop_table("deliveries")

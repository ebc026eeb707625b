"""Publishers: partners' machines that publish messages, what is granted to them, their keys."""

import sqlalchemy as sa
from alembic import op

from shared.bus.migrations import create_version, drop_version

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and what the bus needs."""
    create_version(op, 3)
    op.create_table(
        "publishers",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("password_by", sa.Uuid(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_publishers_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publishers")),
        sa.UniqueConstraint("name", name=op.f("uq_publishers_name")),
    )
    op.create_index(op.f("ix_publishers_station_id"), "publishers", ["station_id"])
    op.create_table(
        "grants",
        sa.Column("publisher_id", sa.Uuid(), nullable=False),
        sa.Column("may", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("trusted", sa.Boolean(), nullable=False),
        sa.CheckConstraint("may IN ('publish', 'read')", name=op.f("ck_grants_may")),
        sa.CheckConstraint("may = 'publish' OR NOT trusted", name=op.f("ck_grants_trusted")),
        sa.ForeignKeyConstraint(
            ["publisher_id"], ["publishers.id"], name=op.f("fk_grants_publisher_id")
        ),
        sa.PrimaryKeyConstraint("publisher_id", "may", "type", name=op.f("pk_grants")),
    )
    op.create_table(
        "api_keys",
        sa.Column("publisher_id", sa.Uuid(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("types", sa.ARRAY(sa.String()), nullable=True),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["publisher_id"], ["publishers.id"], name=op.f("fk_api_keys_publisher_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
    )
    op.create_index(op.f("ix_api_keys_publisher_id"), "api_keys", ["publisher_id"])
    op.create_index(op.f("ix_api_keys_station_id"), "api_keys", ["station_id"])


def downgrade() -> None:
    """Take it all away."""
    op.drop_table("api_keys")
    op.drop_table("grants")
    op.drop_table("publishers")
    drop_version(op, 3)

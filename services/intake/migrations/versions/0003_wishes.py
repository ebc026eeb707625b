"""Wishes and their steps."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "wishes",
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("details", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("open_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taker_kind", sa.String(), nullable=True),
        sa.Column("taker_id", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_by", sa.Uuid(), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivery_note", sa.String(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("confirmations", sa.Integer(), nullable=False),
        sa.Column("fulfilled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("thanks", sa.String(), nullable=True),
        sa.Column("photos_public", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(taker_id IS NOT NULL) = (state IN ('claimed', 'delivered', 'fulfilled'))"
            " AND (taker_kind IS NULL) = (taker_id IS NULL)",
            name=op.f("ck_wishes_taker"),
        ),
        sa.CheckConstraint(
            "state IN ('posted', 'open', 'claimed', 'delivered', 'fulfilled', 'declined',"
            " 'withdrawn', 'answered')",
            name=op.f("ck_wishes_state"),
        ),
        sa.CheckConstraint(
            "taker_kind IN ('volunteer', 'partner', 'station')", name=op.f("ck_wishes_taker_kind")
        ),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_wishes_minutes")),
        sa.CheckConstraint("taker_id <> resident_id", name=op.f("ck_wishes_own_wish")),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.id"], name=op.f("fk_wishes_resident_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wishes")),
    )
    op.create_index(
        op.f("ix_wishes_lease_until"),
        "wishes",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("state = 'claimed'"),
    )
    op.create_index(
        op.f("ix_wishes_open_since"),
        "wishes",
        ["open_since"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(op.f("ix_wishes_station_id"), "wishes", ["station_id"], unique=False)
    op.create_index(
        op.f("ix_wishes_station_id_resident_id_id"),
        "wishes",
        ["station_id", "resident_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_wishes_station_id_state_id"), "wishes", ["station_id", "state", "id"], unique=False
    )
    op.create_index(
        op.f("ix_wishes_station_id_taker_id_id"),
        "wishes",
        ["station_id", "taker_id", "id"],
        unique=False,
        postgresql_where=sa.text("taker_id IS NOT NULL"),
    )
    op.create_table(
        "wish_steps",
        sa.Column("wish_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hand", sa.String(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("on_behalf_of", sa.Uuid(), nullable=True),
        sa.Column("from_state", sa.String(), nullable=True),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.CheckConstraint(
            "hand IN ('resident', 'volunteer', 'partner', 'desk', 'system')",
            name=op.f("ck_wish_steps_hand"),
        ),
        sa.ForeignKeyConstraint(["wish_id"], ["wishes.id"], name=op.f("fk_wish_steps_wish_id")),
        sa.PrimaryKeyConstraint("wish_id", "version", name=op.f("pk_wish_steps")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("wish_steps")
    op.drop_index(
        op.f("ix_wishes_station_id_taker_id_id"),
        table_name="wishes",
        postgresql_where=sa.text("taker_id IS NOT NULL"),
    )
    op.drop_index(op.f("ix_wishes_station_id_state_id"), table_name="wishes")
    op.drop_index(op.f("ix_wishes_station_id_resident_id_id"), table_name="wishes")
    op.drop_index(op.f("ix_wishes_station_id"), table_name="wishes")
    op.drop_index(
        op.f("ix_wishes_open_since"),
        table_name="wishes",
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index(
        op.f("ix_wishes_lease_until"),
        table_name="wishes",
        postgresql_where=sa.text("state = 'claimed'"),
    )
    op.drop_table("wishes")

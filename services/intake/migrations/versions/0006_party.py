"""Party members who live on the estate."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "party_members",
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("membership", sa.String(), nullable=False),
        sa.Column("reported", sa.Boolean(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "membership IN ('estate', 'elsewhere')", name=op.f("ck_party_members_membership")
        ),
        sa.CheckConstraint(
            "NOT reported OR membership = 'elsewhere'", name=op.f("ck_party_members_reported")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.id"], name=op.f("fk_party_members_resident_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_members")),
        sa.UniqueConstraint(
            "station_id", "resident_id", name=op.f("uq_party_members_station_id_resident_id")
        ),
    )
    op.create_index(op.f("ix_party_members_station_id"), "party_members", ["station_id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("party_members")

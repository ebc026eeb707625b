"""Community events and who takes part in them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "events",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("helper_places", sa.Integer(), nullable=False),
        sa.Column("guest_places", sa.Integer(), nullable=False),
        sa.Column("helpers", sa.Integer(), nullable=False),
        sa.Column("guests", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'closed', 'cancelled', 'dropped')",
            name=op.f("ck_events_state"),
        ),
        sa.CheckConstraint("helpers BETWEEN 0 AND helper_places", name=op.f("ck_events_helpers")),
        sa.CheckConstraint("guests BETWEEN 0 AND guest_places", name=op.f("ck_events_guests")),
        sa.CheckConstraint("helper_places + guest_places > 0", name=op.f("ck_events_places")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_events_times")),
        sa.ForeignKeyConstraint(["partner_id"], ["accounts.id"], name=op.f("fk_events_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_station_id"), "events", ["station_id"])
    op.create_index(
        op.f("ix_events_station_id_starts_at_id"), "events", ["station_id", "starts_at", "id"]
    )
    op.create_index(
        op.f("ix_events_ends_at"),
        "events",
        ["ends_at"],
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_table(
        "participations",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('helper', 'guest')", name=op.f("ck_participations_role")),
        sa.CheckConstraint(
            "state IN ('joined', 'present', 'attended', 'missed', 'left', 'cancelled')",
            name=op.f("ck_participations_state"),
        ),
        sa.CheckConstraint(
            "(state = 'attended') = (minutes IS NOT NULL)"
            " AND (state IN ('present', 'attended')) = (checked_in_at IS NOT NULL)",
            name=op.f("ck_participations_attendance"),
        ),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_participations_minutes")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_participations_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.id"], name=op.f("fk_participations_resident_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participations")),
        sa.UniqueConstraint(
            "event_id", "resident_id", name=op.f("uq_participations_event_id_resident_id")
        ),
    )
    op.create_index(op.f("ix_participations_station_id"), "participations", ["station_id"])
    op.create_index(
        op.f("ix_participations_resident_id_state"), "participations", ["resident_id", "state"]
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("participations")
    op.drop_table("events")

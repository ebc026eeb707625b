"""Duties at events, points by the hour, and the standard rules of events."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STANDARD = """
    INSERT INTO rules (id, name, version, message_type, who, who_kind, paid_kinds, amount_kind,
                       amount, reason, active)
    VALUES ('01900000-0000-7000-8000-000000000002', 'event-helper', 1,
            'linli.event.attended.v1', 'resident_id', 'role', '{helper}', 'by_hour',
            10, 'Helped at an event', true),
           ('01900000-0000-7000-8000-000000000003', 'event-guest', 1,
            'linli.event.attended.v1', 'resident_id', 'role', '{guest}', 'flat',
            5, 'Came to an event', true)
"""


def upgrade() -> None:
    """Widen what duties and rules may hold, and write the rules."""
    op.execute("ALTER TABLE duties ADD COLUMN starts_at timestamptz")
    _allow("duties", "kind", "'wish', 'event'")
    _allow("rules", "amount_kind", "'flat', 'by_hour'")
    op.execute(STANDARD)


def downgrade() -> None:
    """Take it back; what was paid stays in the books."""
    op.execute("DELETE FROM rules WHERE amount_kind = 'by_hour' OR name = 'event-guest'")
    op.execute("DELETE FROM duties WHERE kind = 'event'")
    _allow("rules", "amount_kind", "'flat'")
    _allow("duties", "kind", "'wish'")
    op.execute("ALTER TABLE duties DROP COLUMN starts_at")


def _allow(table: str, column: str, values: str) -> None:
    name = f"ck_{table}_{column}"
    op.execute(
        f"ALTER TABLE {table} DROP CONSTRAINT {name},"
        f" ADD CONSTRAINT {name} CHECK ({column} IN ({values}))"
    )

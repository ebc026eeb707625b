"""An earning rule that can't be applied, so that its messages fail until the rule is fixed."""

from uuid import UUID

from sqlalchemy import text

from shared.bus.inbox.retry_worker import RetryWorker
from shared.ids import new_id
from shared.runtime.runtime import Runtime

UNPAYABLE_MINUTES = 180
_INSERT_RULE = text(
    "INSERT INTO rules (id, station_id, name, version, message_type, who, who_kind, paid_kinds,"
    " amount_kind, amount, reason, active)"
    " SELECT :id, :station, name, version + 1, message_type, who, who_kind, paid_kinds, 'by_hour',"
    " 9000000000000000000, reason, true FROM rules"
    " WHERE message_type = 'linli.wish.fulfilled.v1' AND station_id IS NULL"
)
_FIX_RULE = text("UPDATE rules SET amount_kind = 'flat', amount = 20 WHERE station_id = :station")
_LAST_ATTEMPT = text(
    "UPDATE inbox SET attempts = 11, due_at = now() WHERE state = 'retry' AND attempts > 0"
)


async def add_failing_rule(volunteers: Runtime, station: UUID) -> None:
    """Add a rule with more points an hour than a number holds; UNPAYABLE_MINUTES overflow it."""
    async with volunteers.sessions.begin() as tx:
        await tx.execute(_INSERT_RULE, {"id": new_id(), "station": station})


async def fix_rule(volunteers: Runtime, station: UUID) -> None:
    """Change the station's rule to a flat 20 points."""
    async with volunteers.sessions.begin() as tx:
        await tx.execute(_FIX_RULE, {"station": station})


async def exhaust_retries(volunteers: Runtime) -> bool:
    """Make the last retry of every failed message due; return whether there was one."""
    retries: RetryWorker = volunteers.consumer.retry_worker
    async with volunteers.sessions.begin() as tx:
        result = await tx.execute(_LAST_ATTEMPT)
    retries.wake.set()
    return bool(result.rowcount)  # type: ignore[attr-defined]

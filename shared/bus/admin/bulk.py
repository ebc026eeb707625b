"""Actions on many parked messages at once: counted before, with a reason, and on record."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.admin.redrive import InboxFilter, Operator, OperatorAction, log_action, matching
from shared.bus.tables import inbox
from shared.errors import Conflict
from shared.language import N_

MAX_MESSAGES = 1_000

# A purged message keeps its row, by which repeats are recognized, until the row is purged itself.
_VALUES: dict[str, dict[str, Any]] = {
    "skip_all": {"state": "skipped", "due_at": None},
    "purge": {"state": "skipped", "due_at": None, "body": None},
}


class CountChanged(Conflict):
    """A number of messages that isn't the one that was counted before."""

    title = N_("There are now %(count)d messages: count them again")


@dataclass(frozen=True, slots=True)
class BulkAction:
    """Setting parked messages aside: `skip_all` keeps their bodies, `purge` deletes these."""

    kind: Literal["skip_all", "purge"]
    filter: InboxFilter
    reason: str


async def count_parked(tx: AsyncSession, operator: Operator, inbox_filter: InboxFilter) -> int:
    """Count the parked messages that match a filter, whatever its state."""
    parked = _parked(operator, inbox_filter)
    return await tx.scalar(select(func.count()).select_from(inbox).where(*parked)) or 0


async def apply(
    tx: AsyncSession, operator: Operator, action: BulkAction, expected: int | None = None
) -> int:
    """Apply an action to the oldest messages, 1,000 at most; return to how many.

    Raises: CountChanged, if there aren't as many messages as `expected`.
    """
    parked = _parked(operator, action.filter)
    if expected is not None:
        count = await count_parked(tx, operator, action.filter)
        if count != expected:
            raise CountChanged(count=count)
    oldest = (
        select(inbox.c.message_key)
        .where(*parked)
        .order_by(inbox.c.received_at)
        .limit(MAX_MESSAGES)
        .with_for_update(skip_locked=True)
    )
    changed = await tx.scalars(
        update(inbox)
        .where(inbox.c.consumer == operator.service, inbox.c.message_key.in_(oldest))
        .values(_VALUES[action.kind])
        .returning(inbox.c.station_id)
    )
    stations = Counter(changed.all())
    chosen = {name: value for name, value in asdict(action.filter).items() if value is not None}
    await log_action(
        tx, operator, OperatorAction(action.kind, action.reason, chosen=chosen), stations
    )
    return stations.total()


def _parked(operator: Operator, inbox_filter: InboxFilter) -> list[Any]:
    return [*matching(operator, inbox_filter), inbox.c.state == "parked"]

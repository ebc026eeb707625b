"""Tail: the messages that a service sends, handles and fails to handle, as it happens."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.bus.tables import inbox, sent

# A row has the time at which its transaction began, and is visible only after the commit.
MAX_COMMIT_DELAY = timedelta(seconds=15)
MAX_EVENTS_PER_POLL = 500


@dataclass(frozen=True, slots=True)
class TailEvent:
    """An event of one message; `what` is `sent`, `done`, `retry`, `parked` or `skipped`.

    `about` is the subject of a sent message, the error of a failed one, the key of a done one.
    """

    at: datetime
    service: str
    what: str
    type: str
    correlation: UUID
    about: str


class Tail:
    """Follower of one service from the first poll on; a poll has a limit for each kind of event."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._started_at: datetime | None = None
        self._reported: dict[Hashable, datetime] = {}
        self._failed: dict[Hashable, Row[Any]] = {}

    async def poll(self, tx: AsyncSession) -> list[TailEvent]:
        """List the events since the last poll, oldest first; the first poll returns none."""
        now = clock.now()
        is_first = self._started_at is None
        self._started_at = self._started_at or now
        since = max(self._started_at, now - 2 * MAX_COMMIT_DELAY)
        events = [
            *(
                (("sent", row.lane, row.id), self._sent_event(row))
                for row in await _select_sent(tx, since)
            ),
            *(
                ((row.message_key, "done"), self._handled_event(row))
                for row in await _select_handled(tx, since)
            ),
        ]
        fresh = [one for key, one in events if key not in self._reported]
        self._reported = {key: at for key, at in self._reported.items() if at >= since}
        self._reported |= {key: one.at for key, one in events}
        changed = await self._update_failed(tx)
        if not is_first:
            fresh += [self._failed_event(row, now) for row in changed]
        return sorted(fresh, key=lambda one: one.at)

    async def _update_failed(self, tx: AsyncSession) -> list[Row[Any]]:
        """List the failed messages whose state or counters changed since the last poll."""
        failed = select(inbox).where(inbox.c.state != "done").order_by(inbox.c.received_at.desc())
        current: dict[Hashable, Row[Any]] = {
            (row.message_key, row.state, row.attempts, row.waits): row
            for row in await _fetch_first(tx, failed)
        }
        previous, self._failed = self._failed, current
        return [row for key, row in current.items() if key not in previous]

    def _sent_event(self, row: Row[Any]) -> TailEvent:
        fields = (row.type, row.correlation, row.subject)
        return TailEvent(row.sent_at, self._service, "sent", *fields)

    def _handled_event(self, row: Row[Any]) -> TailEvent:
        fields = (row.type, row.correlation, str(row.message_key))
        return TailEvent(row.handled_at, self._service, "done", *fields)

    def _failed_event(self, row: Row[Any], at: datetime) -> TailEvent:
        fields = (row.type, row.correlation, row.error or str(row.message_key))
        return TailEvent(at, self._service, row.state, *fields)


async def _select_sent(tx: AsyncSession, since: datetime) -> Sequence[Row[Any]]:
    columns = [sent.c[n] for n in ("lane", "id", "type", "subject", "correlation", "sent_at")]
    newest = select(*columns).where(sent.c.sent_at > since).order_by(sent.c.sent_at.desc())
    return await _fetch_first(tx, newest)


async def _select_handled(tx: AsyncSession, since: datetime) -> Sequence[Row[Any]]:
    handled = select(inbox).where(inbox.c.state == "done", inbox.c.handled_at > since)
    return await _fetch_first(tx, handled.order_by(inbox.c.handled_at.desc()))


async def _fetch_first(tx: AsyncSession, ordered: Select[Any]) -> Sequence[Row[Any]]:
    rows: Sequence[Row[Any]] = (await tx.execute(ordered.limit(MAX_EVENTS_PER_POLL))).all()
    return rows

"""Tailing: what a service sends, handles and keeps, as it happens."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.bus.tables import inbox, sent

# A row says when its transaction began, and is seen once that has committed.
MAX_COMMIT_DELAY = timedelta(seconds=15)
MAX_EVENTS_PER_POLL = 500


@dataclass(frozen=True, slots=True)
class TailEvent:
    """One thing that happened to one message: `sent`, `done`, `retry`, `parked` or `skipped`.

    `about` is the subject of what was sent, the error of what is kept, the key of what is done.
    """

    at: datetime
    service: str
    what: str
    type: str
    correlation: UUID
    about: str


class Tail:
    """Follows one service from its first look on, `AT_ONCE` of a kind at most with each look."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._started_at: datetime | None = None
        self._reported: dict[Hashable, datetime] = {}
        self._failed: dict[Hashable, Row[Any]] = {}

    async def poll(self, tx: AsyncSession) -> list[TailEvent]:
        """What happened since the last look, the first to happen first; nothing at first."""
        now = clock.now()
        begun = self._started_at is not None
        self._started_at = self._started_at or now
        since = max(self._started_at, now - 2 * MAX_COMMIT_DELAY)
        found = [
            *(
                (("sent", row.lane, row.id), self._sent_event(row))
                for row in await _select_sent(tx, since)
            ),
            *(
                ((row.message_key, "done"), self._handled_event(row))
                for row in await _select_handled(tx, since)
            ),
        ]
        fresh = [one for mark, one in found if mark not in self._reported]
        self._reported = {mark: at for mark, at in self._reported.items() if at >= since}
        self._reported |= {mark: one.at for mark, one in found}
        changed = await self._changed(tx)
        fresh += [self._failed_event(row, now) for row in changed if begun]
        return sorted(fresh, key=lambda one: one.at)

    async def _changed(self, tx: AsyncSession) -> list[Row[Any]]:
        """Which of the messages that are kept are so in another way than at the last look."""
        kept = select(inbox).where(inbox.c.state != "done").order_by(inbox.c.received_at.desc())
        now: dict[Hashable, Row[Any]] = {
            (row.message_key, row.state, row.attempts, row.waits): row
            for row in await _fetch_first(tx, kept)
        }
        before, self._failed = self._failed, now
        return [row for mark, row in now.items() if mark not in before]

    def _sent_event(self, row: Row[Any]) -> TailEvent:
        about = (row.type, row.correlation, row.subject)
        return TailEvent(row.sent_at, self._service, "sent", *about)

    def _handled_event(self, row: Row[Any]) -> TailEvent:
        about = (row.type, row.correlation, str(row.message_key))
        return TailEvent(row.handled_at, self._service, "done", *about)

    def _failed_event(self, row: Row[Any], at: datetime) -> TailEvent:
        about = (row.type, row.correlation, row.error or str(row.message_key))
        return TailEvent(at, self._service, row.state, *about)


async def _select_sent(tx: AsyncSession, since: datetime) -> Sequence[Row[Any]]:
    columns = [sent.c[n] for n in ("lane", "id", "type", "subject", "correlation", "sent_at")]
    newest = select(*columns).where(sent.c.sent_at > since).order_by(sent.c.sent_at.desc())
    return await _fetch_first(tx, newest)


async def _select_handled(tx: AsyncSession, since: datetime) -> Sequence[Row[Any]]:
    done = select(inbox).where(inbox.c.state == "done", inbox.c.handled_at > since)
    return await _fetch_first(tx, done.order_by(inbox.c.handled_at.desc()))


async def _fetch_first(tx: AsyncSession, ordered: Select[Any]) -> Sequence[Row[Any]]:
    found: Sequence[Row[Any]] = (await tx.execute(ordered.limit(MAX_EVENTS_PER_POLL))).all()
    return found

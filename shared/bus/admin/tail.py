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
LATE = timedelta(seconds=15)
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Happening:
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
        self._begun: datetime | None = None
        self._seen: dict[Hashable, datetime] = {}
        self._kept: dict[Hashable, Row[Any]] = {}

    async def look(self, tx: AsyncSession) -> list[Happening]:
        """What happened since the last look, the first to happen first; nothing at first."""
        now = clock.now()
        begun = self._begun is not None
        self._begun = self._begun or now
        since = max(self._begun, now - 2 * LATE)
        found = [
            *((("sent", row.lane, row.id), self._sent(row)) for row in await _sent(tx, since)),
            *(((row.message_key, "done"), self._done(row)) for row in await _done(tx, since)),
        ]
        fresh = [one for mark, one in found if mark not in self._seen]
        self._seen = {mark: at for mark, at in self._seen.items() if at >= since}
        self._seen |= {mark: one.at for mark, one in found}
        changed = await self._changed(tx)
        fresh += [self._again(row, now) for row in changed if begun]
        return sorted(fresh, key=lambda one: one.at)

    async def _changed(self, tx: AsyncSession) -> list[Row[Any]]:
        """Which of the messages that are kept are so in another way than at the last look."""
        kept = select(inbox).where(inbox.c.state != "done").order_by(inbox.c.received_at.desc())
        now: dict[Hashable, Row[Any]] = {
            (row.message_key, row.state, row.attempts, row.waits): row
            for row in await _first(tx, kept)
        }
        before, self._kept = self._kept, now
        return [row for mark, row in now.items() if mark not in before]

    def _sent(self, row: Row[Any]) -> Happening:
        about = (row.type, row.correlation, row.subject)
        return Happening(row.sent_at, self._service, "sent", *about)

    def _done(self, row: Row[Any]) -> Happening:
        about = (row.type, row.correlation, str(row.message_key))
        return Happening(row.handled_at, self._service, "done", *about)

    def _again(self, row: Row[Any], at: datetime) -> Happening:
        about = (row.type, row.correlation, row.error or str(row.message_key))
        return Happening(at, self._service, row.state, *about)


async def _sent(tx: AsyncSession, since: datetime) -> Sequence[Row[Any]]:
    columns = [sent.c[n] for n in ("lane", "id", "type", "subject", "correlation", "sent_at")]
    newest = select(*columns).where(sent.c.sent_at > since).order_by(sent.c.sent_at.desc())
    return await _first(tx, newest)


async def _done(tx: AsyncSession, since: datetime) -> Sequence[Row[Any]]:
    done = select(inbox).where(inbox.c.state == "done", inbox.c.handled_at > since)
    return await _first(tx, done.order_by(inbox.c.handled_at.desc()))


async def _first(tx: AsyncSession, ordered: Select[Any]) -> Sequence[Row[Any]]:
    found: Sequence[Row[Any]] = (await tx.execute(ordered.limit(AT_ONCE))).all()
    return found

"""The sender's side: states each hour what was sent, and sends again what a reader lacks."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.message import Message
from shared.bus.outbox.record import OutgoingMessage, mark_recorded, record_messages
from shared.bus.reconciliation.counts import COUNT_AND_CHECKSUM, MAX_AGE, counted_types
from shared.bus.tables import sent_hours
from shared.contracts.reconciliation import NO_STATION, HourMissed, HourSent, TypeCount
from shared.contracts.registry import REGISTRY
from shared.observability.logs import logger

CHUNK_SIZE = 10_000
SECONDS_PER_HOUR = 3600

log = logger(__name__)

# An hour is over two minutes after its end: what was recorded in it has been committed.
_OPEN_HOURS = text(
    """
    INSERT INTO sent_hours (hour)
    SELECT hour FROM
      (SELECT date_trunc('hour', now() - interval '62 minutes') AS last,
        (SELECT max(hour) FROM sent_hours) AS known) AS hours,
      generate_series(
        CASE WHEN known IS NULL THEN last
          ELSE greatest(known + interval '1 hour', last - CAST(:max_age AS interval)) END,
        last, interval '1 hour') AS hour
    ON CONFLICT DO NOTHING
    """
)
_FORGET_OLD = text(
    "DELETE FROM sent_hours WHERE hour < now() - CAST(:max_age AS interval)"
    " AND hour < (SELECT max(hour) FROM sent_hours)"
)
# Messages that the broker refused may stay for long: once sent, they differ and are sent again.
_NEXT_HOUR = text(
    """
    SELECT hour, missed_types, sent_again_until FROM sent_hours
    WHERE stated_at IS NULL AND NOT EXISTS (SELECT FROM outbox
      WHERE created_at >= hour AND created_at < hour + interval '1 hour' AND due_at IS NULL)
    ORDER BY hour LIMIT 1 FOR UPDATE OF sent_hours
    """
)
_IN_HOUR = (
    "sent_at >= :hour AND created_at >= :hour AND created_at < :hour + interval '1 hour'"
    " AND type = ANY(:types) AND message_key IS NOT NULL"
)
# A relay of an early release, or an operator, may have sent a message twice.
_COUNT = text(
    f"""
    SELECT type, {COUNT_AND_CHECKSUM}
    FROM (SELECT DISTINCT message_key, type FROM sent WHERE {_IN_HOUR}) AS messages
    GROUP BY type ORDER BY type
    """  # noqa: S608 - constants
)
# In the order of their recording, by chunks that end between two moments.
_SEND_AGAIN = text(
    f"""
    WITH again AS (
      INSERT INTO outbox
        (lane, type, subject, correlation, body, created_at, message_key, first_sent_at)
      SELECT lane, type, subject, correlation, body, created_at, message_key, sent_at
      FROM (SELECT * FROM sent WHERE {_IN_HOUR} AND created_at > :after
        ORDER BY created_at FETCH FIRST :chunk ROWS WITH TIES) AS chunk
      ORDER BY id
      RETURNING created_at)
    SELECT count(*) AS messages, max(created_at) AS until FROM again
    """  # noqa: S608 - constants
)


# Two readers may lack messages of one hour.
_NOTE_MISSED = text(
    """
    INSERT INTO sent_hours AS noted (hour, missed_types)
    SELECT hour, :types FROM (SELECT date_trunc('hour', CAST(:hour AS timestamptz)) AS hour) AS one
    WHERE hour BETWEEN now() - CAST(:max_age AS interval) AND now() - interval '62 minutes'
    ON CONFLICT (hour) DO UPDATE SET stated_at = NULL, sent_again_until = NULL,
      missed_types = ARRAY(SELECT DISTINCT unnest(noted.missed_types || excluded.missed_types))
    """
)


class HourSender:
    """The hours that one service sent; `note_missed` is a handler, `state_next` a timed job."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._types = counted_types(service)
        [self._contract] = (
            contract
            for contract in REGISTRY.values()
            if issubclass(contract, HourSent) and contract.service == service
        )

    async def note_missed(self, tx: AsyncSession, message: Message[HourMissed]) -> None:
        """Note that a reader lacks messages of an hour, if it asks this service."""
        content = message.content
        types = sorted(set(content.types).intersection(self._types))
        if content.sender == self._service and types:
            values = {"hour": content.hour, "types": types, "max_age": MAX_AGE}
            await tx.execute(_NOTE_MISSED, values)

    async def state_next(self, tx: AsyncSession) -> bool:
        """State one hour that is over, or first send a chunk of what a reader lacks of it.

        Returns True if there may be more. An hour waits for the relay to send its messages.
        """
        await tx.execute(_OPEN_HOURS, {"max_age": MAX_AGE})
        await tx.execute(_FORGET_OLD, {"max_age": MAX_AGE})
        hour = (await tx.execute(_NEXT_HOUR)).one_or_none()
        if hour is None:
            return False
        if hour.missed_types and (until := await self._send_again(tx, hour)):
            values: dict[str, Any] = {"sent_again_until": until}
        else:
            await self._state(tx, hour.hour)
            values = {"stated_at": func.now(), "missed_types": [], "sent_again_until": None}
        change = update(sent_hours).where(sent_hours.c.hour == hour.hour)
        await tx.execute(change.values(values))
        return True

    async def _state(self, tx: AsyncSession, hour: datetime) -> None:
        rows = await tx.execute(_COUNT, {"hour": hour, "types": self._types})
        counts = [TypeCount.model_validate(row._mapping) for row in rows]
        content = self._contract.model_validate({"hour": hour, "counts": counts})
        number = int(hour.timestamp()) // SECONDS_PER_HOUR
        subject = f"hours/{hour:%Y-%m-%dT%H}"
        await record_messages(tx, [OutgoingMessage(subject, NO_STATION, number, content)])

    async def _send_again(self, tx: AsyncSession, hour: Row[Any]) -> datetime | None:
        """Record a chunk of sent messages again; return the time of the last, None without any."""
        values = {
            "hour": hour.hour,
            "types": hour.missed_types,
            "after": hour.sent_again_until or hour.hour - timedelta(seconds=1),
            "chunk": CHUNK_SIZE,
        }
        again = (await tx.execute(_SEND_AGAIN, values)).one()
        if again.messages:
            mark_recorded(tx)
            log.warning("messages sent again", hour=hour.hour.isoformat(), count=again.messages)
        until: datetime | None = again.until
        return until

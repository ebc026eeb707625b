"""The reader's side: compares what senders state with its inbox, and asks for what it lacks."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, func, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.message import Message
from shared.bus.outbox.record import OutgoingMessage, record_messages
from shared.bus.reconciliation.counts import (
    COUNT_AND_CHECKSUM,
    MAX_AGE,
    counted_types,
    differing_types,
)
from shared.bus.tables import received_hours
from shared.contracts.reconciliation import NO_STATION, HourMissed, HourSent, TypeCount
from shared.contracts.registry import REGISTRY
from shared.observability.logs import logger
from shared.observability.metrics import HOURS_INCOMPLETE

MAX_ASKS = 3
# By then the sender has sent an hour of messages again and stated the hour anew.
ASK_AGAIN_AFTER = timedelta(minutes=30)

log = logger(__name__)

# Retries and messages under way get a minute to arrive.
_STORE = text(
    """
    INSERT INTO received_hours (sender, hour, counts, state, due_at)
    VALUES (:sender, :hour, CAST(:counts AS jsonb), 'waiting', now() + interval '1 minute')
    ON CONFLICT (sender, hour) DO UPDATE
    SET counts = excluded.counts, state = 'waiting', due_at = excluded.due_at
    """
)
# Hours that nobody stated, before one that was: the statement was lost with the messages, or the
# database was restored. Statements may overtake each other for a while.
_OPEN_GAPS = text(
    """
    INSERT INTO received_hours (sender, hour, state, due_at)
    SELECT sender, hour, 'waiting', now() + interval '5 minutes'
    FROM (SELECT sender, min(hour) AS first, max(hour) AS last FROM received_hours
        GROUP BY sender) AS known,
      generate_series(first, last, interval '1 hour') AS hour
    ON CONFLICT DO NOTHING
    """
)
# The oldest first, or the hours between would be gaps.
_FORGET_OLD = text(
    """
    DELETE FROM received_hours AS old
    WHERE hour < now() - CAST(:max_age AS interval)
      AND hour < (SELECT max(hour) FROM received_hours AS last WHERE last.sender = old.sender)
      AND NOT EXISTS (SELECT FROM received_hours AS open
        WHERE open.sender = old.sender AND open.hour <= old.hour AND (open.state = 'waiting'
          OR open.state = 'incomplete' AND open.checked_at > now() - CAST(:max_age AS interval)))
    """
)
_NEXT_DUE = text(
    """
    SELECT sender, hour, counts, asks, hour < now() - CAST(:max_age AS interval) AS is_too_old
    FROM received_hours WHERE state = 'waiting' AND due_at <= now()
    ORDER BY hour LIMIT 1 FOR UPDATE
    """
)
_COUNT = text(
    f"""
    SELECT type, {COUNT_AND_CHECKSUM} FROM inbox
    WHERE consumer = :consumer AND type = ANY(:types)
      AND recorded_at >= :hour AND recorded_at < CAST(:hour AS timestamptz) + interval '1 hour'
    GROUP BY type
    """  # noqa: S608 - a constant
)


class HourReader:
    """The hours that one service received; `store` is a handler, `check_next` a timed job."""

    def __init__(self, service: str) -> None:
        self._service = service
        [self._contract] = (
            contract
            for contract in REGISTRY.values()
            if issubclass(contract, HourMissed) and contract.service == service
        )

    async def store(self, tx: AsyncSession, message: Message[HourSent]) -> None:
        """Store what a sender states of an hour, to be compared a minute later."""
        content = message.content
        values = {
            "sender": content.service,
            "hour": content.hour,
            "counts": json.dumps([one.model_dump() for one in content.counts]),
        }
        await tx.execute(_STORE, values)

    async def check_next(self, tx: AsyncSession) -> bool:
        """Check one hour that is due, and ask for what is missing; return True if it did."""
        await tx.execute(_OPEN_GAPS)
        await tx.execute(_FORGET_OLD, {"max_age": MAX_AGE})
        hour = (await tx.execute(_NEXT_DUE, {"max_age": MAX_AGE})).one_or_none()
        if hour is None:
            return False
        missing = await self._missing_types(tx, hour)
        values: dict[str, Any] = {"missing_types": missing, "checked_at": func.now()}
        if not missing:
            values |= {"state": "complete", "due_at": None}
        elif hour.is_too_old or hour.asks >= MAX_ASKS:
            values |= {"state": "incomplete", "due_at": None}
            self._report(hour, missing)
        else:
            await self._ask(tx, hour, missing)
            values |= {"asks": hour.asks + 1, "due_at": func.now() + ASK_AGAIN_AFTER}
        own_row = (
            received_hours.c.sender == hour.sender,
            received_hours.c.hour == hour.hour,
        )
        await tx.execute(update(received_hours).where(*own_row).values(values))
        return True

    async def _missing_types(self, tx: AsyncSession, hour: Row[Any]) -> list[str]:
        """List the types whose messages differ from those stated; all if nothing was stated."""
        types = counted_types(hour.sender, self._service)
        if hour.counts is None:
            return types
        stated = [one for one in map(TypeCount.model_validate, hour.counts) if one.type in types]
        values = {"consumer": self._service, "types": types, "hour": hour.hour}
        rows = await tx.execute(_COUNT, values)
        return differing_types(stated, [TypeCount.model_validate(row._mapping) for row in rows])

    async def _ask(self, tx: AsyncSession, hour: Row[Any], types: Sequence[str]) -> None:
        log.warning("messages missing", sender=hour.sender, hour=hour.hour.isoformat(), types=types)
        content = self._contract.model_validate(
            {"hour": hour.hour, "sender": hour.sender, "types": types}
        )
        subject = f"hours/{hour.hour:%Y-%m-%dT%H}"
        await record_messages(tx, [OutgoingMessage(subject, NO_STATION, hour.asks, content)])

    def _report(self, hour: Row[Any], types: Sequence[str]) -> None:
        HOURS_INCOMPLETE.labels(self._service, hour.sender).inc()
        log.error(
            "messages stay missing", sender=hour.sender, hour=hour.hour.isoformat(), types=types
        )

"""The next version of a service: it knows one more message type, and has a handler for it."""

from dataclasses import replace

import aio_pika
from sqlalchemy.ext.asyncio import AsyncSession

import shared
from shared import clock
from shared.bus.message import Message, merge_handlers
from shared.bus.outbox.record import lane_of
from shared.bus.transport.topology import Names
from shared.contracts.envelope import Envelope
from shared.contracts.intake import WishMessage
from shared.contracts.registry import REGISTRY
from shared.ids import new_id
from shared.runtime.service import Service

READER = "notify"
NEXT_TYPE = "linli.wish.praised.v1"
MESSAGE_COUNT = 25
_INSERT = "INSERT INTO intake.outbox (lane, type, subject, correlation, body) VALUES "
_VALUES = "({lane}, '{type}', '{subject}', '{correlation}', convert_to($${body}$$, 'UTF8'))"


async def _praise(_tx: AsyncSession, _message: Message[WishMessage]) -> None:
    """Do nothing: the inbox row is what counts."""


def upgrade(service: Service) -> Service:
    """Make this process one of the next version, and return its service."""

    class WishPraised(WishMessage, type=NEXT_TYPE, readers={READER}):
        """A neighbour praised a wish."""

    shared.VERSION = "0.2.0"
    REGISTRY[NEXT_TYPE] = WishPraised
    return replace(service, handlers=merge_handlers(service.handlers, {WishPraised: [_praise]}))


async def bind(url: str) -> None:
    """Bind the reader's queue to the new type, as the next version's migration does."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        queue = await channel.get_queue(Names().queue(READER))
        await queue.bind(Names().messages, NEXT_TYPE)


def record_statement(count: int = MESSAGE_COUNT) -> str:
    """Return SQL that records messages of the new type in intake's outbox."""
    rows = []
    for _ in range(count):
        wish, station = new_id(), new_id()
        envelope = Envelope(
            id=str(new_id()),
            type=NEXT_TYPE,
            source="/services/intake",
            subject=f"wishes/{wish}",
            time=clock.now(),
            station=station,
            sequence=1,
            correlationid=wish,
            data={"wish_id": str(wish), "resident_id": str(wish), "title": "praise"},
        )
        rows.append(
            _VALUES.format(
                lane=lane_of(envelope.subject),
                type=NEXT_TYPE,
                subject=envelope.subject,
                correlation=wish,
                body=envelope.to_json().decode(),
            )
        )
    return _INSERT + ", ".join(rows)

"""Messages as the volunteers service hears them, and the giving of them to its handlers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.volunteers.ledger.models import AccountKey
from services.volunteers.ledger.queries import Books, Standing, books, standing
from services.volunteers.main import SERVICE
from services.volunteers.people.models import Volunteer
from shared import clock
from shared.bus.inbox.dispatcher import Handling
from shared.bus.message import Message
from shared.bus.tables import outbox
from shared.contracts.envelope import Envelope
from shared.contracts.events import ParticipationMessage
from shared.contracts.intake import WishFulfilled, WishMessage, WishReopened
from shared.errors import NotYet
from shared.ids import new_id
from shared.runtime.runtime import Runtime

HANDLING = Handling(SERVICE.handlers)
STARTS = datetime.fromisoformat("2026-05-30T09:00:00+08:00")
Heard = WishMessage | ParticipationMessage
Told = Message[Any]


def told(station: UUID, content: Heard, sequence: int) -> Told:
    """A message of intake about a wish, or about somebody's part in an event."""
    if isinstance(content, WishMessage):
        subject = f"wishes/{content.wish_id}"
    else:
        subject = f"participations/{content.participation_id}"
    return Message(
        id=str(new_id()),
        type=content.type,
        subject=subject,
        station=station,
        sequence=sequence,
        correlation=new_id(),
        causation=None,
        time=clock.now(),
        source="/services/intake",
        content=content,
    )


def about_event(
    station: UUID,
    contract: type[ParticipationMessage],
    resident: UUID,
    *,
    sequence: int = 1,
    **more: Any,
) -> Told:
    """A message about the resident's part in a clean-up, as a helper unless said otherwise."""
    content = contract.model_validate(
        {
            "event_id": new_id(),
            "kind": "clean_up",
            "title": "楼道大扫除",
            "place": "3 栋楼下",
            "starts_at": STARTS,
            "ends_at": STARTS.replace(hour=11),
            "participation_id": new_id(),
            "resident_id": resident,
            "role": "helper",
            "reason": "left",
            "minutes": 90,
            "revision": 1,
            **more,
        }
    )
    return told(station, content, sequence)


def fulfilled(
    station: UUID, taker: UUID | None, *, wish: UUID | None = None, revision: int = 1, **more: Any
) -> Told:
    """The resident confirmed; the taker is a volunteer unless said otherwise."""
    content = WishFulfilled(
        **{
            "wish_id": wish or new_id(),
            "resident_id": new_id(),
            "title": "换一个灯泡",
            "taker_kind": "volunteer",
            "taker_id": taker,
            "minutes": 30,
            "revision": revision,
            **more,
        }
    )
    return told(station, content, 2 * revision + 2)


def reopened(after: Told) -> Told:
    """The confirmation `after` was withdrawn."""
    content = WishReopened(**after.content.model_dump(exclude={"minutes"}))
    return told(after.station, content, after.sequence + 1)


async def handle(runtime: Runtime, *messages: Told) -> None:
    """Handle the messages as one batch, in a transaction of its own."""
    async with runtime.sessions.begin() as tx:
        await HANDLING.handle(tx, messages)


async def handle_until_all_are_done(runtime: Runtime, batches: Sequence[Sequence[Told]]) -> None:
    """Handle batches in this order; what comes too early comes again, one by one, at the end."""
    waiting: list[Told] = []
    for batch in batches:
        for messages in (batch, *([one] for one in batch)):
            try:
                await handle(runtime, *messages)
            except NotYet:
                waiting += messages if len(messages) == 1 else []
            else:
                if messages is batch:
                    break
    while waiting:
        still: list[Told] = []
        for message in waiting:
            try:
                await handle(runtime, message)
            except NotYet:
                still.append(message)
        assert len(still) < len(waiting), "something waits for ever"
        waiting = still


async def enlist(runtime: Runtime, station: UUID, resident: UUID | None = None) -> UUID:
    """An approved volunteer; their resident id."""
    volunteer = Volunteer.apply(station, resident or new_id(), [], [])
    volunteer.approve()
    async with runtime.sessions.begin() as tx:
        tx.add(volunteer)
    return volunteer.resident_id


async def points_of(runtime: Runtime, station: UUID, resident: UUID) -> Standing:
    """What a resident's account holds."""
    async with runtime.sessions() as tx:
        return await standing(tx, AccountKey(station, "resident", resident))


async def books_of(runtime: Runtime, station: UUID) -> Books:
    """The check of a station's books."""
    async with runtime.sessions() as tx:
        return await books(tx, station)


async def recorded(tx: AsyncSession, station: UUID) -> list[Envelope]:
    """The messages that wait in the outbox about a station, oldest first."""
    bodies = await tx.scalars(select(outbox.c.body).order_by(outbox.c.id))
    return [said for body in bodies if (said := Envelope.from_json(body)).station == station]

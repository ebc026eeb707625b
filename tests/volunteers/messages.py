"""Messages for the volunteers service, and calls of its handlers and queries."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.volunteers.ledger.models import AccountKey
from services.volunteers.ledger.queries import (
    AccountBalance,
    LedgerAudit,
    audit_ledger,
    get_balance,
)
from services.volunteers.main import SERVICE
from services.volunteers.people.models import Volunteer
from shared import clock
from shared.bus.inbox.dispatcher import Dispatcher
from shared.bus.message import Message
from shared.bus.tables import outbox
from shared.contracts.envelope import Envelope
from shared.contracts.events import ParticipationMessage
from shared.contracts.intake import WishFulfilled, WishMessage, WishReopened
from shared.errors import NotYet
from shared.ids import new_id
from shared.runtime.runtime import Runtime

DISPATCHER = Dispatcher(SERVICE.handlers)
STARTS = datetime.fromisoformat("2026-05-30T09:00:00+08:00")
IntakeContract = WishMessage | ParticipationMessage
AnyMessage = Message[Any]


def make_message(station: UUID, content: IntakeContract, sequence: int) -> AnyMessage:
    """Build a message of intake about a wish or a participation."""
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


def participation_message(
    station: UUID,
    contract: type[ParticipationMessage],
    resident: UUID,
    *,
    sequence: int = 1,
    **overrides: Any,
) -> AnyMessage:
    """Build a message about a resident who helps at a clean-up; `overrides` replace fields."""
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
            **overrides,
        }
    )
    return make_message(station, content, sequence)


def wish_fulfilled(
    station: UUID,
    taker: UUID | None,
    *,
    wish: UUID | None = None,
    revision: int = 1,
    **overrides: Any,
) -> AnyMessage:
    """Build the message of a confirmed wish of a volunteer; `overrides` replace fields."""
    content = WishFulfilled(
        **{
            "wish_id": wish or new_id(),
            "resident_id": new_id(),
            "title": "换一个灯泡",
            "taker_kind": "volunteer",
            "taker_id": taker,
            "minutes": 30,
            "revision": revision,
            **overrides,
        }
    )
    return make_message(station, content, 2 * revision + 2)


def wish_reopened(confirmation: AnyMessage) -> AnyMessage:
    """Build the message that withdraws `confirmation`."""
    content = WishReopened(**confirmation.content.model_dump(exclude={"minutes"}))
    return make_message(confirmation.station, content, confirmation.sequence + 1)


async def handle_messages(runtime: Runtime, *messages: AnyMessage) -> None:
    """Handle the messages as one batch, in a transaction of its own."""
    async with runtime.sessions.begin() as tx:
        await DISPATCHER.handle(tx, messages)


async def handle_with_retries(runtime: Runtime, batches: Sequence[Sequence[AnyMessage]]) -> None:
    """Handle batches in this order, and early messages again, one by one, at the end."""
    waiting: list[AnyMessage] = []
    for batch in batches:
        for messages in (batch, *([one] for one in batch)):
            try:
                await handle_messages(runtime, *messages)
            except NotYet:
                waiting += messages if len(messages) == 1 else []
            else:
                if messages is batch:
                    break
    while waiting:
        still: list[AnyMessage] = []
        for message in waiting:
            try:
                await handle_messages(runtime, message)
            except NotYet:
                still.append(message)
        assert len(still) < len(waiting), "a message waits for ever"
        waiting = still


async def create_volunteer(runtime: Runtime, station: UUID, resident: UUID | None = None) -> UUID:
    """Create an approved volunteer, and return the resident's id."""
    volunteer = Volunteer.apply(station, resident or new_id(), [], [])
    volunteer.approve()
    async with runtime.sessions.begin() as tx:
        tx.add(volunteer)
    return volunteer.resident_id


async def read_points(runtime: Runtime, station: UUID, resident: UUID) -> AccountBalance:
    """Read the points of a resident's account."""
    async with runtime.sessions() as tx:
        return await get_balance(tx, AccountKey(station, "resident", resident))


async def run_audit(runtime: Runtime, station: UUID) -> LedgerAudit:
    """Audit a station's books."""
    async with runtime.sessions() as tx:
        return await audit_ledger(tx, station)


async def list_recorded(tx: AsyncSession, station: UUID) -> list[Envelope]:
    """List the messages in the outbox about a station, oldest first."""
    bodies = await tx.scalars(select(outbox.c.body).order_by(outbox.c.id))
    return [
        envelope for body in bodies if (envelope := Envelope.from_json(body)).station == station
    ]

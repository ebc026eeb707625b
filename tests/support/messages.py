"""Messages for tests, and the ways to handle them and to read those that a service recorded."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.bus.inbox.dispatcher import Dispatcher
from shared.bus.message import Message
from shared.bus.outbox.record import OutgoingMessage
from shared.bus.tables import outbox
from shared.bus.transport.base import Publishing
from shared.contracts.contract import Contract
from shared.contracts.envelope import Envelope
from shared.contracts.events import ParticipationMessage
from shared.contracts.intake import (
    Language,
    ResidentChanged,
    ResidentRegistered,
    SignInCodeIssued,
    WishClaimed,
    WishFulfilled,
    WishMessage,
    WishReopened,
)
from shared.errors import NotYet
from shared.ids import new_id
from shared.runtime.runtime import Runtime

PHONE = "13812345678"
CODE = "482915"
TITLE = "想换一个灯泡"
STARTS = datetime.fromisoformat("2026-11-28T09:00:00+08:00")
AnyMessage = Message[Any]


def subject_of(content: Contract) -> str:
    """Return the subject that the contract declares for `content`."""
    return content.subject.format_map(content.model_dump())


def make_message(
    station: UUID, content: Contract, sequence: int = 1, *, subject: str = "", **attributes: Any
) -> AnyMessage:
    """Build a message as a handler receives it, from the service that publishes it."""
    values = {
        "id": str(new_id()),
        "type": content.type,
        "subject": subject or subject_of(content),
        "correlation": new_id(),
        "causation": None,
        "time": clock.now(),
        "source": content.source,
        **attributes,
    }
    return Message(station=station, sequence=sequence, content=content, **values)


def outgoing_message(station: UUID, content: Contract, sequence: int = 1) -> OutgoingMessage:
    """Build a message as an action records it."""
    return OutgoingMessage(subject_of(content), station, sequence, content)


def to_envelope(message: AnyMessage) -> Envelope:
    """Build the envelope in which a message travels."""
    return Envelope(
        id=message.id,
        type=message.type,
        source=message.source,
        subject=message.subject,
        time=message.time,
        station=message.station,
        sequence=message.sequence,
        correlationid=message.correlation,
        data=message.content.model_dump(mode="json"),
    )


def to_publishing(message: AnyMessage) -> Publishing:
    """Build a message as a relay publishes it, without an outbox."""
    body = to_envelope(message).to_json()
    return Publishing(message.id, message.type, message.correlation, body, mandatory=True)


def make_cloud_event(source: str, type_: str, data: Any, /, **overrides: Any) -> dict[str, Any]:
    """Build a CloudEvent as a partner publishes it, with required attributes only."""
    return {
        "specversion": "1.0",
        "id": str(new_id()),
        "source": source,
        "type": type_,
        "time": clock.now().isoformat(),
        "data": data,
        **overrides,
    }


def wish_message(
    station: UUID,
    contract: type[WishMessage],
    resident: UUID,
    *,
    sequence: int = 2,
    **overrides: Any,
) -> AnyMessage:
    """Build a message about a wish without a taker; `overrides` replace fields."""
    values = {"wish_id": new_id(), "resident_id": resident, "title": TITLE, **overrides}
    return make_message(station, contract.model_validate(values), sequence)


def wish_claimed(station: UUID, resident: UUID, taker: UUID, kind: str = "volunteer") -> AnyMessage:
    """Build the message of a wish that was claimed for a week."""
    until = clock.now() + timedelta(days=7)
    taker_fields = {"taker_kind": kind, "taker_id": taker, "lease_until": until}
    return wish_message(station, WishClaimed, resident, sequence=3, **taker_fields)


def wish_fulfilled(
    station: UUID,
    taker: UUID | None,
    *,
    wish: UUID | None = None,
    revision: int = 1,
    **overrides: Any,
) -> AnyMessage:
    """Build the message of a confirmed wish of a volunteer; `overrides` replace fields."""
    values = {
        "wish_id": wish or new_id(),
        "taker_kind": "volunteer",
        "taker_id": taker,
        "minutes": 30,
        "revision": revision,
        **overrides,
    }
    return wish_message(station, WishFulfilled, new_id(), sequence=2 * revision + 2, **values)


def wish_reopened(confirmation: AnyMessage) -> AnyMessage:
    """Build the message that withdraws `confirmation`."""
    content = WishReopened(**confirmation.content.model_dump(exclude={"minutes"}))
    return make_message(confirmation.station, content, confirmation.sequence + 1)


def resident_registered(
    runtime: Runtime,
    station: UUID,
    resident: UUID,
    *,
    language: Language = "zh",
    phone: str | None = PHONE,
    version: int = 1,
) -> AnyMessage:
    """Build the message of a registered resident, or a changed one if `version` is above 1."""
    contract = ResidentRegistered if version == 1 else ResidentChanged
    content = contract(
        resident_id=resident,
        phone_sealed=runtime.sealer.seal(phone) if phone else None,
        language=language,
    )
    return make_message(station, content, version)


def sign_in_code_issued(
    runtime: Runtime, station: UUID, resident: UUID, seconds: float = 300
) -> AnyMessage:
    """Build the message of a sign-in code that expires after `seconds`."""
    content = SignInCodeIssued(
        resident_id=resident,
        phone_sealed=runtime.sealer.seal(PHONE),
        code_sealed=runtime.sealer.seal(CODE),
        language="zh",
        expires_at=clock.now() + timedelta(seconds=seconds),
    )
    return make_message(station, content, subject=f"sign-in-codes/{new_id()}")


def participation_message(
    station: UUID,
    contract: type[ParticipationMessage],
    resident: UUID,
    *,
    sequence: int = 1,
    **overrides: Any,
) -> AnyMessage:
    """Build a message about a resident who helps at a clean-up; `overrides` replace fields."""
    values = {
        "event_id": new_id(),
        "kind": "clean_up",
        "title": "楼道大扫除",
        "place": "3 栋楼下",
        "starts_at": STARTS,
        "ends_at": STARTS + timedelta(hours=2),
        "participation_id": new_id(),
        "resident_id": resident,
        "role": "helper",
        "reason": "left",
        "minutes": 90,
        "revision": 1,
        **overrides,
    }
    return make_message(station, contract.model_validate(values), sequence)


async def handle_messages(runtime: Runtime, *messages: AnyMessage) -> None:
    """Handle the messages as one batch, in a transaction of its own."""
    async with runtime.sessions.begin() as tx:
        await Dispatcher(runtime.service.handlers).handle(tx, messages)


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


async def list_recorded(
    tx: AsyncSession, *, station: UUID | None = None, subject: str | None = None
) -> list[Envelope]:
    """List the messages in the outbox, of a station or about a subject, oldest first."""
    query = select(outbox.c.body).order_by(outbox.c.id)
    if subject is not None:
        query = query.where(outbox.c.subject == subject)
    recorded = [Envelope.from_json(body) for body in await tx.scalars(query)]
    return [message for message in recorded if station in (None, message.station)]

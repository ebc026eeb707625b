"""Messages for notify, calls of its handlers, and the resulting deliveries."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.notify.deliveries.models import Delivery
from services.notify.main import SERVICE
from shared import clock
from shared.bus.inbox.dispatcher import Dispatcher
from shared.bus.message import Message
from shared.contracts.envelope import Contract
from shared.contracts.events import ParticipationMessage
from shared.contracts.intake import (
    Language,
    ResidentChanged,
    ResidentRegistered,
    SignInCodeIssued,
    WishClaimed,
    WishMessage,
)
from shared.ids import new_id
from shared.runtime.runtime import Runtime

DISPATCHER = Dispatcher(SERVICE.handlers)
PHONE = "13812345678"
CODE = "482915"
TITLE = "想换一个灯泡"
STARTS = datetime.fromisoformat("2026-11-28T09:00:00+08:00")
AnyMessage = Message[Any]


def make_message(station: UUID, content: Contract, subject: str, sequence: int = 1) -> AnyMessage:
    """Build a message with `content`."""
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
    return make_message(station, content, f"residents/{resident}", version)


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
    content = contract.model_validate(values)
    return make_message(station, content, f"wishes/{content.wish_id}", sequence)


def wish_claimed(station: UUID, resident: UUID, taker: UUID, kind: str = "volunteer") -> AnyMessage:
    """Build the message of a wish that was claimed for a week."""
    until = clock.now() + timedelta(days=7)
    taker_fields = {"taker_kind": kind, "taker_id": taker, "lease_until": until}
    return wish_message(station, WishClaimed, resident, sequence=3, **taker_fields)


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
    content = contract.model_validate(values)
    return make_message(station, content, f"participations/{content.participation_id}", sequence)


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
    return make_message(station, content, f"sign-in-codes/{new_id()}")


async def handle_messages(runtime: Runtime, *messages: AnyMessage) -> None:
    """Handle the messages as one batch, in a transaction of its own."""
    async with runtime.sessions.begin() as tx:
        await DISPATCHER.handle(tx, messages)


async def register_resident(
    runtime: Runtime, station: UUID, *, language: Language = "zh", phone: str | None = PHONE
) -> UUID:
    """Register a resident in the audience, and return the id."""
    resident = new_id()
    await handle_messages(
        runtime, resident_registered(runtime, station, resident, language=language, phone=phone)
    )
    return resident


async def read_deliveries(runtime: Runtime, station: UUID) -> Sequence[Delivery]:
    """Read all deliveries of a station, ordered by recipient, channel and time."""
    order = (Delivery.recipient_id, Delivery.channel, Delivery.id)
    async with runtime.sessions() as tx:
        rows = await tx.scalars(
            select(Delivery).where(Delivery.station_id == station).order_by(*order)
        )
        return rows.all()

"""Residents in the audience of notify, and the deliveries to them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from services.notify.deliveries.models import Delivery
from shared.ids import new_id
from shared.language import Language
from shared.runtime.runtime import Runtime
from tests.support.messages import PHONE, handle_messages, resident_registered


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

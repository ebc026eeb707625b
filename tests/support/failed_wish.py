"""A wish whose messages one service handled and others failed to handle."""

from uuid import UUID

from sqlalchemy import text

from shared.bus.outbox.record import OutgoingMessage, record_messages
from shared.contracts.contract import Contract
from shared.contracts.intake import WishFulfilled, WishPosted
from shared.ids import new_id
from shared.observability.context import message_context
from tests.support.api_clients import eventually
from tests.support.messages import outgoing_message
from tests.support.station import WISHER, StationFixture

ERROR = "ValueError: the rule asks for more than there is"
_PARK_MESSAGE = text(
    "UPDATE inbox SET state = 'parked', attempts = 12, due_at = NULL, error = :error"
    " WHERE correlation = :correlation AND state = 'retry' RETURNING message_key"
)
_COUNT_DELIVERIES = text("SELECT count(*) FROM deliveries WHERE correlation = :correlation")


async def create_failed_wish(demo_station: StationFixture) -> UUID:
    """Record a posted wish and one fulfilled by an unknown volunteer; return their correlation id.

    Notify has sent a delivery for the posted wish. Volunteers has parked the other message, and
    notify will retry it.
    """
    correlation = new_id()
    resident = {"resident_id": demo_station.people[WISHER]}
    async with demo_station.system.intake.sessions.begin() as tx:
        with message_context(correlation, None):
            await record_messages(
                tx,
                [
                    _make_message(demo_station, WishPosted, **resident),
                    _make_message(demo_station, WishFulfilled, **resident),
                ],
            )

    async def is_parked() -> bool:
        async with demo_station.system.volunteers.sessions.begin() as tx:
            values = {"error": ERROR, "correlation": correlation}
            parked = await tx.execute(_PARK_MESSAGE, values)
            return parked.one_or_none() is not None

    async def is_notified() -> bool:
        async with demo_station.system.notify.sessions() as tx:
            return bool(await tx.scalar(_COUNT_DELIVERIES, {"correlation": correlation}))

    await eventually(is_parked)
    await eventually(is_notified)
    return correlation


def _make_message(
    demo_station: StationFixture, contract: type[Contract], **overrides: UUID
) -> OutgoingMessage:
    values = {**overrides, "wish_id": new_id()}
    content = contract.make_example().model_copy(update=values)
    return outgoing_message(demo_station.station_id, content)

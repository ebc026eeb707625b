"""A case that went well at one place and failed at others."""

from uuid import UUID

from sqlalchemy import text

from shared.bus.outbox.record import OutgoingMessage, record_messages
from shared.contracts.envelope import Contract
from shared.contracts.examples import example
from shared.contracts.intake import WishFulfilled, WishPosted
from shared.ids import new_id
from shared.observability.logs import message_context
from tests.support.api_clients import eventually
from tests.support.station import WISHER, StationFixture

ERROR = "ValueError: the rule asks for more than there is"
_PARK_MESSAGE = text(
    "UPDATE inbox SET state = 'parked', attempts = 12, due_at = NULL, error = :wrong"
    " WHERE correlation = :case AND state = 'retry' RETURNING message_key"
)
_COUNT_DELIVERIES = text("SELECT count(*) FROM deliveries WHERE correlation = :case")


async def create_failed_wish(demo_station: StationFixture) -> UUID:
    """Its correlation id: a wish is posted, which is told, and fulfilled by whom nobody knows.

    Volunteers gave up, notify will try again.
    """
    case = new_id()
    known = {"resident_id": demo_station.people[WISHER]}
    async with demo_station.system.intake.sessions.begin() as tx:
        with message_context(case, None):
            await record_messages(
                tx,
                [
                    _make_message(demo_station, WishPosted, **known),
                    _make_message(demo_station, WishFulfilled, **known),
                ],
            )

    async def is_parked() -> bool:
        async with demo_station.system.volunteers.sessions.begin() as tx:
            found = await tx.execute(_PARK_MESSAGE, {"wrong": ERROR, "case": case})
            return found.one_or_none() is not None

    async def is_notified() -> bool:
        async with demo_station.system.notify.sessions() as tx:
            return bool(await tx.scalar(_COUNT_DELIVERIES, {"case": case}))

    await eventually(is_parked)
    await eventually(is_notified)
    return case


def _make_message(
    demo_station: StationFixture, contract: type[Contract], **overrides: UUID
) -> OutgoingMessage:
    wish = new_id()
    content = example(contract.type).model_copy(update={**overrides, "wish_id": wish})
    return OutgoingMessage(f"wishes/{wish}", demo_station.station_id, 1, content)

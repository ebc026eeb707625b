"""A case that went well at one place and failed at others."""

from uuid import UUID

from sqlalchemy import text

from shared.bus.outbox.record import Fact, record_facts
from shared.contracts.envelope import Contract
from shared.contracts.examples import example
from shared.contracts.intake import WishFulfilled, WishPosted
from shared.ids import new_id
from shared.observability.logs import caused
from tests.support.api_clients import eventually
from tests.support.station import WISHER, Place

WRONG = "ValueError: the rule asks for more than there is"
_GIVEN_UP = text(
    "UPDATE inbox SET state = 'parked', attempts = 12, due_at = NULL, error = :wrong"
    " WHERE correlation = :case AND state = 'retry' RETURNING message_key"
)
_TOLD = text("SELECT count(*) FROM deliveries WHERE correlation = :case")


async def failed_case(place: Place) -> UUID:
    """Its correlation id: a wish is posted, which is told, and fulfilled by whom nobody knows.

    Volunteers gave up, notify will try again.
    """
    case = new_id()
    known = {"resident_id": place.people[WISHER]}
    async with place.house.intake.sessions.begin() as tx:
        with caused(case, None):
            await record_facts(
                tx, [_fact(place, WishPosted, **known), _fact(place, WishFulfilled, **known)]
            )

    async def given_up() -> bool:
        async with place.house.volunteers.sessions.begin() as tx:
            found = await tx.execute(_GIVEN_UP, {"wrong": WRONG, "case": case})
            return found.one_or_none() is not None

    async def told() -> bool:
        async with place.house.notify.sessions() as tx:
            return bool(await tx.scalar(_TOLD, {"case": case}))

    await eventually(given_up)
    await eventually(told)
    return case


def _fact(place: Place, contract: type[Contract], **said: UUID) -> Fact:
    wish = new_id()
    content = example(contract.type).model_copy(update={**said, "wish_id": wish})
    return Fact(f"wishes/{wish}", place.station, 1, content)

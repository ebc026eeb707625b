"""The read copy of volunteers has one end state, whatever the order and repetition."""

import itertools
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.volunteers_view.handlers import HANDLERS
from services.intake.volunteers_view.queries import is_approved_volunteer
from shared.bus.message import BatchHandler
from shared.contracts.volunteers import VolunteerApplied, VolunteerApproved
from tests.support.messages import AnyMessage, make_message

STATION, RESIDENT, VOLUNTEER = uuid4(), uuid4(), uuid4()
VOLUNTEER_FIELDS = {"volunteer_id": VOLUNTEER, "resident_id": RESIDENT}


APPLIED = make_message(STATION, VolunteerApplied(**VOLUNTEER_FIELDS))
APPROVED = make_message(STATION, VolunteerApproved(**VOLUNTEER_FIELDS), 2)


async def handle_messages(tx: AsyncSession, *messages: AnyMessage) -> None:
    """Handle the messages one by one."""
    for one in messages:
        (handler,) = HANDLERS[type(one.content)]
        assert isinstance(handler, BatchHandler)
        await handler.handle(tx, [one])


@pytest.mark.parametrize("order", list(itertools.permutations([APPLIED, APPROVED, APPLIED])))
async def test_order_and_repetition_do_not_change_the_end_state(
    tx: AsyncSession, order: tuple[AnyMessage, ...]
) -> None:
    await handle_messages(tx, *order, *order)
    assert await is_approved_volunteer(tx, STATION, RESIDENT)


async def test_an_applicant_is_not_approved(tx: AsyncSession) -> None:
    await handle_messages(tx, APPLIED)
    assert not await is_approved_volunteer(tx, STATION, RESIDENT)


async def test_a_volunteer_of_one_station_is_none_of_another(tx: AsyncSession) -> None:
    await handle_messages(tx, APPROVED)
    assert not await is_approved_volunteer(tx, uuid4(), RESIDENT)


async def test_a_snapshot_corrects_a_copy_of_the_same_sequence(tx: AsyncSession) -> None:
    await handle_messages(
        tx, make_message(STATION, VolunteerApplied(**VOLUNTEER_FIELDS), 2), APPROVED
    )
    assert await is_approved_volunteer(tx, STATION, RESIDENT)


async def test_a_message_of_another_station_changes_nothing(tx: AsyncSession) -> None:
    await handle_messages(
        tx, APPROVED, make_message(uuid4(), VolunteerApplied(**VOLUNTEER_FIELDS), 3)
    )
    assert await is_approved_volunteer(tx, STATION, RESIDENT)

"""Awards for attended events: helpers are paid by the hour, guests a flat amount."""

import asyncio
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.volunteers.ledger.models import Transfer
from shared.contracts.events import EventAttended
from shared.ids import new_id
from shared.runtime.runtime import Runtime
from tests.support.messages import (
    handle_messages,
    list_recorded,
    make_message,
    participation_message,
)
from tests.volunteers.fixtures import read_points, run_audit
from tests.volunteers.rules.test_rules import make_rule


async def test_ninety_minutes_of_help_pay_fifteen_points(
    runtime: Runtime, tx: AsyncSession, station: UUID
) -> None:
    helper = new_id()
    message = participation_message(station, EventAttended, helper)
    await handle_messages(runtime, message)
    assert (await read_points(runtime, station, helper)).available == 15
    transfer = (await tx.scalars(select(Transfer).where(Transfer.station_id == station))).one()
    assert (transfer.rule, transfer.reason) == ("event-helper", "Helped at an event")
    assert (transfer.cause_subject, transfer.revision) == (message.subject, 1)
    (envelope,) = await list_recorded(tx, station=station)
    assert envelope.correlationid == message.correlation
    expected = {
        "amount": 15,
        "title": "楼道大扫除",
        "wish_id": None,
        "cause_subject": message.subject,
    }
    assert {name: envelope.data[name] for name in expected} == expected


async def test_guests_are_paid_a_flat_amount(runtime: Runtime, station: UUID) -> None:
    guest = new_id()
    for minutes in (0, 240):
        message = participation_message(
            station, EventAttended, guest, role="guest", minutes=minutes
        )
        await handle_messages(runtime, message)
    assert (await read_points(runtime, station, guest)).balance == 10


async def test_few_minutes_of_help_post_no_transfer(
    runtime: Runtime, tx: AsyncSession, station: UUID
) -> None:
    message = participation_message(station, EventAttended, new_id(), minutes=5)
    await handle_messages(
        runtime, message, participation_message(station, EventAttended, new_id(), minutes=0)
    )
    count = select(func.count()).select_from(Transfer).where(Transfer.station_id == station)
    assert await tx.scalar(count) == 0
    assert not await list_recorded(tx, station=station)


async def test_repeated_attendance_is_paid_once(runtime: Runtime, station: UUID) -> None:
    helper = new_id()
    first = participation_message(station, EventAttended, helper, sequence=3)
    again = [make_message(station, first.content, 3) for _ in range(4)]
    later = make_message(station, first.content, 5)
    await asyncio.gather(*(handle_messages(runtime, message) for message in again))
    await handle_messages(runtime, first, *again, later)
    assert (await read_points(runtime, station, helper)).balance == 15
    assert (await run_audit(runtime, station)).is_balanced


async def test_another_event_pays_again(runtime: Runtime, station: UUID) -> None:
    helper = new_id()
    await handle_messages(
        runtime, *(participation_message(station, EventAttended, helper) for _ in range(3))
    )
    assert (await read_points(runtime, station, helper)).balance == 45


async def test_station_s_own_event_rule_replaces_the_standard_rule(
    runtime: Runtime, station: UUID
) -> None:
    own = make_rule(
        1,
        station,
        name="event-helper",
        message_type=EventAttended.type,
        who="resident_id",
        who_kind="role",
        paid_kinds=["helper"],
        amount_kind="by_hour",
        amount=4,
    )
    async with runtime.sessions.begin() as tx:
        tx.add(own)
    helper = new_id()
    await handle_messages(runtime, participation_message(station, EventAttended, helper))
    assert (await read_points(runtime, station, helper)).balance == 6

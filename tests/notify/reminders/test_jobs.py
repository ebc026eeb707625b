"""The timed jobs of reminders: in batches, beside other replicas and messages, over time."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select

from services.notify.audience.models import Recipient
from services.notify.reminders import jobs
from services.notify.reminders.jobs import (
    RETENTION_AFTER_START,
    delete_past_reminders,
    send_reminders,
)
from services.notify.reminders.models import Reminder
from shared import clock
from shared.bus.inbox.dispatcher import Dispatcher
from shared.contracts.events import EventAttended, EventJoined, EventLeft
from shared.ids import new_id
from shared.runtime.runtime import Runtime
from tests.notify.fixtures import register_resident
from tests.notify.reminders.job_runs import REMINDER_TIME, handle_at, list_reminders, run_job
from tests.support.messages import STARTS, participation_message


async def _create_participants(runtime: Runtime, station: UUID, count: int) -> list[UUID]:
    """Register `count` participants, and return their ids in order."""
    people = sorted([await register_resident(runtime, station) for _ in range(count)])
    await handle_at(
        runtime, *(participation_message(station, EventJoined, person) for person in people)
    )
    return people


async def test_everybody_is_reminded_in_batches(
    runtime: Runtime, station: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BATCH_SIZE", 3)
    people = await _create_participants(runtime, station, 8)
    for reminded in (3, 6, 8, 8):
        await run_job(runtime)
        assert len(await list_reminders(runtime, station)) == 2 * reminded
    deliveries = await list_reminders(runtime, station)
    assert [d.recipient_id for d in deliveries if d.channel == "inbox"] == people


async def test_two_concurrent_replicas_remind_different_participants(
    runtime: Runtime, station: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BATCH_SIZE", 3)
    people = await _create_participants(runtime, station, 6)
    with clock.frozen(REMINDER_TIME):
        async with runtime.sessions.begin() as one, runtime.sessions.begin() as other:
            await send_reminders(one)
            await send_reminders(other)
    deliveries = await list_reminders(runtime, station)
    assert [d.recipient_id for d in deliveries if d.channel == "inbox"] == people


async def test_locked_reminder_is_skipped(runtime: Runtime, station: UUID) -> None:
    resident, participation = await register_resident(runtime, station), new_id()
    await handle_at(
        runtime,
        participation_message(station, EventJoined, resident, participation_id=participation),
    )
    left = participation_message(
        station, EventLeft, resident, participation_id=participation, sequence=2
    )
    async with runtime.sessions.begin() as tx:
        await Dispatcher(runtime.service.handlers).handle(tx, [left])
        await run_job(runtime)
    await run_job(runtime)
    assert not await list_reminders(runtime, station)


async def test_unknown_resident_delays_no_other_reminder(runtime: Runtime, station: UUID) -> None:
    unknown, registered = (
        await register_resident(runtime, station),
        await register_resident(runtime, station),
    )
    await handle_at(
        runtime,
        *(participation_message(station, EventJoined, who) for who in (unknown, registered)),
    )
    async with runtime.sessions.begin() as tx:
        await tx.execute(delete(Recipient).where(Recipient.resident_id == unknown))
    await run_job(runtime)
    assert {d.recipient_id for d in await list_reminders(runtime, station)} == {registered}


async def test_message_of_another_station_changes_no_reminder(
    runtime: Runtime, station: UUID
) -> None:
    resident, participation = await register_resident(runtime, station), new_id()
    await handle_at(
        runtime,
        participation_message(station, EventJoined, resident, participation_id=participation),
    )
    other = participation_message(
        new_id(), EventAttended, resident, participation_id=participation, sequence=9
    )
    await handle_at(runtime, other)
    await run_job(runtime)
    assert len(await list_reminders(runtime, station)) == 2


async def test_reminders_are_deleted_five_weeks_after_the_start(
    runtime: Runtime, station: UUID
) -> None:
    resident, participation = await register_resident(runtime, station), new_id()
    left = participation_message(
        station, EventLeft, resident, participation_id=participation, sequence=2
    )
    await handle_at(runtime, left, at=STARTS - timedelta(days=90))
    for at, expected in (
        (STARTS + RETENTION_AFTER_START, 1),
        (STARTS + RETENTION_AFTER_START + timedelta(seconds=1), 0),
    ):
        with clock.frozen(at):
            async with runtime.sessions.begin() as tx:
                await delete_past_reminders(tx)
        async with runtime.sessions() as tx:
            count = select(func.count()).where(Reminder.participation_id == participation)
            assert await tx.scalar(count) == expected

"""Reminders the evening before: once, to who still comes, and never by a late message."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from services.notify.audience.models import Recipient
from services.notify.deliveries.models import Delivery
from services.notify.deliveries.rendering import inbox_text, sms_text
from services.notify.reminders import jobs
from services.notify.reminders.jobs import (
    RETENTION_AFTER_START,
    delete_past_reminders,
    send_reminders,
)
from services.notify.reminders.models import Reminder, evening_before
from services.notify.settings import NotifySettings
from shared import clock
from shared.contracts.events import (
    EventAttended,
    EventJoined,
    EventLeft,
    EventMissed,
    ParticipationMessage,
)
from shared.ids import new_id
from shared.runtime.runtime import Runtime
from tests.notify.messages import (
    DISPATCHER,
    STARTS,
    AnyMessage,
    handle_messages,
    make_message,
    participation_message,
    read_deliveries,
    register_resident,
)

REMINDER_TIME = datetime(2026, 11, 27, 10, tzinfo=UTC)
BEFORE_REMINDER = REMINDER_TIME - timedelta(days=3)
Contracts = tuple[type[ParticipationMessage], ...]
PARTICIPATION_STEPS: Contracts = (EventJoined, EventLeft, EventJoined, EventAttended)
REJOIN_STEPS: Contracts = (EventLeft, EventJoined)
SETTINGS = NotifySettings.model_construct()


@pytest.fixture(autouse=True)
async def _no_other_reminders(runtime: Runtime) -> None:
    """The job serves every station: what other tests left is taken away."""
    async with runtime.sessions.begin() as tx:
        await tx.execute(delete(Reminder))


async def handle_at(
    runtime: Runtime, *messages: AnyMessage, at: datetime = BEFORE_REMINDER
) -> None:
    """Handle the messages at that moment."""
    with clock.frozen(at):
        await handle_messages(runtime, *messages)


async def run_job(runtime: Runtime, at: datetime = REMINDER_TIME) -> None:
    """Remind at that moment."""
    with clock.frozen(at):
        async with runtime.sessions.begin() as tx:
            await send_reminders(tx)


async def list_reminders(runtime: Runtime, station: UUID) -> list[Delivery]:
    """The reminders of a station, inbox first."""
    found = await read_deliveries(runtime, station)
    return [delivery for delivery in found if delivery.template == "event.reminder"]


def test_the_evening_before_is_by_the_station_s_own_clock() -> None:
    assert evening_before(STARTS) == REMINDER_TIME
    late = datetime.fromisoformat("2026-11-28T23:30:00-05:00")
    assert evening_before(late).isoformat() == "2026-11-27T18:00:00-05:00"
    assert evening_before(datetime(2026, 3, 1, 0, 30, tzinfo=UTC)).isoformat() == (
        "2026-02-28T18:00:00+00:00"
    )


async def test_who_comes_is_reminded_once_the_evening_before(
    runtime: Runtime, station: UUID
) -> None:
    resident = await register_resident(runtime, station)
    joined = participation_message(station, EventJoined, resident)
    await handle_at(runtime, joined)
    await run_job(runtime, REMINDER_TIME - timedelta(seconds=1))
    assert not await list_reminders(runtime, station)
    for minutes in (0, 1, 600):
        await run_job(runtime, REMINDER_TIME + timedelta(minutes=minutes))
    inbox, sms = await list_reminders(runtime, station)
    assert (inbox.channel, sms.channel) == ("inbox", "sms")
    assert {d.recipient_id for d in (inbox, sms)} == {resident}
    assert {d.subject for d in (inbox, sms)} == {f"events/{joined.content.event_id}"}
    assert {d.correlation for d in (inbox, sms)} == {joined.correlation}
    assert sms.expires_at == STARTS
    assert inbox_text(inbox, "zh").body == (
        "您报名的“楼道大扫除”就在明天，11月28日（星期六）9:00，地点：3 栋楼下。"
        "谢谢您来帮忙！要是来不了，请告诉我们一声。"
    )
    assert sms_text(sms, {}, SETTINGS) == (
        "【邻里服务站】提醒您：明天有“楼道大扫除”，11月28日（星期六）9:00，3 栋楼下。"
        "来不了请说一声。"
    )


async def test_who_is_reminded_late_is_not_told_that_it_is_tomorrow(
    runtime: Runtime, station: UUID
) -> None:
    joined = participation_message(station, EventJoined, await register_resident(runtime, station))
    await handle_at(runtime, joined)
    midnight = STARTS.replace(hour=0)
    await run_job(runtime, midnight)
    inbox, sms = await list_reminders(runtime, station)
    assert "就在今天，11月28日" in inbox_text(inbox, "zh").body
    assert "is today, Saturday" in inbox_text(inbox, "en").body
    assert "今天有“楼道大扫除”" in sms_text(sms, {}, SETTINGS)


async def test_a_reminder_of_an_older_version_can_still_be_read(
    runtime: Runtime, station: UUID
) -> None:
    await handle_at(
        runtime,
        participation_message(station, EventJoined, await register_resident(runtime, station)),
    )
    await run_job(runtime)
    inbox, sms = await list_reminders(runtime, station)
    for delivery in (inbox, sms):
        delivery.params = {name: said for name, said in delivery.params.items() if name != "day"}
    assert "“楼道大扫除”快到了，11月28日" in inbox_text(inbox, "zh").body
    assert "is near: Saturday" in inbox_text(inbox, "en").body
    assert "提醒您：“楼道大扫除”" in sms_text(sms, {}, SETTINGS)


async def test_once_the_event_has_begun_nobody_is_reminded(runtime: Runtime, station: UUID) -> None:
    await handle_at(
        runtime,
        participation_message(station, EventJoined, await register_resident(runtime, station)),
    )
    await run_job(runtime, STARTS)
    assert not await list_reminders(runtime, station)


async def test_who_joins_after_the_hour_has_just_been_told(runtime: Runtime, station: UUID) -> None:
    joined = participation_message(station, EventJoined, await register_resident(runtime, station))
    await handle_at(runtime, joined, at=REMINDER_TIME)
    await run_job(runtime, REMINDER_TIME + timedelta(minutes=1))
    assert {d.template for d in await read_deliveries(runtime, station)} == {"event.joined"}


@pytest.mark.parametrize("contract", [EventLeft, EventAttended, EventMissed])
async def test_who_does_not_come_any_more_is_not_reminded(
    runtime: Runtime, station: UUID, contract: type[ParticipationMessage]
) -> None:
    resident, part = await register_resident(runtime, station), new_id()
    over = participation_message(station, contract, resident, participation_id=part, sequence=2)
    await handle_at(runtime, over)
    await handle_at(
        runtime, participation_message(station, EventJoined, resident, participation_id=part)
    )
    await run_job(runtime)
    assert not await list_reminders(runtime, station)


async def test_who_left_and_joined_anew_is_reminded_once(runtime: Runtime, station: UUID) -> None:
    resident, part = await register_resident(runtime, station), new_id()
    for sequence, contract in enumerate(PARTICIPATION_STEPS[:3], 1):
        message = participation_message(
            station, contract, resident, participation_id=part, sequence=sequence
        )
        await handle_at(runtime, message)
    await run_job(runtime)
    for sequence, contract in enumerate(REJOIN_STEPS, 4):
        message = participation_message(
            station, contract, resident, participation_id=part, sequence=sequence
        )
        await handle_at(runtime, message, at=REMINDER_TIME + timedelta(minutes=sequence))
    await run_job(runtime, REMINDER_TIME + timedelta(hours=1))
    assert len(await list_reminders(runtime, station)) == 2


async def _create_participants(runtime: Runtime, station: UUID, count: int) -> list[UUID]:
    """So many residents who come; in the order of their ids."""
    people = sorted([await register_resident(runtime, station) for _ in range(count)])
    await handle_at(
        runtime, *(participation_message(station, EventJoined, person) for person in people)
    )
    return people


async def test_a_chunk_at_a_time_everybody_is_reminded(
    runtime: Runtime, station: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BATCH_SIZE", 3)
    people = await _create_participants(runtime, station, 8)
    for reminded in (3, 6, 8, 8):
        await run_job(runtime)
        assert len(await list_reminders(runtime, station)) == 2 * reminded
    found = await list_reminders(runtime, station)
    assert [d.recipient_id for d in found if d.channel == "inbox"] == people


async def test_two_replicas_at_once_remind_of_different_things(
    runtime: Runtime, station: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BATCH_SIZE", 3)
    people = await _create_participants(runtime, station, 6)
    with clock.frozen(REMINDER_TIME):
        async with runtime.sessions.begin() as one, runtime.sessions.begin() as other:
            await send_reminders(one)
            await send_reminders(other)
    found = await list_reminders(runtime, station)
    assert [d.recipient_id for d in found if d.channel == "inbox"] == people


async def test_what_a_message_is_changing_is_passed_over(runtime: Runtime, station: UUID) -> None:
    resident, part = await register_resident(runtime, station), new_id()
    await handle_at(
        runtime, participation_message(station, EventJoined, resident, participation_id=part)
    )
    left = participation_message(station, EventLeft, resident, participation_id=part, sequence=2)
    async with runtime.sessions.begin() as tx:
        await DISPATCHER.handle(tx, [left])
        await run_job(runtime)
    await run_job(runtime)
    assert not await list_reminders(runtime, station)


async def test_a_resident_who_is_no_longer_known_holds_up_nobody(
    runtime: Runtime, station: UUID
) -> None:
    gone, here = (
        await register_resident(runtime, station),
        await register_resident(runtime, station),
    )
    await handle_at(
        runtime, *(participation_message(station, EventJoined, who) for who in (gone, here))
    )
    async with runtime.sessions.begin() as tx:
        await tx.execute(delete(Recipient).where(Recipient.resident_id == gone))
    await run_job(runtime)
    assert {d.recipient_id for d in await list_reminders(runtime, station)} == {here}


async def test_another_station_s_word_changes_no_appointment(
    runtime: Runtime, station: UUID
) -> None:
    resident, part = await register_resident(runtime, station), new_id()
    await handle_at(
        runtime, participation_message(station, EventJoined, resident, participation_id=part)
    )
    other = participation_message(
        new_id(), EventAttended, resident, participation_id=part, sequence=9
    )
    await handle_at(runtime, other)
    await run_job(runtime)
    assert len(await list_reminders(runtime, station)) == 2


async def test_appointments_are_forgotten_five_weeks_after_their_start_and_no_sooner(
    runtime: Runtime, station: UUID
) -> None:
    resident, part = await register_resident(runtime, station), new_id()
    left = participation_message(station, EventLeft, resident, participation_id=part, sequence=2)
    await handle_at(runtime, left, at=STARTS - timedelta(days=90))
    for at, kept in (
        (STARTS + RETENTION_AFTER_START, 1),
        (STARTS + RETENTION_AFTER_START + timedelta(seconds=1), 0),
    ):
        with clock.frozen(at):
            async with runtime.sessions.begin() as tx:
                await delete_past_reminders(tx)
        async with runtime.sessions() as tx:
            count = select(func.count()).where(Reminder.participation_id == part)
            assert await tx.scalar(count) == kept


def _participation_messages(station: UUID, resident: UUID, steps: int) -> list[AnyMessage]:
    """The first steps of a participation: joined, left, joined anew, was there."""
    same = {"participation_id": new_id(), "event_id": new_id()}
    return [
        participation_message(station, contract, resident, sequence=number, **same)
        for number, contract in enumerate(PARTICIPATION_STEPS[:steps], 1)
    ]


@settings(max_examples=20, deadline=None)
@given(
    random=st.randoms(use_true_random=False),
    steps=st.integers(1, 4),
    size=st.integers(1, 4),
)
async def test_any_order_and_repetition_end_the_same(
    runtime: Runtime, random: object, steps: int, size: int
) -> None:
    station = new_id()
    resident = await register_resident(runtime, station)
    in_order = _participation_messages(station, resident, steps)
    again = [make_message(m.station, m.content, m.subject, m.sequence) for m in in_order]
    messages = [*in_order, *in_order, *again]
    random.shuffle(messages)  # type: ignore[attr-defined]  # hypothesis makes a Random
    for start in range(0, len(messages), size):
        await handle_at(runtime, *messages[start : start + size])
    await run_job(runtime)
    await handle_at(runtime, *again, at=REMINDER_TIME + timedelta(minutes=1))
    await run_job(runtime, REMINDER_TIME + timedelta(minutes=2))
    async with runtime.sessions() as tx:
        kept = await tx.get_one(Reminder, in_order[0].content.participation_id)
    is_coming = isinstance(in_order[-1].content, EventJoined)
    assert (kept.state, kept.version) == ("coming" if is_coming else "over", steps)
    found = await read_deliveries(runtime, station)
    told_of = [d.template for d in found if d.channel == "inbox"]
    assert told_of.count("event.reminder") == is_coming
    assert len(told_of) <= min(steps, 3) + is_coming
    # Of having been there the points tell.
    if not isinstance(in_order[-1].content, EventAttended):
        newest = [name for name in told_of if name != "event.reminder"][-1]
        assert newest == ("event.joined" if is_coming else "event.left")

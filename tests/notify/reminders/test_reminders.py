"""Reminders: once to each participant, the evening before, and never by a late message."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notify.deliveries.rendering import inbox_text, sms_text
from services.notify.reminders.models import Reminder, evening_before
from services.notify.settings import NotifySettings
from shared.contracts.events import (
    EventAttended,
    EventJoined,
    EventLeft,
    EventMissed,
    ParticipationMessage,
)
from shared.ids import new_id
from shared.runtime.runtime import Runtime
from tests.notify.fixtures import read_deliveries, register_resident
from tests.notify.reminders.job_runs import REMINDER_TIME, handle_at, list_reminders, run_job
from tests.support.messages import STARTS, AnyMessage, make_message, participation_message

Contracts = tuple[type[ParticipationMessage], ...]
PARTICIPATION_STEPS: Contracts = (EventJoined, EventLeft, EventJoined, EventAttended)
REJOIN_STEPS: Contracts = (EventLeft, EventJoined)
SETTINGS = NotifySettings.model_construct()


def test_evening_before_is_in_the_station_s_own_offset() -> None:
    assert evening_before(STARTS) == REMINDER_TIME
    late = datetime.fromisoformat("2026-11-28T23:30:00-05:00")
    assert evening_before(late).isoformat() == "2026-11-27T18:00:00-05:00"
    assert evening_before(datetime(2026, 3, 1, 0, 30, tzinfo=UTC)).isoformat() == (
        "2026-02-28T18:00:00+00:00"
    )


async def test_participant_is_reminded_once_the_evening_before(
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


async def test_late_reminder_says_that_the_event_is_today(runtime: Runtime, station: UUID) -> None:
    joined = participation_message(station, EventJoined, await register_resident(runtime, station))
    await handle_at(runtime, joined)
    midnight = STARTS.replace(hour=0)
    await run_job(runtime, midnight)
    inbox, sms = await list_reminders(runtime, station)
    assert "就在今天，11月28日" in inbox_text(inbox, "zh").body
    assert "is today, Saturday" in inbox_text(inbox, "en").body
    assert "今天有“楼道大扫除”" in sms_text(sms, {}, SETTINGS)


async def test_reminder_of_an_older_version_can_be_rendered(
    runtime: Runtime, station: UUID
) -> None:
    await handle_at(
        runtime,
        participation_message(station, EventJoined, await register_resident(runtime, station)),
    )
    await run_job(runtime)
    inbox, sms = await list_reminders(runtime, station)
    for delivery in (inbox, sms):
        delivery.params = {name: value for name, value in delivery.params.items() if name != "day"}
    assert "“楼道大扫除”快到了，11月28日" in inbox_text(inbox, "zh").body
    assert "is near: Saturday" in inbox_text(inbox, "en").body
    assert "提醒您：“楼道大扫除”" in sms_text(sms, {}, SETTINGS)


async def test_nobody_is_reminded_after_the_start(runtime: Runtime, station: UUID) -> None:
    await handle_at(
        runtime,
        participation_message(station, EventJoined, await register_resident(runtime, station)),
    )
    await run_job(runtime, STARTS)
    assert not await list_reminders(runtime, station)


async def test_participant_who_joins_after_reminder_time_is_not_reminded(
    runtime: Runtime, station: UUID
) -> None:
    joined = participation_message(station, EventJoined, await register_resident(runtime, station))
    await handle_at(runtime, joined, at=REMINDER_TIME)
    await run_job(runtime, REMINDER_TIME + timedelta(minutes=1))
    assert {d.template for d in await read_deliveries(runtime, station)} == {"event.joined"}


@pytest.mark.parametrize("contract", [EventLeft, EventAttended, EventMissed])
async def test_former_participant_is_not_reminded(
    runtime: Runtime, station: UUID, contract: type[ParticipationMessage]
) -> None:
    resident, participation = await register_resident(runtime, station), new_id()
    over = participation_message(
        station, contract, resident, participation_id=participation, sequence=2
    )
    await handle_at(runtime, over)
    await handle_at(
        runtime,
        participation_message(station, EventJoined, resident, participation_id=participation),
    )
    await run_job(runtime)
    assert not await list_reminders(runtime, station)


async def test_participant_who_rejoins_is_reminded_once(runtime: Runtime, station: UUID) -> None:
    resident, participation = await register_resident(runtime, station), new_id()
    for sequence, contract in enumerate(PARTICIPATION_STEPS[:3], 1):
        message = participation_message(
            station, contract, resident, participation_id=participation, sequence=sequence
        )
        await handle_at(runtime, message)
    await run_job(runtime)
    for sequence, contract in enumerate(REJOIN_STEPS, 4):
        message = participation_message(
            station, contract, resident, participation_id=participation, sequence=sequence
        )
        await handle_at(runtime, message, at=REMINDER_TIME + timedelta(minutes=sequence))
    await run_job(runtime, REMINDER_TIME + timedelta(hours=1))
    assert len(await list_reminders(runtime, station)) == 2


def _participation_messages(station: UUID, resident: UUID, steps: int) -> list[AnyMessage]:
    """Build the first steps of a participation: joined, left, joined, attended."""
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
async def test_reminder_does_not_depend_on_order_and_repetition(
    runtime: Runtime, random: object, steps: int, size: int
) -> None:
    station = new_id()
    resident = await register_resident(runtime, station)
    in_order = _participation_messages(station, resident, steps)
    again = [make_message(m.station, m.content, m.sequence) for m in in_order]
    messages = [*in_order, *in_order, *again]
    random.shuffle(messages)  # type: ignore[attr-defined]  # hypothesis makes a Random
    for start in range(0, len(messages), size):
        await handle_at(runtime, *messages[start : start + size])
    await run_job(runtime)
    await handle_at(runtime, *again, at=REMINDER_TIME + timedelta(minutes=1))
    await run_job(runtime, REMINDER_TIME + timedelta(minutes=2))
    async with runtime.sessions() as tx:
        reminder = await tx.get_one(Reminder, in_order[0].content.participation_id)
    is_coming = isinstance(in_order[-1].content, EventJoined)
    assert (reminder.state, reminder.version) == ("coming" if is_coming else "over", steps)
    deliveries = await read_deliveries(runtime, station)
    templates = [d.template for d in deliveries if d.channel == "inbox"]
    assert templates.count("event.reminder") == is_coming
    assert len(templates) <= min(steps, 3) + is_coming
    # No template announces an attendance, since the points do.
    if not isinstance(in_order[-1].content, EventAttended):
        newest = [name for name in templates if name != "event.reminder"][-1]
        assert newest == ("event.joined" if is_coming else "event.left")

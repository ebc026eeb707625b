"""Reminders the evening before: once, to who still comes, and never by a late message."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from services.notify.audience.models import Recipient
from services.notify.deliveries.models import Delivery
from services.notify.deliveries.rendering import as_sms, in_inbox
from services.notify.reminders import jobs
from services.notify.reminders.jobs import KEPT_FOR, forget, remind
from services.notify.reminders.models import Appointment, evening_before
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
    HANDLING,
    STARTS,
    Told,
    about_event,
    deliveries_of,
    handle,
    move_in,
    told,
)

EVENING = datetime(2026, 11, 27, 10, tzinfo=UTC)
EARLIER = EVENING - timedelta(days=3)
Contracts = tuple[type[ParticipationMessage], ...]
LIFE: Contracts = (EventJoined, EventLeft, EventJoined, EventAttended)
ANEW: Contracts = (EventLeft, EventJoined)
SETTINGS = NotifySettings.model_construct()


@pytest.fixture(autouse=True)
async def _nobody_else_comes(runtime: Runtime) -> None:
    """The job serves every station: what other tests left is taken away."""
    async with runtime.sessions.begin() as tx:
        await tx.execute(delete(Appointment))


async def hear(runtime: Runtime, *messages: Told, at: datetime = EARLIER) -> None:
    """Handle the messages at that moment."""
    with clock.frozen(at):
        await handle(runtime, *messages)


async def run_job(runtime: Runtime, at: datetime = EVENING) -> None:
    """Remind at that moment."""
    with clock.frozen(at):
        async with runtime.sessions.begin() as tx:
            await remind(tx)


async def reminders_of(runtime: Runtime, station: UUID) -> list[Delivery]:
    """The reminders of a station, inbox first."""
    found = await deliveries_of(runtime, station)
    return [delivery for delivery in found if delivery.template == "event.reminder"]


def test_the_evening_before_is_by_the_station_s_own_clock() -> None:
    assert evening_before(STARTS) == EVENING
    late = datetime.fromisoformat("2026-11-28T23:30:00-05:00")
    assert evening_before(late).isoformat() == "2026-11-27T18:00:00-05:00"
    assert evening_before(datetime(2026, 3, 1, 0, 30, tzinfo=UTC)).isoformat() == (
        "2026-02-28T18:00:00+00:00"
    )


async def test_who_comes_is_reminded_once_the_evening_before(
    runtime: Runtime, station: UUID
) -> None:
    resident = await move_in(runtime, station)
    joined = about_event(station, EventJoined, resident)
    await hear(runtime, joined)
    await run_job(runtime, EVENING - timedelta(seconds=1))
    assert not await reminders_of(runtime, station)
    for minutes in (0, 1, 600):
        await run_job(runtime, EVENING + timedelta(minutes=minutes))
    inbox, sms = await reminders_of(runtime, station)
    assert (inbox.channel, sms.channel) == ("inbox", "sms")
    assert {d.recipient_id for d in (inbox, sms)} == {resident}
    assert {d.subject for d in (inbox, sms)} == {f"events/{joined.content.event_id}"}
    assert {d.correlation for d in (inbox, sms)} == {joined.correlation}
    assert sms.expires_at == STARTS
    assert in_inbox(inbox, "zh").body == (
        "您报名的“楼道大扫除”就在明天，11月28日（星期六）9:00，地点：3 栋楼下。"
        "谢谢您来帮忙！要是来不了，请告诉我们一声。"
    )
    assert as_sms(sms, {}, SETTINGS) == (
        "【邻里服务站】提醒您：明天有“楼道大扫除”，11月28日（星期六）9:00，3 栋楼下。"
        "来不了请说一声。"
    )


async def test_who_is_reminded_late_is_not_told_that_it_is_tomorrow(
    runtime: Runtime, station: UUID
) -> None:
    joined = about_event(station, EventJoined, await move_in(runtime, station))
    await hear(runtime, joined)
    midnight = STARTS.replace(hour=0)
    await run_job(runtime, midnight)
    inbox, sms = await reminders_of(runtime, station)
    assert "就在今天，11月28日" in in_inbox(inbox, "zh").body
    assert "is today, Saturday" in in_inbox(inbox, "en").body
    assert "今天有“楼道大扫除”" in as_sms(sms, {}, SETTINGS)


async def test_a_reminder_of_an_older_version_can_still_be_read(
    runtime: Runtime, station: UUID
) -> None:
    await hear(runtime, about_event(station, EventJoined, await move_in(runtime, station)))
    await run_job(runtime)
    inbox, sms = await reminders_of(runtime, station)
    for delivery in (inbox, sms):
        delivery.params = {name: said for name, said in delivery.params.items() if name != "day"}
    assert "“楼道大扫除”快到了，11月28日" in in_inbox(inbox, "zh").body
    assert "is near: Saturday" in in_inbox(inbox, "en").body
    assert "提醒您：“楼道大扫除”" in as_sms(sms, {}, SETTINGS)


async def test_once_the_event_has_begun_nobody_is_reminded(runtime: Runtime, station: UUID) -> None:
    await hear(runtime, about_event(station, EventJoined, await move_in(runtime, station)))
    await run_job(runtime, STARTS)
    assert not await reminders_of(runtime, station)


async def test_who_joins_after_the_hour_has_just_been_told(runtime: Runtime, station: UUID) -> None:
    joined = about_event(station, EventJoined, await move_in(runtime, station))
    await hear(runtime, joined, at=EVENING)
    await run_job(runtime, EVENING + timedelta(minutes=1))
    assert {d.template for d in await deliveries_of(runtime, station)} == {"event.joined"}


@pytest.mark.parametrize("contract", [EventLeft, EventAttended, EventMissed])
async def test_who_does_not_come_any_more_is_not_reminded(
    runtime: Runtime, station: UUID, contract: type[ParticipationMessage]
) -> None:
    resident, part = await move_in(runtime, station), new_id()
    over = about_event(station, contract, resident, participation_id=part, sequence=2)
    await hear(runtime, over)
    await hear(runtime, about_event(station, EventJoined, resident, participation_id=part))
    await run_job(runtime)
    assert not await reminders_of(runtime, station)


async def test_who_left_and_joined_anew_is_reminded_once(runtime: Runtime, station: UUID) -> None:
    resident, part = await move_in(runtime, station), new_id()
    for sequence, contract in enumerate(LIFE[:3], 1):
        message = about_event(station, contract, resident, participation_id=part, sequence=sequence)
        await hear(runtime, message)
    await run_job(runtime)
    for sequence, contract in enumerate(ANEW, 4):
        message = about_event(station, contract, resident, participation_id=part, sequence=sequence)
        await hear(runtime, message, at=EVENING + timedelta(minutes=sequence))
    await run_job(runtime, EVENING + timedelta(hours=1))
    assert len(await reminders_of(runtime, station)) == 2


async def _everybody(runtime: Runtime, station: UUID, count: int) -> list[UUID]:
    """So many residents who come; in the order of their ids."""
    people = sorted([await move_in(runtime, station) for _ in range(count)])
    await hear(runtime, *(about_event(station, EventJoined, person) for person in people))
    return people


async def test_a_chunk_at_a_time_everybody_is_reminded(
    runtime: Runtime, station: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "CHUNK", 3)
    people = await _everybody(runtime, station, 8)
    for reminded in (3, 6, 8, 8):
        await run_job(runtime)
        assert len(await reminders_of(runtime, station)) == 2 * reminded
    found = await reminders_of(runtime, station)
    assert [d.recipient_id for d in found if d.channel == "inbox"] == people


async def test_two_replicas_at_once_remind_of_different_things(
    runtime: Runtime, station: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "CHUNK", 3)
    people = await _everybody(runtime, station, 6)
    with clock.frozen(EVENING):
        async with runtime.sessions.begin() as one, runtime.sessions.begin() as other:
            await remind(one)
            await remind(other)
    found = await reminders_of(runtime, station)
    assert [d.recipient_id for d in found if d.channel == "inbox"] == people


async def test_what_a_message_is_changing_is_passed_over(runtime: Runtime, station: UUID) -> None:
    resident, part = await move_in(runtime, station), new_id()
    await hear(runtime, about_event(station, EventJoined, resident, participation_id=part))
    left = about_event(station, EventLeft, resident, participation_id=part, sequence=2)
    async with runtime.sessions.begin() as tx:
        await HANDLING.handle(tx, [left])
        await run_job(runtime)
    await run_job(runtime)
    assert not await reminders_of(runtime, station)


async def test_a_resident_who_is_no_longer_known_holds_up_nobody(
    runtime: Runtime, station: UUID
) -> None:
    gone, here = await move_in(runtime, station), await move_in(runtime, station)
    await hear(runtime, *(about_event(station, EventJoined, who) for who in (gone, here)))
    async with runtime.sessions.begin() as tx:
        await tx.execute(delete(Recipient).where(Recipient.resident_id == gone))
    await run_job(runtime)
    assert {d.recipient_id for d in await reminders_of(runtime, station)} == {here}


async def test_another_station_s_word_changes_no_appointment(
    runtime: Runtime, station: UUID
) -> None:
    resident, part = await move_in(runtime, station), new_id()
    await hear(runtime, about_event(station, EventJoined, resident, participation_id=part))
    other = about_event(new_id(), EventAttended, resident, participation_id=part, sequence=9)
    await hear(runtime, other)
    await run_job(runtime)
    assert len(await reminders_of(runtime, station)) == 2


async def test_appointments_are_forgotten_five_weeks_after_their_start_and_no_sooner(
    runtime: Runtime, station: UUID
) -> None:
    resident, part = await move_in(runtime, station), new_id()
    left = about_event(station, EventLeft, resident, participation_id=part, sequence=2)
    await hear(runtime, left, at=STARTS - timedelta(days=90))
    for at, kept in ((STARTS + KEPT_FOR, 1), (STARTS + KEPT_FOR + timedelta(seconds=1), 0)):
        with clock.frozen(at):
            async with runtime.sessions.begin() as tx:
                await forget(tx)
        async with runtime.sessions() as tx:
            count = select(func.count()).where(Appointment.participation_id == part)
            assert await tx.scalar(count) == kept


def _life(station: UUID, resident: UUID, steps: int) -> list[Told]:
    """The first steps of a participation: joined, left, joined anew, was there."""
    same = {"participation_id": new_id(), "event_id": new_id()}
    return [
        about_event(station, contract, resident, sequence=number, **same)
        for number, contract in enumerate(LIFE[:steps], 1)
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
    resident = await move_in(runtime, station)
    in_order = _life(station, resident, steps)
    again = [told(m.station, m.content, m.subject, m.sequence) for m in in_order]
    messages = [*in_order, *in_order, *again]
    random.shuffle(messages)  # type: ignore[attr-defined]  # hypothesis makes a Random
    for start in range(0, len(messages), size):
        await hear(runtime, *messages[start : start + size])
    await run_job(runtime)
    await hear(runtime, *again, at=EVENING + timedelta(minutes=1))
    await run_job(runtime, EVENING + timedelta(minutes=2))
    async with runtime.sessions() as tx:
        kept = await tx.get_one(Appointment, in_order[0].content.participation_id)
    is_coming = isinstance(in_order[-1].content, EventJoined)
    assert (kept.state, kept.version) == ("coming" if is_coming else "over", steps)
    found = await deliveries_of(runtime, station)
    told_of = [d.template for d in found if d.channel == "inbox"]
    assert told_of.count("event.reminder") == is_coming
    assert len(told_of) <= min(steps, 3) + is_coming
    # Of having been there the points tell.
    if not isinstance(in_order[-1].content, EventAttended):
        newest = [name for name in told_of if name != "event.reminder"][-1]
        assert newest == ("event.joined" if is_coming else "event.left")

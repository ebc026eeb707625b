"""Joining, leaving, checking in and out."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.delegation import CannotActOnBehalf
from services.intake.events import actions, attendance, errors
from services.intake.events.attendance import AttendeeRef
from services.intake.events.participation import Participation, ParticipationState
from shared import clock
from shared.errors import Invalid, NotFound
from shared.ids import new_id
from shared.language import translate
from tests.intake.events.people import (
    EVENT_DURATION,
    STARTS_AFTER,
    EventPeople,
    list_messages_about,
    register_resident,
    short_type_names,
)


async def test_join_takes_a_place_and_records_a_message(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    part = await attendance.join(tx, event_people.helper, event.id, "helper")
    assert (part.event.helpers, part.event.guests) == (1, 0)
    (joined,) = await list_messages_about(tx, part.subject)
    assert joined.sequence == 1
    assert joined.data["role"] == "helper"
    assert joined.data["resident_id"] == str(event_people.helper.person)
    assert joined.data["title"] == event.title
    with pytest.raises(errors.AlreadyJoined):
        await attendance.join(tx, event_people.helper, event.id, "guest")


async def test_leave_frees_the_place_and_a_new_join_reuses_the_row(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    first = await attendance.join(tx, event_people.helper, event.id, "helper")
    left = await attendance.leave(tx, event_people.helper, event.id)
    assert left.event.helpers == 0
    with pytest.raises(errors.NotJoined):
        await attendance.leave(tx, event_people.helper, event.id)
    again = await attendance.join(tx, event_people.helper, event.id, "guest")
    assert again.id == first.id
    assert (again.event.helpers, again.event.guests) == (0, 1)
    messages = await list_messages_about(tx, first.subject)
    assert short_type_names(messages) == ["joined", "left", "joined"]
    assert [message.sequence for message in messages] == [1, 2, 3]


async def test_places_of_helpers_and_guests_are_counted_separately(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx, helper_places=1, guest_places=0)
    with pytest.raises(errors.NoSuchPlaces):
        await attendance.join(tx, event_people.guest, event.id, "guest")
    await attendance.join(tx, event_people.helper, event.id, "helper")
    with pytest.raises(errors.Full):
        await attendance.join(tx, event_people.guest, event.id, "helper")


async def test_overlapping_join_is_refused_unless_allowed(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    first = await event_people.publish_event(tx)
    second = await event_people.publish_event(
        tx, title="免费量血压", starts_at=first.ends_at - timedelta(minutes=1)
    )
    right_after = await event_people.publish_event(tx, title="看电影", starts_at=first.ends_at)
    await attendance.join(tx, event_people.guest, first.id, "guest")
    with pytest.raises(errors.Overlaps) as error:
        await attendance.join(tx, event_people.guest, second.id, "guest")
    assert first.title in translate(error.value.title, "zh", **error.value.params)
    await attendance.join(tx, event_people.guest, right_after.id, "guest")
    await attendance.join(tx, event_people.guest, second.id, "guest", allow_overlap=True)
    # After leaving the first event a resident can join the second.
    await attendance.join(tx, event_people.helper, first.id, "guest")
    await attendance.leave(tx, event_people.helper, first.id)
    await attendance.join(tx, event_people.helper, second.id, "guest")


async def test_only_the_desk_joins_for_a_resident(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    with pytest.raises(CannotActOnBehalf):
        await attendance.join(
            tx, event_people.guest.acting_for(event_people.helper.person), event.id, "guest"
        )
    with pytest.raises(Invalid):
        await attendance.join(tx, event_people.desk, event.id, "guest")
    with pytest.raises(NotFound):
        await attendance.join(tx, event_people.desk.acting_for(new_id()), event.id, "guest")
    part = await attendance.join(
        tx, event_people.desk.acting_for(event_people.guest.person), event.id, "guest"
    )
    assert part.resident_id == event_people.guest.person


async def test_check_in_an_hour_early_is_refused_with_the_opening_time(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    await attendance.join(tx, event_people.helper, event.id, "helper")
    attendee = AttendeeRef(resident_id=event_people.helper.person)
    with (
        clock.shifted(STARTS_AFTER - timedelta(hours=1)),
        pytest.raises(errors.CheckInNotOpen) as error,
    ):
        await attendance.check_in(tx, event_people.desk, event.id, attendee)
    opens = f"{(event.local_start - timedelta(minutes=30)):%H:%M}"
    for language in ("zh", "en"):
        assert opens in translate(error.value.title, language, **error.value.params)
    with clock.shifted(STARTS_AFTER - timedelta(minutes=29)):
        assert (await attendance.check_in(tx, event_people.desk, event.id, attendee)).changed


async def test_second_check_in_changes_nothing(tx: AsyncSession, event_people: EventPeople) -> None:
    event = await event_people.publish_event(tx)
    await attendance.join(tx, event_people.helper, event.id, "helper")
    attendee = AttendeeRef(resident_id=event_people.helper.person)
    with clock.shifted(STARTS_AFTER):
        first = await attendance.check_in(tx, event_people.desk, event.id, attendee)
        at, version = first.participation.checked_in_at, first.participation.version
    with clock.shifted(STARTS_AFTER + timedelta(minutes=10)):
        second = await attendance.check_in(tx, event_people.desk, event.id, attendee)
    assert not second.changed
    assert (second.participation.checked_in_at, second.participation.version) == (at, version)
    assert short_type_names(await list_messages_about(tx, first.participation.subject)) == [
        "joined"
    ]


@pytest.mark.parametrize(
    ("stay", "minutes"),
    [
        (timedelta(minutes=90), 90),
        (timedelta(seconds=59), 0),
        (EVENT_DURATION + timedelta(minutes=59), 149),
        (timedelta(hours=30), 150),
    ],
)
async def test_minutes_count_from_check_in_until_an_hour_after_the_end(
    tx: AsyncSession, event_people: EventPeople, stay: timedelta, minutes: int
) -> None:
    event = await event_people.publish_event(tx)
    part = await attendance.join(tx, event_people.helper, event.id, "helper")
    attendee = AttendeeRef(resident_id=event_people.helper.person)
    with clock.frozen(event.starts_at):
        await attendance.check_in(tx, event_people.desk, event.id, attendee)
    with clock.frozen(event.starts_at + stay):
        assert (await attendance.check_out(tx, event_people.desk, event.id, attendee)).changed
        assert not (await attendance.check_out(tx, event_people.desk, event.id, attendee)).changed
        assert not (await attendance.check_in(tx, event_people.desk, event.id, attendee)).changed
    *_, attended = await list_messages_about(tx, part.subject)
    assert (attended.data["minutes"], attended.data["revision"]) == (minutes, 1)
    assert short_type_names(await list_messages_about(tx, part.subject)) == ["joined", "attended"]


async def test_minutes_from_a_paper_list_are_entered_after_the_start(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    await attendance.join(tx, event_people.guest, event.id, "guest")
    attendee = AttendeeRef(resident_id=event_people.guest.person)
    with clock.frozen(event.starts_at - timedelta(minutes=1)), pytest.raises(errors.NotStarted):
        await attendance.check_out(tx, event_people.desk, event.id, attendee, 60)
    with clock.frozen(event.starts_at + timedelta(minutes=10)), pytest.raises(Invalid):
        await attendance.check_out(tx, event_people.desk, event.id, attendee, 60)
    with clock.frozen(event.ends_at + timedelta(hours=2)):
        with pytest.raises(errors.EventOver):
            await attendance.check_in(tx, event_people.desk, event.id, attendee)
        with pytest.raises(errors.NotCheckedIn):
            await attendance.check_out(tx, event_people.desk, event.id, attendee)
        with pytest.raises(Invalid):
            await attendance.check_out(tx, event_people.desk, event.id, attendee, 1000)
        result = await attendance.check_out(tx, event_people.desk, event.id, attendee, 60)
    assert (result.participation.state, result.participation.minutes) == (
        ParticipationState.ATTENDED,
        60,
    )


async def test_missed_participation_is_correctable_for_30_days(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    part = await attendance.join(tx, event_people.guest, event.id, "guest")
    await attendance.join(tx, event_people.helper, event.id, "helper")
    with clock.frozen(event.ends_at + timedelta(days=1)):
        await actions.close(tx, event_people.desk, event.id)
        result = await attendance.check_out(
            tx, event_people.desk, event.id, AttendeeRef(resident_id=event_people.guest.person), 60
        )
    assert result.participation.state == ParticipationState.ATTENDED
    assert short_type_names(await list_messages_about(tx, part.subject)) == [
        "joined",
        "missed",
        "attended",
    ]
    with clock.frozen(event.ends_at + timedelta(days=31)), pytest.raises(errors.LateEntryClosed):
        await attendance.check_out(
            tx, event_people.desk, event.id, AttendeeRef(resident_id=event_people.helper.person), 60
        )


async def test_check_in_of_the_wrong_person_is_undone(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    await attendance.join(tx, event_people.helper, event.id, "helper")
    attendee = AttendeeRef(resident_id=event_people.helper.person)
    with clock.frozen(event.starts_at):
        with pytest.raises(errors.NotPresent):
            await attendance.undo_check_in(
                tx, event_people.desk, event.id, event_people.helper.person
            )
        await attendance.check_in(tx, event_people.desk, event.id, attendee)
        await attendance.undo_check_in(tx, event_people.desk, event.id, event_people.helper.person)
        await attendance.leave(tx, event_people.helper, event.id)
        await attendance.join(tx, event_people.guest, event.id, "guest")
        await attendance.check_in(
            tx, event_people.desk, event.id, AttendeeRef(resident_id=event_people.guest.person)
        )
        await attendance.check_out(
            tx, event_people.desk, event.id, AttendeeRef(resident_id=event_people.guest.person)
        )
        with pytest.raises(errors.NotPresent):
            await attendance.undo_check_in(
                tx, event_people.desk, event.id, event_people.guest.person
            )


async def test_leave_after_check_in_and_check_in_without_join_are_refused(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    await attendance.join(tx, event_people.helper, event.id, "helper")
    with clock.shifted(STARTS_AFTER):
        await attendance.check_in(
            tx, event_people.desk, event.id, AttendeeRef(resident_id=event_people.helper.person)
        )
        with pytest.raises(errors.AlreadyCheckedIn):
            await attendance.leave(tx, event_people.helper, event.id)
        with pytest.raises(errors.NotJoined):
            await attendance.check_in(
                tx, event_people.desk, event.id, AttendeeRef(resident_id=event_people.guest.person)
            )


async def test_counters_equal_the_rows(tx: AsyncSession, event_people: EventPeople) -> None:
    event = await event_people.publish_event(tx)
    people = [await register_resident(tx, event_people.desk) for _ in range(6)]
    for number, person in enumerate(people):
        await attendance.join(tx, person, event.id, "helper" if number % 2 else "guest")
    for person in people[:3]:
        await attendance.leave(tx, person, event.id)
    await attendance.join(tx, people[0], event.id, "helper")
    rows = await tx.execute(
        select(Participation.role, func.count())
        .where(Participation.event_id == event.id, Participation.state == ParticipationState.JOINED)
        .group_by(Participation.role)
    )
    await tx.refresh(event)
    assert dict(iter(rows)) == {"helper": event.helpers, "guest": event.guests}

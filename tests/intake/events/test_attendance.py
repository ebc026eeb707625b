"""Joining, leaving, checking in and out."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.delegation import CannotActOnBehalf
from services.intake.events import actions, attendance, queries
from services.intake.events import errors as no
from services.intake.events.attendance import AttendeeRef
from services.intake.events.codes import ROTATION_INTERVAL
from services.intake.events.participation import Participation, ParticipationState
from shared import clock
from shared.errors import Invalid, NotFound
from shared.ids import new_id
from shared.language import translate
from tests.intake.events.concurrent_joins import (
    EVENT_DURATION,
    STARTS_IN,
    EventPeople,
    list_messages_about,
    register_resident,
    short_type_names,
)


async def test_joining_takes_a_place_and_says_so(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    placed = await attendance.join(tx, event_people.helper, event.id, "helper")
    assert (placed.event.helpers, placed.event.guests) == (1, 0)
    (joined,) = await list_messages_about(tx, placed.participation.subject)
    assert joined.sequence == 1
    assert joined.data["role"] == "helper"
    assert joined.data["resident_id"] == str(event_people.helper.person)
    assert joined.data["title"] == event.title
    with pytest.raises(no.AlreadyJoined):
        await attendance.join(tx, event_people.helper, event.id, "guest")


async def test_leaving_gives_the_place_back_and_joining_anew_keeps_the_row(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    first = (await attendance.join(tx, event_people.helper, event.id, "helper")).participation
    left = await attendance.leave(tx, event_people.helper, event.id)
    assert left.event.helpers == 0
    with pytest.raises(no.NotJoined):
        await attendance.leave(tx, event_people.helper, event.id)
    again = await attendance.join(tx, event_people.helper, event.id, "guest")
    assert again.participation.id == first.id
    assert (again.event.helpers, again.event.guests) == (0, 1)
    messages = await list_messages_about(tx, first.subject)
    assert short_type_names(messages) == ["joined", "left", "joined"]
    assert [message.sequence for message in messages] == [1, 2, 3]


async def test_places_of_helpers_and_guests_are_apart(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx, helper_places=1, guest_places=0)
    with pytest.raises(no.NoSuchPlaces):
        await attendance.join(tx, event_people.guest, event.id, "guest")
    await attendance.join(tx, event_people.helper, event.id, "helper")
    with pytest.raises(no.Full):
        await attendance.join(tx, event_people.guest, event.id, "helper")


async def test_what_overlaps_is_refused_unless_insisted_on(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    first = await event_people.publish_event(tx)
    second = await event_people.publish_event(
        tx, title="免费量血压", starts_at=first.ends_at - timedelta(minutes=1)
    )
    right_after = await event_people.publish_event(tx, title="看电影", starts_at=first.ends_at)
    await attendance.join(tx, event_people.guest, first.id, "guest")
    with pytest.raises(no.Overlaps) as refused:
        await attendance.join(tx, event_people.guest, second.id, "guest")
    assert first.title in translate(refused.value.title, "zh", **refused.value.params)
    await attendance.join(tx, event_people.guest, right_after.id, "guest")
    await attendance.join(tx, event_people.guest, second.id, "guest", allow_overlap=True)
    # Who left the first is free.
    await attendance.join(tx, event_people.helper, first.id, "guest")
    await attendance.leave(tx, event_people.helper, first.id)
    await attendance.join(tx, event_people.helper, second.id, "guest")


async def test_the_desk_joins_for_a_resident_and_nobody_else_does(
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
    placed = await attendance.join(
        tx, event_people.desk.acting_for(event_people.guest.person), event.id, "guest"
    )
    assert placed.participation.resident_id == event_people.guest.person


async def test_an_hour_early_is_refused_in_words(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    await attendance.join(tx, event_people.helper, event.id, "helper")
    who = AttendeeRef(resident_id=event_people.helper.person)
    with clock.shifted(STARTS_IN - timedelta(hours=1)), pytest.raises(no.CheckInNotOpen) as refused:
        await attendance.check_in(tx, event_people.desk, event.id, who)
    opens = f"{(event.local_start - timedelta(minutes=30)):%H:%M}"
    for language in ("zh", "en"):
        assert opens in translate(refused.value.title, language, **refused.value.params)
    with clock.shifted(STARTS_IN - timedelta(minutes=29)):
        assert (await attendance.check_in(tx, event_people.desk, event.id, who)).changed


async def test_a_second_check_in_changes_nothing(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    await attendance.join(tx, event_people.helper, event.id, "helper")
    who = AttendeeRef(resident_id=event_people.helper.person)
    with clock.shifted(STARTS_IN):
        first = await attendance.check_in(tx, event_people.desk, event.id, who)
        at, version = first.participation.checked_in_at, first.participation.version
    with clock.shifted(STARTS_IN + timedelta(minutes=10)):
        second = await attendance.check_in(tx, event_people.desk, event.id, who)
    assert not second.changed
    assert (second.participation.checked_in_at, second.participation.version) == (at, version)
    assert short_type_names(await list_messages_about(tx, first.participation.subject)) == [
        "joined"
    ]


@pytest.mark.parametrize(
    ("stayed", "counted"),
    [
        (timedelta(minutes=90), 90),
        (timedelta(seconds=59), 0),
        (EVENT_DURATION + timedelta(minutes=59), 149),
        (timedelta(hours=30), 150),
    ],
)
async def test_the_minutes_from_check_in_to_check_out_count_up_to_an_hour_after_the_end(
    tx: AsyncSession, event_people: EventPeople, stayed: timedelta, counted: int
) -> None:
    event = await event_people.publish_event(tx)
    part = (await attendance.join(tx, event_people.helper, event.id, "helper")).participation
    who = AttendeeRef(resident_id=event_people.helper.person)
    with clock.frozen(event.starts_at):
        await attendance.check_in(tx, event_people.desk, event.id, who)
    with clock.frozen(event.starts_at + stayed):
        assert (await attendance.check_out(tx, event_people.desk, event.id, who)).changed
        assert not (await attendance.check_out(tx, event_people.desk, event.id, who)).changed
        assert not (await attendance.check_in(tx, event_people.desk, event.id, who)).changed
    *_, attended = await list_messages_about(tx, part.subject)
    assert (attended.data["minutes"], attended.data["revision"]) == (counted, 1)
    assert short_type_names(await list_messages_about(tx, part.subject)) == ["joined", "attended"]


async def test_a_list_on_paper_is_entered_with_its_minutes(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    await attendance.join(tx, event_people.guest, event.id, "guest")
    who = AttendeeRef(resident_id=event_people.guest.person)
    with clock.frozen(event.starts_at - timedelta(minutes=1)), pytest.raises(no.NotStarted):
        await attendance.check_out(tx, event_people.desk, event.id, who, 60)
    with clock.frozen(event.starts_at + timedelta(minutes=10)), pytest.raises(Invalid):
        await attendance.check_out(tx, event_people.desk, event.id, who, 60)
    with clock.frozen(event.ends_at + timedelta(hours=2)):
        with pytest.raises(no.EventOver):
            await attendance.check_in(tx, event_people.desk, event.id, who)
        with pytest.raises(no.NotCheckedIn):
            await attendance.check_out(tx, event_people.desk, event.id, who)
        with pytest.raises(Invalid):
            await attendance.check_out(tx, event_people.desk, event.id, who, 1000)
        placed = await attendance.check_out(tx, event_people.desk, event.id, who, 60)
    assert (placed.participation.state, placed.participation.minutes) == (
        ParticipationState.ATTENDED,
        60,
    )


async def test_who_is_held_to_have_missed_it_can_be_put_right_for_a_month(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    part = (await attendance.join(tx, event_people.guest, event.id, "guest")).participation
    await attendance.join(tx, event_people.helper, event.id, "helper")
    with clock.frozen(event.ends_at + timedelta(days=1)):
        await actions.close(tx, event_people.desk, event.id)
        placed = await attendance.check_out(
            tx, event_people.desk, event.id, AttendeeRef(resident_id=event_people.guest.person), 60
        )
    assert placed.participation.state == ParticipationState.ATTENDED
    assert short_type_names(await list_messages_about(tx, part.subject)) == [
        "joined",
        "missed",
        "attended",
    ]
    with clock.frozen(event.ends_at + timedelta(days=31)), pytest.raises(no.LateEntryClosed):
        await attendance.check_out(
            tx, event_people.desk, event.id, AttendeeRef(resident_id=event_people.helper.person), 60
        )


async def test_a_check_in_of_the_wrong_person_is_undone(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    await attendance.join(tx, event_people.helper, event.id, "helper")
    who = AttendeeRef(resident_id=event_people.helper.person)
    with clock.frozen(event.starts_at):
        with pytest.raises(no.NotPresent):
            await attendance.undo_check_in(
                tx, event_people.desk, event.id, event_people.helper.person
            )
        await attendance.check_in(tx, event_people.desk, event.id, who)
        await attendance.undo_check_in(tx, event_people.desk, event.id, event_people.helper.person)
        await attendance.leave(tx, event_people.helper, event.id)
        await attendance.join(tx, event_people.guest, event.id, "guest")
        await attendance.check_in(
            tx, event_people.desk, event.id, AttendeeRef(resident_id=event_people.guest.person)
        )
        await attendance.check_out(
            tx, event_people.desk, event.id, AttendeeRef(resident_id=event_people.guest.person)
        )
        with pytest.raises(no.NotPresent):
            await attendance.undo_check_in(
                tx, event_people.desk, event.id, event_people.guest.person
            )


async def test_who_is_there_cannot_leave_and_who_never_joined_cannot_come(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    await attendance.join(tx, event_people.helper, event.id, "helper")
    with clock.shifted(STARTS_IN):
        await attendance.check_in(
            tx, event_people.desk, event.id, AttendeeRef(resident_id=event_people.helper.person)
        )
        with pytest.raises(no.AlreadyCheckedIn):
            await attendance.leave(tx, event_people.helper, event.id)
        with pytest.raises(no.NotJoined):
            await attendance.check_in(
                tx, event_people.desk, event.id, AttendeeRef(resident_id=event_people.guest.person)
            )


async def test_a_code_lets_in_once_and_another_one_out(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    await attendance.join(tx, event_people.helper, event.id, "helper")
    await attendance.join(tx, event_people.guest, event.id, "guest")
    with clock.frozen(event.starts_at):
        code = await queries.my_code(tx, event_people.helper, event.id)
        assert (code.purpose, len(code.text)) == ("in", 6)
        typed = AttendeeRef(code=f" {code.text[:3].lower()}-{code.text[3:]} ")
        placed = await attendance.check_in(tx, event_people.desk, event.id, typed)
        assert placed.participation.resident_id == event_people.helper.person
        with pytest.raises(no.UnknownCode):
            await attendance.check_out(tx, event_people.desk, event.id, AttendeeRef(code=code.text))
        assert not (await attendance.check_in(tx, event_people.desk, event.id, typed)).changed
        out = await queries.my_code(tx, event_people.helper, event.id)
        assert (out.purpose, out.text != code.text) == ("out", True)
        await attendance.check_out(tx, event_people.desk, event.id, AttendeeRef(code=out.text))
        with pytest.raises(no.AlreadyCheckedOut):
            await queries.my_code(tx, event_people.helper, event.id)


async def test_a_code_counts_a_rotation_longer_than_it_is_shown(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    await attendance.join(tx, event_people.helper, event.id, "helper")
    with clock.frozen(event.starts_at):
        code = await queries.my_code(tx, event_people.helper, event.id)
    with clock.frozen(code.valid_until + ROTATION_INTERVAL), pytest.raises(no.UnknownCode):
        await attendance.check_in(tx, event_people.desk, event.id, AttendeeRef(code=code.text))
    with clock.frozen(code.valid_until + ROTATION_INTERVAL - timedelta(seconds=1)):
        assert (
            await attendance.check_in(tx, event_people.desk, event.id, AttendeeRef(code=code.text))
        ).changed


async def test_the_counters_are_what_the_rows_say(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    people = [await register_resident(tx, event_people.desk) for _ in range(6)]
    for number, person in enumerate(people):
        await attendance.join(tx, person, event.id, "helper" if number % 2 else "guest")
    for person in people[:3]:
        await attendance.leave(tx, person, event.id)
    await attendance.join(tx, people[0], event.id, "helper")
    counted = await tx.execute(
        select(Participation.role, func.count())
        .where(Participation.event_id == event.id, Participation.state == ParticipationState.JOINED)
        .group_by(Participation.role)
    )
    await tx.refresh(event)
    assert dict(iter(counted)) == {"helper": event.helpers, "guest": event.guests}

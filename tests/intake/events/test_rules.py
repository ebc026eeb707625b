"""The state machine of events, and the message of each transition."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.events import actions, attendance, errors, jobs, queries
from services.intake.events.attendance import AttendeeRef
from services.intake.events.models import EventState
from services.intake.events.queries import EventFilter
from shared import clock
from shared.errors import Invalid, NotFound, PreconditionFailed
from shared.ids import new_id
from shared.pagination import PageRequest
from shared.web.preconditions import ExpectedVersion
from tests.intake.events.people import (
    EVENT_DURATION,
    STARTS_AFTER,
    EventPeople,
    list_messages_about,
    make_event_fields,
    short_type_names,
)


async def test_draft_records_no_message_and_publication_records_one(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await actions.create(tx, event_people.desk, make_event_fields())
    assert await list_messages_about(tx, event.subject) == []
    await actions.publish(tx, event_people.desk, event.id)
    with pytest.raises(errors.NotADraft):
        await actions.publish(tx, event_people.desk, event.id)
    (message,) = await list_messages_about(tx, event.subject)
    assert message.type == "linli.event.published.v1"
    assert message.data["starts_at"] == event.local_start.isoformat()
    assert message.data["starts_at"].endswith("+08:00")


@pytest.mark.parametrize(
    ("overrides", "field"),
    [
        ({"ends_at": clock.now()}, "ends_at"),
        ({"ends_at": clock.now() + timedelta(days=9)}, "ends_at"),
        ({"helper_places": 0, "guest_places": 0}, "guest_places"),
        ({"partner_id": new_id()}, "partner_id"),
    ],
)
async def test_invalid_event_is_refused_at_its_field(
    tx: AsyncSession, event_people: EventPeople, overrides: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as error:
        await actions.create(tx, event_people.desk, make_event_fields(**overrides))
    assert list(error.value.errors) == [field]


async def test_started_event_cannot_be_published(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await actions.create(tx, event_people.desk, make_event_fields(starts_at=clock.now()))
    with pytest.raises(errors.AlreadyStarted):
        await actions.publish(tx, event_people.desk, event.id)


async def test_published_event_keeps_what_where_and_when(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    same = {"starts_at": event.starts_at}
    edited = await actions.edit(
        tx,
        event_people.desk,
        event.id,
        make_event_fields(**same, summary="带上手套", guest_places=30),
    )
    assert (edited.summary, edited.guest_places) == ("带上手套", 30)
    for change in ({"place": "凉亭"}, {"title": "大扫除"}, {"kind": "class"}):
        with pytest.raises(errors.FixedOncePublished):
            await actions.edit(tx, event_people.desk, event.id, make_event_fields(**same, **change))
    with pytest.raises(PreconditionFailed):
        await actions.edit(
            tx,
            event_people.desk,
            event.id,
            make_event_fields(**same),
            ExpectedVersion(frozenset({1})),
        )


async def test_places_cannot_shrink_below_the_occupied_ones(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    await attendance.join(tx, event_people.guest, event.id, "guest")
    await tx.refresh(event)
    with pytest.raises(Invalid) as error:
        await actions.edit(
            tx,
            event_people.desk,
            event.id,
            make_event_fields(starts_at=event.starts_at, guest_places=0),
        )
    assert list(error.value.errors) == ["guest_places"]


async def test_cancellation_notifies_the_participants(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    joined = await attendance.join(tx, event_people.helper, event.id, "helper")
    left = await attendance.join(tx, event_people.guest, event.id, "guest")
    await attendance.leave(tx, event_people.guest, event.id)
    await actions.cancel(tx, event_people.desk, event.id, "下雨，改期再约")
    assert short_type_names(await list_messages_about(tx, event.subject)) == [
        "published",
        "cancelled",
    ]
    *_, message = await list_messages_about(tx, joined.subject)
    assert (message.data["reason"], message.data["words"]) == ("cancelled", "下雨，改期再约")
    assert message.sequence == 2
    assert short_type_names(await list_messages_about(tx, left.subject)) == ["joined", "left"]
    for action in (actions.publish, actions.close):
        with pytest.raises((errors.NotADraft, errors.NotPublished)):
            await action(tx, event_people.desk, event.id)
    with pytest.raises(errors.NotPublished):
        await attendance.join(tx, event_people.guest, event.id, "guest")


async def test_cancelled_draft_records_no_message_and_stays_hidden(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await actions.create(tx, event_people.desk, make_event_fields())
    await actions.cancel(tx, event_people.desk, event.id, "不办了")
    assert event.state == EventState.DROPPED
    assert await list_messages_about(tx, event.subject) == []
    station = event_people.desk.station
    for reader in (None, event_people.guest):
        with pytest.raises(NotFound):
            await queries.get(tx, station, reader, event.id)
        assert not (
            await queries.list_events(
                tx, station, reader, EventFilter(period="past"), PageRequest()
            )
        ).items
    (item,) = (
        await queries.list_events(
            tx, station, event_people.desk, EventFilter(period="past"), PageRequest()
        )
    ).items
    assert item.event.reason == "不办了"
    with pytest.raises(errors.NotADraft):
        await actions.publish(tx, event_people.desk, event.id)


async def test_ended_event_cannot_be_cancelled(tx: AsyncSession, event_people: EventPeople) -> None:
    event = await event_people.publish_event(tx)
    await attendance.join(tx, event_people.guest, event.id, "guest")
    with clock.frozen(event.ends_at), pytest.raises(errors.EventOver):
        await actions.cancel(tx, event_people.desk, event.id, "下雨")


async def test_times_are_of_whole_minutes(tx: AsyncSession, event_people: EventPeople) -> None:
    event = await actions.create(
        tx, event_people.desk, make_event_fields(starts_at=clock.now() + STARTS_AFTER)
    )
    for moment in (event.starts_at, event.ends_at):
        assert (moment.second, moment.microsecond) == (0, 0)


async def test_event_with_attendance_cannot_be_cancelled(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    await attendance.join(tx, event_people.helper, event.id, "helper")
    with clock.shifted(STARTS_AFTER):
        await attendance.check_in(
            tx, event_people.desk, event.id, AttendeeRef(resident_id=event_people.helper.person)
        )
        with pytest.raises(errors.HasAttendance):
            await actions.cancel(tx, event_people.desk, event.id, "下雨")
        await attendance.check_out(
            tx, event_people.desk, event.id, AttendeeRef(resident_id=event_people.helper.person)
        )
        with pytest.raises(errors.HasAttendance):
            await actions.cancel(tx, event_people.desk, event.id, "下雨")


async def test_close_settles_attendance_and_absence(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    attended = await attendance.join(tx, event_people.helper, event.id, "helper")
    missed = await attendance.join(tx, event_people.guest, event.id, "guest")
    with pytest.raises(errors.NotStarted):
        await actions.close(tx, event_people.desk, event.id)
    with clock.frozen(event.starts_at):
        await attendance.check_in(
            tx, event_people.desk, event.id, AttendeeRef(resident_id=event_people.helper.person)
        )
    with clock.frozen(event.ends_at + timedelta(hours=5)):
        await actions.close(tx, event_people.desk, event.id, "扫了 9 栋楼")
    closed = (await list_messages_about(tx, event.subject))[-1]
    counts = {name: closed.data[name] for name in ("helpers", "guests", "minutes", "missed")}
    # Without a check-out the attendance ends with the event.
    assert counts == {"helpers": 1, "guests": 0, "minutes": 90, "missed": 1}
    assert (await list_messages_about(tx, attended.subject))[-1].data["minutes"] == 90
    assert short_type_names(await list_messages_about(tx, missed.subject)) == ["joined", "missed"]
    assert event.result == "扫了 9 栋楼"


async def test_ended_event_is_closed_automatically_a_day_later(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    part = await attendance.join(tx, event_people.helper, event.id, "helper")
    with clock.shifted(STARTS_AFTER):
        await attendance.check_in(
            tx, event_people.desk, event.id, AttendeeRef(resident_id=event_people.helper.person)
        )
    with clock.shifted(STARTS_AFTER + EVENT_DURATION + timedelta(hours=23)):
        await jobs.close_ended(tx)
    assert event.state == EventState.PUBLISHED
    with clock.shifted(STARTS_AFTER + EVENT_DURATION + timedelta(hours=25)):
        # A run closes only a few events, and those of other tests may have ended earlier.
        for _ in range(10):
            await jobs.close_ended(tx)
    assert event.state == EventState.CLOSED
    assert short_type_names(await list_messages_about(tx, part.subject)) == ["joined", "attended"]


async def test_resident_cannot_find_a_draft(tx: AsyncSession, event_people: EventPeople) -> None:
    event = await actions.create(tx, event_people.desk, make_event_fields())
    with pytest.raises(NotFound):
        await attendance.join(tx, event_people.guest, event.id, "guest")


async def test_another_station_cannot_find_the_event(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    stranger = type(event_people.desk)(new_id(), event_people.desk.person, event_people.desk.roles)
    for action in (actions.publish, actions.close):
        with pytest.raises(NotFound):
            await action(tx, stranger, event.id)
    with pytest.raises(NotFound):
        await attendance.check_in(
            tx, stranger, event.id, AttendeeRef(resident_id=event_people.guest.person)
        )

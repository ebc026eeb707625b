"""The rules of an event's life, and what each turn of it says on the bus."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.events import actions, attendance, jobs, queries
from services.intake.events import errors as no
from services.intake.events.attendance import Who
from services.intake.events.models import State
from services.intake.events.queries import Wanted
from shared import clock
from shared.db import Slice
from shared.errors import Invalid, NotFound
from shared.ids import new_id
from shared.web.preconditions import Expected, Stale
from tests.intake.events.concurrent_joins import LENGTH, SOON, Crowd, names, planned, said_about


async def test_a_draft_says_nothing_and_a_published_event_once(
    tx: AsyncSession, crowd: Crowd
) -> None:
    event = await actions.create(tx, crowd.desk, planned())
    assert await said_about(tx, event.subject) == []
    await actions.publish(tx, crowd.desk, event.id)
    with pytest.raises(no.NotADraft):
        await actions.publish(tx, crowd.desk, event.id)
    (said,) = await said_about(tx, event.subject)
    assert said.type == "linli.event.published.v1"
    assert said.data["starts_at"] == event.local_start.isoformat()
    assert said.data["starts_at"].endswith("+08:00")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"ends_at": clock.now()}, "ends_at"),
        ({"ends_at": clock.now() + timedelta(days=9)}, "ends_at"),
        ({"helper_places": 0, "guest_places": 0}, "guest_places"),
        ({"partner_id": new_id()}, "partner_id"),
    ],
)
async def test_what_cannot_be_is_refused_at_its_field(
    tx: AsyncSession, crowd: Crowd, wrong: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await actions.create(tx, crowd.desk, planned(**wrong))
    assert list(refused.value.errors) == [field]


async def test_what_has_begun_cannot_be_published(tx: AsyncSession, crowd: Crowd) -> None:
    event = await actions.create(tx, crowd.desk, planned(starts_at=clock.now()))
    with pytest.raises(no.AlreadyBegun):
        await actions.publish(tx, crowd.desk, event.id)


async def test_once_published_what_where_and_when_stay(tx: AsyncSession, crowd: Crowd) -> None:
    event = await crowd.event(tx)
    same = {"starts_at": event.starts_at}
    edited = await actions.edit(
        tx, crowd.desk, event.id, planned(**same, summary="带上手套", guest_places=30)
    )
    assert (edited.summary, edited.guest_places) == ("带上手套", 30)
    for change in ({"place": "凉亭"}, {"title": "大扫除"}, {"kind": "class"}):
        with pytest.raises(no.FixedOnceAnnounced):
            await actions.edit(tx, crowd.desk, event.id, planned(**same, **change))
    with pytest.raises(Stale):
        await actions.edit(tx, crowd.desk, event.id, planned(**same), Expected(frozenset({1})))


async def test_places_cannot_shrink_below_those_taken(tx: AsyncSession, crowd: Crowd) -> None:
    event = await crowd.event(tx)
    await attendance.join(tx, crowd.guest, event.id, "guest")
    await tx.refresh(event)
    with pytest.raises(Invalid) as refused:
        await actions.edit(
            tx, crowd.desk, event.id, planned(starts_at=event.starts_at, guest_places=0)
        )
    assert list(refused.value.errors) == ["guest_places"]


async def test_a_cancelled_event_says_goodbye_to_those_who_had_joined(
    tx: AsyncSession, crowd: Crowd
) -> None:
    event = await crowd.event(tx)
    stays = (await attendance.join(tx, crowd.helper, event.id, "helper")).part
    left = (await attendance.join(tx, crowd.guest, event.id, "guest")).part
    await attendance.leave(tx, crowd.guest, event.id)
    await actions.cancel(tx, crowd.desk, event.id, "下雨，改期再约")
    assert names(await said_about(tx, event.subject)) == ["published", "cancelled"]
    *_, goodbye = await said_about(tx, stays.subject)
    assert (goodbye.data["reason"], goodbye.data["words"]) == ("cancelled", "下雨，改期再约")
    assert goodbye.sequence == 2
    assert names(await said_about(tx, left.subject)) == ["joined", "left"]
    for act in (actions.publish, actions.close):
        with pytest.raises((no.NotADraft, no.NotPublished)):
            await act(tx, crowd.desk, event.id)
    with pytest.raises(no.NotPublished):
        await attendance.join(tx, crowd.guest, event.id, "guest")


async def test_a_draft_is_dropped_in_silence_and_stays_the_desk_s(
    tx: AsyncSession, crowd: Crowd
) -> None:
    event = await actions.create(tx, crowd.desk, planned())
    await actions.cancel(tx, crowd.desk, event.id, "不办了")
    assert event.state == State.DROPPED
    assert await said_about(tx, event.subject) == []
    station = crowd.desk.station
    for reader in (None, crowd.guest):
        with pytest.raises(NotFound):
            await queries.get(tx, station, reader, event.id)
        assert not (await queries.listed(tx, station, reader, Wanted(when="past"), Slice())).items
    (kept,) = (await queries.listed(tx, station, crowd.desk, Wanted(when="past"), Slice())).items
    assert kept.event.reason == "不办了"
    with pytest.raises(no.NotADraft):
        await actions.publish(tx, crowd.desk, event.id)


async def test_what_is_over_cannot_be_cancelled(tx: AsyncSession, crowd: Crowd) -> None:
    event = await crowd.event(tx)
    await attendance.join(tx, crowd.guest, event.id, "guest")
    with clock.frozen(event.ends_at), pytest.raises(no.EventOver):
        await actions.cancel(tx, crowd.desk, event.id, "下雨")


async def test_times_are_of_whole_minutes(tx: AsyncSession, crowd: Crowd) -> None:
    event = await actions.create(tx, crowd.desk, planned(starts_at=clock.now() + SOON))
    for moment in (event.starts_at, event.ends_at):
        assert (moment.second, moment.microsecond) == (0, 0)


async def test_where_somebody_came_nothing_can_be_cancelled(tx: AsyncSession, crowd: Crowd) -> None:
    event = await crowd.event(tx)
    await attendance.join(tx, crowd.helper, event.id, "helper")
    with clock.shifted(SOON):
        await attendance.check_in(tx, crowd.desk, event.id, Who(resident_id=crowd.helper.person))
        with pytest.raises(no.SomebodyCame):
            await actions.cancel(tx, crowd.desk, event.id, "下雨")
        await attendance.check_out(tx, crowd.desk, event.id, Who(resident_id=crowd.helper.person))
        with pytest.raises(no.SomebodyCame):
            await actions.cancel(tx, crowd.desk, event.id, "下雨")


async def test_closing_settles_who_came_and_who_did_not(tx: AsyncSession, crowd: Crowd) -> None:
    event = await crowd.event(tx)
    came = (await attendance.join(tx, crowd.helper, event.id, "helper")).part
    missed = (await attendance.join(tx, crowd.guest, event.id, "guest")).part
    with pytest.raises(no.NotBegun):
        await actions.close(tx, crowd.desk, event.id)
    with clock.frozen(event.starts_at):
        await attendance.check_in(tx, crowd.desk, event.id, Who(resident_id=crowd.helper.person))
    with clock.frozen(event.ends_at + timedelta(hours=5)):
        await actions.close(tx, crowd.desk, event.id, "扫了 9 栋楼")
    closed = (await said_about(tx, event.subject))[-1]
    counted = {name: closed.data[name] for name in ("helpers", "guests", "minutes", "missed")}
    # Who forgot to check out was there until the end, and no longer.
    assert counted == {"helpers": 1, "guests": 0, "minutes": 90, "missed": 1}
    assert (await said_about(tx, came.subject))[-1].data["minutes"] == 90
    assert names(await said_about(tx, missed.subject)) == ["joined", "missed"]
    assert event.result == "扫了 9 栋楼"


async def test_what_nobody_closed_closes_itself_a_day_later(tx: AsyncSession, crowd: Crowd) -> None:
    event = await crowd.event(tx)
    part = (await attendance.join(tx, crowd.helper, event.id, "helper")).part
    with clock.shifted(SOON):
        await attendance.check_in(tx, crowd.desk, event.id, Who(resident_id=crowd.helper.person))
    with clock.shifted(SOON + LENGTH + timedelta(hours=23)):
        await jobs.close_over(tx)
    assert event.state == State.PUBLISHED
    with clock.shifted(SOON + LENGTH + timedelta(hours=25)):
        # Events of other tests may be over for longer: a few are closed at a time.
        for _ in range(10):
            await jobs.close_over(tx)
    assert event.state == State.CLOSED
    assert names(await said_about(tx, part.subject)) == ["joined", "attended"]


async def test_a_draft_is_nothing_to_residents(tx: AsyncSession, crowd: Crowd) -> None:
    event = await actions.create(tx, crowd.desk, planned())
    with pytest.raises(NotFound):
        await attendance.join(tx, crowd.guest, event.id, "guest")


async def test_another_station_s_event_is_nothing(tx: AsyncSession, crowd: Crowd) -> None:
    event = await crowd.event(tx)
    stranger = type(crowd.desk)(new_id(), crowd.desk.person, crowd.desk.roles)
    for act in (actions.publish, actions.close):
        with pytest.raises(NotFound):
            await act(tx, stranger, event.id)
    with pytest.raises(NotFound):
        await attendance.check_in(tx, stranger, event.id, Who(resident_id=crowd.guest.person))

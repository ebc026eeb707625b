"""The demo estate is loaded once, through the services' own actions."""

import asyncio
from datetime import datetime, timedelta
from itertools import pairwise
from typing import get_args

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from services.cli.demo_command import UNCHANGED
from services.cli.main import app
from services.demo.estate import RESIDENT, STATION_CODE, VOLUNTEER, demo_id, phone_of
from services.demo.loader import load_demo
from services.demo.register import ACCOUNTS, password_of
from services.intake.accounts.models import Account
from services.intake.accounts.passwords import fits
from services.intake.events.models import Event
from services.intake.events.models import State as EventState
from services.intake.events.participation import Part, Participation
from services.intake.residents.queries import by_phone
from services.intake.stations.models import Station
from services.intake.wishes.history import WishStep
from services.intake.wishes.models import State, Wish
from services.notify.deliveries.models import Delivery
from services.notify.reminders.models import Appointment
from shared import clock
from shared.bus.tables import outbox
from shared.contracts.events import EventKind
from tests.cli.invariants import (
    REWARD,
    assert_books_balance,
    assert_events_went_as_planned,
    assert_people_did_as_planned,
    assert_register_is_whole,
    checksums,
    environment,
    services,
    silent,
)
from tests.support.api_clients import eventually, fulfilled_wish, sign_in
from tests.support.system import House

pytestmark = pytest.mark.usefixtures("told")


@pytest.fixture(scope="module")
async def told(house: House) -> list[tuple[int, int, str]]:
    """What was told of the progress of the first load."""
    steps: list[tuple[int, int, str]] = []
    assert await load_demo(services(house), lambda *step: steps.append(step))
    return steps


async def test_the_register_is_whole(house: House) -> None:
    await assert_register_is_whole(house)


async def test_people_did_as_planned_and_points_were_earned(house: House) -> None:
    await assert_people_did_as_planned(house)
    await assert_events_went_as_planned(house)
    await assert_books_balance(house)


async def test_there_is_a_wish_in_every_state(house: House) -> None:
    async with house.intake.sessions() as tx:
        states = set(await tx.scalars(select(Wish.state).distinct()))
    assert states == set(State)


async def test_there_is_an_event_of_every_kind_and_in_every_state(house: House) -> None:
    async with house.intake.sessions() as tx:
        events = (await tx.scalars(select(Event))).all()
        parts = set(await tx.scalars(select(Participation.state).distinct()))
    assert {event.state for event in events} == set(EventState)
    assert {event.kind for event in events} == set(get_args(EventKind))
    assert parts == set(Part)
    assert all(event.result for event in events if event.state == EventState.CLOSED)
    assert all(event.reason for event in events if event.state == EventState.CANCELLED)


async def test_one_event_runs_with_some_there_and_some_to_be_checked_in(house: House) -> None:
    async with house.intake.sessions() as tx:
        running = select(Event).where(Event.starts_at <= clock.now(), Event.ends_at > clock.now())
        event = (await tx.scalars(running)).one()
        parts = (
            await tx.scalars(select(Participation).where(Participation.event_id == event.id))
        ).all()
    event.check_doors()
    assert {part.state for part in parts} == {Part.PRESENT, Part.JOINED}
    assert all(part.checked_in_at is None or part.checked_in_at <= clock.now() for part in parts)
    assert event.ends_at - clock.now() > timedelta(hours=2)


async def test_coming_events_have_few_places_or_none_and_one_is_tomorrow(house: House) -> None:
    async with house.intake.sessions() as tx:
        coming = (
            await tx.scalars(
                select(Event).where(
                    Event.starts_at > clock.now(), Event.state == EventState.PUBLISHED
                )
            )
        ).all()
    free = [
        event.helper_places + event.guest_places - event.helpers - event.guests for event in coming
    ]
    assert min(free) == 0
    assert any(0 < places < 6 for places in free)
    tomorrow = (clock.now().astimezone(coming[0].zone) + timedelta(days=1)).date()
    assert tomorrow in {event.local_start.date() for event in coming}
    assert all(8 <= event.local_start.hour <= 20 for event in coming)


async def test_events_go_forward_in_time(house: House) -> None:
    async with house.intake.sessions() as tx:
        found = await tx.execute(
            select(Event, Participation).join(Participation, Participation.event_id == Event.id)
        )
        rows = [(event, part) for event, part in found]
    for event, part in rows:
        assert event.created_at < part.joined_at < clock.now() - timedelta(minutes=20)
        assert part.joined_at < event.starts_at
        assert event.state != EventState.CLOSED or event.ends_at < clock.now()
        if part.state == Part.ATTENDED:
            assert part.checked_in_at is not None
            assert part.checked_out_at == event.ends_at
            assert part.minutes == (event.ends_at - part.checked_in_at) // timedelta(minutes=1)


async def test_the_people_kept_free_came_once_and_will_come_once(house: House) -> None:
    async with house.intake.sessions() as tx:
        for number, role in ((RESIDENT, "guest"), (VOLUNTEER, "helper")):
            found = await tx.execute(
                select(Participation.role, Participation.state).where(
                    Participation.resident_id == demo_id("resident", number)
                )
            )
            assert sorted(found.all()) == [(role, Part.ATTENDED), (role, Part.JOINED)]


async def test_nobody_is_told_today_that_they_have_a_place_in_what_is_over(house: House) -> None:
    async with house.intake.sessions() as tx:
        found = await tx.execute(
            select(Participation.id, Event.starts_at).join(
                Event, Participation.event_id == Event.id
            )
        )
        starts = dict(found.all())
        over = await tx.scalars(select(Event.id).where(Event.state == EventState.CLOSED))
        subjects = [f"events/{id_}" for id_ in over]

    async def known() -> bool:
        async with house.notify.sessions() as tx:
            kept = await tx.execute(select(Appointment.participation_id, Appointment.starts_at))
            return dict(kept.all()) == starts

    await eventually(known)
    async with house.notify.sessions() as tx:
        told = await tx.scalars(
            select(Delivery.template).where(Delivery.subject.in_(subjects)).distinct()
        )
        assert set(told) == {"event.missed"}


async def test_all_that_was_said_goes_out(house: House) -> None:
    async def silence() -> bool:
        async with house.intake.sessions() as tx:
            return await tx.scalar(select(func.count()).select_from(outbox)) == 0

    await eventually(silence)


async def test_more_than_twenty_wishes_came_true_this_year(house: House) -> None:
    async with house.intake.sessions() as tx:
        station = (await tx.scalars(select(Station))).one()
        year = clock.now().astimezone(station.zone).year
        start = datetime(year, 1, 1, tzinfo=station.zone)
        true = await tx.scalar(
            select(func.count()).where(Wish.fulfilled_at >= start, Wish.created_at >= start)
        )
    assert true is not None
    assert true > 20


async def test_steps_go_forward_in_time_up_to_the_present(house: House) -> None:
    async with house.intake.sessions() as tx:
        steps = (
            await tx.scalars(select(WishStep).order_by(WishStep.wish_id, WishStep.version))
        ).all()
        wishes = {wish.id: wish for wish in await tx.scalars(select(Wish))}
    for before, after in pairwise(steps):
        assert before.wish_id != after.wish_id or before.at < after.at
    assert all(step.at < clock.now() for step in steps)
    firsts = {step.wish_id: step.at for step in steps if step.version == 1}
    assert firsts == {id_: wish.created_at for id_, wish in wishes.items()}
    assert all(
        wish.lease_until is None or wish.lease_until > clock.now() for wish in wishes.values()
    )


async def test_progress_is_told_step_by_step(told: list[tuple[int, int, str]]) -> None:
    totals = {total for _, total, _ in told}
    assert len(totals) == 1
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert told[-1][0] == totals.pop()


async def test_published_passwords_and_phones_open_the_demo(house: House) -> None:
    async with house.intake.sessions() as tx:
        accounts = {account.username: account for account in await tx.scalars(select(Account))}
        station = (await tx.scalars(select(Station).where(Station.code == STATION_CODE))).one()
        resident = await by_phone(tx, station.id, phone_of(1))
    assert station.demo
    assert resident is not None
    for username in ACCOUNTS:
        assert await fits(password_of(username), accounts[username].password_hash)


async def test_loading_again_changes_nothing(house: House) -> None:
    before = [await checksums(runtime) for runtime in (house.intake, house.volunteers)]
    assert not await load_demo(services(house), silent)
    assert [await checksums(runtime) for runtime in (house.intake, house.volunteers)] == before


async def test_two_who_load_at_once_change_nothing(house: House) -> None:
    before = [await checksums(runtime) for runtime in (house.intake, house.volunteers)]
    loads = [load_demo(services(house), silent) for _ in range(2)]
    assert await asyncio.gather(*loads) == [False, False]
    assert [await checksums(runtime) for runtime in (house.intake, house.volunteers)] == before


async def test_the_people_kept_free_try_it_out_and_loading_again_leaves_that_alone(
    house: House,
) -> None:
    async with house.client() as client:
        desk = await sign_in(
            client, station=STATION_CODE, username="desk", password=password_of("desk")
        )
        wisher, helper = [
            await sign_in(
                client,
                station=STATION_CODE,
                slip=(await desk.post(f"/residents/{demo_id('resident', number)}/slips"))["code"],
            )
            for number in (RESIDENT, VOLUNTEER)
        ]
        before = await helper.points()
        await fulfilled_wish(desk, wisher, helper)

        async def paid() -> bool:
            return await helper.points() != before

        await eventually(paid)
        assert await helper.points() == before + REWARD
    now = await checksums(house.intake)
    assert not await load_demo(services(house), silent)
    assert await checksums(house.intake) == now


async def test_the_command_finds_the_demo_in_a_running_deployment(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment(house).items():
        monkeypatch.setenv(name, value)
    done = await asyncio.to_thread(CliRunner().invoke, app, ["demo"])
    assert (done.exit_code, done.output.strip()) == (0, UNCHANGED)
    monkeypatch.delenv("LINLI_NOTIFY_DATABASE_URL")
    failed = await asyncio.to_thread(CliRunner().invoke, app, ["demo"])
    assert failed.exit_code == 1
    assert "LINLI_NOTIFY_DATABASE_URL" in failed.output

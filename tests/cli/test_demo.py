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
from services.demo.loader import load_demo
from services.demo.people import RESIDENT_NUMBER, VOLUNTEER_NUMBER, phone_of
from services.demo.seeds import demo_id
from services.demo.station import demo_station, password_of
from services.intake.accounts.models import Account
from services.intake.accounts.passwords import verify_password
from services.intake.events.models import Event, EventState
from services.intake.events.participation import Participation, ParticipationState
from services.intake.residents.queries import find_by_phone
from services.intake.stations.models import Station
from services.intake.wishes.history import WishTransition
from services.intake.wishes.models import Wish
from services.intake.wishes.states import WishState
from services.notify.deliveries.models import Delivery
from services.notify.reminders.models import Reminder
from shared import clock
from shared.bus.tables import outbox
from shared.contracts.events import EventKind
from tests.cli.invariants import (
    WISH_POINTS,
    assert_events_match_plan,
    assert_ledger_balances,
    assert_people_match_plan,
    assert_register_is_complete,
    checksums,
    environment,
    ignore_progress,
    replica_by_service,
)
from tests.support.api_clients import create_fulfilled_wish, eventually, sign_in
from tests.support.system import RunningSystem

pytestmark = pytest.mark.usefixtures("progress_steps")


@pytest.fixture(scope="module")
async def progress_steps(running_system: RunningSystem) -> list[tuple[int, int, str]]:
    """Load the demo for the first time; return its progress reports."""
    steps: list[tuple[int, int, str]] = []
    assert await load_demo(replica_by_service(running_system), lambda *step: steps.append(step))
    return steps


async def test_register_is_complete(running_system: RunningSystem) -> None:
    await assert_register_is_complete(running_system)


async def test_people_events_and_points_match_the_plan(running_system: RunningSystem) -> None:
    await assert_people_match_plan(running_system)
    await assert_events_match_plan(running_system)
    await assert_ledger_balances(running_system)


async def test_there_is_a_wish_in_every_state(running_system: RunningSystem) -> None:
    async with running_system.intake.sessions() as tx:
        states = set(await tx.scalars(select(Wish.state).distinct()))
    assert states == set(WishState)


async def test_events_are_of_every_kind_and_in_every_state(running_system: RunningSystem) -> None:
    async with running_system.intake.sessions() as tx:
        events = (await tx.scalars(select(Event))).all()
        parts = set(await tx.scalars(select(Participation.state).distinct()))
    assert {event.state for event in events} == set(EventState)
    assert {event.kind for event in events} == set(get_args(EventKind))
    assert parts == set(ParticipationState)
    results = {bool(event.result) for event in events if event.state == EventState.CLOSED}
    reasons = {bool(event.reason) for event in events if event.state == EventState.CANCELLED}
    assert results == reasons == {True}


async def test_one_event_runs_with_people_present_and_people_to_check_in(
    running_system: RunningSystem,
) -> None:
    async with running_system.intake.sessions() as tx:
        running = select(Event).where(Event.starts_at <= clock.now(), Event.ends_at > clock.now())
        event = (await tx.scalars(running)).one()
        parts = (
            await tx.scalars(select(Participation).where(Participation.event_id == event.id))
        ).all()
    assert event.state == EventState.PUBLISHED
    assert {part.state for part in parts} == {ParticipationState.PRESENT, ParticipationState.JOINED}
    assert max(part.checked_in_at for part in parts if part.checked_in_at) <= clock.now()
    assert event.ends_at - clock.now() > timedelta(hours=2)


async def test_coming_events_have_few_places_left_and_one_is_tomorrow(
    running_system: RunningSystem,
) -> None:
    async with running_system.intake.sessions() as tx:
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
    hours = [event.local_start.hour for event in coming]
    assert 8 <= min(hours) <= max(hours) <= 20


async def test_times_of_each_event_ascend(running_system: RunningSystem) -> None:
    async with running_system.intake.sessions() as tx:
        rows = await tx.execute(
            select(Event, Participation).join(Participation, Participation.event_id == Event.id)
        )
        participations = [(event, part) for event, part in rows]
    assert participations
    for event, part in participations:
        assert event.created_at < part.joined_at < clock.now() - timedelta(minutes=20)
        assert part.joined_at < event.starts_at
        assert event.state != EventState.CLOSED or event.ends_at < clock.now()
        if part.state == ParticipationState.ATTENDED:
            assert part.checked_in_at is not None
            assert part.checked_out_at == event.ends_at
            assert part.minutes == (event.ends_at - part.checked_in_at) // timedelta(minutes=1)


async def test_reserved_people_attended_one_event_and_joined_another(
    running_system: RunningSystem,
) -> None:
    async with running_system.intake.sessions() as tx:
        for number, role in ((RESIDENT_NUMBER, "guest"), (VOLUNTEER_NUMBER, "helper")):
            rows = await tx.execute(
                select(Participation.role, Participation.state).where(
                    Participation.resident_id == demo_id("resident", number)
                )
            )
            assert sorted(rows.all()) == [
                (role, ParticipationState.ATTENDED),
                (role, ParticipationState.JOINED),
            ]


async def test_closed_events_send_no_confirmation_of_a_place(
    running_system: RunningSystem,
) -> None:
    async with running_system.intake.sessions() as tx:
        rows = await tx.execute(
            select(Participation.id, Event.starts_at).join(
                Event, Participation.event_id == Event.id
            )
        )
        starts = dict(rows.all())
        closed_ids = await tx.scalars(select(Event.id).where(Event.state == EventState.CLOSED))
        subjects = [f"events/{id_}" for id_ in closed_ids]

    async def reminders_match() -> bool:
        async with running_system.notify.sessions() as tx:
            reminders = await tx.execute(select(Reminder.participation_id, Reminder.starts_at))
            return dict(reminders.all()) == starts

    await eventually(reminders_match)
    async with running_system.notify.sessions() as tx:
        templates = await tx.scalars(
            select(Delivery.template).where(Delivery.subject.in_(subjects)).distinct()
        )
        assert set(templates) == {"event.missed"}


async def test_outbox_is_empty_after_the_load(running_system: RunningSystem) -> None:
    async def is_outbox_empty() -> bool:
        async with running_system.intake.sessions() as tx:
            return await tx.scalar(select(func.count()).select_from(outbox)) == 0

    await eventually(is_outbox_empty)


async def test_more_than_twenty_wishes_were_fulfilled_this_year(
    running_system: RunningSystem,
) -> None:
    async with running_system.intake.sessions() as tx:
        station = (await tx.scalars(select(Station))).one()
        year = clock.now().astimezone(station.zone).year
        start = datetime(year, 1, 1, tzinfo=station.zone)
        fulfilled = await tx.scalar(
            select(func.count()).where(Wish.fulfilled_at >= start, Wish.created_at >= start)
        )
    assert fulfilled is not None
    assert fulfilled > 20


async def test_transition_times_ascend_up_to_the_present(running_system: RunningSystem) -> None:
    async with running_system.intake.sessions() as tx:
        steps = (
            await tx.scalars(
                select(WishTransition).order_by(WishTransition.wish_id, WishTransition.version)
            )
        ).all()
        wishes = {wish.id: wish for wish in await tx.scalars(select(Wish))}
    assert len(steps) > len(wishes) > 0
    for before, after in pairwise(steps):
        assert before.wish_id != after.wish_id or before.at < after.at
    assert max(step.at for step in steps) < clock.now()
    firsts = {step.wish_id: step.at for step in steps if step.version == 1}
    assert firsts == {id_: wish.created_at for id_, wish in wishes.items()}
    assert min(w.lease_until for w in wishes.values() if w.lease_until) > clock.now()


async def test_progress_is_reported_step_by_step(
    progress_steps: list[tuple[int, int, str]],
) -> None:
    totals = {total for _, total, _ in progress_steps}
    assert len(totals) == 1
    completed = [number for number, _, _ in progress_steps]
    assert completed == sorted(completed)
    assert completed[-1] == totals.pop()


async def test_published_passwords_and_phones_are_those_of_the_demo(
    running_system: RunningSystem,
) -> None:
    async with running_system.intake.sessions() as tx:
        accounts = {account.username: account for account in await tx.scalars(select(Account))}
        station = (await tx.scalars(select(Station).where(Station.code == "qinglan"))).one()
        resident = await find_by_phone(tx, station.id, phone_of(1))
    assert station.demo
    assert resident is not None
    for username in demo_station().accounts:
        assert await verify_password(password_of(username), accounts[username].password_hash)


async def test_second_load_changes_nothing(running_system: RunningSystem) -> None:
    before = [
        await checksums(runtime) for runtime in (running_system.intake, running_system.volunteers)
    ]
    assert not await load_demo(replica_by_service(running_system), ignore_progress)
    assert [
        await checksums(runtime) for runtime in (running_system.intake, running_system.volunteers)
    ] == before


async def test_two_concurrent_loads_change_nothing(running_system: RunningSystem) -> None:
    before = [
        await checksums(runtime) for runtime in (running_system.intake, running_system.volunteers)
    ]
    loads = [load_demo(replica_by_service(running_system), ignore_progress) for _ in range(2)]
    assert await asyncio.gather(*loads) == [False, False]
    assert [
        await checksums(runtime) for runtime in (running_system.intake, running_system.volunteers)
    ] == before


async def test_second_load_leaves_actions_of_reserved_people_alone(
    running_system: RunningSystem,
) -> None:
    async with running_system.client() as client:
        desk = await sign_in(client, station="qinglan", username="desk", password="linli-demo-desk")
        slips = [
            await desk.post_ok(f"/residents/{demo_id('resident', number)}/slips")
            for number in (RESIDENT_NUMBER, VOLUNTEER_NUMBER)
        ]
        wisher, helper = [
            await sign_in(client, station="qinglan", slip=slip["code"]) for slip in slips
        ]
        before = await helper.points()
        await create_fulfilled_wish(desk, wisher, helper)

        async def are_points_paid() -> bool:
            return await helper.points() != before

        await eventually(are_points_paid)
        assert await helper.points() == before + WISH_POINTS
    now = await checksums(running_system.intake)
    assert not await load_demo(replica_by_service(running_system), ignore_progress)
    assert await checksums(running_system.intake) == now


async def test_command_leaves_a_loaded_deployment_unchanged(
    running_system: RunningSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment(running_system).items():
        monkeypatch.setenv(name, value)
    result = await asyncio.to_thread(CliRunner().invoke, app, ["demo"])
    assert (result.exit_code, result.output.strip()) == (0, UNCHANGED.format("晴岚家园"))
    monkeypatch.delenv("LINLI_NOTIFY_DATABASE_URL")
    failed = await asyncio.to_thread(CliRunner().invoke, app, ["demo"])
    assert failed.exit_code == 1
    assert "LINLI_NOTIFY_DATABASE_URL" in failed.output

"""Concurrent actions never occupy too many places, and leave counters that equal the rows."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from services.intake.events import actions, attendance
from services.intake.events.attendance import AttendeeRef
from services.intake.events.errors import Overlaps
from services.intake.events.models import Event, EventState
from services.intake.events.participation import PLACE_HOLDING_STATES, Participation
from shared import clock
from shared.auth import Actor
from shared.errors import Problem
from shared.runtime.runtime import Runtime
from tests.intake.events.people import EventPeople, list_messages_about, register_resident

Action = Callable[..., Awaitable[object]]


async def run_action(runtime: Runtime, action: Action, *arguments: object) -> str:
    """Run an action in its own transaction; return `succeeded`, or the name of its error."""
    try:
        async with runtime.sessions.begin() as tx:
            await action(tx, *arguments)
    except Problem as error:
        return type(error).__name__
    return "succeeded"


async def count_places(runtime: Runtime, event: Event) -> tuple[dict[str, int], dict[str, int]]:
    """Return the places that the event counts, and those that the rows occupy."""
    async with runtime.sessions() as tx:
        stored = await tx.get_one(Event, event.id)
        rows = await tx.execute(
            select(Participation.role, func.count())
            .where(
                Participation.event_id == event.id, Participation.state.in_(PLACE_HOLDING_STATES)
            )
            .group_by(Participation.role)
        )
        counted = {
            role: n for role, n in (("helper", stored.helpers), ("guest", stored.guests)) if n
        }
        return counted, dict(iter(rows))


async def test_person_joins_only_one_of_concurrent_overlapping_events(
    runtime: Runtime, desk: Actor
) -> None:
    for _ in range(5):
        async with runtime.sessions.begin() as tx:
            event_people = await EventPeople.create(tx, desk)
            events = [await event_people.publish_event(tx) for _ in range(4)]
        answers = await asyncio.gather(
            *(
                run_action(runtime, attendance.join, event_people.guest, e.id, "guest")
                for e in events
            )
        )
        assert sorted(answers) == ["Overlaps"] * 3 + ["succeeded"]
        assert Overlaps.__name__ in answers


async def test_counters_equal_the_rows_after_concurrent_actions(
    runtime: Runtime, desk: Actor
) -> None:
    chance = random.Random(7)
    async with runtime.sessions.begin() as tx:
        event_people = await EventPeople.create(tx, desk)
        people = [await register_resident(tx, desk) for _ in range(12)]
        starts_at = clock.now() + timedelta(minutes=10)
        event = await event_people.publish_event(
            tx, starts_at=starts_at, helper_places=3, guest_places=4
        )

    def run_random_action(person: Actor) -> Awaitable[str]:
        choices: list[tuple[Any, ...]] = [
            (attendance.join, person, event.id, "helper"),
            (attendance.join, person, event.id, "guest"),
            (attendance.leave, person, event.id),
            (attendance.check_in, desk, event.id, AttendeeRef(resident_id=person.person)),
            (attendance.undo_check_in, desk, event.id, person.person),
        ]
        action, *arguments = chance.choice(choices)
        return run_action(runtime, action, *arguments)

    for _ in range(6):
        await asyncio.gather(*(run_random_action(person) for person in people for _ in range(3)))
        counted, occupied = await count_places(runtime, event)
        assert counted == occupied
        assert counted.get("helper", 0) <= 3
        assert counted.get("guest", 0) <= 4


async def test_join_during_cancellation_is_notified_or_refused(
    runtime: Runtime, desk: Actor
) -> None:
    for _ in range(5):
        async with runtime.sessions.begin() as tx:
            event_people = await EventPeople.create(tx, desk)
            people = [await register_resident(tx, desk) for _ in range(8)]
            event = await event_people.publish_event(tx)
            await attendance.join(tx, event_people.guest, event.id, "guest")
        joins = [run_action(runtime, attendance.join, one, event.id, "guest") for one in people]
        joins.insert(4, run_action(runtime, actions.cancel, desk, event.id, "下雨"))
        await asyncio.gather(*joins)
        async with runtime.sessions() as tx:
            parts = (
                await tx.scalars(select(Participation).where(Participation.event_id == event.id))
            ).all()
            assert {part.state for part in parts} == {"cancelled"}
            for part in parts:
                messages = await list_messages_about(tx, part.subject)
                assert [message.sequence for message in messages] == [1, 2]
            assert (await tx.get_one(Event, event.id)).state == EventState.CANCELLED

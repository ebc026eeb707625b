"""Many hands at one event: places are never more than there are, and counters are what rows say."""

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
from tests.intake.events.concurrent_joins import EventPeople, list_messages_about, register_resident

Action = Callable[..., Awaitable[object]]


async def run_action(runtime: Runtime, action: Action, *arguments: object) -> str:
    """What came of an act in a transaction of its own: `done`, or the refusal's name."""
    try:
        async with runtime.sessions.begin() as tx:
            await action(tx, *arguments)
    except Problem as refused:
        return type(refused).__name__
    return "done"


async def count_places(runtime: Runtime, event: Event) -> tuple[dict[str, int], dict[str, int]]:
    """The places that the event counts, and those that the rows hold."""
    async with runtime.sessions() as tx:
        now = await tx.get_one(Event, event.id)
        rows = await tx.execute(
            select(Participation.role, func.count())
            .where(
                Participation.event_id == event.id, Participation.state.in_(PLACE_HOLDING_STATES)
            )
            .group_by(Participation.role)
        )
        counted = {role: n for role, n in (("helper", now.helpers), ("guest", now.guests)) if n}
        return counted, dict(iter(rows))


async def test_one_person_joins_one_of_two_overlapping_events(
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
        assert sorted(answers) == ["Overlaps"] * 3 + ["done"]
        assert Overlaps.__name__ in answers


async def test_whatever_happens_at_once_the_counters_are_what_the_rows_say(
    runtime: Runtime, desk: Actor
) -> None:
    chance = random.Random(7)
    async with runtime.sessions.begin() as tx:
        event_people = await EventPeople.create(tx, desk)
        people = [await register_resident(tx, desk) for _ in range(12)]
        begins = clock.now() + timedelta(minutes=10)
        event = await event_people.publish_event(
            tx, starts_at=begins, helper_places=3, guest_places=4
        )

    def something(person: Actor) -> Awaitable[str]:
        choices: list[tuple[Any, ...]] = [
            (attendance.join, person, event.id, "helper"),
            (attendance.join, person, event.id, "guest"),
            (attendance.leave, person, event.id),
            (attendance.check_in, desk, event.id, AttendeeRef(resident_id=person.person)),
            (attendance.undo_check_in, desk, event.id, person.person),
        ]
        act, *arguments = chance.choice(choices)
        return run_action(runtime, act, *arguments)

    for _ in range(6):
        await asyncio.gather(*(something(person) for person in people for _ in range(3)))
        counted, held = await count_places(runtime, event)
        assert counted == held
        assert counted.get("helper", 0) <= 3
        assert counted.get("guest", 0) <= 4


async def test_who_joins_while_it_is_called_off_hears_so_or_is_refused(
    runtime: Runtime, desk: Actor
) -> None:
    for _ in range(5):
        async with runtime.sessions.begin() as tx:
            event_people = await EventPeople.create(tx, desk)
            people = [await register_resident(tx, desk) for _ in range(8)]
            event = await event_people.publish_event(tx)
        joins = [run_action(runtime, attendance.join, one, event.id, "guest") for one in people]
        joins.insert(4, run_action(runtime, actions.cancel, desk, event.id, "下雨"))
        await asyncio.gather(*joins)
        async with runtime.sessions() as tx:
            parts = (
                await tx.scalars(select(Participation).where(Participation.event_id == event.id))
            ).all()
            assert {part.state for part in parts} <= {"cancelled"}
            for part in parts:
                said = await list_messages_about(tx, part.subject)
                assert [message.sequence for message in said] == [1, 2]
            assert (await tx.get_one(Event, event.id)).state == EventState.CANCELLED

"""How many statements the actions send: joining is hot, and closing changes hundreds of rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event as events
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.events import actions, attendance
from shared import clock
from shared.runtime.runtime import Runtime
from tests.intake.events.people import EventPeople, register_resident


@contextmanager
def recorded_statements(runtime: Runtime) -> Iterator[list[str]]:
    """Record the statements that are sent to the database meanwhile."""
    statements: list[str] = []

    def record(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    engine = runtime.engine.sync_engine
    events.listen(engine, "before_cursor_execute", record)
    try:
        yield statements
    finally:
        events.remove(engine, "before_cursor_execute", record)


async def test_join_sends_four_statements(
    runtime: Runtime, tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    with recorded_statements(runtime) as statements:
        await attendance.join(tx, event_people.guest, event.id, "guest")
    # The lock of the resident, the event with what it overlaps, the place, and the message.
    assert len(statements) == 4


async def test_close_sends_as_many_statements_for_many_participants(
    runtime: Runtime, tx: AsyncSession, event_people: EventPeople
) -> None:
    counts = []
    for participants in (1, 7):
        event = await event_people.publish_event(tx)
        for _ in range(participants):
            person = await register_resident(tx, event_people.desk)
            await attendance.join(tx, person, event.id, "guest")
        with (
            clock.frozen(event.starts_at),
            recorded_statements(runtime) as statements,
        ):
            await actions.close(tx, event_people.desk, event.id)
        counts.append(len(statements))
    assert counts[0] == counts[1]

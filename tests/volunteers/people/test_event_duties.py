"""Duties at events: a helper's duty is open until the helper attended, left or missed."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from services.volunteers.people.models import Duty
from shared import clock
from shared.auth import Role
from shared.contracts.events import (
    EventAttended,
    EventJoined,
    EventLeft,
    EventMissed,
    ParticipationMessage,
)
from shared.contracts.intake import WishClaimed
from shared.ids import new_id
from shared.runtime.runtime import Runtime
from tests.support.messages import AnyMessage, handle_messages, make_message, participation_message
from tests.support.replicas import MakeClient
from tests.volunteers.fixtures import create_volunteer, read_points

PARTICIPATION_STEPS = (EventJoined, EventLeft, EventJoined, EventAttended)
STARTS_AT = (clock.now() + timedelta(days=3)).replace(microsecond=0)


def helper_joined(
    station: UUID, resident: UUID, starts: datetime = STARTS_AT, **overrides: Any
) -> AnyMessage:
    """Build the message of a helper who joined an event of two hours."""
    when: dict[str, Any] = {"starts_at": starts, "ends_at": starts + timedelta(hours=2)}
    return participation_message(station, EventJoined, resident, **when, **overrides)


async def get_duties(client: MakeClient, resident: UUID, query: str = "") -> Any:
    """Get the response with the duties of `resident`."""
    return await client(Role.RESIDENT, person=resident).get(f"/volunteers/me/duties{query}")


async def read_duties(runtime: Runtime, station: UUID) -> list[Duty]:
    """Read all duties of a station."""
    async with runtime.sessions() as tx:
        return list(await tx.scalars(select(Duty).where(Duty.station_id == station)))


async def test_helper_sees_the_event_among_open_duties(
    client: MakeClient, runtime: Runtime, station: UUID
) -> None:
    me = await create_volunteer(runtime, station)
    joined = helper_joined(station, me)
    await handle_messages(runtime, joined)
    expected = [
        {
            "kind": "event",
            "subject_id": str(joined.content.participation_id),
            "about": f"events/{joined.content.event_id}",
            "title": "楼道大扫除",
            "starts_at": STARTS_AT.isoformat().replace("+00:00", "Z"),
            "until": None,
        }
    ]
    assert (await get_duties(client, me)).json() == expected
    mine = await client(Role.RESIDENT, person=me).get("/volunteers/me")
    assert mine.json()["duties"] == expected


async def test_helper_without_application_sees_the_event(
    client: MakeClient, runtime: Runtime, station: UUID
) -> None:
    me, other = new_id(), new_id()
    await handle_messages(runtime, helper_joined(station, me))
    assert len((await get_duties(client, me)).json()) == 1
    assert (await get_duties(client, other)).json() == []


async def test_duty_of_a_past_event_is_not_listed(
    client: MakeClient, runtime: Runtime, station: UUID
) -> None:
    me, now = new_id(), clock.now()
    await handle_messages(
        runtime,
        helper_joined(station, me, now - timedelta(hours=2), title="over"),
        helper_joined(station, me, now - timedelta(hours=1), title="under way"),
    )
    assert [duty["title"] for duty in (await get_duties(client, me)).json()] == ["under way"]


async def test_duty_without_event_id_names_the_participation(
    client: MakeClient, runtime: Runtime, station: UUID
) -> None:
    me = new_id()
    joined = participation_message(station, EventJoined, me)
    await handle_messages(runtime, joined)
    async with runtime.sessions.begin() as tx:
        empty = {"event_id": None, "ends_at": None}
        await tx.execute(update(Duty).where(Duty.station_id == station).values(empty))
    (duty,) = (await get_duties(client, me)).json()
    assert duty["about"] == joined.subject


@pytest.mark.parametrize("contract", [EventLeft, EventAttended, EventMissed])
async def test_duty_closes_with_the_participation(
    runtime: Runtime, station: UUID, contract: type[ParticipationMessage]
) -> None:
    me, participation = new_id(), new_id()
    await handle_messages(
        runtime, participation_message(station, EventJoined, me, participation_id=participation)
    )
    await handle_messages(
        runtime,
        participation_message(station, contract, me, participation_id=participation, sequence=2),
    )
    (duty,) = await read_duties(runtime, station)
    assert (duty.state, duty.resident_id) == ("closed", None)


async def test_guests_have_no_duty(runtime: Runtime, station: UUID) -> None:
    me, participation = new_id(), new_id()
    as_guest = participation_message(
        station, EventJoined, me, participation_id=participation, role="guest", sequence=3
    )
    await handle_messages(runtime, as_guest)
    await handle_messages(
        runtime, participation_message(station, EventJoined, me, participation_id=participation)
    )
    assert [duty.state for duty in await read_duties(runtime, station)] == ["closed"]


async def test_duties_are_listed_in_order_of_time(
    client: MakeClient, runtime: Runtime, station: UUID
) -> None:
    me = await create_volunteer(runtime, station)
    await handle_messages(
        runtime,
        _wish_claimed(station, me, "endless", None),
        _wish_claimed(station, me, "endless too", None),
        helper_joined(station, me, STARTS_AT + timedelta(days=30), title="late"),
        _wish_claimed(station, me, "leased", STARTS_AT + timedelta(days=1)),
        helper_joined(station, me, title="soon"),
    )
    in_order = ["soon", "leased", "late", "endless", "endless too"]
    mine = (await client(Role.RESIDENT, person=me).get("/volunteers/me")).json()
    assert [duty["title"] for duty in mine["duties"]] == in_order
    page, titles = await get_duties(client, me, query="?limit=2"), list[str]()
    while True:
        titles += [duty["title"] for duty in page.json()]
        if "next" not in page.links:
            break
        page = await get_duties(client, me, query="?" + page.links["next"]["url"].partition("?")[2])
    assert titles == in_order


async def test_list_continues_after_a_closed_duty(
    client: MakeClient, runtime: Runtime, station: UUID
) -> None:
    me, participation = new_id(), new_id()
    late = helper_joined(station, me, STARTS_AT + timedelta(days=1))
    await handle_messages(runtime, late, helper_joined(station, me, participation_id=participation))
    left = participation_message(station, EventLeft, me, participation_id=participation, sequence=2)
    await handle_messages(runtime, left)
    rest = await get_duties(client, me, query=f"?after={participation}")
    assert [duty["subject_id"] for duty in rest.json()] == [str(late.subject_id)]


def _wish_claimed(station: UUID, taker: UUID, title: str, until: datetime | None) -> AnyMessage:
    content = WishClaimed(
        wish_id=new_id(),
        resident_id=new_id(),
        title=title,
        taker_kind="volunteer",
        taker_id=taker,
        lease_until=until,
    )
    return make_message(station, content, 3)


def _participation_messages(station: UUID, resident: UUID, steps: int) -> list[AnyMessage]:
    """Build the first steps of a participation: joined, left, joined, attended for 90 minutes."""
    same = {"participation_id": new_id(), "event_id": new_id()}
    return [
        participation_message(station, contract, resident, sequence=number, **same)
        for number, contract in enumerate(PARTICIPATION_STEPS[:steps], 1)
    ]


@settings(max_examples=25, deadline=None)
@given(
    random=st.randoms(use_true_random=False),
    steps=st.integers(1, len(PARTICIPATION_STEPS)),
    size=st.integers(1, 4),
)
async def test_event_duty_does_not_depend_on_order_and_repetition(
    runtime: Runtime, random: object, steps: int, size: int
) -> None:
    station, resident = new_id(), new_id()
    in_order = _participation_messages(station, resident, steps)
    again = [make_message(one.station, one.content, one.sequence) for one in in_order]
    messages = [*in_order, *in_order, *again]
    random.shuffle(messages)  # type: ignore[attr-defined]  # hypothesis makes a Random
    for start in range(0, len(messages), size):
        await handle_messages(runtime, *messages[start : start + size])
    (duty,) = await read_duties(runtime, station)
    is_open = isinstance(in_order[-1].content, EventJoined)
    assert duty.version == steps
    assert (duty.state, duty.resident_id) == (("open", resident) if is_open else ("closed", None))
    points = 15 if steps == len(PARTICIPATION_STEPS) else 0
    assert (await read_points(runtime, station, resident)).balance == points

"""Coming duties at events: helpers have them until they were there, left or missed it."""

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
from tests.volunteers.conftest import MakeClient
from tests.volunteers.messages import (
    AnyMessage,
    create_volunteer,
    handle_messages,
    make_message,
    participation_message,
    read_points,
)

PARTICIPATION_STEPS = (EventJoined, EventLeft, EventJoined, EventAttended)
STARTS_AT = (clock.now() + timedelta(days=3)).replace(microsecond=0)


def helper_joined(
    station: UUID, resident: UUID, starts: datetime = STARTS_AT, **overrides: Any
) -> AnyMessage:
    """The resident is to help for two hours at an event that starts then."""
    when: dict[str, Any] = {"starts_at": starts, "ends_at": starts + timedelta(hours=2)}
    return participation_message(station, EventJoined, resident, **when, **overrides)


async def get_duties(client: MakeClient, resident: UUID, query: str = "") -> Any:
    """The answer to somebody who asks what they have to do."""
    return await client(Role.RESIDENT, person=resident).get(f"/volunteers/me/duties{query}")


async def read_duties(runtime: Runtime, station: UUID) -> list[Duty]:
    """All duties of a station."""
    async with runtime.sessions() as tx:
        return list(await tx.scalars(select(Duty).where(Duty.station_id == station)))


async def test_a_helper_sees_the_event_among_what_is_to_be_done(
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


async def test_a_helper_who_never_applied_sees_it_too(
    client: MakeClient, runtime: Runtime, station: UUID
) -> None:
    me, other = new_id(), new_id()
    await handle_messages(runtime, helper_joined(station, me))
    assert len((await get_duties(client, me)).json()) == 1
    assert (await get_duties(client, other)).json() == []


async def test_an_event_that_is_over_is_nothing_to_do_any_more(
    client: MakeClient, runtime: Runtime, station: UUID
) -> None:
    me, now = new_id(), clock.now()
    await handle_messages(
        runtime,
        helper_joined(station, me, now - timedelta(hours=2), title="over"),
        helper_joined(station, me, now - timedelta(hours=1), title="under way"),
    )
    assert [duty["title"] for duty in (await get_duties(client, me)).json()] == ["under way"]


async def test_a_duty_heard_of_before_the_event_s_id_was_kept_names_the_participation(
    client: MakeClient, runtime: Runtime, station: UUID
) -> None:
    me = new_id()
    joined = participation_message(station, EventJoined, me)
    await handle_messages(runtime, joined)
    async with runtime.sessions.begin() as tx:
        was = {"event_id": None, "ends_at": None}
        await tx.execute(update(Duty).where(Duty.station_id == station).values(was))
    (duty,) = (await get_duties(client, me)).json()
    assert duty["about"] == joined.subject


@pytest.mark.parametrize("contract", [EventLeft, EventAttended, EventMissed])
async def test_the_duty_ends_with_the_part(
    runtime: Runtime, station: UUID, contract: type[ParticipationMessage]
) -> None:
    me, part = new_id(), new_id()
    await handle_messages(
        runtime, participation_message(station, EventJoined, me, participation_id=part)
    )
    await handle_messages(
        runtime, participation_message(station, contract, me, participation_id=part, sequence=2)
    )
    (duty,) = await read_duties(runtime, station)
    assert (duty.state, duty.resident_id) == ("closed", None)


async def test_guests_have_no_duty(runtime: Runtime, station: UUID) -> None:
    me, part = new_id(), new_id()
    as_guest = participation_message(
        station, EventJoined, me, participation_id=part, role="guest", sequence=3
    )
    await handle_messages(runtime, as_guest)
    await handle_messages(
        runtime, participation_message(station, EventJoined, me, participation_id=part)
    )
    assert [duty.state for duty in await read_duties(runtime, station)] == ["closed"]


async def test_what_comes_first_stands_first(
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
    page, found = await get_duties(client, me, query="?limit=2"), list[str]()
    while True:
        found += [duty["title"] for duty in page.json()]
        if "next" not in page.links:
            break
        page = await get_duties(client, me, query="?" + page.links["next"]["url"].partition("?")[2])
    assert found == in_order


async def test_a_list_goes_on_after_an_event_that_was_left_meanwhile(
    client: MakeClient, runtime: Runtime, station: UUID
) -> None:
    me, part = new_id(), new_id()
    late = helper_joined(station, me, STARTS_AT + timedelta(days=1))
    await handle_messages(runtime, late, helper_joined(station, me, participation_id=part))
    left = participation_message(station, EventLeft, me, participation_id=part, sequence=2)
    await handle_messages(runtime, left)
    rest = await get_duties(client, me, query=f"?after={part}")
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
    """The first steps of a participation: joined, left, joined anew, was there for 90 minutes."""
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
async def test_any_order_and_repetition_end_as_the_right_one(
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

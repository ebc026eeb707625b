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
from tests.volunteers.conftest import Client
from tests.volunteers.messages import Told, about_event, enlist, handle, points_of, told

LIFE = (EventJoined, EventLeft, EventJoined, EventAttended)
SOON = (clock.now() + timedelta(days=3)).replace(microsecond=0)


def coming(station: UUID, resident: UUID, starts: datetime = SOON, **more: Any) -> Told:
    """The resident is to help for two hours at an event that starts then."""
    when: dict[str, Any] = {"starts_at": starts, "ends_at": starts + timedelta(hours=2)}
    return about_event(station, EventJoined, resident, **when, **more)


async def to_do(client: Client, me: UUID, query: str = "") -> Any:
    """The answer to somebody who asks what they have to do."""
    return await client(Role.RESIDENT, person=me).get(f"/volunteers/me/duties{query}")


async def duties_of(runtime: Runtime, station: UUID) -> list[Duty]:
    """All duties of a station."""
    async with runtime.sessions() as tx:
        return list(await tx.scalars(select(Duty).where(Duty.station_id == station)))


async def test_a_helper_sees_the_event_among_what_is_to_be_done(
    client: Client, runtime: Runtime, station: UUID
) -> None:
    me = await enlist(runtime, station)
    joined = coming(station, me)
    await handle(runtime, joined)
    expected = [
        {
            "kind": "event",
            "subject_id": str(joined.content.participation_id),
            "about": f"events/{joined.content.event_id}",
            "title": "楼道大扫除",
            "starts_at": SOON.isoformat().replace("+00:00", "Z"),
            "until": None,
        }
    ]
    assert (await to_do(client, me)).json() == expected
    mine = await client(Role.RESIDENT, person=me).get("/volunteers/me")
    assert mine.json()["duties"] == expected


async def test_a_helper_who_never_applied_sees_it_too(
    client: Client, runtime: Runtime, station: UUID
) -> None:
    me, other = new_id(), new_id()
    await handle(runtime, coming(station, me))
    assert len((await to_do(client, me)).json()) == 1
    assert (await to_do(client, other)).json() == []


async def test_an_event_that_is_over_is_nothing_to_do_any_more(
    client: Client, runtime: Runtime, station: UUID
) -> None:
    me, now = new_id(), clock.now()
    await handle(
        runtime,
        coming(station, me, now - timedelta(hours=2), title="over"),
        coming(station, me, now - timedelta(hours=1), title="under way"),
    )
    assert [duty["title"] for duty in (await to_do(client, me)).json()] == ["under way"]


async def test_a_duty_heard_of_before_the_event_s_id_was_kept_names_the_participation(
    client: Client, runtime: Runtime, station: UUID
) -> None:
    me = new_id()
    joined = about_event(station, EventJoined, me)
    await handle(runtime, joined)
    async with runtime.sessions.begin() as tx:
        was = {"event_id": None, "ends_at": None}
        await tx.execute(update(Duty).where(Duty.station_id == station).values(was))
    (duty,) = (await to_do(client, me)).json()
    assert duty["about"] == joined.subject


@pytest.mark.parametrize("contract", [EventLeft, EventAttended, EventMissed])
async def test_the_duty_ends_with_the_part(
    runtime: Runtime, station: UUID, contract: type[ParticipationMessage]
) -> None:
    me, part = new_id(), new_id()
    await handle(runtime, about_event(station, EventJoined, me, participation_id=part))
    await handle(runtime, about_event(station, contract, me, participation_id=part, sequence=2))
    (duty,) = await duties_of(runtime, station)
    assert (duty.state, duty.resident_id) == ("closed", None)


async def test_guests_have_no_duty(runtime: Runtime, station: UUID) -> None:
    me, part = new_id(), new_id()
    as_guest = about_event(
        station, EventJoined, me, participation_id=part, role="guest", sequence=3
    )
    await handle(runtime, as_guest)
    await handle(runtime, about_event(station, EventJoined, me, participation_id=part))
    assert [duty.state for duty in await duties_of(runtime, station)] == ["closed"]


async def test_what_comes_first_stands_first(
    client: Client, runtime: Runtime, station: UUID
) -> None:
    me = await enlist(runtime, station)
    await handle(
        runtime,
        _claimed(station, me, "endless", None),
        _claimed(station, me, "endless too", None),
        coming(station, me, SOON + timedelta(days=30), title="late"),
        _claimed(station, me, "leased", SOON + timedelta(days=1)),
        coming(station, me, title="soon"),
    )
    in_order = ["soon", "leased", "late", "endless", "endless too"]
    mine = (await client(Role.RESIDENT, person=me).get("/volunteers/me")).json()
    assert [duty["title"] for duty in mine["duties"]] == in_order
    page, found = await to_do(client, me, query="?limit=2"), list[str]()
    while True:
        found += [duty["title"] for duty in page.json()]
        if "next" not in page.links:
            break
        page = await to_do(client, me, query="?" + page.links["next"]["url"].partition("?")[2])
    assert found == in_order


async def test_a_list_goes_on_after_an_event_that_was_left_meanwhile(
    client: Client, runtime: Runtime, station: UUID
) -> None:
    me, part = new_id(), new_id()
    late = coming(station, me, SOON + timedelta(days=1))
    await handle(runtime, late, coming(station, me, participation_id=part))
    left = about_event(station, EventLeft, me, participation_id=part, sequence=2)
    await handle(runtime, left)
    rest = await to_do(client, me, query=f"?after={part}")
    assert [duty["subject_id"] for duty in rest.json()] == [str(late.subject_id)]


def _claimed(station: UUID, taker: UUID, title: str, until: datetime | None) -> Told:
    content = WishClaimed(
        wish_id=new_id(),
        resident_id=new_id(),
        title=title,
        taker_kind="volunteer",
        taker_id=taker,
        lease_until=until,
    )
    return told(station, content, 3)


def _life(station: UUID, resident: UUID, steps: int) -> list[Told]:
    """The first steps of a participation: joined, left, joined anew, was there for 90 minutes."""
    same = {"participation_id": new_id(), "event_id": new_id()}
    return [
        about_event(station, contract, resident, sequence=number, **same)
        for number, contract in enumerate(LIFE[:steps], 1)
    ]


@settings(max_examples=25, deadline=None)
@given(
    random=st.randoms(use_true_random=False),
    steps=st.integers(1, len(LIFE)),
    size=st.integers(1, 4),
)
async def test_any_order_and_repetition_end_as_the_right_one(
    runtime: Runtime, random: object, steps: int, size: int
) -> None:
    station, resident = new_id(), new_id()
    in_order = _life(station, resident, steps)
    again = [told(one.station, one.content, one.sequence) for one in in_order]
    messages = [*in_order, *in_order, *again]
    random.shuffle(messages)  # type: ignore[attr-defined]  # hypothesis makes a Random
    for start in range(0, len(messages), size):
        await handle(runtime, *messages[start : start + size])
    (duty,) = await duties_of(runtime, station)
    is_open = isinstance(in_order[-1].content, EventJoined)
    assert duty.version == steps
    assert (duty.state, duty.resident_id) == (("open", resident) if is_open else ("closed", None))
    points = 15 if steps == len(LIFE) else 0
    assert (await points_of(runtime, station, resident)).balance == points

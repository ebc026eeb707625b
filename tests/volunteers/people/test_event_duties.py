"""Coming duties at events: helpers have them until they were there, left or missed it."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.volunteers.people.models import Duty
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
from shared.runtime import Runtime
from tests.volunteers.conftest import Client
from tests.volunteers.told import STARTS, Told, about_event, enlist, handle, points_of, told

LIFE = (EventJoined, EventLeft, EventJoined, EventAttended)


async def duties_of(runtime: Runtime, station: UUID) -> list[Duty]:
    """All duties of a station."""
    async with runtime.sessions() as tx:
        return list(await tx.scalars(select(Duty).where(Duty.station_id == station)))


async def test_a_helper_sees_the_event_among_what_is_to_be_done(
    client: Client, runtime: Runtime, station: UUID
) -> None:
    me = await enlist(runtime, station)
    joined = about_event(station, EventJoined, me)
    await handle(runtime, joined)
    mine = (await client(Role.RESIDENT, person=me).get("/volunteers/me")).json()
    assert mine["duties"] == [
        {
            "kind": "event",
            "subject_id": str(joined.content.participation_id),
            "title": "楼道大扫除",
            "starts_at": "2026-05-30T01:00:00Z",
            "until": None,
        }
    ]


@pytest.mark.parametrize("contract", [EventLeft, EventAttended, EventMissed])
async def test_the_duty_ends_with_the_part(
    runtime: Runtime, station: UUID, contract: type[ParticipationMessage]
) -> None:
    me, part = new_id(), new_id()
    await handle(runtime, about_event(station, EventJoined, me, participation_id=part))
    await handle(runtime, about_event(station, contract, me, participation_id=part, sequence=2))
    (duty,) = await duties_of(runtime, station)
    assert (duty.state, duty.resident_id, duty.starts_at) == ("closed", None, None)


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
        about_event(station, EventJoined, me, title="late", starts_at=STARTS.replace(month=7)),
        _claimed(station, me, "leased", datetime(2026, 6, 1, tzinfo=UTC)),
        about_event(station, EventJoined, me, title="soon"),
    )
    mine = (await client(Role.RESIDENT, person=me).get("/volunteers/me")).json()
    assert [duty["title"] for duty in mine["duties"]] == ["soon", "leased", "late", "endless"]


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

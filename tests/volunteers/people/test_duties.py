"""Duties of takers of wishes: the latest message decides, whatever the order."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.volunteers.people.handlers import CLOSING_TYPES, OPENING_TYPES
from services.volunteers.people.models import Duty
from shared.auth import Role
from shared.contracts.events import ParticipationMessage
from shared.contracts.intake import (
    WishClaimed,
    WishDelivered,
    WishMessage,
    WishRefused,
    WishReleased,
)
from shared.ids import new_id
from shared.runtime.runtime import Runtime
from tests.support.messages import AnyMessage, handle_messages, make_message
from tests.support.replicas import MakeClient
from tests.volunteers.fixtures import create_volunteer

LEASE_UNTIL = datetime(2026, 6, 1, tzinfo=UTC)
WISH_STEPS = (WishClaimed, WishReleased, WishClaimed, WishDelivered, WishRefused, WishDelivered)


def _wish_messages(station: UUID, takers: tuple[UUID, UUID], steps: int) -> list[AnyMessage]:
    """Build the messages of a wish's first steps: claimed, released, claimed, delivered …"""
    wish = {"wish_id": new_id(), "resident_id": new_id(), "title": "修水管"}
    messages = []
    for number, contract in enumerate(WISH_STEPS[:steps]):
        content = contract.model_validate(
            {
                **wish,
                "taker_kind": "volunteer",
                "taker_id": takers[number > 1],
                "lease_until": LEASE_UNTIL,
                "reason": "given_back",
            }
        )
        messages.append(make_message(station, content, number + 3))
    return messages


@settings(max_examples=40, deadline=None)
@given(random=st.randoms(use_true_random=False), steps=st.integers(1, len(WISH_STEPS)))
async def test_duty_does_not_depend_on_the_order_of_messages(
    runtime: Runtime, random: object, steps: int
) -> None:
    station, takers = new_id(), (new_id(), new_id())
    in_order = _wish_messages(station, takers, steps)
    shuffled = _shuffle(random, [*in_order, *in_order])
    for size in (1, 3):
        for start in range(0, len(shuffled), size):
            await handle_messages(runtime, *shuffled[start : start + size])
    async with runtime.sessions() as tx:
        (duty,) = await tx.scalars(select(Duty).where(Duty.station_id == station))
    latest = in_order[-1].content
    is_open = isinstance(latest, OPENING_TYPES)
    assert duty.version == in_order[-1].sequence
    assert duty.state == ("open" if is_open else "closed")
    assert duty.resident_id == (latest.taker_id if is_open else None)


def _shuffle(rng: object, messages: list[AnyMessage]) -> list[AnyMessage]:
    rng.shuffle(messages)  # type: ignore[attr-defined]  # hypothesis makes a Random
    return messages


async def test_volunteer_sees_only_open_duties(
    client: MakeClient, runtime: Runtime, station: UUID
) -> None:
    me = await create_volunteer(runtime, station)
    claimed, released, *_ = _wish_messages(station, (me, new_id()), 2)
    resident = client(Role.RESIDENT, person=me)
    await handle_messages(runtime, claimed)
    (duty,) = (await resident.get("/volunteers/me")).json()["duties"]
    assert duty == {
        "kind": "wish",
        "subject_id": str(claimed.content.wish_id),
        "about": claimed.subject,
        "title": "修水管",
        "starts_at": None,
        "until": "2026-06-01T00:00:00Z",
    }
    await handle_messages(runtime, released)
    assert (await resident.get("/volunteers/me")).json()["duties"] == []


async def test_wish_of_the_station_or_a_partner_opens_no_duty(
    runtime: Runtime, station: UUID
) -> None:
    for kind in ("station", "partner"):
        claimed = WishClaimed(
            wish_id=new_id(), resident_id=new_id(), title="x", taker_kind=kind, taker_id=new_id()
        )
        await handle_messages(runtime, make_message(station, claimed, 3))
    async with runtime.sessions() as tx:
        states = set(await tx.scalars(select(Duty.state).where(Duty.station_id == station)))
    assert states == {"closed"}


def test_every_message_that_opens_or_closes_a_duty_is_handled() -> None:
    ignored = {"WishPosted", "WishOpened", "WishDeclined"}
    handled = {contract.__name__ for contract in (*OPENING_TYPES, *CLOSING_TYPES)}
    contracts = (*WishMessage.__subclasses__(), *ParticipationMessage.__subclasses__())
    assert handled | ignored == {contract.__name__ for contract in contracts}

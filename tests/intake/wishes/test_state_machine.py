"""Whatever people do with a wish, in any order, its books agree."""

from collections.abc import Awaitable, Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.wishes import actions
from services.intake.wishes.history import WishTransition
from services.intake.wishes.models import Wish, WishState
from shared.auth import Actor
from shared.errors import Problem
from tests.intake.wishes.people import People, list_messages_about

ActionCall = Callable[[AsyncSession, Actor, Wish], Awaitable[Wish]]
ACTIONS: dict[str, ActionCall] = {
    "approve": lambda tx, who, wish: actions.approve(tx, who, wish.id),
    "decline": lambda tx, who, wish: actions.decline(tx, who, wish.id, "不合适"),
    "claim": lambda tx, who, wish: actions.claim(tx, who, wish.id),
    "give back": lambda tx, who, wish: actions.release(tx, who, wish.id),
    "deliver": lambda tx, who, wish: actions.deliver(tx, who, wish.id, "换好了", 30),
    "confirm": lambda tx, who, wish: actions.confirm(tx, who, wish.id),
    "refuse": lambda tx, who, wish: actions.refuse(tx, who, wish.id, "还没有"),
    "reopen": lambda tx, who, wish: actions.reopen(tx, who, wish.id, "又坏了"),
    "withdraw": lambda tx, who, wish: actions.withdraw(tx, who, wish.id),
    "answer": lambda tx, who, wish: actions.answer(tx, who, wish.id, "做不到"),
}
ACTOR_NAMES = (
    "wisher",
    "neighbour",
    "volunteer",
    "second",
    "partner",
    "desk",
    "colleague",
    "for_wisher",
)
CLAIMED_STATES = (WishState.CLAIMED, WishState.DELIVERED, WishState.FULFILLED)

# Random acts alone seldom get far: most lives begin as good ones do.
HAPPY_PATH = [
    ("desk", "approve"),
    ("volunteer", "claim"),
    ("volunteer", "deliver"),
    ("wisher", "confirm"),
    ("wisher", "reopen"),
    ("volunteer", "deliver"),
    ("for_wisher", "confirm"),
]
any_action = st.tuples(st.sampled_from(ACTOR_NAMES), st.sampled_from(sorted(ACTIONS)))
action_sequences = st.builds(
    lambda good, then: HAPPY_PATH[:good] + then,
    st.integers(0, len(HAPPY_PATH)),
    st.lists(any_action, max_size=10),
)


@given(life=action_sequences)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_the_books_agree(
    tx: AsyncSession, people: People, life: list[tuple[str, str]]
) -> None:
    wish = await people.create_wish(tx)
    confirmed = reopened = 0
    for who, act in life:
        try:
            async with tx.begin_nested():
                await ACTIONS[act](tx, getattr(people, who), wish)
        except Problem:
            await tx.refresh(wish)
            continue
        confirmed += act == "confirm"
        reopened += act == "reopen"
        assert (wish.taker_id is not None) == (wish.state in CLAIMED_STATES)
    await _assert_consistent(tx, wish, confirmed, reopened)


async def _assert_consistent(tx: AsyncSession, wish: Wish, confirmed: int, reopened: int) -> None:
    messages = await list_messages_about(tx, wish)
    assert [message.sequence for message in messages] == list(range(1, wish.version + 1))
    fulfilled = [m.data["revision"] for m in messages if m.type == "linli.wish.fulfilled.v1"]
    undone = [m.data["revision"] for m in messages if m.type == "linli.wish.reopened.v1"]
    assert fulfilled == list(range(1, confirmed + 1))
    assert undone == fulfilled[:reopened]
    assert confirmed - reopened == (wish.state == WishState.FULFILLED)
    claims = sum(message.type == "linli.wish.claimed.v1" for message in messages)
    releases = sum(message.type == "linli.wish.released.v1" for message in messages)
    assert claims - releases == (wish.state in CLAIMED_STATES)
    await tx.flush()
    steps = (
        await tx.scalars(
            select(WishTransition)
            .where(WishTransition.wish_id == wish.id)
            .order_by(WishTransition.version)
        )
    ).all()
    assert [step.version for step in steps] == list(range(1, wish.version + 1))
    assert [step.from_state for step in steps] == [None, *(s.to_state for s in steps[:-1])]
    assert steps[-1].to_state == wish.state

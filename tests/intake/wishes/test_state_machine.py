"""Messages, transitions and state of a wish agree after any sequence of actions."""

from collections.abc import Awaitable, Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.wishes import actions
from services.intake.wishes.history import WishTransition
from services.intake.wishes.models import Wish
from services.intake.wishes.states import WishState
from shared.auth import Actor
from shared.errors import Problem
from tests.intake.wishes.people import People, list_messages_about

ActionCall = Callable[[AsyncSession, Actor, Wish], Awaitable[Wish]]
ACTIONS: dict[str, ActionCall] = {
    "approve": lambda tx, actor, wish: actions.approve(tx, actor, wish.id),
    "decline": lambda tx, actor, wish: actions.decline(tx, actor, wish.id, "不合适"),
    "claim": lambda tx, actor, wish: actions.claim(tx, actor, wish.id),
    "give back": lambda tx, actor, wish: actions.release(tx, actor, wish.id),
    "deliver": lambda tx, actor, wish: actions.deliver(tx, actor, wish.id, "换好了", 30),
    "confirm": lambda tx, actor, wish: actions.confirm(tx, actor, wish.id),
    "refuse": lambda tx, actor, wish: actions.refuse(tx, actor, wish.id, "还没有"),
    "reopen": lambda tx, actor, wish: actions.reopen(tx, actor, wish.id, "又坏了"),
    "withdraw": lambda tx, actor, wish: actions.withdraw(tx, actor, wish.id),
    "answer": lambda tx, actor, wish: actions.answer(tx, actor, wish.id, "做不到"),
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

# Random actions alone seldom get far, so that most sequences start with part of this path.
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
    lambda length, rest: HAPPY_PATH[:length] + rest,
    st.integers(0, len(HAPPY_PATH)),
    st.lists(any_action, max_size=10),
)


@given(sequence=action_sequences)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_messages_transitions_and_state_agree_after_any_actions(
    tx: AsyncSession, people: People, sequence: list[tuple[str, str]]
) -> None:
    wish = await people.create_wish(tx)
    confirmed = reopened = 0
    for name, action in sequence:
        try:
            async with tx.begin_nested():
                await ACTIONS[action](tx, getattr(people, name), wish)
        except Problem:
            await tx.refresh(wish)
            continue
        confirmed += action == "confirm"
        reopened += action == "reopen"
        assert (wish.taker_id is not None) == (wish.state in CLAIMED_STATES)
    await _assert_consistent(tx, wish, confirmed, reopened)


async def _assert_consistent(tx: AsyncSession, wish: Wish, confirmed: int, reopened: int) -> None:
    messages = await list_messages_about(tx, wish)
    assert [message.sequence for message in messages] == list(range(1, wish.version + 1))
    fulfilled = [m.data["revision"] for m in messages if m.type == "linli.wish.fulfilled.v1"]
    withdrawn = [m.data["revision"] for m in messages if m.type == "linli.wish.reopened.v1"]
    assert fulfilled == list(range(1, confirmed + 1))
    assert withdrawn == fulfilled[:reopened]
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

"""Whatever people do with a wish, in any order, its books agree."""

from collections.abc import Awaitable, Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.wishes import actions
from services.intake.wishes.history import WishStep
from services.intake.wishes.models import State, Wish
from shared.auth import Actor
from shared.errors import Problem
from tests.intake.wishes.people import People, said

Do = Callable[[AsyncSession, Actor, Wish], Awaitable[Wish]]
ACTS: dict[str, Do] = {
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
WHO = ("wisher", "neighbour", "volunteer", "second", "partner", "desk", "colleague", "for_wisher")
TAKEN = (State.CLAIMED, State.DELIVERED, State.FULFILLED)

# Random acts alone seldom get far: most lives begin as good ones do.
GOOD = [
    ("desk", "approve"),
    ("volunteer", "claim"),
    ("volunteer", "deliver"),
    ("wisher", "confirm"),
    ("wisher", "reopen"),
    ("volunteer", "deliver"),
    ("for_wisher", "confirm"),
]
anything = st.tuples(st.sampled_from(WHO), st.sampled_from(sorted(ACTS)))
lives = st.builds(
    lambda good, then: GOOD[:good] + then,
    st.integers(0, len(GOOD)),
    st.lists(anything, max_size=10),
)


@given(life=lives)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_the_books_agree(
    tx: AsyncSession, people: People, life: list[tuple[str, str]]
) -> None:
    wish = await people.wish(tx)
    confirmed = reopened = 0
    for who, act in life:
        try:
            async with tx.begin_nested():
                await ACTS[act](tx, getattr(people, who), wish)
        except Problem:
            await tx.refresh(wish)
            continue
        confirmed += act == "confirm"
        reopened += act == "reopen"
        assert (wish.taker_id is not None) == (wish.state in TAKEN)
    await _check(tx, wish, confirmed, reopened)


async def _check(tx: AsyncSession, wish: Wish, confirmed: int, reopened: int) -> None:
    messages = await said(tx, wish)
    assert [message.sequence for message in messages] == list(range(1, wish.version + 1))
    fulfilled = [m.data["revision"] for m in messages if m.type == "linli.wish.fulfilled.v1"]
    undone = [m.data["revision"] for m in messages if m.type == "linli.wish.reopened.v1"]
    assert fulfilled == list(range(1, confirmed + 1))
    assert undone == fulfilled[:reopened]
    assert confirmed - reopened == (wish.state == State.FULFILLED)
    claims = sum(message.type == "linli.wish.claimed.v1" for message in messages)
    releases = sum(message.type == "linli.wish.released.v1" for message in messages)
    assert claims - releases == (wish.state in TAKEN)
    await tx.flush()
    steps = (
        await tx.scalars(
            select(WishStep).where(WishStep.wish_id == wish.id).order_by(WishStep.version)
        )
    ).all()
    assert [step.version for step in steps] == list(range(1, wish.version + 1))
    assert [step.from_state for step in steps] == [None, *(s.to_state for s in steps[:-1])]
    assert steps[-1].to_state == wish.state

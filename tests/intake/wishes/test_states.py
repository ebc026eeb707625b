"""What each act makes of a wish in each state."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from services.intake.wishes import errors as no
from services.intake.wishes.models import Taker, Wish, WishState
from shared.errors import Problem
from shared.ids import new_id
from tests.intake.wishes.factories import FACTORY_BY_STATE, VOLUNTEER, WISHER


@dataclass(frozen=True)
class ActionCase:
    """An act by the one who may: the states that it leads to, and the refusals elsewhere."""

    run: Callable[[Wish], None]
    transitions: dict[WishState, WishState]
    errors: dict[WishState, type[Problem]]
    default_error: type[Problem]


ACTION_CASES = {
    "approve": ActionCase(Wish.approve, {WishState.POSTED: WishState.OPEN}, {}, no.AlreadyReviewed),
    "decline": ActionCase(
        lambda w: w.decline("不合适"),
        {WishState.POSTED: WishState.DECLINED},
        {},
        no.AlreadyReviewed,
    ),
    "claim": ActionCase(
        lambda w: w.claim(Taker("volunteer", new_id())),
        {WishState.OPEN: WishState.CLAIMED},
        {WishState.CLAIMED: no.AlreadyClaimed, WishState.DELIVERED: no.AlreadyClaimed},
        no.NotOpen,
    ),
    "give back": ActionCase(
        lambda w: w.give_back(VOLUNTEER),
        {WishState.CLAIMED: WishState.OPEN},
        {WishState.DELIVERED: no.AlreadyDelivered},
        no.NotClaimed,
    ),
    "deliver": ActionCase(
        lambda w: w.deliver(VOLUNTEER, "换好了", 30),
        {WishState.CLAIMED: WishState.DELIVERED},
        {WishState.DELIVERED: no.AlreadyDelivered},
        no.NotClaimed,
    ),
    "confirm": ActionCase(
        lambda w: w.confirm(WISHER, None, photos_public=False),
        {WishState.DELIVERED: WishState.FULFILLED},
        {},
        no.NotDelivered,
    ),
    "refuse": ActionCase(
        lambda w: w.refuse(WISHER), {WishState.DELIVERED: WishState.CLAIMED}, {}, no.NotDelivered
    ),
    "reopen": ActionCase(
        lambda w: w.reopen(WISHER), {WishState.FULFILLED: WishState.CLAIMED}, {}, no.NotFulfilled
    ),
    "withdraw": ActionCase(
        lambda w: w.withdraw(WISHER),
        dict.fromkeys(
            (WishState.POSTED, WishState.OPEN, WishState.CLAIMED, WishState.DELIVERED),
            WishState.WITHDRAWN,
        ),
        {},
        no.WishClosed,
    ),
    "answer": ActionCase(
        lambda w: w.answer_unfulfilled("做不到"),
        {WishState.OPEN: WishState.ANSWERED},
        {WishState.DELIVERED: no.AlreadyDelivered},
        no.NotOpen,
    ),
}


@pytest.mark.parametrize("state", FACTORY_BY_STATE)
@pytest.mark.parametrize("name", ACTION_CASES)
def test_each_act_leads_on_from_its_states_and_is_refused_in_the_others(
    name: str, state: WishState
) -> None:
    act, wish = ACTION_CASES[name], FACTORY_BY_STATE[state]()
    if state in act.transitions:
        act.run(wish)
        assert wish.state == act.transitions[state]
    else:
        with pytest.raises(Problem) as refused:
            act.run(wish)
        assert type(refused.value) is act.errors.get(state, act.default_error)
        assert wish.state == state


@pytest.mark.parametrize("state", FACTORY_BY_STATE)
def test_a_wish_has_a_taker_exactly_while_somebody_has_it(state: WishState) -> None:
    wish = FACTORY_BY_STATE[state]()
    taken = state in (WishState.CLAIMED, WishState.DELIVERED, WishState.FULFILLED)
    assert (wish.taker_id is not None) == (wish.taker_kind is not None) == taken
    assert (wish.open_since is not None) == (state == WishState.OPEN)
    assert (wish.lease_until is not None) == (state == WishState.CLAIMED)

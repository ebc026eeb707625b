"""What each act makes of a wish in each state."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from services.intake.wishes import errors as no
from services.intake.wishes.models import State, Taker, Wish
from shared.errors import Problem
from shared.ids import new_id
from tests.intake.wishes.factories import IN_STATE, VOLUNTEER, WISHER


@dataclass(frozen=True)
class Act:
    """An act by the one who may: the states that it leads to, and the refusals elsewhere."""

    do: Callable[[Wish], None]
    leads: dict[State, State]
    refused: dict[State, type[Problem]]
    otherwise: type[Problem]


ACTS = {
    "approve": Act(Wish.approve, {State.POSTED: State.OPEN}, {}, no.AlreadyReviewed),
    "decline": Act(
        lambda w: w.decline("不合适"), {State.POSTED: State.DECLINED}, {}, no.AlreadyReviewed
    ),
    "claim": Act(
        lambda w: w.claim(Taker("volunteer", new_id())),
        {State.OPEN: State.CLAIMED},
        {State.CLAIMED: no.AlreadyClaimed, State.DELIVERED: no.AlreadyClaimed},
        no.NotOpen,
    ),
    "give back": Act(
        lambda w: w.give_back(VOLUNTEER),
        {State.CLAIMED: State.OPEN},
        {State.DELIVERED: no.AlreadyDelivered},
        no.NotClaimed,
    ),
    "deliver": Act(
        lambda w: w.deliver(VOLUNTEER, "换好了", 30),
        {State.CLAIMED: State.DELIVERED},
        {State.DELIVERED: no.AlreadyDelivered},
        no.NotClaimed,
    ),
    "confirm": Act(
        lambda w: w.confirm(WISHER, None, photos_public=False),
        {State.DELIVERED: State.FULFILLED},
        {},
        no.NotDelivered,
    ),
    "refuse": Act(
        lambda w: w.refuse(WISHER), {State.DELIVERED: State.CLAIMED}, {}, no.NotDelivered
    ),
    "reopen": Act(
        lambda w: w.reopen(WISHER), {State.FULFILLED: State.CLAIMED}, {}, no.NotFulfilled
    ),
    "withdraw": Act(
        lambda w: w.withdraw(WISHER),
        dict.fromkeys((State.POSTED, State.OPEN, State.CLAIMED, State.DELIVERED), State.WITHDRAWN),
        {},
        no.WishClosed,
    ),
    "answer": Act(
        lambda w: w.answer_unfulfilled("做不到"),
        {State.OPEN: State.ANSWERED},
        {State.DELIVERED: no.AlreadyDelivered},
        no.NotOpen,
    ),
}


@pytest.mark.parametrize("state", IN_STATE)
@pytest.mark.parametrize("name", ACTS)
def test_each_act_leads_on_from_its_states_and_is_refused_in_the_others(
    name: str, state: State
) -> None:
    act, wish = ACTS[name], IN_STATE[state]()
    if state in act.leads:
        act.do(wish)
        assert wish.state == act.leads[state]
    else:
        with pytest.raises(Problem) as refused:
            act.do(wish)
        assert type(refused.value) is act.refused.get(state, act.otherwise)
        assert wish.state == state


@pytest.mark.parametrize("state", IN_STATE)
def test_a_wish_has_a_taker_exactly_while_somebody_has_it(state: State) -> None:
    wish = IN_STATE[state]()
    taken = state in (State.CLAIMED, State.DELIVERED, State.FULFILLED)
    assert (wish.taker_id is not None) == (wish.taker_kind is not None) == taken
    assert (wish.open_since is not None) == (state == State.OPEN)
    assert (wish.lease_until is not None) == (state == State.CLAIMED)

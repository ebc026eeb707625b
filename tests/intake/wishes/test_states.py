"""The effect of each action on a wish in each state."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from services.intake.wishes import errors
from services.intake.wishes.models import Wish
from services.intake.wishes.states import WishState
from shared.errors import Problem
from tests.intake.wishes.factories import DESK, FACTORY_BY_STATE, SECOND, VOLUNTEER, WISHER


@dataclass(frozen=True)
class ActionCase:
    """An action by an allowed actor: the transitions, and the errors in all other states."""

    run: Callable[[Wish], None]
    transitions: dict[WishState, WishState]
    errors: dict[WishState, type[Problem]]
    default_error: type[Problem]


ACTION_CASES = {
    "approve": ActionCase(
        lambda w: w.approve(DESK), {WishState.POSTED: WishState.OPEN}, {}, errors.AlreadyReviewed
    ),
    "decline": ActionCase(
        lambda w: w.decline(DESK, "不合适"),
        {WishState.POSTED: WishState.DECLINED},
        {},
        errors.AlreadyReviewed,
    ),
    "claim": ActionCase(
        lambda w: w.claim(SECOND),
        {WishState.OPEN: WishState.CLAIMED},
        {WishState.CLAIMED: errors.AlreadyClaimed, WishState.DELIVERED: errors.AlreadyClaimed},
        errors.NotOpen,
    ),
    "release": ActionCase(
        lambda w: w.release(VOLUNTEER),
        {WishState.CLAIMED: WishState.OPEN},
        {WishState.DELIVERED: errors.AlreadyDelivered},
        errors.NotClaimed,
    ),
    "deliver": ActionCase(
        lambda w: w.deliver(VOLUNTEER, "换好了", 30),
        {WishState.CLAIMED: WishState.DELIVERED},
        {WishState.DELIVERED: errors.AlreadyDelivered},
        errors.NotClaimed,
    ),
    "confirm": ActionCase(
        lambda w: w.confirm(WISHER, None, photos_public=False),
        {WishState.DELIVERED: WishState.FULFILLED},
        {},
        errors.NotDelivered,
    ),
    "refuse": ActionCase(
        lambda w: w.refuse(WISHER),
        {WishState.DELIVERED: WishState.CLAIMED},
        {},
        errors.NotDelivered,
    ),
    "reopen": ActionCase(
        lambda w: w.reopen(WISHER),
        {WishState.FULFILLED: WishState.CLAIMED},
        {},
        errors.NotFulfilled,
    ),
    "withdraw": ActionCase(
        lambda w: w.withdraw(WISHER),
        dict.fromkeys(
            (WishState.POSTED, WishState.OPEN, WishState.CLAIMED, WishState.DELIVERED),
            WishState.WITHDRAWN,
        ),
        {},
        errors.WishClosed,
    ),
    "answer": ActionCase(
        lambda w: w.close_with_answer(DESK, "做不到"),
        dict.fromkeys((WishState.OPEN, WishState.CLAIMED), WishState.ANSWERED),
        {WishState.DELIVERED: errors.AlreadyDelivered},
        errors.NotOpen,
    ),
}


@pytest.mark.parametrize("state", FACTORY_BY_STATE)
@pytest.mark.parametrize("name", ACTION_CASES)
def test_each_action_changes_its_states_and_is_refused_in_all_others(
    name: str, state: WishState
) -> None:
    case, wish = ACTION_CASES[name], FACTORY_BY_STATE[state]()
    if state in case.transitions:
        case.run(wish)
        assert wish.state == case.transitions[state]
    else:
        with pytest.raises(Problem) as error:
            case.run(wish)
        assert type(error.value) is case.errors.get(state, case.default_error)
        assert wish.state == state


@pytest.mark.parametrize("state", FACTORY_BY_STATE)
def test_wish_has_a_taker_exactly_while_claimed_delivered_or_fulfilled(state: WishState) -> None:
    wish = FACTORY_BY_STATE[state]()
    has_taker = state in (WishState.CLAIMED, WishState.DELIVERED, WishState.FULFILLED)
    assert (wish.taker_id is not None) == (wish.taker_kind is not None) == has_taker
    assert (wish.open_since is not None) == (state == WishState.OPEN)
    assert (wish.lease_until is not None) == (state == WishState.CLAIMED)

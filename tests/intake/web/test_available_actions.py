"""The page of a wish offers what the wish allows, but for two actions; no database."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.web.wishes.available_actions import ON_BEHALF, available_actions
from services.intake.wishes.models import Wish
from services.intake.wishes.states import WishState
from shared import clock
from shared.auth import Actor, Role
from tests.intake.wishes.factories import (
    COLLEAGUE,
    DESK,
    FACTORY_BY_STATE,
    NEIGHBOUR,
    PARTNER,
    SECOND,
    STATION_TAKER,
    VOLUNTEER,
    WISHER,
    make_claimed_wish,
    make_delivered_wish,
    make_fulfilled_wish,
    make_open_wish,
    make_posted_wish,
)

# Photos are part of the page of the delivery.
WITHOUT_A_BUTTON = {"add_photo", "remove_photo"}
HIDDEN_WHILE_DELIVERED = {"withdraw", "refuse"}
READERS = (WISHER, NEIGHBOUR, VOLUNTEER, SECOND, PARTNER, DESK, COLLEAGUE)


def _offered(wish: Wish, actor: Actor, *, on_behalf: bool = False) -> list[str]:
    available = available_actions(wish, actor)
    return [one.action.name for one in available if one.on_behalf == on_behalf]


@given(
    state=st.sampled_from(WishState),
    reader=st.sampled_from(READERS),
    roles=st.none() | st.frozensets(st.sampled_from(Role)),
    days=st.sampled_from((0, 3, 7.1, 30)),
)
def test_page_offers_what_is_allowed(
    state: WishState, reader: Actor, roles: frozenset[Role] | None, days: float
) -> None:
    actor = replace(reader, roles=reader.roles if roles is None else roles)
    wish = FACTORY_BY_STATE[state]()
    with clock.shifted(timedelta(days=days)):
        allowed = wish.allowed_actions(actor)
        hidden = allowed - WITHOUT_A_BUTTON - set(_offered(wish, actor))
        assert set(_offered(wish, actor)) <= allowed
        assert not hidden or (state == WishState.DELIVERED and hidden <= HIDDEN_WHILE_DELIVERED)
        for_owner = wish.allowed_actions(actor.acting_for(wish.resident_id))
        on_behalf = _offered(wish, actor, on_behalf=True)
        assert set(on_behalf) <= for_owner & {action.name for action in ON_BEHALF}
        assert not on_behalf or actor.is_staff


@pytest.mark.parametrize(
    ("create", "reader", "expected"),
    [
        (make_posted_wish, DESK, ["approve", "decline"]),
        (make_posted_wish, WISHER, ["withdraw"]),
        (make_open_wish, DESK, ["claim", "answer"]),
        (make_open_wish, VOLUNTEER, ["claim"]),
        (make_claimed_wish, VOLUNTEER, ["deliver", "release"]),
        (make_claimed_wish, DESK, ["release", "answer"]),
        (make_delivered_wish, WISHER, ["confirm", "refuse"]),
        (make_delivered_wish, VOLUNTEER, []),
        (make_delivered_wish, DESK, []),
        (make_fulfilled_wish, DESK, ["reopen"]),
    ],
)
def test_actions_are_in_the_order_of_the_page(
    create: Callable[[], Wish], reader: Actor, expected: list[str]
) -> None:
    assert _offered(create(), reader) == expected


def test_desk_enters_what_the_resident_says() -> None:
    for create, expected in (
        (make_posted_wish, ["withdraw"]),
        (make_claimed_wish, ["withdraw"]),
        (make_delivered_wish, ["confirm", "refuse"]),
        (make_fulfilled_wish, []),
    ):
        assert _offered(create(), DESK, on_behalf=True) == expected


def test_whoever_delivered_is_not_offered_the_residents_answer() -> None:
    wish = make_delivered_wish(STATION_TAKER, DESK)
    with clock.shifted(timedelta(days=8)):
        assert "refuse" in wish.allowed_actions(DESK)
        assert available_actions(wish, DESK) == []
        assert _offered(wish, COLLEAGUE) == ["confirm", "refuse"]
        assert _offered(wish, COLLEAGUE, on_behalf=True) == ["confirm", "refuse"]


def test_withdrawal_is_not_offered_while_the_wish_waits_for_an_answer() -> None:
    wish = make_delivered_wish()
    assert "withdraw" in wish.allowed_actions(WISHER)
    assert "withdraw" not in _offered(wish, WISHER)


def test_taker_who_is_no_volunteer_any_more_is_offered_nothing() -> None:
    former = replace(VOLUNTEER, roles=frozenset({Role.RESIDENT}))
    assert available_actions(make_claimed_wish(), former) == []

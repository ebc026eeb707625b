"""Actors, and wishes in every state; no database."""

from collections.abc import Callable

from services.intake.wishes.models import Wish
from services.intake.wishes.states import WishState
from services.intake.wishes.taker import Taker
from shared.auth import Actor, Role
from shared.ids import new_id

STATION = new_id()


def _actor(*roles: Role) -> Actor:
    return Actor(STATION, new_id(), frozenset(roles))


WISHER = _actor(Role.RESIDENT)
NEIGHBOUR = _actor(Role.RESIDENT)
VOLUNTEER = _actor(Role.RESIDENT, Role.VOLUNTEER)
SECOND = _actor(Role.RESIDENT, Role.VOLUNTEER)
PARTNER = _actor(Role.PARTNER)
DESK = _actor(Role.STAFF)
COLLEAGUE = _actor(Role.STAFF)
VOLUNTEER_TAKER = Taker("volunteer", VOLUNTEER.person)
STATION_TAKER = Taker("station", STATION)


def make_posted_wish() -> Wish:
    """Create a wish that waits for review."""
    return Wish.post(STATION, WISHER.person, "想换一个灯泡", "够不着")


def make_open_wish() -> Wish:
    """Create a wish that can be claimed."""
    wish = make_posted_wish()
    wish.approve(DESK)
    return wish


def make_claimed_wish(taker: Taker = VOLUNTEER_TAKER) -> Wish:
    """Create a wish that `taker` has claimed."""
    wish = make_open_wish()
    wish.assign(taker)
    return wish


def make_delivered_wish(taker: Taker = VOLUNTEER_TAKER, actor: Actor = VOLUNTEER) -> Wish:
    """Create a wish that waits for the resident's confirmation."""
    wish = make_claimed_wish(taker)
    wish.deliver(actor, "换好了", 30)
    return wish


def make_fulfilled_wish() -> Wish:
    """Create a wish that is confirmed."""
    wish = make_delivered_wish()
    wish.confirm(WISHER, "谢谢", photos_public=False)
    return wish


def make_declined_wish() -> Wish:
    """Create a wish that was not approved."""
    wish = make_posted_wish()
    wish.decline(DESK, "不合适")
    return wish


def make_withdrawn_wish() -> Wish:
    """Create a wish that was withdrawn."""
    wish = make_posted_wish()
    wish.withdraw(WISHER)
    return wish


def make_answered_wish() -> Wish:
    """Create a wish that was closed unfulfilled."""
    wish = make_open_wish()
    wish.close_with_answer(DESK, "做不到")
    return wish


FACTORY_BY_STATE: dict[WishState, Callable[[], Wish]] = {
    WishState.POSTED: make_posted_wish,
    WishState.OPEN: make_open_wish,
    WishState.CLAIMED: make_claimed_wish,
    WishState.DELIVERED: make_delivered_wish,
    WishState.FULFILLED: make_fulfilled_wish,
    WishState.DECLINED: make_declined_wish,
    WishState.WITHDRAWN: make_withdrawn_wish,
    WishState.ANSWERED: make_answered_wish,
}

"""Wishes in every state, and who has to do with them; no database."""

from collections.abc import Callable

from services.intake.wishes.models import State, Taker, Wish
from shared.auth import Actor, Role
from shared.ids import new_id

STATION = new_id()


def _actor(*roles: Role) -> Actor:
    return Actor(STATION, new_id(), frozenset(roles))


WISHER = _actor(Role.RESIDENT)
NEIGHBOUR = _actor(Role.RESIDENT)
VOLUNTEER = _actor(Role.RESIDENT, Role.VOLUNTEER)
DESK = _actor(Role.STAFF)
COLLEAGUE = _actor(Role.STAFF)
BY_VOLUNTEER = Taker("volunteer", VOLUNTEER.person)
BY_STATION = Taker("station", STATION)


def made() -> Wish:
    """A wish that waits for review."""
    return Wish.post(STATION, WISHER.person, "想换一个灯泡", "够不着")


def opened() -> Wish:
    """A wish that can be taken."""
    wish = made()
    wish.approve()
    return wish


def claimed(taker: Taker = BY_VOLUNTEER) -> Wish:
    """A wish that somebody has."""
    wish = opened()
    wish.claim(taker)
    return wish


def delivered(taker: Taker = BY_VOLUNTEER, by: Actor = VOLUNTEER) -> Wish:
    """A wish that waits for the resident's word."""
    wish = claimed(taker)
    wish.deliver(by, "换好了", 30)
    return wish


def fulfilled() -> Wish:
    """A wish that came true."""
    wish = delivered()
    wish.confirm(WISHER, "谢谢", photos_public=False)
    return wish


def declined() -> Wish:
    """A wish that was not approved."""
    wish = made()
    wish.decline("不合适")
    return wish


def withdrawn() -> Wish:
    """A wish that was taken back."""
    wish = made()
    wish.withdraw(WISHER)
    return wish


def answered() -> Wish:
    """A wish that was closed unfulfilled."""
    wish = opened()
    wish.answer_unfulfilled("做不到")
    return wish


IN_STATE: dict[State, Callable[[], Wish]] = {
    State.POSTED: made,
    State.OPEN: opened,
    State.CLAIMED: claimed,
    State.DELIVERED: delivered,
    State.FULFILLED: fulfilled,
    State.DECLINED: declined,
    State.WITHDRAWN: withdrawn,
    State.ANSWERED: answered,
}

"""The states of a wish, and the rules about them that several actions share."""

from enum import StrEnum

from services.intake.wishes import errors
from shared.aggregate import never_in, only_in


class WishState(StrEnum):
    """The states of a wish."""

    POSTED = "posted"
    OPEN = "open"
    CLAIMED = "claimed"
    DELIVERED = "delivered"
    FULFILLED = "fulfilled"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ANSWERED = "answered"


# The states in which the taker can still lose the wish, and all those in which it has one.
ASSIGNED_STATES = (WishState.CLAIMED, WishState.DELIVERED)
STATES_WITH_TAKER = (*ASSIGNED_STATES, WishState.FULFILLED)

IS_POSTED = only_in(WishState.POSTED, error=errors.AlreadyReviewed)
IS_CLAIMED = (
    never_in(WishState.DELIVERED, error=errors.AlreadyDelivered),
    only_in(WishState.CLAIMED, error=errors.NotClaimed),
)
IS_DELIVERED = only_in(WishState.DELIVERED, error=errors.NotDelivered)

"""The policies of wishes and their photos."""

from shared.auth import Role
from shared.policies import DESK, RESIDENTS, SIGNED_IN, Policies

WISHER_ROLES = RESIDENTS | DESK
WISH_TAKER_ROLES = frozenset({Role.VOLUNTEER, Role.PARTNER, *DESK})

POLICIES: Policies = {
    "wishes.list": SIGNED_IN,
    "wishes.post": WISHER_ROLES,
    "wishes.review": DESK,
    "wishes.claim": WISH_TAKER_ROLES,
    "wishes.release": WISH_TAKER_ROLES,
    "wishes.deliver": WISH_TAKER_ROLES,
    "wishes.confirm": WISHER_ROLES,
    "wishes.withdraw": WISHER_ROLES,
    "wishes.answer": DESK,
    "wishes.reopen": WISHER_ROLES,
}

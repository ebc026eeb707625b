"""Who may do what: every route names one of these policies; whose a thing is, models decide."""

from shared.auth import Actor, Role
from shared.errors import Forbidden, Unauthorized

ANYONE: frozenset[Role] = frozenset()
RESIDENTS = frozenset({Role.RESIDENT})
DESK = frozenset({Role.STAFF, Role.ADMIN})
OPERATORS = frozenset({Role.OPERATOR, Role.ADMIN})
WISH_TAKER_ROLES = frozenset({Role.VOLUNTEER, Role.PARTNER, *DESK})
PUBLISHERS = frozenset({Role.PUBLISHER})
SIGNED_IN = frozenset(Role) - PUBLISHERS

POLICIES: dict[str, frozenset[Role]] = {
    "public": ANYONE,
    # intake
    "sign-in": ANYONE,
    "me.read": SIGNED_IN,
    "me.sign-out": SIGNED_IN,
    "stations.read": ANYONE,
    "register.read": DESK,
    "register.write": DESK,
    "residents.reveal": DESK,
    "slips.issue": DESK,
    "accounts.write": frozenset({Role.ADMIN}),
    "wishes.list": SIGNED_IN,
    "wishes.post": RESIDENTS | DESK,
    "wishes.review": DESK,
    "wishes.claim": WISH_TAKER_ROLES,
    "wishes.release": WISH_TAKER_ROLES,
    "wishes.deliver": WISH_TAKER_ROLES,
    "wishes.confirm": RESIDENTS | DESK,
    "wishes.withdraw": RESIDENTS | DESK,
    "wishes.answer": DESK,
    "wishes.reopen": RESIDENTS | DESK,
    "events.list": SIGNED_IN,
    "events.write": DESK,
    "events.join": RESIDENTS | DESK,
    "events.my-code": RESIDENTS,
    "events.attend": DESK,
    "party.read": DESK,
    "party.write": DESK,
    "publishers.manage": frozenset({Role.ADMIN}),
    "messages.publish": PUBLISHERS,
    # volunteers
    "volunteers.apply": RESIDENTS | DESK,
    "volunteers.read": RESIDENTS | DESK,
    "volunteers.list": DESK,
    "volunteers.approve": DESK,
    "points.read": RESIDENTS | DESK | {Role.PARTNER},
    "rules.read": SIGNED_IN,
    # notify
    "inbox.read": SIGNED_IN,
    "deliveries.read": OPERATORS,
    # every service
    "messages.operate": OPERATORS,
    # What became of a case is asked at the desk; it names ids and states, and nothing personal.
    "trail.read": DESK | OPERATORS,
}


def is_allowed(actor: Actor, policy: str) -> bool:
    """Whether the policy lets this actor in."""
    allowed = POLICIES[policy]
    return not allowed or not actor.roles.isdisjoint(allowed)


def check(policy: str, actor: Actor | None) -> None:
    """Raise Unauthorized for nobody and Forbidden for somebody else's role."""
    allowed = POLICIES[policy]
    if not allowed:
        return
    if actor is None:
        raise Unauthorized
    if not is_allowed(actor, policy):
        raise Forbidden

"""The mechanism of policies: which roles may use a route; models check ownership."""

from collections.abc import Mapping

from shared.auth import Actor, Role
from shared.errors import Forbidden, Unauthorized

# Roles by the name of a policy; a policy without roles is for anyone, signed in or not.
Policies = Mapping[str, frozenset[Role]]

ANYONE: frozenset[Role] = frozenset()
RESIDENTS = frozenset({Role.RESIDENT})
DESK = frozenset({Role.STAFF, Role.ADMIN})
OPERATORS = frozenset({Role.OPERATOR, Role.ADMIN})
PUBLISHERS = frozenset({Role.PUBLISHER})
SIGNED_IN = frozenset(Role) - PUBLISHERS

# The policy of routes that belong to no feature; every service has it.
PUBLIC: Policies = {"public": ANYONE}


class PolicyConflict(Exception):
    """Two policies of one name with different roles; the message is the name."""


def merge_policies(*features: Policies) -> Policies:
    """Merge the policies of several features. Raises: PolicyConflict."""
    merged: dict[str, frozenset[Role]] = {}
    for policies in features:
        for name, roles in policies.items():
            if merged.setdefault(name, roles) != roles:
                raise PolicyConflict(name)
    return merged


def is_allowed(policies: Policies, policy: str, actor: Actor | None) -> bool:
    """Whether the policy lets this actor in; None is nobody."""
    roles = policies[policy]
    return not roles or (actor is not None and not actor.roles.isdisjoint(roles))


def check(policies: Policies, policy: str, actor: Actor | None) -> None:
    """Raise Unauthorized for nobody and Forbidden for somebody else's role."""
    if not is_allowed(policies, policy, actor):
        raise Unauthorized if actor is None else Forbidden

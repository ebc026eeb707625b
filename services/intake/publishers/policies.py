"""The policies of publishers and of the messages that they publish."""

from shared.auth import Role
from shared.policies import PUBLISHERS, Policies

POLICIES: Policies = {
    "publishers.manage": frozenset({Role.ADMIN}),
    "messages.publish": PUBLISHERS,
}

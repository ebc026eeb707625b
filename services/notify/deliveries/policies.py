"""The policies of the inbox and of deliveries."""

from shared.policies import OPERATORS, SIGNED_IN, Policies

POLICIES: Policies = {
    "inbox.read": SIGNED_IN,
    "deliveries.read": OPERATORS,
}

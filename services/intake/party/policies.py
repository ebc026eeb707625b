"""The policies of party members."""

from shared.policies import DESK, Policies

POLICIES: Policies = {
    "party.read": DESK,
    "party.write": DESK,
}

"""The policies of rules."""

from shared.policies import SIGNED_IN, Policies

POLICIES: Policies = {"rules.read": SIGNED_IN}

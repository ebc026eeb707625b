"""The policies of stations."""

from shared.policies import ANYONE, Policies

POLICIES: Policies = {"stations.read": ANYONE}

"""The policies of accounts."""

from shared.auth import Role
from shared.policies import Policies

POLICIES: Policies = {"accounts.write": frozenset({Role.ADMIN})}

"""The policies of points."""

from shared.auth import Role
from shared.policies import DESK, RESIDENTS, Policies

POLICIES: Policies = {"points.read": RESIDENTS | DESK | {Role.PARTNER}}

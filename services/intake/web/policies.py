"""The policies of pages about what other services own, with the roles that those services name."""

from shared.auth import Role
from shared.policies import DESK, OPERATORS, RESIDENTS, SIGNED_IN, Policies

# Services don't import each other; `tests/test_policies.py` compares these with the services' own.
POLICIES: Policies = {
    "volunteers.apply": RESIDENTS | DESK,
    "volunteers.approve": DESK,
    "points.read": RESIDENTS | DESK | {Role.PARTNER},
    "inbox.read": SIGNED_IN,
    "deliveries.read": OPERATORS,
}

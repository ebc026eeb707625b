"""The policies of operators' routes, which every service has."""

from shared.policies import DESK, OPERATORS, Policies

POLICIES: Policies = {
    "messages.operate": OPERATORS,
    # A trail holds ids and states and no personal data, so the desk may read it too.
    "trail.read": DESK | OPERATORS,
}

"""The policies of operators' routes, which every service has."""

from shared.policies import DESK, OPERATORS, Policies

POLICIES: Policies = {
    "messages.operate": OPERATORS,
    # What became of a case is asked at the desk; it names ids and states, and nothing personal.
    "trail.read": DESK | OPERATORS,
}

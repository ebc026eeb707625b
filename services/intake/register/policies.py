"""The policies of the register, its residents included."""

from shared.policies import DESK, Policies

POLICIES: Policies = {
    "register.read": DESK,
    "register.write": DESK,
}

"""The policies of sign-in, slips and sessions."""

from shared.policies import ANYONE, DESK, SIGNED_IN, Policies

POLICIES: Policies = {
    "sign-in": ANYONE,
    "me.read": SIGNED_IN,
    "me.sign-out": SIGNED_IN,
    "slips.issue": DESK,
}

"""The policies of events."""

from shared.policies import DESK, RESIDENTS, SIGNED_IN, Policies

POLICIES: Policies = {
    "events.list": SIGNED_IN,
    "events.write": DESK,
    "events.join": RESIDENTS | DESK,
    "events.my-code": RESIDENTS,
    "events.attend": DESK,
}

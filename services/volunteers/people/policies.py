"""The policies of volunteers and their duties."""

from shared.policies import DESK, RESIDENTS, Policies

POLICIES: Policies = {
    "volunteers.apply": RESIDENTS | DESK,
    "volunteers.read": RESIDENTS | DESK,
    "volunteers.list": DESK,
    "volunteers.approve": DESK,
}

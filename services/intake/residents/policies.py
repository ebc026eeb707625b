"""The policies of residents, beyond those of the register."""

from shared.policies import DESK, Policies

POLICIES: Policies = {"residents.reveal": DESK}

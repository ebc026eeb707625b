"""Labels of deliveries."""

from shared.language import N_

STATES = {
    "queued": N_("Waiting to be sent"),
    "leased": N_("Being sent"),
    "sent": N_("Sent"),
    "failed": N_("Couldn't be sent"),
}

"""Labels of volunteers' applications."""

from shared.language import N_

STATES = {
    "applied": N_("Waiting for the station's approval"),
    "approved": N_("Approved"),
}

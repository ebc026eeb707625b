"""Labels of the trail page: services, states of steps, channels."""

from shared.language import N_

SERVICES = {
    "intake": N_("Station"),
    "volunteers": N_("Volunteers"),
    "notify": N_("Notices"),
}
STATES = {
    "waiting": N_("waits to be sent"),
    "retry": N_("failed, will be tried again"),
    "parked": N_("failed for good"),
    "skipped": N_("set aside"),
}
CHANNELS = {"inbox": N_("Inbox"), "sms": N_("SMS")}

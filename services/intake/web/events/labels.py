"""Labels of events and participations: states, kinds, roles."""

from services.intake.events.models import Event
from shared.language import N_, P_

STATES = {
    "draft": N_("Draft"),
    "published": N_("Open to join"),
    "on": N_("Going on now"),
    "over": P_("state of an event", "Over"),
    "full": N_("All places are taken"),
    "closed": P_("state of an event", "Over"),
    "cancelled": N_("Cancelled"),
    "dropped": P_("state of an event", "Dropped"),
}
STATE_TONES = {
    "draft": "waiting",
    "published": "under-way",
    "on": "under-way",
    "over": "ended",
    "full": "waiting",
    "closed": "ended",
    "cancelled": "late",
    "dropped": "ended",
}
KINDS = {
    "clean_up": N_("Clean-up"),
    "free_clinic": N_("Free clinic"),
    "haircuts": N_("Free haircuts"),
    "class": P_("kind of event", "Class"),
    "film": N_("Film"),
    "practice": P_("kind of event", "Practice"),
    "open_talk": N_("Open talk"),
    "hazard_clearing": N_("Clearing of hazards"),
    "market": N_("Market"),
    "other": N_("Something else"),
}
ROLES = {"helper": N_("helper"), "guest": N_("guest")}
PARTICIPATION_STATES = {
    "joined": N_("has a place"),
    "present": N_("is there"),
    "attended": N_("was there"),
    "missed": N_("did not come"),
    "left": P_("state of a participation", "has left"),
    "cancelled": N_("cancelled"),
}
OWN_PARTICIPATION_STATES = {
    "joined": N_("You have a place"),
    "present": N_("You are checked in"),
    "attended": N_("You were there"),
    "missed": N_("You were not checked in"),
    "left": N_("You gave your place back"),
    "cancelled": N_("Cancelled"),
}


def display_state(event: Event) -> str:
    """Return the state that pages show now, a key of `STATES`."""
    if event.state != "published":
        return event.state
    if event.has_ended:
        return "over"
    if event.has_started:
        return "on"
    full = event.helpers >= event.helper_places and event.guests >= event.guest_places
    return "full" if full else "published"

"""Labels of wishes: states, transitions, actors, and the short number."""

from uuid import UUID

from services.intake.wishes.history import WishTransition
from services.intake.wishes.models import Wish
from shared.language import N_, P_

STATES = {
    "posted": N_("Waiting for review"),
    "open": P_("state of a wish", "Open"),
    "claimed": P_("state of a wish", "Taken"),
    "delivered": N_("Delivered, waiting for an answer"),
    "fulfilled": N_("Came true"),
    "declined": N_("Not accepted"),
    "withdrawn": N_("Withdrawn"),
    "answered": N_("Closed with an answer"),
}
# The tone of the pill: its colour and its shape.
STATE_TONES = {
    "posted": "waiting",
    "open": "under-way",
    "claimed": "under-way",
    "delivered": "your-turn",
    "fulfilled": "done",
    "declined": "ended",
    "withdrawn": "ended",
    "answered": "ended",
}
NEXT_STEPS = {
    "posted": N_("The station reads it and publishes it without your name or home."),
    "open": N_("Volunteers can see it. If nobody takes it within 14 days, the station does."),
    "claimed": N_("Somebody is on it. You'll be asked once it is done."),
    "delivered": N_("Please say whether it came true."),
}
TRANSITIONS = {
    (None, "posted"): N_("The wish was made"),
    ("posted", "open"): N_("The station published it"),
    ("posted", "declined"): N_("The station didn't accept it"),
    ("claimed", "open"): N_("It was given back and is open again"),
    ("claimed", "delivered"): N_("It was delivered"),
    ("delivered", "fulfilled"): N_("It was confirmed: the wish came true"),
    ("delivered", "claimed"): N_("Not yet: it went back to whoever took it"),
    ("delivered", "open"): N_("It was given back and is open again"),
    ("fulfilled", "claimed"): N_("The confirmation was withdrawn"),
}
TRANSITIONS_TO = {
    "claimed": N_("It was taken"),
    "withdrawn": N_("The wish was withdrawn"),
    "answered": N_("The station closed it with an answer"),
}
LEASE_EXPIRED = N_("The time to fulfil it ran out; it is open again")
ACTOR_KINDS = {
    "resident": N_("by the resident"),
    "volunteer": N_("by a volunteer"),
    "partner": N_("by a partner"),
    "desk": N_("by the station"),
    "system": N_("by itself"),
}
TAKER_KINDS = {
    "volunteer": N_("a volunteer"),
    "partner": N_("a partner"),
    "station": N_("the station"),
}
OTHER_TRANSITION = N_("Something changed")


def short_number(wish_id: UUID) -> str:
    """Return a short number to quote by phone and at the desk: `4F21-A9C3`."""
    tail = wish_id.hex[-8:].upper()
    return f"{tail[:4]}-{tail[4:]}"


def transition_label(transition: WishTransition) -> str:
    """Return the sentence for a transition."""
    change = (transition.from_state, transition.to_state)
    if change == ("claimed", "open") and transition.hand == "system":
        return LEASE_EXPIRED
    label = TRANSITIONS.get(change)
    return label or TRANSITIONS_TO.get(transition.to_state, OTHER_TRANSITION)


def next_step(wish: Wish) -> str | None:
    """Return the sentence that tells the owner of the wish what happens next."""
    return NEXT_STEPS.get(wish.state)

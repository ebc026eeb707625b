"""What pages call things: states and steps of a wish, roles, numbers to say on the phone."""

from uuid import UUID

from services.intake.wishes.models import Wish
from services.intake.wishes.steps import WishStep
from shared.language import N_

HOME = N_("Building %(building)s, unit %(unit)s, flat %(flat)s")

STATES = {
    "posted": N_("Waiting for review"),
    "open": N_("Open"),
    "claimed": N_("Taken"),
    "delivered": N_("Delivered, waiting for an answer"),
    "fulfilled": N_("Came true"),
    "declined": N_("Not accepted"),
    "withdrawn": N_("Withdrawn"),
    "answered": N_("Closed with an answer"),
}
# A shape for each state, so that colour is never the only sign.
SIGNS = {
    "posted": "wait",
    "open": "star",
    "claimed": "hand",
    "delivered": "ask",
    "fulfilled": "done",
    "declined": "ended",
    "withdrawn": "ended",
    "answered": "ended",
}
NEXT = {
    "posted": N_("The station reads it and publishes it without your name or home."),
    "open": N_("Volunteers can see it. If nobody takes it within 14 days, the station does."),
    "claimed": N_("Somebody is on it. You'll be asked once it is done."),
    "delivered": N_("Please say whether it came true."),
}
STEPS = {
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
ENDS = {
    "claimed": N_("It was taken"),
    "withdrawn": N_("The wish was withdrawn"),
    "answered": N_("The station closed it with an answer"),
}
EXPIRED = N_("The time to fulfil it ran out; it is open again")
HANDS = {
    "resident": N_("by the resident"),
    "volunteer": N_("by a volunteer"),
    "partner": N_("by a partner"),
    "desk": N_("by the station"),
    "system": N_("by itself"),
}
TAKERS = {
    "volunteer": N_("a volunteer"),
    "partner": N_("a partner"),
    "station": N_("the station"),
}
VOLUNTEER = {
    "applied": N_("Waiting for the station's approval"),
    "approved": N_("Approved"),
}
SENDING = {
    "queued": N_("Waiting to be sent"),
    "leased": N_("Being sent"),
    "sent": N_("Sent"),
    "failed": N_("Couldn't be sent"),
}
OTHER = N_("Something changed")


def number(id_: UUID) -> str:
    """A short number of a wish, for the phone and the desk: `4F21-A9C3`."""
    tail = id_.hex[-8:].upper()
    return f"{tail[:4]}-{tail[4:]}"


def step(taken: WishStep) -> str:
    """The sentence for a step."""
    if (taken.from_state, taken.to_state, taken.hand) == ("claimed", "open", "system"):
        return EXPIRED
    known = STEPS.get((taken.from_state, taken.to_state))
    return known or ENDS.get(taken.to_state, OTHER)


def next_step(wish: Wish) -> str | None:
    """What happens next, told to the one who made the wish."""
    return NEXT.get(wish.state)

"""What pages call things: states and steps, kinds and roles, numbers to say on the phone."""

from uuid import UUID

from services.intake.events.models import Event
from services.intake.wishes.history import WishTransition
from services.intake.wishes.models import Wish
from shared.language import N_

HOME_ADDRESS = N_("Building %(building)s, unit %(unit)s, flat %(flat)s")

WISH_STATES = {
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
WISH_STATE_ICONS = {
    "posted": "wait",
    "open": "star",
    "claimed": "hand",
    "delivered": "ask",
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
VOLUNTEER_STATES = {
    "applied": N_("Waiting for the station's approval"),
    "approved": N_("Approved"),
}
DELIVERY_STATES = {
    "queued": N_("Waiting to be sent"),
    "leased": N_("Being sent"),
    "sent": N_("Sent"),
    "failed": N_("Couldn't be sent"),
}
OTHER_TRANSITION = N_("Something changed")
# What one can look at under the path that is its subject.
SUBJECTS_WITH_PAGES = ("wishes", "events", "participations")
EVENT_STATES = {
    "draft": N_("Draft"),
    "published": N_("Open to join"),
    "on": N_("Going on now"),
    "over": N_("Over"),
    "full": N_("All places are taken"),
    "closed": N_("Over"),
    "cancelled": N_("Cancelled"),
    "dropped": N_("Dropped"),
}
EVENT_STATE_ICONS = {
    "draft": "edit",
    "published": "star",
    "on": "wait",
    "over": "ended",
    "full": "done",
    "closed": "ended",
    "cancelled": "cross",
    "dropped": "ended",
}
EVENT_KINDS = {
    "clean_up": N_("Clean-up"),
    "free_clinic": N_("Free clinic"),
    "haircuts": N_("Free haircuts"),
    "class": N_("Class"),
    "film": N_("Film"),
    "practice": N_("Practice"),
    "open_talk": N_("Open talk"),
    "hazard_clearing": N_("Clearing of hazards"),
    "market": N_("Market"),
    "other": N_("Something else"),
}
EVENT_ROLES = {"helper": N_("helper"), "guest": N_("guest")}
PARTICIPATION_STATES = {
    "joined": N_("has a place"),
    "present": N_("is there"),
    "attended": N_("was there"),
    "missed": N_("did not come"),
    "left": N_("has left"),
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


def number(id_: UUID) -> str:
    """A short number of a wish, for the phone and the desk: `4F21-A9C3`."""
    tail = id_.hex[-8:].upper()
    return f"{tail[:4]}-{tail[4:]}"


def event_state(event: Event) -> str:
    """How an event stands for somebody who looks at it now: a key of `EVENTS`."""
    if event.state != "published":
        return event.state
    if event.has_ended:
        return "over"
    if event.has_started:
        return "on"
    full = event.helpers >= event.helper_places and event.guests >= event.guest_places
    return "full" if full else "published"


def transition_label(transition: WishTransition) -> str:
    """The sentence for a step."""
    if (transition.from_state, transition.to_state, transition.hand) == (
        "claimed",
        "open",
        "system",
    ):
        return LEASE_EXPIRED
    known = TRANSITIONS.get((transition.from_state, transition.to_state))
    return known or TRANSITIONS_TO.get(transition.to_state, OTHER_TRANSITION)


def next_step(wish: Wish) -> str | None:
    """What happens next, told to the one who made the wish."""
    return NEXT_STEPS.get(wish.state)


def page_about(subject: str) -> str | None:
    """The page about a subject of a message (`wishes/0190…`), None where there is none."""
    kind, _, id_ = subject.partition("/")
    if kind in SUBJECTS_WITH_PAGES and id_:
        return f"/{kind}/{id_}"
    return "/volunteer" if kind == "volunteers" else None

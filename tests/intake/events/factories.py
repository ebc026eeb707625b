"""Actors, and events and participations in every state; no database."""

from datetime import timedelta

from services.intake.events.models import Event, EventFields, EventState
from services.intake.events.participation import (
    CHECKED_IN_STATES,
    Participation,
    ParticipationState,
)
from shared import clock
from shared.auth import Actor, Role
from shared.ids import new_id

STATION = new_id()
EVENT_DURATION = timedelta(minutes=90)


def _actor(*roles: Role) -> Actor:
    return Actor(STATION, new_id(), frozenset(roles))


RESIDENT = _actor(Role.RESIDENT)
NEIGHBOUR = _actor(Role.RESIDENT)
DESK = _actor(Role.STAFF)
MACHINE = _actor(Role.PARTNER, Role.PUBLISHER)


def make_fields(starts_in: timedelta, **overrides: object) -> EventFields:
    """Build the fields of a clean-up of an hour and a half."""
    starts_at = clock.now() + starts_in
    values = {
        "kind": "clean_up",
        "title": "楼道大扫除",
        "place": "3 栋楼下",
        "starts_at": starts_at,
        "ends_at": starts_at + EVENT_DURATION,
        "helper_places": 0,
        "guest_places": 2,
        **overrides,
    }
    return EventFields.model_validate(values)


def make_event(state: EventState, starts_in: timedelta, *, guests: int = 1) -> Event:
    """Create an event in that state, of whose two places `guests` are occupied."""
    event = Event.draft(STATION, "Asia/Shanghai", make_fields(starts_in))
    event.state = state.value
    event.guests = guests
    return event


def make_participation(event: Event, state: ParticipationState) -> Participation:
    """Create the participation of RESIDENT in that state."""
    participation = Participation.new(
        STATION, event=event, resident_id=RESIDENT.person, role="guest", state=state.value
    )
    if state in CHECKED_IN_STATES:
        participation.checked_in_at = event.starts_at
    return participation

"""The statements that read, take and free the places of an event."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Select, bindparam, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import set_committed_value

from services.intake.events.models import Event, EventState
from services.intake.events.participation import ACTIVE_STATES, Participation, ParticipationState
from shared import clock
from shared.auth import Actor
from shared.contracts.events import EventRole
from shared.errors import NotFound
from shared.ids import new_id

# Concurrent joins wait for each other at the event's row. Its lock lasts only for this statement
# and the one that records the message.
_TAKE_PLACE = text(
    """
    WITH place AS (
      UPDATE events SET helpers = helpers + :helper, guests = guests + :guest
      WHERE id = :event AND station_id = :station
        AND state = 'published' AND ends_at > :requested_at
        AND helpers + :helper <= helper_places AND guests + :guest <= guest_places
      RETURNING id, helpers, guests
    )
    INSERT INTO participations
      (id, station_id, version, created_at, event_id, resident_id, role, state, joined_at)
    SELECT :id, :station, 1, :now, place.id, :resident, :role, 'joined', :now FROM place
    ON CONFLICT (event_id, resident_id) DO UPDATE
      SET state = 'joined', role = excluded.role, joined_at = excluded.joined_at,
        version = participations.version + 1
      WHERE participations.state = 'left'
    RETURNING id, version, created_at, joined_at,
      (SELECT helpers FROM place) AS helpers, (SELECT guests FROM place) AS guests
    """
)


def _join_context_statement() -> Select[Event, str, str]:
    """Select an event, the resident's participation state and an overlapping event's title."""
    mine, theirs, other = (
        aliased(Participation, name="mine"),
        aliased(Participation, name="theirs"),
        aliased(Event, name="other"),
    )
    resident: BindParameter[UUID] = bindparam("resident")
    overlapping = (
        select(other.title)
        .join(theirs, theirs.event_id == other.id)
        .where(
            theirs.resident_id == resident,
            theirs.state.in_(ACTIVE_STATES),
            other.id != Event.id,
            other.state == EventState.PUBLISHED,
            other.starts_at < Event.ends_at,
            other.ends_at > Event.starts_at,
        )
        .order_by(other.starts_at)
        .limit(1)
        .correlate(Event)
        .scalar_subquery()
    )
    state = (
        select(mine.state)
        .where(mine.event_id == Event.id, mine.resident_id == resident)
        .correlate(Event)
        .scalar_subquery()
    )
    return select(Event, state, overlapping).where(
        Event.id == bindparam("event"), Event.station_id == bindparam("station")
    )


# Built once: building aliases of mapped classes takes longer than running the statement.
_JOIN_CONTEXT = _join_context_statement()


async def load_join_context(
    tx: AsyncSession, actor: Actor, event_id: UUID
) -> tuple[Event, str | None, str | None]:
    """Load the event, one's participation state and the title of an overlapping event."""
    parameters = {"event": event_id, "station": actor.station, "resident": actor.subject_id}
    row = (await tx.execute(_JOIN_CONTEXT, parameters)).one_or_none()
    if row is None or not row[0].visible_to(actor):
        raise NotFound
    return row[0], row[1], row[2]


async def take_place(
    tx: AsyncSession, actor: Actor, event: Event, role: EventRole, requested_at: datetime
) -> Participation | None:
    """Insert or renew one's participation if a place is free; None where there is none."""
    parameters = {
        "helper": int(role == "helper"),
        "guest": int(role == "guest"),
        "event": event.id,
        "station": actor.station,
        "now": clock.now(),
        "requested_at": requested_at,
        "id": new_id(),
        "resident": actor.subject_id,
        "role": role,
    }
    row = (await tx.execute(_TAKE_PLACE, parameters)).one_or_none()
    if row is None:
        return None
    _set_counts(event, row)
    # Reading the row through the mapper would make joining slower.
    return Participation(
        id=row.id,
        station_id=actor.station,
        version=row.version,
        created_at=row.created_at,
        event=event,
        event_id=event.id,
        resident_id=actor.subject_id,
        role=role,
        state=ParticipationState.JOINED.value,
        joined_at=row.joined_at,
    )


async def free_place(tx: AsyncSession, participation: Participation) -> None:
    """Subtract the participation from the occupied places of its event."""
    event = participation.event
    occupied = Event.helpers if participation.role == "helper" else Event.guests
    counts = await tx.execute(
        update(Event)
        .where(Event.id == event.id, Event.station_id == event.station_id)
        .values({occupied: occupied - 1})
        .returning(Event.helpers, Event.guests)
        .execution_options(synchronize_session=False)
    )
    _set_counts(event, counts.one())


def _set_counts(event: Event, row: Any) -> None:
    """Set the counters of the loaded event to those that a statement returned."""
    set_committed_value(event, "helpers", row.helpers)
    set_committed_value(event, "guests", row.guests)

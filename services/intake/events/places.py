"""The statements that read and take the places of an event."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Row, Select, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import set_committed_value

from services.intake.events.models import Event, EventState
from services.intake.events.participation import ACTIVE_STATES, Participation
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
    RETURNING id, version, created_at,
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
) -> Row[Any] | None:
    """Insert or renew one's participation if a place is free; None where there is none."""
    rows = await tx.execute(
        _TAKE_PLACE,
        {
            "helper": int(role == "helper"),
            "guest": int(role == "guest"),
            "event": event.id,
            "station": actor.station,
            "now": clock.now(),
            "requested_at": requested_at,
            "id": new_id(),
            "resident": actor.subject_id,
            "role": role,
        },
    )
    row = rows.one_or_none()
    if row is not None:
        set_counts(event, row)
    return row


def set_counts(event: Event, row: Any) -> None:
    """Set the counters of the loaded event to those that a statement returned."""
    set_committed_value(event, "helpers", row.helpers)
    set_committed_value(event, "guests", row.guests)

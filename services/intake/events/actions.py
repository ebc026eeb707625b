"""The station's actions on events: plan, edit, publish, cancel and close."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Integer, cast, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.accounts.queries import list_partners
from services.intake.events.errors import HasAttendance
from services.intake.events.models import Event, EventFields
from services.intake.events.participation import (
    CHECKED_IN_STATES,
    Participation,
    ParticipationState,
)
from services.intake.events.queries import count_by_state
from services.intake.stations import queries as stations
from shared import clock
from shared.aggregate import load_for_update
from shared.auth import Actor
from shared.contracts.events import EventClosed, EventLeft, EventMissed
from shared.errors import Invalid
from shared.language import N_
from shared.state import save, save_all
from shared.web.preconditions import ANY_VERSION, ExpectedVersion


async def create(tx: AsyncSession, actor: Actor, fields: EventFields) -> Event:
    """Plan an event as a draft, which only the desk sees. Raises: Invalid."""
    await _check_partner(tx, actor, fields.partner_id)
    zone = (await stations.get(tx, actor.station)).time_zone
    return await save(tx, actor, Event.draft(actor.station, zone, fields))


async def edit(
    tx: AsyncSession,
    actor: Actor,
    event_id: UUID,
    fields: EventFields,
    expected: ExpectedVersion = ANY_VERSION,
) -> Event:
    """Change an event. Raises: PreconditionFailed, Invalid, NotPublished, FixedOncePublished."""
    event = await get_for_update(tx, actor, event_id)
    expected.check(event.version)
    await _check_partner(tx, actor, fields.partner_id)
    event.edit(actor, fields)
    return await save(tx, actor, event)


async def publish(tx: AsyncSession, actor: Actor, event_id: UUID) -> Event:
    """Show an event and let people join. Raises: NotADraft, AlreadyStarted."""
    event = await get_for_update(tx, actor, event_id)
    event.publish(actor)
    return await save(tx, actor, event)


async def cancel(tx: AsyncSession, actor: Actor, event_id: UUID, reason: str) -> Event:
    """Cancel an event and tell its participants the reason; a draft is dropped without a message.

    Raises: NotPublished, EventOver, HasAttendance.
    """
    event = await get_for_update(tx, actor, event_id)
    counts = await count_by_state(tx, actor, event_id)
    if counts.keys() & CHECKED_IN_STATES:
        raise HasAttendance
    event.cancel(actor, reason)
    await save(tx, actor, event)
    joined = ParticipationState.JOINED
    cancelled = await _change_all(tx, event, joined, state=ParticipationState.CANCELLED.value)
    for participation in cancelled:
        participation.announce(EventLeft, reason="cancelled", words=reason)
    await save_all(tx, cancelled)
    return event


async def close(tx: AsyncSession, actor: Actor, event_id: UUID, result: str | None = None) -> Event:
    """Settle who attended and who missed the event. Raises: NotPublished, ClosedTooEarly."""
    event = await get_for_update(tx, actor, event_id)
    return await settle(tx, actor, event, result)


async def settle(tx: AsyncSession, actor: Actor, event: Event, result: str | None) -> Event:
    """Close an event that the caller has locked. Raises: NotPublished, ClosedTooEarly.

    Participants who are still checked in are checked out now, at the latest at the event's end.
    """
    event.close(actor, result)
    until = min(clock.now(), event.ends_at)
    seconds = func.extract("epoch", literal(until) - Participation.checked_in_at)
    attended = await _change_all(
        tx,
        event,
        ParticipationState.PRESENT,
        state=ParticipationState.ATTENDED.value,
        minutes=cast(func.greatest(0, func.floor(seconds / 60)), Integer),
        checked_out_at=until,
    )
    joined = ParticipationState.JOINED
    missed = await _change_all(tx, event, joined, state=ParticipationState.MISSED.value)
    event.announce(EventClosed, **await _count_attendance(tx, event))
    for participation in attended:
        participation.announce_attendance()
    for participation in missed:
        participation.announce(EventMissed)
    await save(tx, actor, event)
    await save_all(tx, [*attended, *missed])
    return event


async def get_for_update(tx: AsyncSession, actor: Actor, event_id: UUID) -> Event:
    """Load an event, locked until the transaction ends. Raises: NotFound."""
    return await load_for_update(tx, Event, event_id, station=actor.station)


async def _change_all(
    tx: AsyncSession, event: Event, from_state: ParticipationState, **values: object
) -> Sequence[Participation]:
    """Change all participations in `from_state`, and return them.

    One statement changes them all; the ORM would need one a row, since it checks each version.
    """
    changed = await tx.scalars(
        update(Participation)
        .where(
            Participation.event_id == event.id,
            Participation.station_id == event.station_id,
            Participation.state == from_state,
        )
        .values(version=Participation.version + 1, **values)
        .returning(Participation)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return changed.all()


async def _count_attendance(tx: AsyncSession, event: Event) -> dict[str, int]:
    """Count who attended by role, their minutes in total, and who missed the event."""
    attended = Participation.state == ParticipationState.ATTENDED
    missed = Participation.state == ParticipationState.MISSED
    counts = await tx.execute(
        select(
            func.count().filter(attended, Participation.role == "helper").label("helpers"),
            func.count().filter(attended, Participation.role == "guest").label("guests"),
            func.coalesce(func.sum(Participation.minutes), 0).label("minutes"),
            func.count().filter(missed).label("missed"),
        ).where(Participation.event_id == event.id, Participation.station_id == event.station_id)
    )
    return dict(counts.one()._mapping)


async def _check_partner(tx: AsyncSession, actor: Actor, partner: UUID | None) -> None:
    if partner is None:
        return
    if partner not in {one.id for one in await list_partners(tx, actor.station)}:
        raise Invalid(errors={"partner_id": N_("The station has no such partner")})

"""The station's actions on events: plan, edit, publish, cancel and close."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, cast, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.accounts.models import Account
from services.intake.events.errors import HasAttendance
from services.intake.events.models import Event, EventFields, EventState
from services.intake.events.participation import Participation, ParticipationState
from services.intake.stations.models import Station
from shared import clock
from shared.aggregate import load_for_update
from shared.auth import Actor, Role
from shared.bus.outbox.record import OutgoingMessage, record, record_messages
from shared.contracts.events import (
    EventAttended,
    EventCancelled,
    EventClosed,
    EventLeft,
    EventMissed,
    EventPublished,
    ParticipationMessage,
)
from shared.errors import Invalid
from shared.language import N_
from shared.web.preconditions import ANY_VERSION, ExpectedVersion

# An attendance is recorded only once, so that its revision is always the first.
FIRST_REVISION = 1


async def create(tx: AsyncSession, actor: Actor, fields: EventFields) -> Event:
    """Plan an event as a draft, which only the desk sees. Raises: Invalid."""
    await _check_partner(tx, actor, fields.partner_id)
    zone = (await tx.get_one(Station, actor.station)).time_zone
    event = Event.draft(actor.station, zone, fields)
    tx.add(event)
    await tx.flush()
    return event


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
    event.edit(fields)
    await tx.flush()
    return event


async def publish(tx: AsyncSession, actor: Actor, event_id: UUID) -> Event:
    """Show an event and let people join. Raises: NotADraft, AlreadyStarted."""
    event = await get_for_update(tx, actor, event_id)
    event.publish()
    await record(tx, event, EventPublished.about(event))
    return event


async def cancel(tx: AsyncSession, actor: Actor, event_id: UUID, reason: str) -> Event:
    """Cancel an event and tell its participants the reason; a draft is dropped without a message.

    Raises: NotPublished, EventOver, HasAttendance.
    """
    event = await get_for_update(tx, actor, event_id)
    if await _has_attendance(tx, event):
        raise HasAttendance
    event.cancel(reason)
    if event.state == EventState.CANCELLED:
        await record(tx, event, EventCancelled.about(event))
        cancelled = await _transition_all(
            tx, event, ParticipationState.JOINED, state=ParticipationState.CANCELLED.value
        )
        await _record_each(tx, event, cancelled, EventLeft, reason="cancelled", words=reason)
    return event


async def close(tx: AsyncSession, actor: Actor, event_id: UUID, result: str | None = None) -> Event:
    """Settle who attended and who missed the event. Raises: NotPublished, NotStarted."""
    event = await get_for_update(tx, actor, event_id)
    return await settle(tx, event, result)


async def settle(tx: AsyncSession, event: Event, result: str | None) -> Event:
    """Close an event that the caller has locked. Raises: NotPublished, NotStarted.

    Participants who are still checked in are checked out now, at the latest at the event's end.
    """
    event.close(result)
    until = min(clock.now(), event.ends_at)
    seconds = func.extract("epoch", literal(until) - Participation.checked_in_at)
    attended = await _transition_all(
        tx,
        event,
        ParticipationState.PRESENT,
        state=ParticipationState.ATTENDED.value,
        minutes=cast(func.greatest(0, func.floor(seconds / 60)), Integer),
        checked_out_at=until,
    )
    missed = await _transition_all(
        tx, event, ParticipationState.JOINED, state=ParticipationState.MISSED.value
    )
    await record(tx, event, EventClosed.about(event, **await _count_attendance(tx, event)))
    await _record_each(tx, event, attended, EventAttended, revision=FIRST_REVISION)
    await _record_each(tx, event, missed, EventMissed)
    return event


async def get_for_update(tx: AsyncSession, actor: Actor, event_id: UUID) -> Event:
    """Load an event, locked until the transaction ends. Raises: NotFound."""
    return await load_for_update(tx, Event, event_id, station=actor.station)


def attended_message(event: Event, participation: Participation) -> EventAttended:
    """Build the message about an attendance."""
    return EventAttended.of(
        event, participation, minutes=participation.minutes, revision=FIRST_REVISION
    )


async def _transition_all(
    tx: AsyncSession, event: Event, from_state: ParticipationState, **values: object
) -> Sequence[Any]:
    """Change all participations in `from_state` and return the changed rows.

    One statement changes them all; the ORM would need one a row, since it checks each version.
    """
    rows = await tx.execute(
        update(Participation)
        .where(
            Participation.event_id == event.id,
            Participation.station_id == event.station_id,
            Participation.state == from_state,
        )
        .values(version=Participation.version + 1, **values)
        .returning(
            Participation.id,
            Participation.version,
            Participation.resident_id,
            Participation.role,
            Participation.minutes,
        )
        .execution_options(synchronize_session="fetch")
    )
    return rows.all()


async def _record_each(
    tx: AsyncSession,
    event: Event,
    participations: Sequence[Any],
    contract: type[ParticipationMessage],
    **extra_fields: object,
) -> None:
    """Record the same message about each of these participations."""
    messages = []
    for part in participations:
        minutes = {"minutes": part.minutes} if contract is EventAttended else {}
        content = contract.of(event, part, **extra_fields, **minutes)
        subject = f"{Participation.plural}/{part.id}"
        messages.append(OutgoingMessage(subject, event.station_id, part.version, content))
    await record_messages(tx, messages)


async def _has_attendance(tx: AsyncSession, event: Event) -> bool:
    statement = select(Participation.id).where(
        Participation.event_id == event.id,
        Participation.station_id == event.station_id,
        Participation.state.in_((ParticipationState.PRESENT, ParticipationState.ATTENDED)),
    )
    return await tx.scalar(statement.limit(1)) is not None


async def _count_attendance(tx: AsyncSession, event: Event) -> dict[str, int]:
    """Count who attended by role, their minutes in total, and who missed the event."""
    attended, missed = (
        Participation.state == ParticipationState.ATTENDED,
        Participation.state == ParticipationState.MISSED,
    )
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
    statement = select(Account.id).where(
        Account.id == partner,
        Account.station_id == actor.station,
        Account.role == Role.PARTNER,
    )
    if await tx.scalar(statement) is None:
        raise Invalid(errors={"partner_id": N_("The station has no such partner")})

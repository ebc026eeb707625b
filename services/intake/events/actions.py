"""What the station does with an event: planning, publishing, closing, cancelling it."""

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
from shared.db import load
from shared.errors import Invalid
from shared.language import N_
from shared.web.preconditions import ANY_VERSION, ExpectedVersion

# Somebody attends a participation once.
FIRST_REVISION = 1


async def create(tx: AsyncSession, actor: Actor, fields: EventFields) -> Event:
    """Plan an event, which nobody but the desk sees yet; Invalid."""
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
    """Change an event; Stale, Invalid, NotPublished, FixedOncePublished."""
    event = await get_for_update(tx, actor, event_id)
    expected.check(event.version)
    await _check_partner(tx, actor, fields.partner_id)
    event.edit(fields)
    await tx.flush()
    return event


async def publish(tx: AsyncSession, actor: Actor, event_id: UUID) -> Event:
    """Show an event and let people join; NotADraft, AlreadyStarted."""
    event = await get_for_update(tx, actor, event_id)
    event.publish()
    await record(tx, event, EventPublished.about(event))
    return event


async def cancel(tx: AsyncSession, actor: Actor, event_id: UUID, reason: str) -> Event:
    """Call an event off; each who had joined hears the reason. A draft is dropped in silence.

    Raises NotPublished, EventOver, HasAttendance.
    """
    event = await get_for_update(tx, actor, event_id)
    if await _has_attendance(tx, event):
        raise HasAttendance
    event.cancel(reason)
    if event.state == EventState.CANCELLED:
        await record(tx, event, EventCancelled.about(event))
        left = await _transition_all(
            tx, event, ParticipationState.JOINED, state=ParticipationState.CANCELLED.value
        )
        await _record_each(tx, event, left, EventLeft, reason="cancelled", words=reason)
    return event


async def close(tx: AsyncSession, actor: Actor, event_id: UUID, result: str | None = None) -> Event:
    """Settle who was there and who wasn't; NotPublished, NotStarted."""
    event = await get_for_update(tx, actor, event_id)
    return await settle(tx, event, result)


async def settle(tx: AsyncSession, event: Event, result: str | None) -> Event:
    """Close an event that the caller has locked; NotPublished, NotStarted.

    Who is there was there until now, at most until the event's end.
    """
    event.close(result)
    until = min(clock.now(), event.ends_at)
    seconds = func.extract("epoch", literal(until) - Participation.checked_in_at)
    stayed = await _transition_all(
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
    await _record_each(tx, event, stayed, EventAttended, revision=FIRST_REVISION)
    await _record_each(tx, event, missed, EventMissed)
    return event


async def get_for_update(tx: AsyncSession, actor: Actor, event_id: UUID) -> Event:
    """The event, locked until the transaction ends; NotFound."""
    return await load(tx, Event, event_id, station=actor.station, lock=True)


def attended_message(event: Event, participation: Participation) -> EventAttended:
    """The message that somebody was there."""
    return EventAttended.of(
        event, participation, minutes=participation.minutes, revision=FIRST_REVISION
    )


async def _transition_all(
    tx: AsyncSession, event: Event, from_state: ParticipationState, **values: object
) -> Sequence[Any]:
    """Change all participations in that state with one statement; what became of each.

    Of a hundred rows the mapper would make a hundred statements, since it checks each version.
    """
    turned = await tx.execute(
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
    return turned.all()


async def _record_each(
    tx: AsyncSession,
    event: Event,
    participations: Sequence[Any],
    contract: type[ParticipationMessage],
    **extra_fields: object,
) -> None:
    """Record the same message about each of these participations."""
    facts = []
    for part in participations:
        own = (
            {**extra_fields, "minutes": part.minutes} if contract is EventAttended else extra_fields
        )
        said = contract.of(event, part, **own)
        subject = f"{Participation.plural}/{part.id}"
        facts.append(OutgoingMessage(subject, event.station_id, part.version, said))
    await record_messages(tx, facts)


async def _has_attendance(tx: AsyncSession, event: Event) -> bool:
    statement = select(Participation.id).where(
        Participation.event_id == event.id,
        Participation.station_id == event.station_id,
        Participation.state.in_((ParticipationState.PRESENT, ParticipationState.ATTENDED)),
    )
    return await tx.scalar(statement.limit(1)) is not None


async def _count_attendance(tx: AsyncSession, event: Event) -> dict[str, int]:
    """How many came in each role, for how many minutes, and how many did not come."""
    came, missed = (
        Participation.state == ParticipationState.ATTENDED,
        Participation.state == ParticipationState.MISSED,
    )
    found = await tx.execute(
        select(
            func.count().filter(came, Participation.role == "helper").label("helpers"),
            func.count().filter(came, Participation.role == "guest").label("guests"),
            func.coalesce(func.sum(Participation.minutes), 0).label("minutes"),
            func.count().filter(missed).label("missed"),
        ).where(Participation.event_id == event.id, Participation.station_id == event.station_id)
    )
    return dict(found.one()._mapping)


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

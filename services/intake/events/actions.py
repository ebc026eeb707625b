"""What the station does with an event: planning, publishing, closing, cancelling it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, cast, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.accounts.models import Account
from services.intake.events.errors import SomebodyCame
from services.intake.events.models import Details, Event, State
from services.intake.events.participation import Part, Participation
from services.intake.stations.models import Station
from shared import clock
from shared.auth import Actor, Role
from shared.bus.outbox.record import Fact, record, record_facts
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
from shared.web.preconditions import WHICHEVER, Expected

# Somebody attends a participation once.
ONCE = 1


async def create(tx: AsyncSession, actor: Actor, details: Details) -> Event:
    """Plan an event, which nobody but the desk sees yet; Invalid."""
    await _check_partner(tx, actor, details.partner_id)
    zone = (await tx.get_one(Station, actor.station)).time_zone
    event = Event.draft(actor.station, zone, details)
    tx.add(event)
    await tx.flush()
    return event


async def edit(
    tx: AsyncSession,
    actor: Actor,
    event_id: UUID,
    details: Details,
    expected: Expected = WHICHEVER,
) -> Event:
    """Change an event; Stale, Invalid, NotPublished, FixedOnceAnnounced."""
    event = await hold(tx, actor, event_id)
    expected.check(event.version)
    await _check_partner(tx, actor, details.partner_id)
    event.edit(details)
    await tx.flush()
    return event


async def publish(tx: AsyncSession, actor: Actor, event_id: UUID) -> Event:
    """Show an event and let people join; NotADraft, AlreadyBegun."""
    event = await hold(tx, actor, event_id)
    event.publish()
    await record(tx, event, EventPublished.about(event))
    return event


async def cancel(tx: AsyncSession, actor: Actor, event_id: UUID, reason: str) -> Event:
    """Call an event off; each who had joined hears the reason. A draft is dropped in silence.

    Raises NotPublished, EventOver, SomebodyCame.
    """
    event = await hold(tx, actor, event_id)
    if await _anybody_came(tx, event):
        raise SomebodyCame
    event.cancel(reason)
    if event.state == State.CANCELLED:
        await record(tx, event, EventCancelled.about(event))
        left = await _turn(tx, event, Part.JOINED, state=Part.CANCELLED.value)
        await _tell(tx, event, left, EventLeft, reason="cancelled", words=reason)
    return event


async def close(tx: AsyncSession, actor: Actor, event_id: UUID, result: str | None = None) -> Event:
    """Settle who was there and who wasn't; NotPublished, NotBegun."""
    event = await hold(tx, actor, event_id)
    return await settle(tx, event, result)


async def settle(tx: AsyncSession, event: Event, result: str | None) -> Event:
    """Close an event that the caller has locked; NotPublished, NotBegun.

    Who is there was there until now, at most until the event's end.
    """
    event.close(result)
    until = min(clock.now(), event.ends_at)
    seconds = func.extract("epoch", literal(until) - Participation.checked_in_at)
    stayed = await _turn(
        tx,
        event,
        Part.PRESENT,
        state=Part.ATTENDED.value,
        minutes=cast(func.greatest(0, func.floor(seconds / 60)), Integer),
        checked_out_at=until,
    )
    missed = await _turn(tx, event, Part.JOINED, state=Part.MISSED.value)
    await record(tx, event, EventClosed.about(event, **await _tally(tx, event)))
    await _tell(tx, event, stayed, EventAttended, revision=ONCE)
    await _tell(tx, event, missed, EventMissed)
    return event


async def hold(tx: AsyncSession, actor: Actor, event_id: UUID) -> Event:
    """The event, locked until the transaction ends; NotFound."""
    return await load(tx, Event, event_id, station=actor.station, lock=True)


def attended(event: Event, part: Participation) -> EventAttended:
    """The message that somebody was there."""
    return EventAttended.of(event, part, minutes=part.minutes, revision=ONCE)


async def _turn(tx: AsyncSession, event: Event, of: Part, **values: object) -> Sequence[Any]:
    """Change all participations in that state with one statement; what became of each.

    Of a hundred rows the mapper would make a hundred statements, since it checks each version.
    """
    turned = await tx.execute(
        update(Participation)
        .where(
            Participation.event_id == event.id,
            Participation.station_id == event.station_id,
            Participation.state == of,
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


async def _tell(
    tx: AsyncSession,
    event: Event,
    parts: Sequence[Any],
    contract: type[ParticipationMessage],
    **more: object,
) -> None:
    """Record the same message about each of these participations."""
    facts = []
    for part in parts:
        own = {**more, "minutes": part.minutes} if contract is EventAttended else more
        said = contract.of(event, part, **own)
        subject = f"{Participation.plural}/{part.id}"
        facts.append(Fact(subject, event.station_id, part.version, said))
    await record_facts(tx, facts)


async def _anybody_came(tx: AsyncSession, event: Event) -> bool:
    statement = select(Participation.id).where(
        Participation.event_id == event.id,
        Participation.station_id == event.station_id,
        Participation.state.in_((Part.PRESENT, Part.ATTENDED)),
    )
    return await tx.scalar(statement.limit(1)) is not None


async def _tally(tx: AsyncSession, event: Event) -> dict[str, int]:
    """How many came in each role, for how many minutes, and how many did not come."""
    came, missed = Participation.state == Part.ATTENDED, Participation.state == Part.MISSED
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

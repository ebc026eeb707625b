"""What the station does with an event: planning, publishing, closing, cancelling it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.accounts.models import Account
from services.intake.events.models import Details, Event, State
from services.intake.events.participation import COMING, Part, Participation
from services.intake.events.refusals import SomebodyCame
from services.intake.stations.models import Station
from shared.auth import Actor, Role
from shared.bus.outbox import record, record_many
from shared.conditions import WHICHEVER, Expected
from shared.contracts.envelope import Contract
from shared.contracts.events import (
    EventAttended,
    EventCancelled,
    EventClosed,
    EventLeft,
    EventMissed,
    EventPublished,
)
from shared.db import load
from shared.errors import Invalid
from shared.language import N_


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
    """Call an event off; each who had joined hears the reason. NotPublished, SomebodyCame."""
    event = await hold(tx, actor, event_id)
    was_public = event.state == State.PUBLISHED
    parts = await _coming(tx, event)
    if any(part.state == Part.PRESENT for part in parts) or await _anybody_attended(tx, event):
        raise SomebodyCame
    event.cancel(reason)
    for part in parts:
        part.cancel()
    goodbyes = [
        (part, EventLeft.of(event, part, reason="cancelled", words=reason)) for part in parts
    ]
    # Nothing is ever said about what was never published.
    said = [(event, EventCancelled.about(event))] if was_public else []
    await record_many(tx, [*said, *goodbyes])
    return event


async def close(tx: AsyncSession, actor: Actor, event_id: UUID, result: str | None = None) -> Event:
    """Settle who was there and who wasn't; NotPublished, NotBegun."""
    event = await hold(tx, actor, event_id)
    return await settle(tx, event, result)


async def settle(tx: AsyncSession, event: Event, result: str | None) -> Event:
    """Close an event that the caller has locked; NotPublished, NotBegun."""
    event.close(result)
    parts = await _coming(tx, event)
    said: list[tuple[Participation, Contract]] = []
    for part in parts:
        part.close(event)
        said.append((part, _end_of(event, part)))
    came, missed = await _tally(tx, event)
    counts = {
        "helpers": sum(part.role == "helper" for part in came),
        "guests": sum(part.role == "guest" for part in came),
        "minutes": sum(part.minutes or 0 for part in came),
        "missed": missed,
    }
    await record_many(tx, [(event, EventClosed.about(event, **counts)), *said])
    return event


async def hold(tx: AsyncSession, actor: Actor, event_id: UUID) -> Event:
    """The event, locked until the transaction ends; NotFound."""
    return await load(tx, Event, event_id, station=actor.station, lock=True)


def attended(event: Event, part: Participation) -> EventAttended:
    """The message that somebody was there. One participation is attended once: revision 1."""
    return EventAttended.of(event, part, minutes=part.minutes, revision=1)


def _end_of(event: Event, part: Participation) -> Contract:
    return attended(event, part) if part.state == Part.ATTENDED else EventMissed.of(event, part)


async def _coming(tx: AsyncSession, event: Event) -> Sequence[Participation]:
    statement = (
        select(Participation)
        .where(
            Participation.event_id == event.id,
            Participation.station_id == event.station_id,
            Participation.state.in_(COMING),
        )
        .order_by(Participation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await tx.scalars(statement)).all()


async def _anybody_attended(tx: AsyncSession, event: Event) -> bool:
    statement = select(Participation.id).where(
        Participation.event_id == event.id,
        Participation.station_id == event.station_id,
        Participation.state == Part.ATTENDED,
    )
    return await tx.scalar(statement.limit(1)) is not None


async def _tally(tx: AsyncSession, event: Event) -> tuple[Sequence[Participation], int]:
    """Who came, and how many did not."""
    await tx.flush()
    statement = select(Participation).where(
        Participation.event_id == event.id,
        Participation.station_id == event.station_id,
        Participation.state.in_((Part.ATTENDED, Part.MISSED)),
    )
    ended = (await tx.scalars(statement)).all()
    came = [part for part in ended if part.state == Part.ATTENDED]
    return came, len(ended) - len(came)


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

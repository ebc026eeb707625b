"""What intake does with what partners say: it becomes intake's own record, and its own word."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.events import attendance
from services.intake.events.attendance import Asking
from services.intake.events.errors import AlreadyJoined, NotJoined
from services.intake.publishers import queries
from services.intake.publishers.models import Publisher
from services.intake.wishes import actions as wishes
from services.intake.wishes.actions import Done
from shared import clock
from shared.auth import Actor, Role
from shared.bus.message import Message
from shared.bus.outbox.record import pass_on
from shared.bus.partners.ingress import NotVouchedFor, Partners
from shared.contracts.partners import (
    PartnerEventAttended,
    PartnerEventJoined,
    PartnerWishFulfilled,
)
from shared.errors import NotYet


async def absorb(tx: AsyncSession, message: Message[Any]) -> None:
    """Take one message into the records of wishes and events, or pass it on.

    What the rules refuse is refused with their Problem: NotGranted, Full, NotFound, and so on.
    """
    publisher = await queries.by_user(tx, message.publisher or "")
    if publisher is None:
        raise NotVouchedFor
    grant = publisher.check_may_publish(message.type)
    actor = _acting(publisher)
    match message.content:
        case PartnerWishFulfilled() as said:
            done = Done(said.note or "", said.minutes, message.time)
            await wishes.fulfil(tx, actor, said.wish_id, done, trusted=grant.trusted)
        case PartnerEventJoined() as said:
            await _join(tx, actor, said, min(message.time, clock.now()))
        case PartnerEventAttended() as said:
            await _attend(tx, actor, said)
        case _:
            await pass_on(tx, message)


async def _join(
    tx: AsyncSession, actor: Actor, said: PartnerEventJoined, asked_at: datetime
) -> None:
    actor = actor.acting_for(said.resident_id)
    # Whether they meant it was asked where they said it.
    asking = Asking(said.role, insist=True, at=asked_at)
    try:
        await attendance.join_as(tx, actor, said.event_id, asking)
    except AlreadyJoined:
        return


async def _attend(tx: AsyncSession, actor: Actor, said: PartnerEventAttended) -> None:
    who = attendance.Who(resident_id=said.resident_id)
    try:
        await attendance.check_out(tx, actor, said.event_id, who, said.minutes)
    except NotJoined:
        # That they joined may still be on its way.
        raise NotYet(NotJoined.title) from None


def _acting(publisher: Publisher) -> Actor:
    roles = frozenset({Role.PARTNER, Role.PUBLISHER})
    return Actor(publisher.station_id, publisher.account_id, roles)


PARTNERS = Partners(station_of=queries.station_of, absorb=absorb)

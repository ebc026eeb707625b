"""Handlers that turn partners' messages into intake's own records and messages."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.events import attendance
from services.intake.events.attendance import JoinRequest
from services.intake.events.errors import AlreadyJoined, NotJoined
from services.intake.publishers import queries
from services.intake.publishers.models import Publisher
from services.intake.wishes import actions as wishes
from services.intake.wishes.actions import FulfilmentReport
from shared import clock
from shared.auth import Actor, Role
from shared.bus.message import Message
from shared.bus.outbox.record import forward
from shared.bus.partners.ingress import PartnerIngress, UnverifiedPublisher
from shared.contracts.partners import (
    PartnerEventAttended,
    PartnerEventJoined,
    PartnerWishFulfilled,
)
from shared.errors import NotYet


async def handle_partner_message(tx: AsyncSession, message: Message[Any]) -> None:
    """Apply a partner's message to the records of wishes and events, or forward the message.

    Raises: UnverifiedPublisher, NotGranted, and the Problems of the rules: Full, NotFound, ….
    """
    publisher = await queries.find_by_user(tx, message.publisher or "")
    if publisher is None:
        raise UnverifiedPublisher
    grant = publisher.check_may_publish(message.type)
    actor = _partner_actor(publisher)
    match message.content:
        case PartnerWishFulfilled() as content:
            report = FulfilmentReport(content.note or "", content.minutes, message.time)
            await wishes.fulfil_as_partner(
                tx, actor, content.wish_id, report, trusted=grant.trusted
            )
        case PartnerEventJoined() as content:
            await _join(tx, actor, content, min(message.time, clock.now()))
        case PartnerEventAttended() as content:
            await _attend(tx, actor, content)
        case _:
            await forward(tx, message)


async def _join(
    tx: AsyncSession, actor: Actor, content: PartnerEventJoined, requested_at: datetime
) -> None:
    actor = actor.acting_for(content.resident_id)
    # The partner's own form has asked about overlaps, so that intake doesn't ask again.
    join_request = JoinRequest(content.role, allow_overlap=True, requested_at=requested_at)
    try:
        await attendance.join_at(tx, actor, content.event_id, join_request)
    except AlreadyJoined:
        return


async def _attend(tx: AsyncSession, actor: Actor, content: PartnerEventAttended) -> None:
    attendee = attendance.AttendeeRef(resident_id=content.resident_id)
    try:
        await attendance.check_out(tx, actor, content.event_id, attendee, content.minutes)
    except NotJoined:
        # The message that the resident joined may still be on its way.
        raise NotYet(NotJoined.title) from None


def _partner_actor(publisher: Publisher) -> Actor:
    roles = frozenset({Role.PARTNER, Role.PUBLISHER})
    return Actor(publisher.station_id, publisher.account_id, roles)


PARTNERS = PartnerIngress(identity_of=queries.identity_of, handle=handle_partner_message)

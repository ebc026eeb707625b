"""Parser: turns delivered bytes and inbox rows into messages, or says why they are none."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus import message_keys
from shared.bus.inbox.store import IncomingMessage
from shared.bus.message import Message
from shared.bus.partners import ingress
from shared.bus.partners.ingress import PartnerIdentity, PartnerIngress, UnverifiedPublisher
from shared.bus.transport.base import TransportDelivery
from shared.bus.transport.topology import EXTERNAL_PREFIX, PARTNER_INGRESS_SERVICE
from shared.contracts.contract import AnyMessage, Contract
from shared.contracts.envelope import (
    MAX_BODY_BYTES,
    Envelope,
    InvalidMessage,
    TooLarge,
    invalid_fields,
)
from shared.contracts.registry import REGISTRY, SERVICES
from shared.db_errors import redacted_message
from shared.errors import Problem
from shared.ids import new_id

# A forwarded message repeats the id of the partner's message as its `causationid`.
FORWARDING_OVERHEAD_BYTES = 512
SERVICE_USER_PREFIX = "linli-"


class Parser:
    """Parser of one service's messages; `types` are those that the service has handlers for."""

    def __init__(self, types: frozenset[str], partners: PartnerIngress | None = None) -> None:
        self._types = types
        self._partners = partners

    @property
    def has_partners(self) -> bool:
        """Whether partners publish to the service."""
        return self._partners is not None

    async def receive(
        self, tx: AsyncSession, deliveries: Sequence[TransportDelivery]
    ) -> list[IncomingMessage]:
        """Parse deliveries, in order; a message that can't be handled has an `error`."""
        users = {one.user for one in deliveries if one.from_partner}
        partners = {user: await self._identity_of(tx, user) for user in users}
        return [
            self._parse_partner(one, partners[one.user])
            if one.from_partner
            else replace(
                self.parse(one.user, one.type, one.body, one.count), recorded_at=one.recorded_at
            )
            for one in deliveries
        ]

    def parse(self, user: str, type_: str, body: bytes, count: int = 0) -> IncomingMessage:
        """Parse a message of one of our services.

        Bytes that are no message, or whose type isn't the routing key, never get the key of a
        genuine message.
        """
        envelope, fault = None, "the type is not the routing key"
        try:
            envelope = Envelope.from_json(body)
        except InvalidMessage as error:
            fault = str(error)
        if envelope is None or envelope.type != type_:
            key = message_keys.invalid_message_key(user, type_, body)
            return IncomingMessage(key, _printable(type_), new_id(), body, None, fault, count)
        if not may_publish(user, envelope.type):
            # With its user, so that no retry takes the message for the service's own.
            key = message_keys.invalid_message_key(user, type_, body)
            fault = f"{user} may not publish this type"
            return IncomingMessage(
                key, envelope.type, new_id(), body, None, fault, count, publisher=user
            )
        return replace(
            self._parse_envelope(
                message_keys.message_key(envelope.source, envelope.id), envelope, body, count
            ),
            old_key=message_keys.old_message_key(user, envelope.source, envelope.id),
        )

    async def parse_stored(self, tx: AsyncSession, row: Row[Any]) -> IncomingMessage:
        """Parse an inbox row; a valid message of a partner gets the key of a genuine message."""
        key, body = row.message_key, row.body
        try:
            if row.publisher is not None:
                partner = _require(await self._identity_of(tx, row.publisher))
                return parse_partner_message(partner, Envelope.from_partner(body, partner.station))
            return self._parse_envelope(key, Envelope.from_json(body), body, 0)
        except (InvalidMessage, Problem) as error:
            return IncomingMessage(key, "", new_id(), body, None, redacted_message(error))

    def _parse_partner(
        self, delivery: TransportDelivery, partner: PartnerIdentity | None
    ) -> IncomingMessage:
        """Parse a message of a partner; only a valid one gets the key of a genuine message."""
        user, type_, body = delivery.user, delivery.type, delivery.body
        key = message_keys.invalid_message_key(user, type_, body)

        def invalid(error: str) -> IncomingMessage:
            return IncomingMessage(
                key=key,
                type=_printable(type_),
                correlation=new_id(),
                body=body,
                message=None,
                error=error,
                station=partner.station if partner else None,
                publisher=user,
            )

        try:
            known = _require(partner)
            envelope = Envelope.from_partner(body, known.station)
            if envelope.type != type_:
                return invalid("the type is not the routing key")
            ingress.check_message_time(envelope)
            return replace(parse_partner_message(known, envelope), count=delivery.count)
        except (InvalidMessage, Problem) as error:
            return invalid(redacted_message(error))

    async def _identity_of(self, tx: AsyncSession, user: str) -> PartnerIdentity | None:
        return await self._partners.identity_of(tx, user) if self._partners else None

    def _parse_envelope(
        self, key: UUID, envelope: Envelope, body: bytes, count: int
    ) -> IncomingMessage:
        message, fault = None, ""
        contract = REGISTRY.get(envelope.type, AnyMessage)
        is_unknown = not self._types & {envelope.type, AnyMessage.type}
        if is_unknown:
            fault = "no handler for this type"
        elif contract is not AnyMessage and envelope.source != contract.source:
            fault = "the source is not the service that publishes this type"
        else:
            try:
                message = _message(envelope, contract.model_validate(envelope.data))
            except ValidationError as error:
                fault = f"the content violates its contract: {invalid_fields(error)}"
        return IncomingMessage(
            key=key,
            type=envelope.type,
            correlation=envelope.correlationid,
            body=body,
            message=message,
            error=fault,
            count=count,
            station=envelope.station,
            may_be_newer=is_unknown,
        )


def may_publish(user: str, type_: str) -> bool:
    """Return whether the user that the broker vouches for may publish messages of a type.

    `intake` or `linli-intake` speaks for that service only. A user that names no service is that of
    a deployment with one user for all of them.
    """
    service = user.removeprefix(SERVICE_USER_PREFIX)
    if service not in SERVICES:
        return True
    contract = REGISTRY.get(type_)
    if contract is not None:
        return contract.service == service
    return service == PARTNER_INGRESS_SERVICE or not type_.startswith(EXTERNAL_PREFIX)


def parse_partner_message(partner: PartnerIdentity, envelope: Envelope) -> IncomingMessage:
    """Parse a message of a publisher, and complete the message.

    Raises:
        SourceNotAllowed, UnknownType, InvalidContent: the message breaks a rule for partners.
        InvalidMessage: the complete message would be too large to forward.
    """
    message = _message(envelope, ingress.content_of(partner.user, envelope))
    body = envelope.to_json()
    if len(body) > MAX_BODY_BYTES - FORWARDING_OVERHEAD_BYTES:
        raise TooLarge("the message", MAX_BODY_BYTES - FORWARDING_OVERHEAD_BYTES)
    return IncomingMessage(
        key=message_keys.message_key(envelope.source, envelope.id, partner.id),
        old_key=message_keys.old_message_key(partner.user, envelope.source, envelope.id),
        type=envelope.type,
        correlation=envelope.correlationid,
        body=body,
        message=replace(message, publisher=partner.user),
        station=envelope.station,
        publisher=partner.user,
        digest=message_keys.content_digest(
            envelope.type, envelope.subject, envelope.station, envelope.data
        ),
    )


def _require(partner: PartnerIdentity | None) -> PartnerIdentity:
    if partner is None:
        raise UnverifiedPublisher
    return partner


def _message(envelope: Envelope, content: Contract) -> Message[Contract]:
    return Message(
        id=envelope.id,
        type=envelope.type,
        subject=envelope.subject,
        station=envelope.station,
        sequence=envelope.sequence,
        correlation=envelope.correlationid,
        causation=envelope.causationid,
        time=envelope.time,
        source=envelope.source,
        content=content,
        traceparent=envelope.traceparent,
    )


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())

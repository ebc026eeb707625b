"""Parser: turns delivered bytes and inbox rows into messages, or says why they are none."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.inbox import store
from shared.bus.inbox.store import IncomingMessage
from shared.bus.message import Message
from shared.bus.partners import ingress
from shared.bus.partners.ingress import PartnerIngress, UnverifiedPublisher
from shared.bus.transport.base import TransportDelivery
from shared.contracts.contract import AnyMessage, Contract
from shared.contracts.envelope import (
    MAX_BODY_BYTES,
    Envelope,
    InvalidMessage,
    TooLarge,
    invalid_fields,
)
from shared.contracts.registry import REGISTRY
from shared.db_errors import redacted_message
from shared.errors import Problem
from shared.ids import new_id

# A forwarded message repeats the id of the partner's message as its `causationid`.
FORWARDING_OVERHEAD_BYTES = 512


class Parser:
    """Parser of one service's messages; `types` are those that the service has handlers for."""

    def __init__(self, types: frozenset[str], partners: PartnerIngress | None = None) -> None:
        self._types = types
        self._partners = partners

    async def receive(
        self, tx: AsyncSession, deliveries: Sequence[TransportDelivery]
    ) -> list[IncomingMessage]:
        """Parse deliveries, in order; a message that can't be handled has an `error`."""
        users = {one.user for one in deliveries if one.from_partner}
        stations = {user: await self._station_of(tx, user) for user in users}
        return [
            self._parse_partner(one, stations[one.user])
            if one.from_partner
            else self.parse(one.user, one.type, one.body, one.count)
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
            key = store.invalid_message_key(user, type_, body)
            return IncomingMessage(key, _printable(type_), new_id(), body, None, fault, count)
        key = store.message_key(user, envelope.source, envelope.id)
        return self._parse_envelope(key, envelope, body, count)

    async def parse_stored(self, tx: AsyncSession, row: Row[Any]) -> IncomingMessage:
        """Parse an inbox row; a valid message of a partner gets the key of a genuine message."""
        key, body = row.message_key, row.body
        try:
            if row.publisher is not None:
                station = _require_station(await self._station_of(tx, row.publisher))
                return parse_partner_message(row.publisher, Envelope.from_partner(body, station))
            return self._parse_envelope(key, Envelope.from_json(body), body, 0)
        except (InvalidMessage, Problem) as error:
            return IncomingMessage(key, "", new_id(), body, None, redacted_message(error))

    def _parse_partner(self, delivery: TransportDelivery, station: UUID | None) -> IncomingMessage:
        """Parse a message of a partner; only a valid one gets the key of a genuine message."""
        user, type_, body = delivery.user, delivery.type, delivery.body
        key = store.invalid_message_key(user, type_, body)

        def invalid(error: str) -> IncomingMessage:
            return IncomingMessage(
                key=key,
                type=_printable(type_),
                correlation=new_id(),
                body=body,
                message=None,
                error=error,
                station=station,
                publisher=user,
            )

        try:
            envelope = Envelope.from_partner(body, _require_station(station))
            if envelope.type != type_:
                return invalid("the type is not the routing key")
            ingress.check_message_time(envelope)
            return replace(parse_partner_message(user, envelope), count=delivery.count)
        except (InvalidMessage, Problem) as error:
            return invalid(redacted_message(error))

    async def _station_of(self, tx: AsyncSession, user: str) -> UUID | None:
        return await self._partners.station_of(tx, user) if self._partners else None

    def _parse_envelope(
        self, key: UUID, envelope: Envelope, body: bytes, count: int
    ) -> IncomingMessage:
        message, fault = None, ""
        contract = REGISTRY.get(envelope.type, AnyMessage)
        if not self._types & {envelope.type, AnyMessage.type}:
            fault = "no handler for this type"
        elif contract is not AnyMessage and envelope.source != contract.source:
            fault = "the source is not the service that publishes this type"
        else:
            try:
                message = _message(envelope, contract.model_validate(envelope.data))
            except ValidationError as error:
                fault = f"the content violates its contract: {invalid_fields(error)}"
        correlation, station = envelope.correlationid, envelope.station
        return IncomingMessage(
            key, envelope.type, correlation, body, message, fault, count, station
        )


def parse_partner_message(user: str, envelope: Envelope) -> IncomingMessage:
    """Parse a message of the publisher with the broker user `user`, and complete the message.

    Raises:
        SourceNotAllowed, UnknownType, InvalidContent: the message breaks a rule for partners.
        InvalidMessage: the complete message would be too large to forward.
    """
    message = _message(envelope, ingress.content_of(user, envelope))
    body = envelope.to_json()
    if len(body) > MAX_BODY_BYTES - FORWARDING_OVERHEAD_BYTES:
        raise TooLarge("the message", MAX_BODY_BYTES - FORWARDING_OVERHEAD_BYTES)
    return IncomingMessage(
        key=store.message_key(user, envelope.source, envelope.id),
        type=envelope.type,
        correlation=envelope.correlationid,
        body=body,
        message=replace(message, publisher=user),
        station=envelope.station,
        publisher=user,
    )


def _require_station(station: UUID | None) -> UUID:
    if station is None:
        raise UnverifiedPublisher
    return station


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

"""Dispatcher: parses delivered bytes into messages and calls the handlers of the messages."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus import locks
from shared.bus.inbox import store
from shared.bus.inbox.store import IncomingMessage
from shared.bus.message import BatchHandler, Handlers, Message, SingleHandler
from shared.bus.partners import ingress
from shared.bus.partners.ingress import PartnerIngress, UnverifiedPublisher
from shared.bus.transport.base import TransportDelivery
from shared.contracts.envelope import (
    MAX_BODY_BYTES,
    AnyMessage,
    Contract,
    Envelope,
    InvalidMessage,
    TooLarge,
    invalid_fields,
)
from shared.contracts.registry import REGISTRY, SOURCES
from shared.db_errors import redacted_message
from shared.errors import Problem
from shared.ids import new_id
from shared.observability.context import message_context

Messages = Sequence[Message[Any]]
# A forwarded message repeats the id of the partner's message as its `causationid`.
FORWARDING_OVERHEAD_BYTES = 512


class Dispatcher:
    """A service's handlers by type; messages of partners have a handler of their own."""

    def __init__(self, handlers: Handlers, partners: PartnerIngress | None = None) -> None:
        by_contract = {
            contract: handler
            if isinstance(handler, SingleHandler | BatchHandler)
            else SingleHandler(handler)
            for contract, handler in handlers.items()
        }
        self._catch_all = by_contract.pop(AnyMessage, None)
        self._by_type = {contract.type: handler for contract, handler in by_contract.items()}
        self._partners = partners
        self._partner_handler = SingleHandler(partners.handle) if partners else None

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
        """Parse an inbox row; a genuine message of a partner gets the key of a genuine message."""
        key, body = row.message_key, row.body
        try:
            if row.publisher is not None:
                station = _require_station(await self._station_of(tx, row.publisher))
                return parse_partner_message(row.publisher, Envelope.from_partner(body, station))
            return self._parse_envelope(key, Envelope.from_json(body), body, 0)
        except (InvalidMessage, Problem) as error:
            return IncomingMessage(key, "", new_id(), body, None, redacted_message(error))

    async def handle(self, tx: AsyncSession, messages: Messages) -> None:
        """Acquire the locks of all messages in one order, then call the handlers."""
        plan = self._plan(messages)
        await locks.acquire_locks(tx, _keys(plan))
        for handler, group in plan:
            if isinstance(handler, BatchHandler):
                with _context(group):
                    await handler.handle(tx, list(group))
                continue
            for message in group:
                with message.as_cause():
                    await handler.handle(tx, message)
        await tx.flush()

    def _plan(self, messages: Messages) -> list[tuple[SingleHandler | BatchHandler, Messages]]:
        by_handler: dict[SingleHandler | BatchHandler, list[Message[Any]]] = {}
        for message in messages:
            from_partner = message.publisher is not None
            handler = self._partner_handler if from_partner else self._by_type.get(message.type)
            if handler is not None:
                by_handler.setdefault(handler, []).append(message)
        plan: list[tuple[SingleHandler | BatchHandler, Messages]] = list(by_handler.items())
        own = [message for message in messages if message.publisher is None]
        if self._catch_all is not None and own:
            plan.append((self._catch_all, own))
        return plan

    def _parse_partner(self, delivery: TransportDelivery, station: UUID | None) -> IncomingMessage:
        """Parse a message of a partner; only a valid one gets the key of a genuine message."""
        user, type_, body = delivery.user, delivery.type, delivery.body
        key = store.invalid_message_key(user, type_, body)

        def invalid(error: str) -> IncomingMessage:
            fields = (key, _printable(type_), new_id(), body, None, error)
            return IncomingMessage(*fields, station=station, publisher=user)

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
        if self._catch_all is None and envelope.type not in self._by_type:
            fault = "no handler for this type"
        elif envelope.source != SOURCES.get(envelope.type, envelope.source):
            fault = "the source is not the service that publishes this type"
        else:
            contract = REGISTRY.get(envelope.type, AnyMessage)
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


def _keys(plan: Iterable[tuple[SingleHandler | BatchHandler, Messages]]) -> Iterable[str]:
    for handler, group in plan:
        if handler.locks is not None:
            yield from handler.locks(group)


def _context(group: Messages) -> AbstractContextManager[None]:
    # In a batch of several messages each record names its own cause (`OutgoingMessage.cause`).
    return group[0].as_cause() if len(group) == 1 else message_context(None, None)


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

"""From delivered bytes to a message, and from messages to the handlers that they are for."""

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
from shared.observability.logs import message_context

Messages = Sequence[Message[Any]]
# As `causationid` the id of a partner's message comes a second time, where it is passed on.
FORWARDING_OVERHEAD_BYTES = 512


class Dispatcher:
    """A service's handlers, and how messages are given to them; partners' to one of their own."""

    def __init__(self, handlers: Handlers, partners: PartnerIngress | None = None) -> None:
        made = {
            contract: handler
            if isinstance(handler, SingleHandler | BatchHandler)
            else SingleHandler(handler)
            for contract, handler in handlers.items()
        }
        self._catch_all = made.pop(AnyMessage, None)
        self._by_type = {contract.type: handler for contract, handler in made.items()}
        self._partners = partners
        self._partner_handler = SingleHandler(partners.handle) if partners else None

    async def receive(
        self, tx: AsyncSession, deliveries: Sequence[TransportDelivery]
    ) -> list[IncomingMessage]:
        """What was delivered, in its order; `wrong` says why one can't be handled."""
        users = {one.user for one in deliveries if one.from_partner}
        stations = {user: await self._station_of(tx, user) for user in users}
        return [
            self._parse_partner(one, stations[one.user])
            if one.from_partner
            else self.parse(one.user, one.type, one.body, one.count)
            for one in deliveries
        ]

    def parse(self, user: str, type_: str, body: bytes, count: int = 0) -> IncomingMessage:
        """What a service of ours said.

        Bytes that are no message, or that don't say what their routing key says, never take the
        key of a genuine one.
        """
        envelope, wrong = None, "the type is not the routing key"
        try:
            envelope = Envelope.from_json(body)
        except InvalidMessage as error:
            wrong = str(error)
        if envelope is None or envelope.type != type_:
            key = store.invalid_message_key(user, type_, body)
            return IncomingMessage(key, _printable(type_), new_id(), body, None, wrong, count)
        key = store.message_key(user, envelope.source, envelope.id)
        return self._parse_envelope(key, envelope, body, count)

    async def parse_stored(self, tx: AsyncSession, row: Row[Any]) -> IncomingMessage:
        """What was kept in the inbox; a partner's has the key of a genuine one, if it is one."""
        key, body = row.message_key, row.body
        try:
            if row.publisher is not None:
                station = _require_station(await self._station_of(tx, row.publisher))
                return parse_partner_message(row.publisher, Envelope.from_partner(body, station))
            return self._parse_envelope(key, Envelope.from_json(body), body, 0)
        except (InvalidMessage, Problem) as error:
            return IncomingMessage(key, "", new_id(), body, None, redacted_message(error))

    async def handle(self, tx: AsyncSession, messages: Messages) -> None:
        """Give messages to their handlers, after locking in one order what all will change."""
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
            foreign = message.publisher is not None
            handler = self._partner_handler if foreign else self._by_type.get(message.type)
            if handler is not None:
                by_handler.setdefault(handler, []).append(message)
        plan: list[tuple[SingleHandler | BatchHandler, Messages]] = list(by_handler.items())
        ours = [message for message in messages if message.publisher is None]
        if self._catch_all is not None and ours:
            plan.append((self._catch_all, ours))
        return plan

    def _parse_partner(self, delivery: TransportDelivery, station: UUID | None) -> IncomingMessage:
        """What a partner said; it takes the key of a genuine message only once it is one."""
        user, type_, body = delivery.user, delivery.type, delivery.body
        key = store.invalid_message_key(user, type_, body)

        def unusable(error: str) -> IncomingMessage:
            about = (key, _printable(type_), new_id(), body, None, error)
            return IncomingMessage(*about, station=station, publisher=user)

        try:
            envelope = Envelope.from_partner(body, _require_station(station))
            if envelope.type != type_:
                return unusable("the type is not the routing key")
            ingress.check_message_time(envelope)
            return replace(parse_partner_message(user, envelope), count=delivery.count)
        except (InvalidMessage, Problem) as error:
            return unusable(redacted_message(error))

    async def _station_of(self, tx: AsyncSession, user: str) -> UUID | None:
        return await self._partners.station_of(tx, user) if self._partners else None

    def _parse_envelope(
        self, key: UUID, envelope: Envelope, body: bytes, count: int
    ) -> IncomingMessage:
        message, wrong = None, ""
        if self._catch_all is None and envelope.type not in self._by_type:
            wrong = "no handler for this type"
        elif envelope.source != SOURCES.get(envelope.type, envelope.source):
            wrong = "the source is not the service that says this"
        else:
            contract = REGISTRY.get(envelope.type, AnyMessage)
            try:
                message = _message(envelope, contract.model_validate(envelope.data))
            except ValidationError as error:
                wrong = f"not as the contract says: {invalid_fields(error)}"
        correlation, station = envelope.correlationid, envelope.station
        return IncomingMessage(
            key, envelope.type, correlation, body, message, wrong, count, station
        )


def parse_partner_message(user: str, envelope: Envelope) -> IncomingMessage:
    """Parse a message of the publisher with that broker user, and complete it.

    Raises:
        SourceNotAllowed, UnknownType, InvalidContent: it breaks a rule for partners.
        InvalidMessage: it would be too large once it is complete and forwarded.
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
    # Within a bulk of several, each record names its own cause (`Fact.cause`, `Message.caused`).
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

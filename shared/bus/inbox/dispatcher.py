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
from shared.bus.inbox.store import Received
from shared.bus.message import Bulk, Handlers, Message, One
from shared.bus.partners import ingress
from shared.bus.partners.ingress import NotVouchedFor, Partners
from shared.bus.transport.base import Delivery
from shared.contracts.envelope import (
    MAX_BODY_BYTES,
    AnyMessage,
    Contract,
    Envelope,
    InvalidMessage,
    TooLarge,
    wrong_fields,
)
from shared.contracts.registry import REGISTRY, SOURCES
from shared.db_errors import describe
from shared.errors import Problem
from shared.ids import new_id
from shared.observability.logs import caused

Messages = Sequence[Message[Any]]
# As `causationid` the id of a partner's message comes a second time, where it is passed on.
ADDED_ON_THE_WAY = 512


class Handling:
    """A service's handlers, and how messages are given to them; partners' to one of their own."""

    def __init__(self, handlers: Handlers, partners: Partners | None = None) -> None:
        made = {
            contract: handler if isinstance(handler, One | Bulk) else One(handler)
            for contract, handler in handlers.items()
        }
        self._any = made.pop(AnyMessage, None)
        self._by_type = {contract.type: handler for contract, handler in made.items()}
        self._partners = partners
        self._absorb = One(partners.absorb) if partners else None

    async def receive(self, tx: AsyncSession, deliveries: Sequence[Delivery]) -> list[Received]:
        """What was delivered, in its order; `wrong` says why one can't be handled."""
        users = {one.user for one in deliveries if one.foreign}
        stations = {user: await self._station_of(tx, user) for user in users}
        return [
            self._read_of(one, stations[one.user])
            if one.foreign
            else self.read(one.user, one.type, one.body, one.count)
            for one in deliveries
        ]

    def read(self, user: str, type_: str, body: bytes, count: int = 0) -> Received:
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
            key = store.key_of_bytes(user, type_, body)
            return Received(key, _clean(type_), new_id(), body, None, wrong, count)
        key = store.key_of(user, envelope.source, envelope.id)
        return self._read(key, envelope, body, count)

    async def reread(self, tx: AsyncSession, kept: Row[Any]) -> Received:
        """What was kept in the inbox; a partner's has the key of a genuine one, if it is one."""
        key, body = kept.message_key, kept.body
        try:
            if kept.publisher is not None:
                station = _vouched_for(await self._station_of(tx, kept.publisher))
                return read_foreign(kept.publisher, Envelope.from_partner(body, station))
            return self._read(key, Envelope.from_json(body), body, 0)
        except (InvalidMessage, Problem) as error:
            return Received(key, "", new_id(), body, None, describe(error))

    async def handle(self, tx: AsyncSession, messages: Messages) -> None:
        """Give messages to their handlers, after locking in one order what all will change."""
        plan = self._plan(messages)
        await locks.hold(tx, _keys(plan))
        for handler, group in plan:
            if isinstance(handler, Bulk):
                with _context(group):
                    await handler.handle(tx, list(group))
                continue
            for message in group:
                with message.caused():
                    await handler.handle(tx, message)
        await tx.flush()

    def _plan(self, messages: Messages) -> list[tuple[One | Bulk, Messages]]:
        by_handler: dict[One | Bulk, list[Message[Any]]] = {}
        for message in messages:
            foreign = message.publisher is not None
            handler = self._absorb if foreign else self._by_type.get(message.type)
            if handler is not None:
                by_handler.setdefault(handler, []).append(message)
        plan: list[tuple[One | Bulk, Messages]] = list(by_handler.items())
        ours = [message for message in messages if message.publisher is None]
        if self._any is not None and ours:
            plan.append((self._any, ours))
        return plan

    def _read_of(self, delivery: Delivery, station: UUID | None) -> Received:
        """What a partner said; it takes the key of a genuine message only once it is one."""
        user, type_, body = delivery.user, delivery.type, delivery.body
        key = store.key_of_bytes(user, type_, body)

        def unusable(wrong: str) -> Received:
            about = (key, _clean(type_), new_id(), body, None, wrong)
            return Received(*about, station=station, publisher=user)

        try:
            envelope = Envelope.from_partner(body, _vouched_for(station))
            if envelope.type != type_:
                return unusable("the type is not the routing key")
            ingress.check_fresh(envelope)
            return replace(read_foreign(user, envelope), count=delivery.count)
        except (InvalidMessage, Problem) as error:
            return unusable(describe(error))

    async def _station_of(self, tx: AsyncSession, user: str) -> UUID | None:
        return await self._partners.station_of(tx, user) if self._partners else None

    def _read(self, key: UUID, envelope: Envelope, body: bytes, count: int) -> Received:
        message, wrong = None, ""
        if self._any is None and envelope.type not in self._by_type:
            wrong = "no handler for this type"
        elif envelope.source != SOURCES.get(envelope.type, envelope.source):
            wrong = "the source is not the service that says this"
        else:
            contract = REGISTRY.get(envelope.type, AnyMessage)
            try:
                message = _message(envelope, contract.model_validate(envelope.data))
            except ValidationError as error:
                wrong = f"not as the contract says: {wrong_fields(error)}"
        correlation, station = envelope.correlationid, envelope.station
        return Received(key, envelope.type, correlation, body, message, wrong, count, station)


def read_foreign(user: str, envelope: Envelope) -> Received:
    """What the publisher with that user said, completed; ForeignSource, UnknownType, WrongContent.

    InvalidMessage where it would be too large once it is complete and passed on.
    """
    message = _message(envelope, ingress.content_of(user, envelope))
    body = envelope.to_json()
    if len(body) > MAX_BODY_BYTES - ADDED_ON_THE_WAY:
        raise TooLarge("the message", MAX_BODY_BYTES - ADDED_ON_THE_WAY)
    return Received(
        key=store.key_of(user, envelope.source, envelope.id),
        type=envelope.type,
        correlation=envelope.correlationid,
        body=body,
        message=replace(message, publisher=user),
        station=envelope.station,
        publisher=user,
    )


def _vouched_for(station: UUID | None) -> UUID:
    if station is None:
        raise NotVouchedFor
    return station


def _keys(plan: Iterable[tuple[One | Bulk, Messages]]) -> Iterable[str]:
    for handler, group in plan:
        if handler.locks is not None:
            yield from handler.locks(group)


def _context(group: Messages) -> AbstractContextManager[None]:
    # Within a bulk of several, each record names its own cause (`Fact.cause`, `Message.caused`).
    return group[0].caused() if len(group) == 1 else caused(None, None)


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


def _clean(text: str) -> str:
    return "".join(character for character in text if character.isprintable())

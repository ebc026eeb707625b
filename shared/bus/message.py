"""A message as a handler sees it, and the kinds of handler."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.envelope import AnyMessage, Contract
from shared.observability.logs import message_context

C_co = TypeVar("C_co", bound=Contract, covariant=True)


@dataclass(frozen=True, slots=True)
class Message(Generic[C_co]):
    """One message: its envelope's attributes and its content.

    `publisher` is the user that the broker vouches for where a partner said it.
    """

    id: str
    type: str
    subject: str
    station: UUID
    sequence: int
    correlation: UUID
    causation: str | None
    time: datetime
    source: str
    content: C_co
    traceparent: str | None = None
    publisher: str | None = None

    @property
    def subject_id(self) -> UUID:
        """The id in a subject such as `wishes/0190…`."""
        return UUID(self.subject.rpartition("/")[2])

    def as_cause(self) -> AbstractContextManager[None]:
        """Whatever is recorded inside follows from this message; single handlers run in it."""
        return message_context(self.correlation, self.id, self.traceparent)


HandleMessage = Callable[[AsyncSession, Message[Any]], Awaitable[None]]
HandleBatch = Callable[[AsyncSession, list[Message[Any]]], Awaitable[None]]
Locks = Callable[[Sequence[Message[Any]]], Iterable[str]]


@dataclass(frozen=True, slots=True)
class SingleHandler:
    """A handler of single messages that says what it will change, as `locks.hold` keys.

    One that `may_repeat` leaves everything as it was when it is given a message again.
    """

    handle: HandleMessage
    locks: Locks | None = None
    replayable: bool = False


@dataclass(frozen=True, slots=True)
class BatchHandler:
    """A handler of many messages at once, in one transaction.

    One that is registered for several types is given all of theirs together, in the order in
    which they came. `locks` names what the messages will change, one key each (`account/<id>`).
    The keys of the whole batch, whatever its types, are locked in one order before any handler
    runs. `may_repeat` is as for `One`.
    """

    handle: HandleBatch
    locks: Locks | None = None
    replayable: bool = False


Handler = HandleMessage | SingleHandler | BatchHandler
Handlers = Mapping[type[Contract], Handler]


def handlers_of(type_: str, handlers: Handlers) -> list[SingleHandler | BatchHandler]:
    """The handlers that a message of this type is given to."""
    return [
        handler if isinstance(handler, SingleHandler | BatchHandler) else SingleHandler(handler)
        for contract, handler in handlers.items()
        if contract.type in (type_, AnyMessage.type)
    ]


def bindings(handlers: Handlers) -> frozenset[str]:
    """The routing keys that a service's queue is bound to: its types, or `#` for every one."""
    if AnyMessage in handlers:
        return frozenset({AnyMessage.type})
    return frozenset(contract.type for contract in handlers)

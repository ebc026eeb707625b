"""Messages as handlers receive them, and the kinds of handlers."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.contract import AnyMessage, Contract
from shared.observability.context import message_context

C_co = TypeVar("C_co", bound=Contract, covariant=True)


@dataclass(frozen=True, slots=True)
class Message(Generic[C_co]):
    """A message: the attributes of its envelope, and its content.

    `publisher` is the broker user of the partner that published the message, None for services.
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
        """Return a context in which records follow from this message; single handlers run in it."""
        return message_context(self.correlation, self.id, self.traceparent)


HandleMessage = Callable[[AsyncSession, Message[Any]], Awaitable[None]]
HandleBatch = Callable[[AsyncSession, list[Message[Any]]], Awaitable[None]]
Locks = Callable[[AsyncSession, Sequence[Message[Any]]], Awaitable[Iterable[str]]]


async def subject_locks(_tx: AsyncSession, messages: Sequence[Message[Any]]) -> list[str]:
    """List the locks of handlers that change one row for each subject: the subjects."""
    return [message.subject for message in messages]


@dataclass(frozen=True, slots=True)
class SingleHandler:
    """A handler of single messages; `locks` lists the keys of what the handler will change.

    The keys are those of `locks.acquire_locks`. A `replayable` handler changes nothing when it
    handles a message a second time.
    """

    handle: HandleMessage
    locks: Locks | None = None
    replayable: bool = False


@dataclass(frozen=True, slots=True)
class BatchHandler:
    """A handler of many messages at once, in one transaction.

    A handler that is registered for several types receives the messages of these types together,
    in the order of their arrival. `locks` returns the keys of what the messages will change
    (`account/<id>`). The keys of the whole batch, whatever its types, are locked in one order
    before any handler runs. `replayable` means the same as for `SingleHandler`.
    """

    handle: HandleBatch
    locks: Locks | None = None
    replayable: bool = False


Handler = HandleMessage | SingleHandler | BatchHandler
Handlers = Mapping[type[Contract], Sequence[Handler]]


class MergedHandlers(dict[type[Contract], Sequence[Handler]]):
    """The handlers of several features; `registrations` has them in the order of the features."""

    registrations: Sequence[tuple[type[Contract], Handler]] = ()


def merge_handlers(*features: Handlers) -> MergedHandlers:
    """Merge the handlers of features, which run in the order of the features."""
    merged = MergedHandlers()
    merged.registrations = [one for handlers in features for one in registrations(handlers)]
    for contract, handler in merged.registrations:
        merged[contract] = [*merged.get(contract, ()), handler]
    return merged


def registrations(handlers: Handlers) -> Sequence[tuple[type[Contract], Handler]]:
    """List contracts with their handlers in the order of registration."""
    if isinstance(handlers, MergedHandlers):
        return handlers.registrations
    return [(contract, handler) for contract, some in handlers.items() for handler in some]


def normalize(handler: Handler) -> SingleHandler | BatchHandler:
    """Wrap a bare function as a handler of single messages."""
    return handler if isinstance(handler, SingleHandler | BatchHandler) else SingleHandler(handler)


def handlers_of(type_: str, handlers: Handlers) -> list[SingleHandler | BatchHandler]:
    """List the handlers of messages of this type."""
    return [
        normalize(handler)
        for contract, registered in handlers.items()
        if contract.type in (type_, AnyMessage.type)
        for handler in registered
    ]


def bindings(handlers: Handlers) -> frozenset[str]:
    """Return the routing keys of a service's queue: the types of its handlers, or `#` for all."""
    if AnyMessage in handlers:
        return frozenset({AnyMessage.type})
    return frozenset(contract.type for contract in handlers)

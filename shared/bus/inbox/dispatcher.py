"""Dispatcher: gives the messages of a batch to the handlers that are registered for them."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus import locks
from shared.bus.inbox.handler_spans import consume_spans
from shared.bus.inbox.parser import Parser
from shared.bus.message import (
    BatchHandler,
    Handlers,
    Message,
    SingleHandler,
    bindings,
    normalize,
    registrations,
)
from shared.bus.partners.ingress import PartnerIngress
from shared.contracts.contract import AnyMessage
from shared.observability.context import message_context

Messages = Sequence[Message[Any]]


class Dispatcher:
    """A service's handlers in the order of their registration, and the parser of their messages.

    Messages of partners have a handler of their own. `service` names the spans of the handling.
    """

    def __init__(
        self, handlers: Handlers, partners: PartnerIngress | None = None, *, service: str = ""
    ) -> None:
        self.parser = Parser(bindings(handlers), partners)
        self._service = service
        self._types: dict[SingleHandler | BatchHandler, set[str]] = {}
        for contract, handler in registrations(handlers):
            self._types.setdefault(normalize(handler), set()).add(contract.type)
        self._partner_handler = SingleHandler(partners.handle) if partners else None

    async def handle(self, tx: AsyncSession, messages: Messages) -> None:
        """Acquire the locks of all messages in one order, then call the handlers in theirs."""
        plan = self._plan(messages)
        await locks.acquire_locks(tx, await _keys(tx, plan))
        for handler, group in plan:
            if isinstance(handler, BatchHandler):
                with consume_spans(self._service, group) as traced, _context(traced):
                    await handler.handle(tx, traced)
                continue
            for message in group:
                with consume_spans(self._service, [message]) as [single], single.as_cause():
                    await handler.handle(tx, single)
        await tx.flush()

    def _plan(self, messages: Messages) -> list[tuple[SingleHandler | BatchHandler, Messages]]:
        own = [message for message in messages if message.publisher is None]
        plan: list[tuple[SingleHandler | BatchHandler, Messages]] = []
        for handler, types in self._types.items():
            takes_all = AnyMessage.type in types
            if group := [message for message in own if takes_all or message.type in types]:
                plan.append((handler, group))
        from_partners = [message for message in messages if message.publisher is not None]
        if self._partner_handler is not None and from_partners:
            plan.append((self._partner_handler, from_partners))
        return plan


async def _keys(
    tx: AsyncSession, plan: Iterable[tuple[SingleHandler | BatchHandler, Messages]]
) -> set[str]:
    keys: set[str] = set()
    for handler, group in plan:
        if handler.locks is not None:
            keys.update(await handler.locks(tx, group))
    return keys


def _context(group: Messages) -> AbstractContextManager[None]:
    # In a batch of several messages each record names its own cause (`OutgoingMessage.cause`).
    return group[0].as_cause() if len(group) == 1 else message_context(None, None)

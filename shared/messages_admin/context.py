"""The context of the operators' routes: the service whose messages they show."""

from dataclasses import dataclass

from fastapi import Request

from shared.bus.message import Handlers
from shared.messages_admin.effects import Effects
from shared.sealing import Sealer
from shared.state_key import StateKey


@dataclass(frozen=True, slots=True)
class AdminContext:
    """A service's name, its handlers, its sealer, and the effects of its features."""

    service: str
    handlers: Handlers
    sealer: Sealer
    effects: Effects


ADMIN_CONTEXT = StateKey[AdminContext]("messages admin")


def admin_context(request: Request) -> AdminContext:
    """Return the context of the service that received the request."""
    return ADMIN_CONTEXT.get(request.app.state)

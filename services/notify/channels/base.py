"""The interface of channels, and the outcomes of sending."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Rendering:
    """The final text of one delivery; `to` is the address, a phone number for SMS.

    `delivery` is the same id in every attempt, so that a channel can recognize a repeat.
    """

    delivery: UUID
    to: str
    text: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The outcome of a delivery that the channel accepted."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The outcome of a delivery that was not sent; a permanent failure isn't tried again.

    `reason` holds nothing personal.
    """

    reason: str
    permanent: bool = False


Outcome = Sent | Failed


class Channel(Protocol):
    """A way to send deliveries; `name` is the adapter's, stored with every delivery."""

    @property
    def name(self) -> str: ...

    async def send(self, rendering: Rendering) -> Outcome:
        """Send the rendering, or say why not; runs in no transaction, with a time limit."""

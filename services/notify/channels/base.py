"""What every channel offers, and what it answers."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Rendering:
    """One delivery in its final words; `to` is the channel's address, a phone number for SMS.

    `delivery` is the same in every attempt, for channels that can tell a repeat by it.
    """

    delivery: UUID
    to: str
    text: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The channel took it over."""


@dataclass(frozen=True, slots=True)
class Failed:
    """It was not sent; `reason` holds nothing personal. A permanent failure isn't tried again."""

    reason: str
    permanent: bool = False


Outcome = Sent | Failed


class Channel(Protocol):
    """A way out to people; `name` is the adapter's, kept with every delivery that it sent."""

    @property
    def name(self) -> str: ...

    async def send(self, rendering: Rendering) -> Outcome:
        """Send it, or say why not. Called outside of transactions, with a time limit."""

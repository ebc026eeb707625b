"""A channel that keeps what it is given, and fails when it is told to."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from services.notify.channels.base import Channel, Outcome, Rendering, Sent
from services.notify.deliveries.sender import Sender
from services.notify.settings import NotifySettings
from shared import clock
from shared.runtime.runtime import Runtime


class LoopbackChannel:
    """Answers with the given outcomes, one a message, and then takes everything."""

    name = "loopback"

    def __init__(self, *outcomes: Outcome | Exception) -> None:
        self.renderings: list[Rendering] = []
        self._outcomes = list(outcomes)

    async def send(self, rendering: Rendering) -> Outcome:
        """Keep it, and answer as told."""
        self.renderings.append(rendering)
        outcome = self._outcomes.pop(0) if self._outcomes else Sent()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    @property
    def delivery_ids(self) -> Sequence[UUID]:
        """What it was given, by delivery."""
        return [rendering.delivery for rendering in self.renderings]


def create_sender(runtime: Runtime, channel: Channel) -> Sender:
    """A sender of the replica whose text messages take that channel."""
    assert isinstance(runtime.settings, NotifySettings)
    return Sender(runtime.sessions, runtime.settings, {"sms": channel})


async def send_later(sender: Sender, by: timedelta) -> int:
    """One round at a later time; how many were tried."""
    with clock.shifted(by):
        return len(await sender.send_due())

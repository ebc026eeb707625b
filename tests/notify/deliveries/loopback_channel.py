"""A channel that records renderings, and fails on request."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from services.notify.channels.base import Channel, Outcome, Rendering, Sent
from services.notify.deliveries.sender import Sender
from services.notify.settings import NotifySettings
from shared import clock
from shared.runtime.runtime import Runtime


class LoopbackChannel:
    """A channel that returns the given outcomes, one per rendering, and then always Sent."""

    name = "loopback"

    def __init__(self, *outcomes: Outcome | Exception) -> None:
        self.renderings: list[Rendering] = []
        self._outcomes = list(outcomes)

    async def send(self, rendering: Rendering) -> Outcome:
        """Record the rendering, and return or raise the next outcome."""
        self.renderings.append(rendering)
        outcome = self._outcomes.pop(0) if self._outcomes else Sent()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    @property
    def delivery_ids(self) -> Sequence[UUID]:
        """The delivery ids of the recorded renderings."""
        return [rendering.delivery for rendering in self.renderings]


def create_sender(runtime: Runtime, channel: Channel) -> Sender:
    """Create a sender of the replica, with `channel` for text messages."""
    assert isinstance(runtime.settings, NotifySettings)
    return Sender(runtime.sessions, runtime.settings, {"sms": channel})


async def send_later(sender: Sender, by: timedelta) -> int:
    """Run one round later `by` that time, and return the number of attempts."""
    with clock.shifted(by):
        return len(await sender.send_due())

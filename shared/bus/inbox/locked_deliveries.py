"""Locked deliveries: those that stay unacknowledged while somebody else locks their inbox rows."""

import asyncio
from collections.abc import Callable, Iterable

from shared.bus.transport.base import TransportDelivery

TRY_AGAIN_AFTER_SECONDS = 2.0


class LockedDeliveries:
    """Deliveries of one channel that are tried again every two seconds.

    Another replica has inserted their rows and hasn't committed: whether they are done is unknown
    until it does, or until its session ends. `wake` ends the channel's wait for new deliveries.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._deliveries: list[TransportDelivery] = []
        self._timer: asyncio.TimerHandle | None = None

    def add(self, deliveries: Iterable[TransportDelivery]) -> None:
        """Add deliveries, which are due two seconds after the first of them."""
        self._deliveries += deliveries
        if self._deliveries and self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(TRY_AGAIN_AFTER_SECONDS, self._wake)

    def take_due(self) -> list[TransportDelivery]:
        """Take the deliveries if they are due; none otherwise."""
        if self._timer is None or self._timer.when() > asyncio.get_running_loop().time():
            return []
        self.cancel()
        due, self._deliveries = self._deliveries, []
        return due

    def cancel(self) -> None:
        """Cancel the wake-up call."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

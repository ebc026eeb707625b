"""Buffer of deliveries that have arrived and wait to be taken in batches."""

import asyncio
from collections import deque
from typing import Generic, TypeVar

from shared.bus.transport.base import Disconnected

T = TypeVar("T")


class DeliveryBuffer(Generic[T]):
    """Buffer over the items in `waiting`, which several buffers may share."""

    def __init__(self, waiting: deque[T]) -> None:
        self.is_closed = False
        self._waiting = waiting
        self._woken = False
        self._signal = asyncio.Event()

    def signal(self) -> None:
        """Announce a new item in `waiting`."""
        self._signal.set()

    def wake(self) -> None:
        """Make a waiting `take` return no items."""
        self._woken = True
        self._signal.set()

    def close(self) -> None:
        """Close the buffer: from now on every `take` raises Disconnected."""
        self.is_closed = True
        self._signal.set()

    async def take(self, limit: int) -> list[T]:
        """Wait for an item, and take up to `limit` items; none after `wake`. Raises: Disconnected.

        A `take` doesn't wait for a full batch: the next one gathers while this one is handled.
        """
        while not self._waiting:
            self._signal.clear()
            if await self._wait_or_woken():
                return []
        if self.is_closed:
            raise Disconnected
        return [self._waiting.popleft() for _ in range(min(limit, len(self._waiting)))]

    async def _wait_or_woken(self) -> bool:
        if not self.is_closed and not self._woken:
            await self._signal.wait()
        if self.is_closed:
            raise Disconnected
        woken, self._woken = self._woken, False
        return woken

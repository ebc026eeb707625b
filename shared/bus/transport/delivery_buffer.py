"""Deliveries between their arrival and their being taken in batches."""

import asyncio
from collections import deque
from typing import Generic, TypeVar

from shared.bus.transport.base import Disconnected

T = TypeVar("T")


class DeliveryBuffer(Generic[T]):
    """A taker of what is in `waiting`, which several takers may share."""

    def __init__(self, waiting: deque[T]) -> None:
        self.is_closed = False
        self._waiting = waiting
        self._woken = False
        self._signal = asyncio.Event()

    def signal(self) -> None:
        """Something was added to what waits."""
        self._signal.set()

    def wake(self) -> None:
        """Let a `take` that waits return empty."""
        self._woken = True
        self._signal.set()

    def close(self) -> None:
        """There will be no more: whoever takes is told that the channel is gone."""
        self.is_closed = True
        self._signal.set()

    async def take(self, limit: int) -> list[T]:
        """Wait for something, and take all there is up to `limit`; empty when woken.

        It doesn't wait for more: while a batch is handled the next one gathers.
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

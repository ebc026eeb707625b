"""Many concurrent wishes, by people who try again until they are answered."""

import asyncio
import itertools
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.support.api_clients import ApiClient
from tests.support.retrying_client import post_with_retries

WORKER_COUNT = 12


@dataclass
class TrancheLoad:
    """A load of wishes that is released in tranches, with faults in the middle of them."""

    desk: ApiClient
    wishers: Sequence[ApiClient]
    takers: Sequence[ApiClient]
    taker_by_wish: dict[str, ApiClient] = field(default_factory=dict)
    _released: asyncio.Queue[int | None] = field(default_factory=asyncio.Queue)
    _confirmed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def run(
        self,
        tranches: int,
        tranche_size: int,
        faults: Sequence[Callable[[], Coroutine[Any, Any, None]]],
    ) -> None:
        """Fulfil all tranches; start each fault in the middle of one, before the next one."""
        assert len(faults) < tranches
        numbers = itertools.count()
        async with asyncio.TaskGroup() as group:
            for _ in range(WORKER_COUNT):
                group.create_task(self._work())
            for number, fault in itertools.zip_longest(range(tranches), faults):
                for _ in range(tranche_size):
                    self._released.put_nowait(next(numbers))
                if fault is not None:
                    await self._wait_for_confirmations(number * tranche_size + tranche_size // 2)
                    group.create_task(fault())
            for _ in range(WORKER_COUNT):
                self._released.put_nowait(None)

    async def _wait_for_confirmations(self, count: int) -> None:
        async with self._confirmed:
            await self._confirmed.wait_for(lambda: len(self.taker_by_wish) >= count)

    async def _work(self) -> None:
        while (number := await self._released.get()) is not None:
            wisher = self.wishers[number % len(self.wishers)]
            taker = self.takers[number % len(self.takers)]
            wish = await self._fulfil(wisher, taker, f"想换第 {number + 1} 个灯泡")
            async with self._confirmed:
                self.taker_by_wish[wish] = taker
                self._confirmed.notify_all()

    async def _fulfil(self, wisher: ApiClient, taker: ApiClient, title: str) -> str:
        wish: str = (await post_with_retries(wisher, "/wishes", {"title": title, "details": ""}))[
            "id"
        ]
        await post_with_retries(self.desk, f"/wishes/{wish}/approve")
        await post_with_retries(taker, f"/wishes/{wish}/claim")
        await post_with_retries(taker, f"/wishes/{wish}/deliver", {"note": "换好了", "minutes": 30})
        await post_with_retries(wisher, f"/wishes/{wish}/confirm", {"thanks": "谢谢"})
        return wish

"""A steady load of journeys, and the effects that they must have in the end."""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.support.api_clients import ApiClient
from tests.support.retrying_client import post_with_retries

WORKER_COUNT = 6
MAX_PAUSE_SECONDS = 0.3
WISH_POINTS, GUEST_POINTS = 20, 5


@dataclass
class Effects:
    """The successes of a load: each must take effect exactly once."""

    wishes: dict[str, str] = field(default_factory=dict)
    attended: dict[str, str] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)

    @property
    def points(self) -> Counter[str]:
        """The points that each person must have."""
        owed: Counter[str] = Counter()
        for taker in self.wishes.values():
            owed[taker] += WISH_POINTS
        for guest in self.attended.values():
            owed[guest] += GUEST_POINTS
        return owed


@dataclass
class Load:
    """People who go through random journeys until they are stopped."""

    desk: ApiClient
    residents: Sequence[ApiClient]
    volunteers: Sequence[ApiClient]
    effects: Effects
    rng: random.Random
    finished_journeys: int = 0
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    async def run(self, stop: asyncio.Event, *, min_journeys: int) -> None:
        """Run journeys until `stop` is set and `min_journeys` are done; finish each of them."""
        async with asyncio.TaskGroup() as group:
            for _ in range(WORKER_COUNT):
                group.create_task(self._work(stop, min_journeys))

    async def _work(self, stop: asyncio.Event, min_journeys: int) -> None:
        while not stop.is_set() or self.finished_journeys < min_journeys:
            journey = self.rng.choice(
                (self._fulfil_wish, self._fulfil_wish, self._attend_event, self._cancel_event)
            )
            await journey(next(self._numbers))
            self.finished_journeys += 1
            # The pause leaves the machine room to start again what was broken.
            await asyncio.sleep(self.rng.uniform(0, MAX_PAUSE_SECONDS))

    async def _fulfil_wish(self, number: int) -> None:
        """Post a wish, and take it through all its states to fulfilled."""
        wisher, taker = self.rng.choice(self.residents), self.rng.choice(self.volunteers)
        posted = await post_with_retries(wisher, "/wishes", {"title": f"想换第 {number} 个灯泡"})
        wish: str = posted["id"]
        await post_with_retries(self.desk, f"/wishes/{wish}/approve")
        await post_with_retries(taker, f"/wishes/{wish}/claim")
        await post_with_retries(taker, f"/wishes/{wish}/deliver", {"note": "换好了", "minutes": 30})
        await post_with_retries(wisher, f"/wishes/{wish}/confirm", {"thanks": "谢谢"})
        self.effects.wishes[wish] = taker.id

    async def _attend_event(self, number: int) -> None:
        """Let a guest attend an event, and a helper join and leave it."""
        guest, other = self.rng.sample(list(self.residents), 2)
        event = await self._publish_event(number)
        joined = await post_with_retries(guest, f"/events/{event}/join", {"insist": True})
        await post_with_retries(other, f"/events/{event}/join", {"role": "helper", "insist": True})
        await post_with_retries(other, f"/events/{event}/leave")
        body = {"resident_id": guest.id}
        await post_with_retries(self.desk, f"/events/{event}/check-in", body)
        await post_with_retries(self.desk, f"/events/{event}/check-out", body)
        self.effects.attended[joined["mine"]["id"]] = guest.id

    async def _cancel_event(self, number: int) -> None:
        """Cancel an event that a helper has joined."""
        helper = self.rng.choice(self.residents)
        event = await self._publish_event(number)
        joined = await post_with_retries(
            helper, f"/events/{event}/join", {"role": "helper", "insist": True}
        )
        await post_with_retries(self.desk, f"/events/{event}/cancel", {"reason": "下雨"})
        self.effects.cancelled.add(joined["mine"]["id"])

    async def _publish_event(self, number: int) -> str:
        starts_at = datetime.now(UTC) + timedelta(minutes=10)
        plan = {
            "kind": "clean_up",
            "title": f"第 {number} 次大扫除",
            "place": "3 栋楼下",
            "starts_at": starts_at.isoformat(),
            "ends_at": (starts_at + timedelta(hours=1)).isoformat(),
            "helper_places": 5,
            "guest_places": 20,
        }
        event: str = (await post_with_retries(self.desk, "/events", plan))["id"]
        await post_with_retries(self.desk, f"/events/{event}/publish")
        return event

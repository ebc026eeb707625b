"""A steady load of journeys, and what each must have brought about in the end."""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.support.api_clients import Person
from tests.support.retrying_client import post_with_retries

WORKER_COUNT = 6
MAX_PAUSE_SECONDS = 0.3
WISH_POINTS, GUEST_POINTS = 20, 5


@dataclass
class Effects:
    """What was answered with success: each must take effect, and once."""

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
    """People who go through journeys at random, until they are told to stop."""

    desk: Person
    residents: Sequence[Person]
    volunteers: Sequence[Person]
    effects: Effects
    rng: random.Random
    finished_journeys: int = 0
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    async def run(self, stop: asyncio.Event, *, min_journeys: int) -> None:
        """Go on until told to stop, and until so many journeys are done; each is finished."""
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
            # Steady, not all that the machine can do: what was broken must come up beside it.
            await asyncio.sleep(self.rng.uniform(0, MAX_PAUSE_SECONDS))

    async def _fulfil_wish(self, number: int) -> None:
        """A wish comes true."""
        wisher, taker = self.rng.choice(self.residents), self.rng.choice(self.volunteers)
        posted = await post_with_retries(wisher, "/wishes", {"title": f"想换第 {number} 个灯泡"})
        wish: str = posted["id"]
        await post_with_retries(self.desk, f"/wishes/{wish}/approve")
        await post_with_retries(taker, f"/wishes/{wish}/claim")
        await post_with_retries(taker, f"/wishes/{wish}/deliver", {"note": "换好了", "minutes": 30})
        await post_with_retries(wisher, f"/wishes/{wish}/confirm", {"thanks": "谢谢"})
        self.effects.wishes[wish] = taker.id

    async def _attend_event(self, number: int) -> None:
        """A guest comes to an event, and one who had joined leaves."""
        guest, other = self.rng.sample(list(self.residents), 2)
        event = await self._publish_event(number)
        joined = await post_with_retries(guest, f"/events/{event}/join", {"insist": True})
        await post_with_retries(other, f"/events/{event}/join", {"role": "helper", "insist": True})
        await post_with_retries(other, f"/events/{event}/leave")
        whom = {"resident_id": guest.id}
        await post_with_retries(self.desk, f"/events/{event}/check-in", whom)
        await post_with_retries(self.desk, f"/events/{event}/check-out", whom)
        self.effects.attended[joined["mine"]["id"]] = guest.id

    async def _cancel_event(self, number: int) -> None:
        """An event is called off."""
        helper = self.rng.choice(self.residents)
        event = await self._publish_event(number)
        joined = await post_with_retries(
            helper, f"/events/{event}/join", {"role": "helper", "insist": True}
        )
        await post_with_retries(self.desk, f"/events/{event}/cancel", {"reason": "下雨"})
        self.effects.cancelled.add(joined["mine"]["id"])

    async def _publish_event(self, number: int) -> str:
        begins = datetime.now(UTC) + timedelta(minutes=10)
        plan = {
            "kind": "clean_up",
            "title": f"第 {number} 次大扫除",
            "place": "3 栋楼下",
            "starts_at": begins.isoformat(),
            "ends_at": (begins + timedelta(hours=1)).isoformat(),
            "helper_places": 5,
            "guest_places": 20,
        }
        event: str = (await post_with_retries(self.desk, "/events", plan))["id"]
        await post_with_retries(self.desk, f"/events/{event}/publish")
        return event

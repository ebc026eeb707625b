"""A steady load of journeys, and what each must have brought about in the end."""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.support.api_clients import Person
from tests.support.retrying_client import insist

WORKERS = 6
PAUSE = 0.3
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
    chance: random.Random
    done: int = 0
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    async def run(self, stop: asyncio.Event, *, at_least: int) -> None:
        """Go on until told to stop, and until so many journeys are done; each is finished."""
        async with asyncio.TaskGroup() as group:
            for _ in range(WORKERS):
                group.create_task(self._work(stop, at_least))

    async def _work(self, stop: asyncio.Event, at_least: int) -> None:
        while not stop.is_set() or self.done < at_least:
            journey = self.chance.choice((self._wish, self._wish, self._event, self._called_off))
            await journey(next(self._numbers))
            self.done += 1
            # Steady, not all that the machine can do: what was broken must come up beside it.
            await asyncio.sleep(self.chance.uniform(0, PAUSE))

    async def _wish(self, number: int) -> None:
        """A wish comes true."""
        wisher, taker = self.chance.choice(self.residents), self.chance.choice(self.volunteers)
        posted = await insist(wisher, "/wishes", {"title": f"想换第 {number} 个灯泡"})
        wish: str = posted["id"]
        await insist(self.desk, f"/wishes/{wish}/approve")
        await insist(taker, f"/wishes/{wish}/claim")
        await insist(taker, f"/wishes/{wish}/deliver", {"note": "换好了", "minutes": 30})
        await insist(wisher, f"/wishes/{wish}/confirm", {"thanks": "谢谢"})
        self.effects.wishes[wish] = taker.id

    async def _event(self, number: int) -> None:
        """A guest comes to an event, and one who had joined leaves."""
        guest, other = self.chance.sample(list(self.residents), 2)
        event = await self._published(number)
        joined = await insist(guest, f"/events/{event}/join", {"insist": True})
        await insist(other, f"/events/{event}/join", {"role": "helper", "insist": True})
        await insist(other, f"/events/{event}/leave")
        whom = {"resident_id": guest.id}
        await insist(self.desk, f"/events/{event}/check-in", whom)
        await insist(self.desk, f"/events/{event}/check-out", whom)
        self.effects.attended[joined["mine"]["id"]] = guest.id

    async def _called_off(self, number: int) -> None:
        """An event is called off."""
        helper = self.chance.choice(self.residents)
        event = await self._published(number)
        joined = await insist(helper, f"/events/{event}/join", {"role": "helper", "insist": True})
        await insist(self.desk, f"/events/{event}/cancel", {"reason": "下雨"})
        self.effects.cancelled.add(joined["mine"]["id"])

    async def _published(self, number: int) -> str:
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
        event: str = (await insist(self.desk, "/events", plan))["id"]
        await insist(self.desk, f"/events/{event}/publish")
        return event

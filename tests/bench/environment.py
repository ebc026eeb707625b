"""A house with people for the benchmarks of wishes, and a look into its books."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.wishes import actions
from shared.auth import Actor, Role
from shared.bus.transport.base import Outgoing
from shared.contracts.envelope import written
from shared.contracts.registry import READERS
from tests.bench.fixtures import Ground
from tests.support import api_clients
from tests.support.api_clients import Person
from tests.support.station import PASSWORD, found_station
from tests.support.system import House, Kind, opened, transport

POLL = 0.01
PATIENCE = 60.0
PEOPLE = 8
A_TRANSACTION = 50
_BUSY = (
    "SELECT EXISTS (SELECT FROM intake.outbox) OR EXISTS (SELECT FROM volunteers.outbox)"
    " OR EXISTS (SELECT FROM volunteers.inbox WHERE state <> 'done')"
    " OR EXISTS (SELECT FROM notify.inbox WHERE state <> 'done')"
)
_TOLD = (
    "SELECT count(*) FROM notify.inbox WHERE type = 'linli.points.awarded.v1' AND state = 'done'"
)
_SENT_AFTER = (
    "SELECT type, correlation, body FROM intake.sent WHERE id > $1"
    " UNION ALL SELECT type, correlation, body FROM volunteers.sent WHERE id > $2"
)


@dataclass(frozen=True)
class Mark:
    """How far the records of intake and volunteers went at some moment."""

    intake: int
    volunteers: int


@dataclass(frozen=True)
class Stage:
    """The three services in this process over one transport, and people of one station."""

    house: House
    station: UUID
    desk: Person
    wishers: Sequence[Person]
    takers: Sequence[Person]
    books: asyncpg.Connection

    @property
    def socket(self) -> Path:
        """Where the gateway listens."""
        return self.house.folder / "intake0.sock"

    async def delivered(self, count: int) -> list[tuple[UUID, Person]]:
        """So many wishes that wait for their confirmation, with who made them; all is quiet."""
        made = []
        for first in range(0, count, A_TRANSACTION):
            async with self.house.intake.sessions.begin() as tx:
                pairs = zip(cycle(self.wishers), cycle(self.takers), strict=False)
                for _, (wisher, taker) in zip(
                    range(first, min(first + A_TRANSACTION, count)), pairs, strict=False
                ):
                    made.append((await self._deliver(tx, wisher, taker), wisher))
        await self.quiet()
        return made

    async def confirm(self, wishes: Sequence[tuple[UUID, Person]]) -> None:
        """Confirm wishes by the action, many in one transaction."""
        for first in range(0, len(wishes), A_TRANSACTION):
            async with self.house.intake.sessions.begin() as tx:
                for wish, wisher in wishes[first : first + A_TRANSACTION]:
                    await actions.confirm(tx, self._actor(wisher, Role.RESIDENT), wish, "谢谢")

    async def told(self) -> int:
        """How many awards of points notify has handled."""
        return int(await self.books.fetchval(_TOLD))

    async def until_told(self, count: int) -> None:
        """Wait until notify has handled so many awards of points in all."""

        async def enough() -> bool:
            return await self.told() >= count

        await _until(enough)

    async def quiet(self) -> None:
        """Wait until every message has been relayed and handled."""

        async def idle() -> bool:
            return not await self.books.fetchval(_BUSY)

        await _until(idle)

    async def mark(self) -> Mark:
        """How far the records go now."""
        of_intake = await self.books.fetchval("SELECT coalesce(max(id), 0) FROM intake.sent")
        of_volunteers = await self.books.fetchval(
            "SELECT coalesce(max(id), 0) FROM volunteers.sent"
        )
        return Mark(of_intake, of_volunteers)

    async def sent_since(self, mark: Mark) -> list[Outgoing]:
        """The messages that were sent since then, with the same bytes."""
        await self.quiet()
        rows = await self.books.fetch(_SENT_AFTER, mark.intake, mark.volunteers)
        return [
            Outgoing(
                written(body)["id"], type_, correlation, body, mandatory=bool(READERS.get(type_))
            )
            for type_, correlation, body in rows
        ]

    async def _deliver(self, tx: AsyncSession, wisher: Person, taker: Person) -> UUID:
        desk = self._actor(self.desk, Role.STAFF)
        helper = self._actor(taker, Role.RESIDENT, Role.VOLUNTEER)
        wish = await actions.post(tx, self._actor(wisher, Role.RESIDENT), "想换一个灯泡", "够不着")
        await actions.approve(tx, desk, wish.id)
        await actions.claim(tx, helper, wish.id)
        await actions.deliver(tx, helper, wish.id, "换好了", 30)
        return wish.id

    def _actor(self, person: Person, *roles: Role) -> Actor:
        return Actor(self.station, UUID(person.id), frozenset(roles))


@asynccontextmanager
async def stage(ground: Ground, kind: Kind) -> AsyncIterator[Stage]:
    """A house over that transport with eight residents and eight volunteers."""
    prefix = f"b{secrets.token_hex(4)}."
    with TemporaryDirectory(prefix="linli") as folder:
        async with (
            ground.database() as urls,
            transport(kind, ground.amqp_url, prefix) as carried,
            opened(urls, Path(folder), carried) as house,
            house.client() as client,
        ):
            code, station = await found_station(house)
            desk = await api_clients.sign_in(
                client, station=code, username="desk", password=PASSWORD
            )
            wishers = [await api_clients.resident(desk) for _ in range(PEOPLE)]
            takers = [await api_clients.volunteer(desk) for _ in range(PEOPLE)]
            books = await asyncpg.connect(urls["admin"])
            try:
                yield Stage(house, station, desk, wishers, takers, books)
            finally:
                await books.close()


async def _until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await condition():  # noqa: ASYNC110 - the condition is in a database
            await asyncio.sleep(POLL)

"""A running system with people for the benchmarks of wishes, and queries on its database."""

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
from shared.bus.transport.base import Publishing
from shared.contracts.envelope import parse_own
from shared.contracts.registry import REGISTRY
from tests.bench.servers import BenchServers
from tests.support import api_clients
from tests.support.api_clients import ApiClient
from tests.support.station import PASSWORD, create_station
from tests.support.system import RunningSystem, TransportKind, open_transport, start_system

POLL_INTERVAL_SECONDS = 0.01
TIMEOUT_SECONDS = 60.0
PEOPLE_PER_ROLE = 8
WISHES_PER_TRANSACTION = 50
_HAS_PENDING_WORK = (
    "SELECT EXISTS (SELECT FROM intake.outbox) OR EXISTS (SELECT FROM volunteers.outbox)"
    " OR EXISTS (SELECT FROM volunteers.inbox WHERE state <> 'done')"
    " OR EXISTS (SELECT FROM notify.inbox WHERE state <> 'done')"
)
_COUNT_HANDLED_AWARDS = (
    "SELECT count(*) FROM notify.inbox WHERE type = 'linli.points.awarded.v1' AND state = 'done'"
)
_SELECT_SENT_AFTER = (
    "SELECT type, correlation, body FROM intake.sent WHERE id > $1"
    " UNION ALL SELECT type, correlation, body FROM volunteers.sent WHERE id > $2"
)


@dataclass(frozen=True)
class SentPosition:
    """The last ids in the records of sent messages of intake and volunteers."""

    intake: int
    volunteers: int


@dataclass(frozen=True)
class BenchEnvironment:
    """The three services in this process over one transport, with people of one station."""

    system: RunningSystem
    station: UUID
    desk: ApiClient
    wishers: Sequence[ApiClient]
    takers: Sequence[ApiClient]
    connection: asyncpg.Connection

    @property
    def socket(self) -> Path:
        """Path of the gateway's socket."""
        return self.system.folder / "intake0.sock"

    async def create_delivered_wishes(self, count: int) -> list[tuple[UUID, ApiClient]]:
        """Create delivered wishes, and wait until idle; return the wishes with their wishers."""
        wishes = []
        for first in range(0, count, WISHES_PER_TRANSACTION):
            async with self.system.intake.sessions.begin() as tx:
                pairs = zip(cycle(self.wishers), cycle(self.takers), strict=False)
                for _, (wisher, taker) in zip(
                    range(first, min(first + WISHES_PER_TRANSACTION, count)), pairs, strict=False
                ):
                    wishes.append((await self._create_delivered_wish(tx, wisher, taker), wisher))
        await self.wait_until_idle()
        return wishes

    async def confirm_wishes(self, wishes: Sequence[tuple[UUID, ApiClient]]) -> None:
        """Confirm wishes by intake's action, many in one transaction."""
        for first in range(0, len(wishes), WISHES_PER_TRANSACTION):
            async with self.system.intake.sessions.begin() as tx:
                for wish, wisher in wishes[first : first + WISHES_PER_TRANSACTION]:
                    await actions.confirm(tx, self._actor(wisher, Role.RESIDENT), wish, "谢谢")

    async def count_handled_awards(self) -> int:
        """Return how many awards of points notify has handled."""
        return int(await self.connection.fetchval(_COUNT_HANDLED_AWARDS))

    async def wait_for_awards(self, count: int) -> None:
        """Wait until notify has handled `count` awards of points in all."""

        async def is_reached() -> bool:
            return await self.count_handled_awards() >= count

        await _wait_until(is_reached)

    async def wait_until_idle(self) -> None:
        """Wait until every message has been relayed and handled."""

        async def is_idle() -> bool:
            return not await self.connection.fetchval(_HAS_PENDING_WORK)

        await _wait_until(is_idle)

    async def sent_position(self) -> SentPosition:
        """Return the present ends of the records of sent messages."""
        intake = await self.connection.fetchval("SELECT coalesce(max(id), 0) FROM intake.sent")
        volunteers = await self.connection.fetchval(
            "SELECT coalesce(max(id), 0) FROM volunteers.sent"
        )
        return SentPosition(intake, volunteers)

    async def list_sent_since(self, position: SentPosition) -> list[Publishing]:
        """List the messages sent after `position`, with the same bytes."""
        await self.wait_until_idle()
        rows = await self.connection.fetch(_SELECT_SENT_AFTER, position.intake, position.volunteers)
        return [
            Publishing(
                parse_own(body)["id"],
                type_,
                correlation,
                body,
                mandatory=bool(REGISTRY[type_].readers),
            )
            for type_, correlation, body in rows
        ]

    async def _create_delivered_wish(
        self, tx: AsyncSession, wisher: ApiClient, taker: ApiClient
    ) -> UUID:
        desk = self._actor(self.desk, Role.STAFF)
        helper = self._actor(taker, Role.RESIDENT, Role.VOLUNTEER)
        wish = await actions.post(tx, self._actor(wisher, Role.RESIDENT), "想换一个灯泡", "够不着")
        await actions.approve(tx, desk, wish.id)
        await actions.claim(tx, helper, wish.id)
        await actions.deliver(tx, helper, wish.id, "换好了", 30)
        return wish.id

    def _actor(self, person: ApiClient, *roles: Role) -> Actor:
        return Actor(self.station, UUID(person.id), frozenset(roles))


@asynccontextmanager
async def bench_environment(
    servers: BenchServers, kind: TransportKind
) -> AsyncIterator[BenchEnvironment]:
    """Start a system over that transport, with PEOPLE_PER_ROLE residents and volunteers."""
    prefix = f"b{secrets.token_hex(4)}."
    with TemporaryDirectory(prefix="linli") as folder:
        async with (
            servers.database() as urls,
            open_transport(kind, servers.amqp_url, prefix) as transport,
            start_system(urls, Path(folder), transport) as running_system,
            running_system.client() as client,
        ):
            code, station = await create_station(running_system)
            desk = await api_clients.sign_in(
                client, station=code, username="desk", password=PASSWORD
            )
            wishers = [await api_clients.create_resident(desk) for _ in range(PEOPLE_PER_ROLE)]
            takers = [await api_clients.create_volunteer(desk) for _ in range(PEOPLE_PER_ROLE)]
            connection = await asyncpg.connect(urls["admin"])
            try:
                yield BenchEnvironment(running_system, station, desk, wishers, takers, connection)
            finally:
                await connection.close()


async def _wait_until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while not await condition():  # noqa: ASYNC110 - the condition is in a database
            await asyncio.sleep(POLL_INTERVAL_SECONDS)

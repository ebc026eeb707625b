"""Wishes: how many come true a second, and how long points take after a confirmation."""

import asyncio
import statistics
import time
from collections.abc import Iterator, Sequence
from itertools import cycle
from uuid import UUID

from shared.bus.transport.base import Publishing
from tests.bench.concurrent_joins import Client, build_post
from tests.bench.environment import BenchEnvironment
from tests.support.api_clients import Person

CONCURRENT_CLIENTS = 8
CONFIRMATIONS_PER_SECOND = 15.0
_SELECT_DELAYS = (
    "SELECT extract(epoch FROM pg_xact_commit_timestamp(transfers.xmin)"
    "   - pg_xact_commit_timestamp(wish_steps.xmin))::float8 * 1000"
    " FROM intake.wish_steps"
    " JOIN volunteers.transfers ON cause_subject = 'wishes/' || wish_id"
    " WHERE to_state = 'fulfilled' AND wish_id = ANY($1)"
)

WishPairs = Iterator[tuple[Person, Person]]


async def measure_whole_path(
    environment: BenchEnvironment, count: int
) -> tuple[float, list[Publishing]]:
    """Wishes a second over HTTP from their making until points are told; and what was sent."""
    mark, told = await environment.sent_position(), await environment.count_handled_awards()
    pairs = zip(cycle(environment.wishers), cycle(environment.takers), strict=False)
    waiting = (pair for _, pair in zip(range(count), pairs, strict=False))
    clients = [await Client.connect(environment.socket) for _ in range(CONCURRENT_CLIENTS)]
    began = time.perf_counter()
    await asyncio.gather(*(_fulfil_all(environment, client, waiting) for client in clients))
    await environment.wait_for_awards(told + count)
    seconds = time.perf_counter() - began
    for client in clients:
        await client.close()
    return count / seconds, await environment.list_sent_since(mark)


async def measure_message_path(
    environment: BenchEnvironment, count: int
) -> tuple[float, list[Publishing]]:
    """Confirmations a second from the outbox until points are told; and what was sent.

    They are all recorded before the relay of intake begins.
    """
    wishes = await environment.create_delivered_wishes(count)
    mark, told = await environment.sent_position(), await environment.count_handled_awards()
    await environment.system.intake.relay.stop()
    await environment.confirm_wishes(wishes)
    began = time.perf_counter()
    await environment.system.intake.relay.start()
    await environment.wait_for_awards(told + count)
    return count / (time.perf_counter() - began), await environment.list_sent_since(mark)


async def measure_delays(environment: BenchEnvironment, count: int) -> list[float]:
    """Milliseconds from the commit of each confirmation, paced, to the commit of its points.

    The database keeps the moments of commits: nothing watches while it happens.
    """
    wishes = await environment.create_delivered_wishes(count)
    free: asyncio.Queue[Client] = asyncio.Queue()
    clients = [await Client.connect(environment.socket) for _ in range(CONCURRENT_CLIENTS)]
    for client in clients:
        free.put_nowait(client)
    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number, (wish, wisher) in enumerate(wishes):
            await asyncio.sleep(began + number / CONFIRMATIONS_PER_SECOND - time.perf_counter())
            group.create_task(_confirm(free, wish, wisher))
    await environment.wait_until_idle()
    for client in clients:
        await client.close()
    rows = await environment.connection.fetch(_SELECT_DELAYS, [wish for wish, _ in wishes])
    return [row[0] for row in rows]


def p50(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def p99(values: Sequence[float]) -> float:
    """What one in a hundred exceeds."""
    return statistics.quantiles(values, n=100, method="inclusive")[98]


async def _confirm(idle_clients: asyncio.Queue[Client], wish: UUID, wisher: Person) -> None:
    client = await idle_clients.get()
    await client.send_ok(build_post(f"/wishes/{wish}/confirm", wisher.token, {"thanks": "谢谢"}))
    idle_clients.put_nowait(client)


async def _fulfil_all(environment: BenchEnvironment, client: Client, pairs: WishPairs) -> None:
    for wisher, taker in pairs:
        said = {"title": "想换一个灯泡", "details": "够不着"}
        wish = (await client.send_ok(build_post("/wishes", wisher.token, said)))["id"]
        await client.send_ok(build_post(f"/wishes/{wish}/approve", environment.desk.token))
        await client.send_ok(build_post(f"/wishes/{wish}/claim", taker.token))
        done = {"note": "换好了", "minutes": 30}
        await client.send_ok(build_post(f"/wishes/{wish}/deliver", taker.token, done))
        await client.send_ok(
            build_post(f"/wishes/{wish}/confirm", wisher.token, {"thanks": "谢谢"})
        )

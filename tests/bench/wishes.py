"""Benchmarks of wishes: fulfilled wishes a second, and the delay of points after confirmation."""

import asyncio
import statistics
import time
from collections.abc import Iterator, Sequence
from itertools import cycle
from uuid import UUID

from shared.bus.transport.base import Publishing
from tests.bench.environment import BenchEnvironment
from tests.bench.load_generator import Client, build_post
from tests.support.api_clients import ApiClient

CONCURRENT_CLIENTS = 8
CONFIRMATIONS_PER_SECOND = 15.0
_SELECT_DELAYS = (
    "SELECT extract(epoch FROM pg_xact_commit_timestamp(transfers.xmin)"
    "   - pg_xact_commit_timestamp(wish_steps.xmin))::float8 * 1000"
    " FROM intake.wish_steps"
    " JOIN volunteers.transfers ON cause_subject = 'wishes/' || wish_id"
    " WHERE to_state = 'fulfilled' AND wish_id = ANY($1)"
)

WishPairs = Iterator[tuple[ApiClient, ApiClient]]


async def measure_whole_path(
    environment: BenchEnvironment, count: int
) -> tuple[float, list[Publishing]]:
    """Measure wishes a second over HTTP until points are notified; return the sent messages too."""
    start_position = await environment.sent_position()
    awards = await environment.count_handled_awards()
    pairs = zip(cycle(environment.wishers), cycle(environment.takers), strict=False)
    remaining = (pair for _, pair in zip(range(count), pairs, strict=False))
    clients = [await Client.connect(environment.socket) for _ in range(CONCURRENT_CLIENTS)]
    start = time.perf_counter()
    await asyncio.gather(*(_fulfil_all(environment, client, remaining) for client in clients))
    await environment.wait_for_awards(awards + count)
    seconds = time.perf_counter() - start
    for client in clients:
        await client.close()
    return count / seconds, await environment.list_sent_since(start_position)


async def measure_message_path(
    environment: BenchEnvironment, count: int
) -> tuple[float, list[Publishing]]:
    """Measure confirmations a second until points are notified; return the sent messages too.

    All confirmations are in the outbox before the relay of intake starts.
    """
    wishes = await environment.create_delivered_wishes(count)
    start_position = await environment.sent_position()
    awards = await environment.count_handled_awards()
    await environment.system.intake.relay.stop()
    await environment.confirm_wishes(wishes)
    start = time.perf_counter()
    await environment.system.intake.relay.start()
    await environment.wait_for_awards(awards + count)
    return count / (time.perf_counter() - start), await environment.list_sent_since(start_position)


async def measure_delays(environment: BenchEnvironment, count: int) -> list[float]:
    """Return the milliseconds from the commit of each paced confirmation to that of its points.

    The database records the times of commits, so nothing has to poll meanwhile.
    """
    wishes = await environment.create_delivered_wishes(count)
    idle_clients: asyncio.Queue[Client] = asyncio.Queue()
    clients = [await Client.connect(environment.socket) for _ in range(CONCURRENT_CLIENTS)]
    for client in clients:
        idle_clients.put_nowait(client)
    start = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number, (wish, wisher) in enumerate(wishes):
            await asyncio.sleep(start + number / CONFIRMATIONS_PER_SECOND - time.perf_counter())
            group.create_task(_confirm(idle_clients, wish, wisher))
    await environment.wait_until_idle()
    for client in clients:
        await client.close()
    rows = await environment.connection.fetch(_SELECT_DELAYS, [wish for wish, _ in wishes])
    return [row[0] for row in rows]


def p50(values: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def p99(values: Sequence[float]) -> float:
    """Return the value that one in a hundred exceeds."""
    return statistics.quantiles(values, n=100, method="inclusive")[98]


async def _confirm(idle_clients: asyncio.Queue[Client], wish: UUID, wisher: ApiClient) -> None:
    client = await idle_clients.get()
    await client.send_ok(build_post(f"/wishes/{wish}/confirm", wisher.token, {"thanks": "谢谢"}))
    idle_clients.put_nowait(client)


async def _fulfil_all(environment: BenchEnvironment, client: Client, pairs: WishPairs) -> None:
    for wisher, taker in pairs:
        wish_fields = {"title": "想换一个灯泡", "details": "够不着"}
        wish = (await client.send_ok(build_post("/wishes", wisher.token, wish_fields)))["id"]
        await client.send_ok(build_post(f"/wishes/{wish}/approve", environment.desk.token))
        await client.send_ok(build_post(f"/wishes/{wish}/claim", taker.token))
        delivery_fields = {"note": "换好了", "minutes": 30}
        await client.send_ok(build_post(f"/wishes/{wish}/deliver", taker.token, delivery_fields))
        await client.send_ok(
            build_post(f"/wishes/{wish}/confirm", wisher.token, {"thanks": "谢谢"})
        )

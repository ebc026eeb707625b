"""Wishes: how many come true a second, and how long points take after a confirmation."""

import asyncio
import statistics
import time
from collections.abc import Iterator, Sequence
from itertools import cycle
from uuid import UUID

from shared.bus.transport.base import Outgoing
from tests.bench.concurrent_joins import Client, post
from tests.bench.environment import Stage
from tests.support.api_clients import Person

AT_ONCE = 8
A_SECOND = 15.0
_DELAYS = (
    "SELECT extract(epoch FROM pg_xact_commit_timestamp(transfers.xmin)"
    "   - pg_xact_commit_timestamp(wish_steps.xmin))::float8 * 1000"
    " FROM intake.wish_steps"
    " JOIN volunteers.transfers ON cause_subject = 'wishes/' || wish_id"
    " WHERE to_state = 'fulfilled' AND wish_id = ANY($1)"
)

Waiting = Iterator[tuple[Person, Person]]


async def whole_path(stage: Stage, count: int) -> tuple[float, list[Outgoing]]:
    """Wishes a second over HTTP from their making until points are told; and what was sent."""
    mark, told = await stage.mark(), await stage.told()
    pairs = zip(cycle(stage.wishers), cycle(stage.takers), strict=False)
    waiting = (pair for _, pair in zip(range(count), pairs, strict=False))
    clients = [await Client.connected(stage.socket) for _ in range(AT_ONCE)]
    began = time.perf_counter()
    await asyncio.gather(*(_fulfil_all(stage, client, waiting) for client in clients))
    await stage.until_told(told + count)
    seconds = time.perf_counter() - began
    for client in clients:
        await client.close()
    return count / seconds, await stage.sent_since(mark)


async def message_path(stage: Stage, count: int) -> tuple[float, list[Outgoing]]:
    """Confirmations a second from the outbox until points are told; and what was sent.

    They are all recorded before the relay of intake begins.
    """
    wishes = await stage.delivered(count)
    mark, told = await stage.mark(), await stage.told()
    await stage.house.intake.relay.stop()
    await stage.confirm(wishes)
    began = time.perf_counter()
    await stage.house.intake.relay.start()
    await stage.until_told(told + count)
    return count / (time.perf_counter() - began), await stage.sent_since(mark)


async def delays(stage: Stage, count: int) -> list[float]:
    """Milliseconds from the commit of each confirmation, paced, to the commit of its points.

    The database keeps the moments of commits: nothing watches while it happens.
    """
    wishes = await stage.delivered(count)
    free: asyncio.Queue[Client] = asyncio.Queue()
    clients = [await Client.connected(stage.socket) for _ in range(AT_ONCE)]
    for client in clients:
        free.put_nowait(client)
    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number, (wish, wisher) in enumerate(wishes):
            await asyncio.sleep(began + number / A_SECOND - time.perf_counter())
            group.create_task(_confirm(free, wish, wisher))
    await stage.quiet()
    for client in clients:
        await client.close()
    rows = await stage.books.fetch(_DELAYS, [wish for wish, _ in wishes])
    return [row[0] for row in rows]


def p50(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def p99(values: Sequence[float]) -> float:
    """What one in a hundred exceeds."""
    return statistics.quantiles(values, n=100, method="inclusive")[98]


async def _confirm(free: asyncio.Queue[Client], wish: UUID, wisher: Person) -> None:
    client = await free.get()
    await client.succeed(post(f"/wishes/{wish}/confirm", wisher.token, {"thanks": "谢谢"}))
    free.put_nowait(client)


async def _fulfil_all(stage: Stage, client: Client, waiting: Waiting) -> None:
    for wisher, taker in waiting:
        said = {"title": "想换一个灯泡", "details": "够不着"}
        wish = (await client.succeed(post("/wishes", wisher.token, said)))["id"]
        await client.succeed(post(f"/wishes/{wish}/approve", stage.desk.token))
        await client.succeed(post(f"/wishes/{wish}/claim", taker.token))
        done = {"note": "换好了", "minutes": 30}
        await client.succeed(post(f"/wishes/{wish}/deliver", taker.token, done))
        await client.succeed(post(f"/wishes/{wish}/confirm", wisher.token, {"thanks": "谢谢"}))

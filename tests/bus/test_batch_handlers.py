"""Batch handlers: the order of the messages, and the locks over replicas."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.inbox.dispatcher import Dispatcher
from shared.bus.message import BatchHandler, Message, merge_handlers
from shared.contracts.contract import AnyMessage
from shared.contracts.intake import WishDeclined, WishOpened
from tests.bus.harness import (
    BusHarness,
    has_count,
    make_outgoing,
    make_wish_declined,
    make_wish_opened,
    publish_batch,
    wait_until,
)


async def test_batch_handler_of_several_types_receives_all_messages_in_order(
    harness: BusHarness,
) -> None:
    batches: list[list[str]] = []

    async def handle(_tx: AsyncSession, messages: list[Message[Any]]) -> None:
        batches.append([message.type for message in messages])

    dispatcher = Dispatcher(
        {contract: [BatchHandler(handle)] for contract in (WishOpened, WishDeclined)}
    )
    deliveries = [
        make_outgoing(content)
        for content in (make_wish_opened(), make_wish_declined(), make_wish_opened())
    ]
    parsed = [dispatcher.parser.parse("intake", one.type, one.body).message for one in deliveries]
    async with harness.create_replica("notify", {}).sessions() as tx:
        await dispatcher.handle(tx, [message for message in parsed if message is not None])
    assert batches == [[WishOpened.type, WishDeclined.type, WishOpened.type]]


async def test_handlers_run_in_the_order_of_the_features_that_register_them(
    harness: BusHarness,
) -> None:
    calls: list[tuple[str, str]] = []

    def recording(name: str) -> BatchHandler:
        async def handle(_tx: AsyncSession, messages: list[Message[Any]]) -> None:
            calls.extend((name, message.type) for message in messages)

        return BatchHandler(handle)

    async def handle_one(_tx: AsyncSession, message: Message[Any]) -> None:
        calls.append(("single", message.type))

    second = recording("second")
    handlers = merge_handlers(
        {WishDeclined: [recording("first")]},
        {WishOpened: [handle_one, second]},
        {WishDeclined: [second], AnyMessage: [recording("all")]},
        {WishDeclined: [recording("last")]},
    )
    dispatcher = Dispatcher(handlers)
    outgoing = [make_outgoing(make_wish_opened()), make_outgoing(make_wish_declined())]
    parsed = [dispatcher.parser.parse("intake", one.type, one.body).message for one in outgoing]
    async with harness.create_replica("notify", {}).sessions() as tx:
        await dispatcher.handle(tx, [message for message in parsed if message is not None])
    assert calls == [
        ("first", WishDeclined.type),
        ("single", WishOpened.type),
        ("second", WishOpened.type),
        ("second", WishDeclined.type),
        ("all", WishOpened.type),
        ("all", WishDeclined.type),
        ("last", WishDeclined.type),
    ]


def update_shuffled(seed: int, contended: list[DBAPIError]) -> BatchHandler:
    """Update a row for each message, in the order of the seed; collect the errors."""

    async def handle(tx: AsyncSession, messages: list[Message[WishOpened]]) -> None:
        shuffled = messages[:]
        random.Random(seed).shuffle(shuffled)
        try:
            for message in shuffled:
                await tx.execute(
                    text("UPDATE tallies SET total = total + 1 WHERE name = :name"),
                    {"name": message.content.title},
                )
        except DBAPIError as error:
            contended.append(error)
            raise

    async def locks(_tx: AsyncSession, messages: Sequence[Message[WishOpened]]) -> list[str]:
        return [f"tally/{message.content.title}" for message in messages]

    return BatchHandler(handle, locks)


async def test_replicas_that_change_the_same_rows_in_other_orders_never_deadlock(
    harness: BusHarness,
) -> None:
    contended: list[DBAPIError] = []
    await harness.bind(notify=[WishOpened])
    replicas = [
        harness.create_replica("notify", {WishOpened: [update_shuffled(seed, contended)]})
        for seed in range(3)
    ]
    async with replicas[0].sessions() as tx, tx.begin():
        for number in range(30):
            await tx.execute(text("INSERT INTO tallies VALUES (:name)"), {"name": f"t{number}"})
    batch = [make_outgoing(make_wish_opened(f"t{number % 30}")) for number in range(600)]
    publishing = asyncio.create_task(publish_batch(replicas[0], batch))
    if harness.kind == "rabbit":
        await publishing  # So that each replica receives hundreds at once.
    await asyncio.gather(*(replica.start(relay=False) for replica in replicas))
    await publishing
    await wait_until(lambda: has_count(replicas[0].count("inbox WHERE state = 'done'"), 600), 60)

    totals = await replicas[0].fetch_rows("SELECT total FROM tallies")
    assert [row.total for row in totals] == [20] * 30
    assert contended == []
    assert await replicas[0].count("inbox WHERE state <> 'done'") == 0

"""Partners' own queue: a flood of one publisher waits, and nobody else does."""

import json
from dataclasses import replace
from datetime import timedelta

import aio_pika
import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from yarl import URL

from shared.bus.message import Message
from shared.bus.partners import pacer
from shared.bus.partners.ingress import PartnerIdentity, PartnerIngress, source_of
from shared.bus.partners.pacer import Pacer
from shared.bus.transport import topology
from shared.bus.transport.topology import Names
from shared.contracts.intake import WishFulfilled, WishOpened
from tests.bus.harness import (
    STATION,
    BusHarness,
    Replica,
    has_count,
    insert_handled,
    make_message,
    make_wish_opened,
    wait_until,
)
from tests.bus.test_partners import PUBLISHER, make_event

MAX_PER_MINUTE = 60


async def _publish(harness: BusHarness, count: int) -> None:
    """Publish valid messages as the one broker user of the tests."""
    async with await aio_pika.connect(harness.amqp_url) as connection:
        channel = await connection.channel()
        partners = await channel.get_exchange(Names(harness.prefix).partners)
        for number in range(count):
            event = make_event(id=str(number), source=source_of(""))
            message = aio_pika.Message(
                json.dumps(event).encode(), user_id=URL(harness.amqp_url).user
            )
            await partners.publish(message, WishFulfilled.type, timeout=10)


async def _create_intake(harness: BusHarness) -> Replica:
    """Create intake, which handles each message of the broker user of the tests."""
    user = URL(harness.amqp_url).user or ""

    async def find_identity(_tx: AsyncSession, name: str) -> PartnerIdentity | None:
        return replace(PUBLISHER, user=user, station=STATION) if name == user else None

    async def handle(_tx: AsyncSession, _message: Message[WishFulfilled]) -> None:
        return None

    await harness.bind(intake=[WishOpened])
    return harness.create_replica(
        "intake",
        {WishOpened: [insert_handled]},
        partners=PartnerIngress(find_identity, handle),
        partner_rate=MAX_PER_MINUTE,
    )


async def test_flood_of_one_publisher_keeps_the_stations_messages_waiting_no_longer(
    rabbit_harness: BusHarness,
) -> None:
    intake = await _create_intake(rabbit_harness)
    await _publish(rabbit_harness, 300)
    await intake.start()
    await wait_until(lambda: has_count(intake.count("inbox"), 300))
    delays = [
        row.delay.total_seconds()
        for row in await intake.fetch_rows(
            "SELECT due_at - received_at AS delay FROM inbox WHERE error = 'it waits its turn'"
        )
    ]
    # One a second after a minute's worth at once, which a slow machine may have gone on with.
    assert len(delays) > 200
    assert max(delays) > 200
    await intake.record(make_message(make_wish_opened()))
    await wait_until(lambda: intake.count("handled"))
    assert await intake.count("inbox WHERE state = 'retry'") > 100


async def test_what_waited_is_handled_in_its_turn(rabbit_harness: BusHarness) -> None:
    intake = await _create_intake(rabbit_harness)
    await _publish(rabbit_harness, MAX_PER_MINUTE + 5)
    await intake.start()
    done = "inbox WHERE state = 'done'"
    await wait_until(lambda: has_count(intake.count(done), MAX_PER_MINUTE + 5), 60)


async def test_queue_is_read_no_further_than_an_hours_worth(
    rabbit_harness: BusHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacer, "MAX_DELAY_SECONDS", -pacer.BURST_SECONDS)
    intake = await _create_intake(rabbit_harness)
    await intake.start()
    await wait_until(intake.is_subscribed)
    await _publish(rabbit_harness, 5)
    partners = intake.consumer.loops[-1]

    async def waits_for_room() -> bool:
        return partners.progress.waits_for == "publisher"

    await wait_until(waits_for_room)
    assert intake.consumer.alive


async def test_release_that_had_one_queue_is_rebound(rabbit_harness: BusHarness) -> None:
    await rabbit_harness.bind(intake=[WishOpened])
    names = Names(rabbit_harness.prefix)
    async with await aio_pika.connect(rabbit_harness.amqp_url) as connection:
        channel = await connection.channel()
        queue = await channel.get_queue(names.queue("intake"))
        await queue.bind(names.partners, "#")
        await topology.declare(
            rabbit_harness.amqp_url, rabbit_harness.bindings, prefix=rabbit_harness.prefix
        )
        await _publish(rabbit_harness, 3)
        own = await channel.declare_queue(names.queue("intake"), passive=True)
        partners = await channel.declare_queue(names.queue("intake.partners"), passive=True)
    counts = [own.declaration_result.message_count, partners.declaration_result.message_count]
    assert counts == [0, 3]


def test_pacer_counts_each_user_and_is_full_after_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("shared.bus.partners.pacer.time.monotonic", lambda: now)
    one = Pacer(MAX_PER_MINUTE)
    assert [one.next_delay("a").total_seconds() for _ in range(62)] == [0] * 60 + [1, 2]
    assert one.next_delay("b") == timedelta()
    now += 3
    assert one.next_delay("a") == timedelta()
    for _ in range(3600):
        assert not one.is_full
        one.next_delay("a")
    now -= 1
    assert one.is_full

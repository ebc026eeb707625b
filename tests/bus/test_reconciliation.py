"""Reconciliation: what a reader lost is found by counts, asked for, and sent again once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import aio_pika
import pytest

from shared.bus.message import Handlers, bindings
from shared.bus.reconciliation import sent_hours
from shared.bus.reconciliation.received_hours import MAX_ASKS, HourReader
from shared.bus.reconciliation.sent_hours import HourSender
from shared.bus.reconciliation.service import reconciliation_handlers
from shared.bus.transport.topology import Names
from shared.contracts.intake import WishDeclined, WishOpened
from tests.bus.harness import (
    BusHarness,
    Replica,
    has_count,
    insert_handled,
    make_message,
    make_wish_opened,
    wait_until,
)
from tests.bus.inbox_rows import execute

_HOUR = "date_trunc('hour', now() - interval '62 minutes')"
_WITHIN_HOUR = f"{_HOUR} + interval '30 minutes'"
_HANDLERS: dict[str, Handlers] = {
    "intake": reconciliation_handlers("intake"),
    "volunteers": {WishOpened: [insert_handled], **reconciliation_handlers("volunteers")},
    "notify": {WishOpened: [insert_handled], **reconciliation_handlers("notify")},
}
_BOUND = {name: list(handlers) for name, handlers in _HANDLERS.items()}


@dataclass
class Deployment:
    """Intake, which sends, and two services that read; the timed jobs run when the test says."""

    harness: BusHarness
    intake: Replica
    volunteers: Replica
    notify: Replica

    async def send(self, count: int = 5, recorded: str = _WITHIN_HOUR) -> None:
        """Record messages as if within an hour that is over, and wait until volunteers has them."""
        await self.intake.relay.stop()
        moment = await self._now()
        await self.intake.record(*(make_message(make_wish_opened()) for _ in range(count)))
        await execute(self.intake, f"UPDATE outbox SET created_at = {recorded}")
        await self.intake.relay.start()
        await wait_until(self.intake.is_idle)
        await self._wait_for_messages_since(moment, self.volunteers)

    async def state(self) -> None:
        """Let intake send again what is missing and state its hours; wait for the statements."""
        moment = await self._now()
        sender = HourSender("intake")
        while await self._run(self.intake, sender.state_next):
            await wait_until(self.intake.is_idle)
        await self._wait_for_messages_since(moment, self.notify)

    async def check(self) -> None:
        """Let notify check the hours that wait, and wait until intake has what it asks for."""
        await execute(
            self.notify, "UPDATE received_hours SET due_at = now() WHERE state = 'waiting'"
        )
        reader = HourReader("notify")
        while await self._run(self.notify, reader.check_next):
            pass
        await wait_until(self.notify.is_idle)

    async def fetch_hours(self) -> Sequence[tuple[Any, ...]]:
        """Fetch notify's hours, the oldest first: state, asks, missing types."""
        sql = "SELECT state, asks, missing_types FROM received_hours ORDER BY hour"
        return [tuple(row) for row in await self.notify.fetch_rows(sql)]

    async def _now(self) -> datetime:
        [[moment]] = await self.intake.fetch_rows("SELECT now()")
        return cast(datetime, moment)

    async def _wait_for_messages_since(self, moment: datetime, reader: Replica) -> None:
        sql = "SELECT DISTINCT message_key FROM sent WHERE sent_at >= :moment"
        keys = [key for [key] in await self.intake.fetch_rows(sql, moment=moment)]
        sql = "SELECT 1 FROM inbox WHERE message_key = ANY(:keys) AND recorded_at IS NOT NULL"

        async def has_arrived() -> bool:
            return len(await reader.fetch_rows(sql, keys=keys)) == len(keys)

        await wait_until(has_arrived)

    async def _run(self, replica: Replica, job: Any) -> bool:
        async with replica.sessions.begin() as tx:
            return bool(await job(tx))


async def _create_deployment(harness: BusHarness) -> Deployment:
    await harness.bind(**_BOUND)
    replicas = [harness.create_replica(name, some) for name, some in _HANDLERS.items()]
    for replica in replicas:
        await replica.start()
    return Deployment(harness, *replicas)


@pytest.fixture
async def deployment(harness: BusHarness) -> Deployment:
    """Provide a deployment over either transport."""
    return await _create_deployment(harness)


async def test_hour_of_which_everything_arrived_is_complete(deployment: Deployment) -> None:
    await deployment.send()
    await deployment.state()
    await deployment.check()
    assert await deployment.fetch_hours() == [("complete", 0, [])]
    assert await deployment.notify.count("inbox WHERE recorded_at IS NOT NULL") == 6


async def test_queue_that_was_deleted_costs_no_message(rabbit_harness: BusHarness) -> None:
    deployment = await _create_deployment(rabbit_harness)
    await deployment.send(3)
    await _delete_queue(rabbit_harness, "notify")
    await deployment.send(7)  # Volunteers' queue confirms them all.
    await rabbit_harness.bind(**_BOUND)
    await wait_until(deployment.notify.is_subscribed)
    await wait_until(lambda: has_count(deployment.volunteers.count("handled"), 10))
    assert await deployment.notify.count("handled") == 3

    await deployment.state()
    await deployment.check()
    assert await deployment.fetch_hours() == [("waiting", 1, [WishOpened.type])]
    await wait_until(lambda: deployment.intake.count("sent_hours WHERE stated_at IS NULL"))
    await deployment.state()
    await wait_until(lambda: has_count(deployment.notify.count("handled"), 10))
    await deployment.check()
    assert await deployment.fetch_hours() == [("complete", 1, [])]
    # Nothing was handled twice, by the other reader either.
    assert await deployment.volunteers.count("handled") == 10
    assert await deployment.intake.count("sent WHERE type LIKE '%wish%'") == 10


async def test_hour_is_sent_again_in_chunks(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sent_hours, "CHUNK_SIZE", 4)
    for minute in (10, 20, 30):  # Five messages of each moment, of which a chunk may split none.
        await deployment.send(5, f"{_HOUR} + interval '{minute} minutes'")
    await wait_until(lambda: has_count(deployment.notify.count("handled"), 15))
    await execute(deployment.notify, "DELETE FROM inbox")
    await execute(deployment.notify, "DELETE FROM handled")
    await deployment.state()
    await deployment.check()
    await wait_until(lambda: deployment.intake.count("sent_hours WHERE stated_at IS NULL"))
    await deployment.state()
    await wait_until(lambda: has_count(deployment.notify.count("handled"), 15))
    await deployment.check()
    assert await deployment.fetch_hours() == [("complete", 1, [])]
    assert await deployment.intake.count("sent WHERE type LIKE '%wish%'") == 15


async def test_restored_reader_asks_for_hours_without_a_statement(deployment: Deployment) -> None:
    await deployment.send(2, f"{_HOUR} - interval '150 minutes'")
    await execute(
        deployment.intake, f"INSERT INTO sent_hours (hour) SELECT {_HOUR} - interval '3 hours'"
    )
    await deployment.state()
    await deployment.check()
    await deployment.send(4, f"{_HOUR} - interval '90 minutes'")
    await wait_until(lambda: has_count(deployment.notify.count("handled"), 6))
    # As a backup of three hours ago has it.
    await execute(deployment.notify, "DELETE FROM handled")
    await execute(deployment.notify, "DELETE FROM inbox")
    await execute(
        deployment.notify, f"DELETE FROM received_hours WHERE hour > {_HOUR} - interval '3 hours'"
    )
    await execute(deployment.intake, f"UPDATE sent_hours SET stated_at = NULL WHERE hour = {_HOUR}")
    await deployment.state()
    await deployment.check()  # Opens the gaps.
    await deployment.check()
    asked = "sent_hours WHERE stated_at IS NULL"
    await wait_until(lambda: has_count(deployment.intake.count(asked), 2))
    await deployment.state()
    await wait_until(lambda: has_count(deployment.notify.count("handled"), 4))
    await deployment.check()
    assert {state for state, _, _ in await deployment.fetch_hours()} == {"complete"}


async def test_repeat_completes_a_row_of_before_the_upgrade(deployment: Deployment) -> None:
    await deployment.send(3)
    await execute(deployment.notify, "UPDATE inbox SET recorded_at = NULL")
    await deployment.state()
    await deployment.check()
    await wait_until(lambda: deployment.intake.count("sent_hours WHERE stated_at IS NULL"))
    await deployment.state()
    unknown = "inbox WHERE recorded_at IS NULL"
    await wait_until(lambda: has_count(deployment.notify.count(unknown), 0))
    await deployment.check()
    assert await deployment.fetch_hours() == [("complete", 1, [])]
    assert await deployment.notify.count("handled") == 3


async def test_hour_that_stays_incomplete_is_named(deployment: Deployment) -> None:
    await deployment.send(3)
    await deployment.state()
    await execute(deployment.intake, "UPDATE sent SET type = 'gone'")
    await execute(deployment.notify, "DELETE FROM inbox")
    for _ in range(MAX_ASKS + 1):
        await deployment.check()
    assert await deployment.fetch_hours() == [("incomplete", MAX_ASKS, [WishOpened.type])]


async def test_hour_that_is_too_old_is_named_at_once(deployment: Deployment) -> None:
    await execute(
        deployment.notify,
        "INSERT INTO received_hours (sender, hour, counts, state, due_at) SELECT 'intake',"
        " date_trunc('hour', now() - interval '31 days'), jsonb_build_array(jsonb_build_object("
        f"'type', '{WishOpened.type}', 'count', 1, 'checksum', repeat('0', 16))), 'waiting', now()",
    )
    await deployment.check()
    assert await deployment.fetch_hours() == [("incomplete", 0, [WishOpened.type])]


async def test_refused_message_keeps_no_hour_waiting(rabbit_harness: BusHarness) -> None:
    deployment = await _create_deployment(rabbit_harness)
    await deployment.intake.relay.stop()
    refused = make_message(WishDeclined.model_validate(make_wish_opened().model_dump()))
    await deployment.intake.record(refused)  # No queue is bound to it.
    await execute(
        deployment.intake, f"UPDATE outbox SET created_at = {_HOUR} + interval '1 minute'"
    )
    await deployment.intake.relay.start()
    await wait_until(lambda: deployment.intake.count("outbox WHERE due_at IS NOT NULL"))
    sender = HourSender("intake")
    async with deployment.intake.sessions.begin() as tx:
        assert await sender.state_next(tx)


async def _delete_queue(harness: BusHarness, service: str) -> None:
    async with await aio_pika.connect(harness.amqp_url) as connection:
        channel = await connection.channel()
        await channel.queue_delete(Names(harness.prefix).queue(service))


def test_every_service_binds_what_it_reconciles_by() -> None:
    assert bindings(_HANDLERS["intake"]) == {
        "linli.volunteers-hour.sent.v1",
        "linli.volunteers-hour.missed.v1",
        "linli.notify-hour.missed.v1",
    }

"""Guarantees of both transports: no message is lost or handled twice, and the relay keeps order."""

import asyncio
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.bus.message import Message
from shared.bus.outbox.record import OutgoingMessage, lane_of, record_messages
from shared.bus.transport.base import Disconnected, PublishOutcome
from shared.contracts.envelope import Envelope
from shared.contracts.events import EventPublished
from shared.contracts.intake import WishDeclined, WishOpened
from shared.ids import new_id
from shared.observability.context import message_context
from tests.bus.harness import (
    STATION,
    BusHarness,
    TransportWrapper,
    has_count,
    insert_handled,
    make_message,
    make_outgoing,
    make_wish_declined,
    make_wish_opened,
    open_subscription,
    take_deliveries,
    wait_until,
)
from tests.bus.inbox_rows import execute


async def test_recorded_message_is_handled_and_moves_to_sent(harness: BusHarness) -> None:
    await harness.bind(notify=[WishOpened])
    intake = await harness.create_replica("intake").start(consumer=False)
    notify = await harness.create_replica("notify", {WishOpened: [insert_handled]}).start()

    [id_] = await intake.record(make_message(make_wish_opened("a lamp")))

    await wait_until(intake.is_idle)
    await wait_until(lambda: notify.count("inbox WHERE state = 'done'"))
    assert [row.message_id for row in await notify.fetch_rows("SELECT * FROM handled")] == [
        str(id_)
    ]
    [sent] = await intake.fetch_rows("SELECT * FROM sent")
    assert Envelope.from_json(sent.body).id == str(id_)


async def test_records_of_a_handler_follow_from_its_message(harness: BusHarness) -> None:
    correlation = UUID(int=7)

    async def decline(tx: AsyncSession, _message: Message[WishDeclined]) -> None:
        await record_messages(tx, [make_message(make_wish_opened(), 2)])

    await harness.bind(intake=[WishDeclined], notify=[WishOpened])
    intake = await harness.create_replica("intake", {WishDeclined: [decline]}).start()
    notify = await harness.create_replica("notify", {WishOpened: [insert_handled]}).start()

    with message_context(correlation, None):
        async with intake.sessions() as tx, tx.begin():
            [id_] = await record_messages(tx, [make_message(make_wish_declined())])

    await wait_until(lambda: notify.count("handled"))
    [row] = await intake.fetch_rows(
        "SELECT body FROM (SELECT type, body FROM sent UNION ALL SELECT type, body FROM outbox) m"
        " WHERE type = :type",
        type=WishOpened.type,
    )
    envelope = Envelope.from_json(row.body)
    assert (envelope.correlationid, envelope.causationid) == (correlation, str(id_))


async def test_message_delivered_five_times_is_handled_once(harness: BusHarness) -> None:
    await harness.bind(notify=[WishOpened])
    notify = await harness.create_replica("notify", {WishOpened: [insert_handled]}).start(
        relay=False
    )
    publisher = await notify.transport.publisher("intake")
    message = make_outgoing(make_wish_opened())

    for _ in range(5):
        assert await publisher.publish([message]) == [PublishOutcome.CONFIRMED]
    assert await publisher.publish([make_outgoing(make_wish_opened("the last"))]) == [
        PublishOutcome.CONFIRMED
    ]
    await publisher.close()

    await wait_until(lambda: notify.count("handled WHERE title = 'the last'"))
    assert await notify.count("handled") == 2
    assert await notify.count("inbox") == 2


async def test_crash_between_confirm_and_delete_only_makes_a_duplicate(harness: BusHarness) -> None:
    class CrashesOnce(TransportWrapper):
        crashed = 0

        async def adjust_outcomes(self, outcomes: list[PublishOutcome]) -> list[PublishOutcome]:
            if not self.crashed:
                self.crashed = len(outcomes)
                raise Disconnected
            return outcomes

    await harness.bind(notify=[WishOpened])
    wrapped: list[CrashesOnce] = []

    def crashing(transport: object) -> CrashesOnce:
        wrapped.append(CrashesOnce(transport))  # type: ignore[arg-type]
        return wrapped[0]

    intake = harness.create_replica("intake", wrap=crashing)
    notify = await harness.create_replica("notify", {WishOpened: [insert_handled]}).start()
    await intake.record(*(make_message(make_wish_opened()) for _ in range(20)))
    await intake.start(consumer=False)

    await wait_until(intake.is_idle)
    await wait_until(lambda: has_count(notify.count("handled"), 20))
    assert wrapped[0].crashed > 0
    assert await notify.count("inbox WHERE state = 'done'") == 20
    assert await intake.count("sent") == 20


async def test_competing_relays_keep_the_order_within_a_subject(harness: BusHarness) -> None:
    await harness.bind(notify=[WishOpened])
    replicas = [await harness.create_replica("intake").start(consumer=False) for _ in range(2)]
    wishes = [make_wish_opened() for _ in range(12)]
    async with open_subscription(replicas[0].transport, "notify") as subscription:
        taking = asyncio.create_task(take_deliveries(subscription, 12 * 30))
        for sequence in range(1, 31):
            writer = replicas[sequence % 2]
            await writer.record(*(make_message(one, sequence) for one in wishes))
        deliveries = await taking

    sequences_by_subject: dict[str, list[int]] = {}
    for delivery in deliveries:
        envelope = Envelope.from_json(delivery.body)
        sequences_by_subject.setdefault(envelope.subject, []).append(envelope.sequence)
    assert list(sequences_by_subject.values()) == [list(range(1, 31))] * 12


async def test_refused_messages_delay_only_their_own_subjects(harness: BusHarness) -> None:
    await harness.bind(notify=[WishOpened])
    intake = harness.create_replica("intake")
    notify = await harness.create_replica("notify", {WishOpened: [insert_handled]}).start()
    subjects = [one for one in (f"things/{n}" for n in range(9000)) if lane_of(one) == 0]
    lost, free = subjects[:300], subjects[300:500]
    await intake.record(
        *(OutgoingMessage(one, STATION, 1, make_wish_declined()) for one in lost),
        *(OutgoingMessage(one, STATION, 1, make_wish_opened()) for one in free),
    )
    await intake.start(consumer=False)
    await wait_until(lambda: has_count(notify.count("handled"), 200))
    await wait_until(lambda: has_count(intake.count("outbox WHERE due_at IS NOT NULL"), 300))

    # A later message of such a subject waits behind the earlier one.
    await execute(intake, "UPDATE outbox SET due_at = now() + interval '1 hour'")
    await intake.record(
        *(OutgoingMessage(one, STATION, 2, make_wish_opened()) for one in (*lost[:5], *free[:5]))
    )
    await wait_until(lambda: has_count(notify.count("handled"), 205))
    behind = "outbox WHERE due_at > now() AND refusals = 0"
    await wait_until(lambda: has_count(intake.count(behind), 5))

    # They are tried again by themselves.
    await execute(intake, "UPDATE outbox SET due_at = now()")
    await wait_until(lambda: has_count(intake.count("outbox WHERE refusals >= 2"), 300))
    await wait_until(lambda: has_count(notify.count("handled"), 210))


async def test_message_without_readers_is_sent(harness: BusHarness) -> None:
    at = clock.now()
    published = EventPublished(
        event_id=new_id(), kind="film", title="a film", place="here", starts_at=at, ends_at=at
    )
    await harness.bind(notify=[WishOpened])
    intake = await harness.create_replica("intake").start(consumer=False)

    await intake.record(OutgoingMessage(f"events/{published.event_id}", STATION, 1, published))

    await wait_until(intake.is_idle)
    assert await intake.count("sent") == 1


async def test_unconfirmed_message_stays_and_is_published_again(harness: BusHarness) -> None:
    class Silent(TransportWrapper):
        silent = True

        async def adjust_outcomes(self, outcomes: list[PublishOutcome]) -> list[PublishOutcome]:
            if self.silent:
                self.silent = False
                return [PublishOutcome.UNKNOWN for _ in outcomes]
            return outcomes

    await harness.bind(notify=[WishOpened])
    intake = harness.create_replica("intake", wrap=Silent)
    notify = await harness.create_replica("notify", {WishOpened: [insert_handled]}).start()
    await intake.record(make_message(make_wish_opened()))
    await intake.start(consumer=False)

    await wait_until(intake.is_idle)
    await wait_until(lambda: notify.count("handled"))
    assert await notify.count("handled") == 1


async def test_stopping_relay_abandons_its_wait_and_keeps_the_rows(harness: BusHarness) -> None:
    publishing = asyncio.Event()

    class Hangs(TransportWrapper):
        async def adjust_outcomes(self, outcomes: list[PublishOutcome]) -> list[PublishOutcome]:
            publishing.set()
            await asyncio.Event().wait()
            return outcomes

    await harness.bind(notify=[WishOpened])
    intake = harness.create_replica("intake", wrap=Hangs)
    await harness.create_replica("notify", {WishOpened: [insert_handled]}).start()
    await intake.record(make_message(make_wish_opened()))
    await intake.start(consumer=False)
    await publishing.wait()

    async with asyncio.timeout(2):
        await intake.relay.stop()
        await intake.relay.stop()
    assert await intake.count("outbox") == 1
    assert not intake.relay.alive


async def test_stopping_consumer_finishes_its_batch(harness: BusHarness) -> None:
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def slow(tx: AsyncSession, message: Message[WishOpened]) -> None:
        entered.set()
        await go_on.wait()
        await insert_handled(tx, message)

    await harness.bind(notify=[WishOpened])
    intake = await harness.create_replica("intake").start(consumer=False)
    notify = await harness.create_replica("notify", {WishOpened: [slow]}).start()
    await intake.record(make_message(make_wish_opened()))
    await entered.wait()
    stopping = asyncio.create_task(notify.consumer.stop())
    go_on.set()
    await stopping
    await notify.consumer.stop()

    assert await notify.count("handled") == 1
    await wait_until(intake.is_idle)

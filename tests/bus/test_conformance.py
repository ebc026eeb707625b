"""What both transports promise: nothing lost, nothing twice, order kept by the relay."""

import asyncio
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.bus.message import Message
from shared.bus.outbox.record import Fact, record_facts
from shared.bus.transport.base import Disconnected, Outcome
from shared.contracts.envelope import Envelope
from shared.contracts.events import EventPublished
from shared.contracts.intake import WishDeclined, WishOpened
from shared.ids import new_id
from shared.observability.logs import caused
from tests.bus.harness import (
    STATION,
    Rig,
    Wrapped,
    declined,
    equal,
    fact,
    note,
    outgoing,
    subscribed,
    taken,
    until,
    wish,
)


async def test_recorded_message_is_handled_and_moves_to_the_record(rig: Rig) -> None:
    await rig.bind(notify=[WishOpened])
    intake = await rig.replica("intake").start(consumer=False)
    notify = await rig.replica("notify", {WishOpened: note}).start()

    [id_] = await intake.record(fact(wish("a lamp")))

    await until(intake.idle)
    await until(lambda: notify.count("inbox WHERE state = 'done'"))
    assert [row.message_id for row in await notify.rows("SELECT * FROM seen")] == [str(id_)]
    [sent] = await intake.rows("SELECT * FROM sent")
    assert Envelope.from_json(sent.body).id == str(id_)


async def test_records_of_a_handler_follow_from_its_message(rig: Rig) -> None:
    correlation = UUID(int=7)

    async def decline(tx: AsyncSession, _message: Message[WishDeclined]) -> None:
        await record_facts(tx, [fact(wish(), 2)])

    await rig.bind(volunteers=[WishDeclined], notify=[WishOpened])
    intake = await rig.replica("intake").start(consumer=False)
    volunteers = await rig.replica("volunteers", {WishDeclined: decline}).start()
    notify = await rig.replica("notify", {WishOpened: note}).start()

    with caused(correlation, None):
        async with intake.sessions() as tx, tx.begin():
            [id_] = await record_facts(tx, [fact(declined())])

    await until(lambda: notify.count("seen"))
    [followed] = await volunteers.rows("SELECT body FROM sent UNION ALL SELECT body FROM outbox")
    envelope = Envelope.from_json(followed.body)
    assert (envelope.correlationid, envelope.causationid) == (correlation, str(id_))


async def test_message_delivered_five_times_is_handled_once(rig: Rig) -> None:
    await rig.bind(notify=[WishOpened])
    notify = await rig.replica("notify", {WishOpened: note}).start(relay=False)
    publisher = await notify.transport.publisher("intake")
    message = outgoing(wish())

    for _ in range(5):
        assert await publisher.publish([message]) == [Outcome.CONFIRMED]
    assert await publisher.publish([outgoing(wish("the last"))]) == [Outcome.CONFIRMED]
    await publisher.close()

    await until(lambda: notify.count("seen WHERE title = 'the last'"))
    assert await notify.count("seen") == 2
    assert await notify.count("inbox") == 2


async def test_crash_between_confirm_and_delete_only_makes_a_duplicate(rig: Rig) -> None:
    class CrashesOnce(Wrapped):
        crashed = 0

        async def answer(self, outcomes: list[Outcome]) -> list[Outcome]:
            if not self.crashed:
                self.crashed = len(outcomes)
                raise Disconnected
            return outcomes

    await rig.bind(notify=[WishOpened])
    wrapped: list[CrashesOnce] = []

    def crashing(transport: object) -> CrashesOnce:
        wrapped.append(CrashesOnce(transport))  # type: ignore[arg-type]
        return wrapped[0]

    intake = rig.replica("intake", wrap=crashing)
    notify = await rig.replica("notify", {WishOpened: note}).start()
    await intake.record(*(fact(wish()) for _ in range(20)))
    await intake.start(consumer=False)

    await until(intake.idle)
    await until(lambda: equal(notify.count("seen"), 20))
    assert wrapped[0].crashed > 0
    assert await notify.count("inbox WHERE state = 'done'") == 20
    assert await intake.count("sent") == 20


async def test_competing_relays_keep_the_order_within_a_subject(rig: Rig) -> None:
    await rig.bind(notify=[WishOpened])
    replicas = [await rig.replica("intake").start(consumer=False) for _ in range(2)]
    wishes = [wish() for _ in range(12)]
    async with subscribed(replicas[0].transport, "notify") as subscription:
        taking = asyncio.create_task(taken(subscription, 12 * 30))
        for sequence in range(1, 31):
            writer = replicas[sequence % 2]
            await writer.record(*(fact(one, sequence) for one in wishes))
        deliveries = await taking

    seen: dict[str, list[int]] = {}
    for delivery in deliveries:
        envelope = Envelope.from_json(delivery.body)
        seen.setdefault(envelope.subject, []).append(envelope.sequence)
    assert len(seen) == 12
    assert all(sequences == sorted(sequences) for sequences in seen.values())


async def test_unroutable_message_stays_and_its_lane_rests(rig: Rig) -> None:
    await rig.bind(notify=[WishOpened])
    intake = rig.replica("intake")
    notify = await rig.replica("notify", {WishOpened: note}).start()
    opened = wish()
    lost = WishDeclined.model_validate(opened.model_dump())
    await intake.record(fact(lost, 1), fact(opened, 1))
    [row] = await intake.rows("SELECT DISTINCT lane FROM outbox")
    await intake.start(consumer=False)

    await until(lambda: notify.count("seen"))
    await until(lambda: equal(intake.count("outbox"), 1))
    assert intake.relay.resting(row.lane)
    [kept] = await intake.rows("SELECT type FROM outbox")
    assert kept.type == WishDeclined.type


async def test_message_whose_type_nobody_reads_goes_out_all_the_same(rig: Rig) -> None:
    at = clock.now()
    held = EventPublished(
        event_id=new_id(), kind="film", title="a film", place="here", starts_at=at, ends_at=at
    )
    await rig.bind(notify=[WishOpened])
    intake = await rig.replica("intake").start(consumer=False)

    await intake.record(Fact(f"events/{held.event_id}", STATION, 1, held))

    await until(intake.idle)
    assert await intake.count("sent") == 1


async def test_unconfirmed_message_stays_and_is_published_again(rig: Rig) -> None:
    class Silent(Wrapped):
        silent = True

        async def answer(self, outcomes: list[Outcome]) -> list[Outcome]:
            if self.silent:
                self.silent = False
                return [Outcome.UNKNOWN for _ in outcomes]
            return outcomes

    await rig.bind(notify=[WishOpened])
    intake = rig.replica("intake", wrap=Silent)
    notify = await rig.replica("notify", {WishOpened: note}).start()
    await intake.record(fact(wish()))
    await intake.start(consumer=False)

    await until(intake.idle)
    assert await notify.count("seen") == 1


async def test_stopping_relay_abandons_its_wait_and_keeps_the_rows(rig: Rig) -> None:
    asked = asyncio.Event()

    class Hangs(Wrapped):
        async def answer(self, outcomes: list[Outcome]) -> list[Outcome]:
            asked.set()
            await asyncio.Event().wait()
            return outcomes

    await rig.bind(notify=[WishOpened])
    intake = rig.replica("intake", wrap=Hangs)
    await rig.replica("notify", {WishOpened: note}).start()
    await intake.record(fact(wish()))
    await intake.start(consumer=False)
    await asked.wait()

    async with asyncio.timeout(2):
        await intake.relay.stop()
        await intake.relay.stop()
    assert await intake.count("outbox") == 1
    assert not intake.relay.alive


async def test_stopping_consumer_finishes_its_batch(rig: Rig) -> None:
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def slow(tx: AsyncSession, message: Message[WishOpened]) -> None:
        entered.set()
        await go_on.wait()
        await note(tx, message)

    await rig.bind(notify=[WishOpened])
    intake = await rig.replica("intake").start(consumer=False)
    notify = await rig.replica("notify", {WishOpened: slow}).start()
    await intake.record(fact(wish()))
    await entered.wait()
    stopping = asyncio.create_task(notify.consumer.stop())
    go_on.set()
    await stopping
    await notify.consumer.stop()

    assert await notify.count("seen") == 1
    await until(intake.idle)

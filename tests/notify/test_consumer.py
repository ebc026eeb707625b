"""Notify's consumer: a waiting message delays no other, and repeats notify once."""

from uuid import UUID

from shared.bus.transport.base import PublishOutcome
from shared.contracts.intake import WishOpened
from shared.ids import new_id
from shared.runtime.runtime import Runtime
from tests.notify.fixtures import read_deliveries, register_resident
from tests.support.api_clients import eventually
from tests.support.messages import handle_messages, resident_registered, to_publishing, wish_message


async def test_only_the_message_about_an_unknown_resident_waits(
    runtime: Runtime, station: UUID
) -> None:
    registered, late = await register_resident(runtime, station), new_id()
    people = [registered, registered, late, registered, registered]
    batch = [to_publishing(wish_message(station, WishOpened, person)) for person in people]
    publisher = await runtime.transport.publisher("intake")
    await runtime.consumer.start()
    try:
        outcomes = await publisher.publish([*batch, batch[0], batch[4]])
        assert set(outcomes) == {PublishOutcome.CONFIRMED}
        deliveries = await read_deliveries(runtime, station)
        assert [d.recipient_id for d in deliveries] == [registered] * 4
        await handle_messages(runtime, resident_registered(runtime, station, late))

        async def is_notified() -> bool:
            return late in [d.recipient_id for d in await read_deliveries(runtime, station)]

        await eventually(is_notified)
    finally:
        await runtime.consumer.stop()
    assert len(await read_deliveries(runtime, station)) == 5

"""Notify as it consumes: one message that has to wait holds up no other, and repeats tell once."""

from uuid import UUID

from shared import clock
from shared.bus.transport.base import Outcome, Outgoing
from shared.contracts.envelope import Envelope
from shared.contracts.intake import WishOpened
from shared.ids import new_id
from shared.runtime.runtime import Runtime
from tests.notify.messages import Told, about_wish, deliveries_of, handle, move_in, registered
from tests.support.api_clients import eventually


def outgoing(message: Told) -> Outgoing:
    """The message as intake's relay publishes it."""
    envelope = Envelope(
        id=message.id,
        type=message.type,
        source=message.source,
        subject=message.subject,
        time=clock.now(),
        station=message.station,
        sequence=message.sequence,
        correlationid=message.correlation,
        data=message.content.model_dump(mode="json"),
    )
    return Outgoing(message.id, message.type, message.correlation, envelope.to_json(), True)


async def test_only_the_message_about_a_stranger_waits(runtime: Runtime, station: UUID) -> None:
    known, late = await move_in(runtime, station), new_id()
    people = [known, known, late, known, known]
    batch = [outgoing(about_wish(station, WishOpened, person)) for person in people]
    publisher = await runtime.transport.publisher("intake")
    await runtime.consumer.start()
    try:
        outcomes = await publisher.publish([*batch, batch[0], batch[4]])
        assert set(outcomes) == {Outcome.CONFIRMED}
        told = await deliveries_of(runtime, station)
        assert [d.recipient_id for d in told] == [known] * 4
        await handle(runtime, registered(runtime, station, late))

        async def told_too() -> bool:
            return late in [d.recipient_id for d in await deliveries_of(runtime, station)]

        await eventually(told_too)
    finally:
        await runtime.consumer.stop()
    assert len(await deliveries_of(runtime, station)) == 5

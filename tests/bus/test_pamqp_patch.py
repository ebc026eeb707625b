"""Properties that can't be decoded, and dead letters with a forged origin."""

import struct
from typing import Any

import aio_pika
import pytest
from pamqp import decode
from pamqp.header import ContentHeader

from shared.bus.transport import pamqp_patch
from shared.bus.transport.topology import Names
from shared.contracts.intake import WishOpened
from tests.bus.harness import (
    BusHarness,
    insert_handled,
    make_outgoing,
    make_wish_opened,
    wait_until,
)

YEAR_58869 = struct.pack(">Q", 1_795_564_800_000_000)
LATIN_1 = b"\x04caf\xe9"
TABLE = b"\x00\x00\x00\x06\x01\xe9S\x00\x00\x00"


@pytest.mark.parametrize(
    ("kind", "value", "length", "fallback"),
    [
        ("timestamp", YEAR_58869, 8, None),
        ("shortstr", LATIN_1, 5, ""),
        ("table", TABLE, 10, {}),
    ],
)
def test_undecodable_property_becomes_the_fallback_with_its_length(
    kind: str, value: bytes, length: int, fallback: object
) -> None:
    pamqp_patch.install_tolerant_decoders()
    assert decode.by_type(value + b"more", kind) == (length, fallback)


def test_decodable_property_is_unchanged() -> None:
    assert decode.by_type(b"\x04cafe", "shortstr") == (5, "cafe")
    assert decode.by_type(struct.pack(">Q", 1_700_000_000), "timestamp")[1] is not None


def _corrupt_timestamps(patch: pytest.MonkeyPatch) -> None:
    """Publish timestamps in microseconds."""
    marshal = ContentHeader.marshal

    def marshal_microseconds(self: ContentHeader) -> bytes:
        return marshal(self).replace(struct.pack(">Q", 1_700_000_000), YEAR_58869)

    patch.setattr(ContentHeader, "marshal", marshal_microseconds)


async def test_message_with_an_undecodable_property_stops_no_consumer(
    rabbit_harness: BusHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rabbit_harness.bind(notify=[WishOpened])
    notify = await rabbit_harness.create_replica("notify", {WishOpened: [insert_handled]}).start(
        relay=False
    )
    corrupt, valid = make_outgoing(make_wish_opened()), make_outgoing(make_wish_opened())
    async with await aio_pika.connect(rabbit_harness.amqp_url) as connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange(Names(rabbit_harness.prefix).messages)
        for one, at in ((corrupt, 1_700_000_000), (valid, 1_800_000_000)):
            message = aio_pika.Message(one.body, timestamp=at, user_id="guest")
            with monkeypatch.context() as patch:
                _corrupt_timestamps(patch)
                await exchange.publish(message, one.type)

    async def are_handled() -> bool:
        return await notify.count("inbox WHERE state = 'done'") == 2

    await wait_until(are_handled)


async def test_dead_letter_of_a_partner_is_recognized_despite_a_forged_x_death(
    rabbit_harness: BusHarness,
) -> None:
    """A publisher may set `x-death` itself, and RabbitMQ 3 appends to such a header."""
    names = Names(rabbit_harness.prefix)
    await rabbit_harness.bind(intake=[WishOpened])
    death: dict[str, Any] = {
        "queue": names.queue("intake"),
        "reason": "expired",
        "exchange": names.messages,
        "routing-keys": [WishOpened.type],
        "count": 1,
    }
    async with await aio_pika.connect(rabbit_harness.amqp_url) as connection:
        channel = await connection.channel()
        partners = await channel.get_exchange(names.partners)
        forged = make_outgoing(make_wish_opened())
        message = aio_pika.Message(forged.body, expiration=0.01, headers={"x-death": [death]})
        await partners.publish(message, "forged")
    dead_letters = await rabbit_harness.get_transport().dead_letters("intake")
    assert dead_letters is not None
    letters = []

    async def have_arrived() -> bool:
        letters.extend(await dead_letters.take(1))
        return bool(letters)

    await wait_until(have_arrived)
    assert letters[0].from_partner
    await dead_letters.close()

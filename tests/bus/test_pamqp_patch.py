"""Properties that can't be decoded, and dead letters that lie about where they came from."""

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
    ("kind", "value", "length", "nothing"),
    [
        ("timestamp", YEAR_58869, 8, None),
        ("shortstr", LATIN_1, 5, ""),
        ("table", TABLE, 10, {}),
    ],
)
def test_what_can_not_be_decoded_is_nothing_of_its_own_length(
    kind: str, value: bytes, length: int, nothing: object
) -> None:
    pamqp_patch.install_tolerant_decoders()
    assert decode.by_type(value + b"more", kind) == (length, nothing)


def test_what_can_be_decoded_is_what_it_was() -> None:
    assert decode.by_type(b"\x04cafe", "shortstr") == (5, "cafe")
    assert decode.by_type(struct.pack(">Q", 1_700_000_000), "timestamp")[1] is not None


def _corrupt_timestamps(patch: pytest.MonkeyPatch) -> None:
    """Let what is published have a time of microseconds."""
    marshal = ContentHeader.marshal

    def far_away(self: ContentHeader) -> bytes:
        return marshal(self).replace(struct.pack(">Q", 1_700_000_000), YEAR_58869)

    patch.setattr(ContentHeader, "marshal", far_away)


async def test_a_message_with_such_a_property_stops_nobody(
    rabbit_harness: BusHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rabbit_harness.bind(notify=[WishOpened])
    notify = await rabbit_harness.create_replica("notify", {WishOpened: insert_handled}).start(
        relay=False
    )
    bad, good = make_outgoing(make_wish_opened()), make_outgoing(make_wish_opened())
    async with await aio_pika.connect(rabbit_harness.amqp_url) as connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange(Names(rabbit_harness.prefix).messages)
        for one, at in ((bad, 1_700_000_000), (good, 1_800_000_000)):
            message = aio_pika.Message(one.body, timestamp=at, user_id="guest")
            with monkeypatch.context() as patch:
                _corrupt_timestamps(patch)
                await exchange.publish(message, one.type)

    async def both() -> bool:
        return await notify.count("inbox WHERE state = 'done'") == 2

    await wait_until(both)


async def test_a_dead_letter_is_a_partner_s_whatever_it_says_of_its_death(
    rabbit_harness: BusHarness,
) -> None:
    """A publisher may write `x-death` itself, and RabbitMQ 3 adds to what it wrote."""
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
    office = await rabbit_harness.get_transport().dead_letters("intake")
    assert office is not None
    found = []

    async def died() -> bool:
        found.extend(await office.take(1))
        return bool(found)

    await wait_until(died)
    assert found[0].from_partner
    await office.close()

"""Identity on the bus: who may publish which type, and whose locks are whose."""

import asyncio

import pytest
from sqlalchemy import text

from shared.bus import message_keys
from shared.bus.admin import redrive
from shared.bus.inbox.parser import Parser, may_publish
from shared.bus.locks import acquire_locks
from shared.contracts.intake import WishFulfilled, WishOpened
from tests.bus.harness import (
    BusHarness,
    has_count,
    insert_handled,
    make_outgoing,
    make_wish_opened,
    publish_batch,
    wait_until,
)
from tests.bus.inbox_rows import UNSCOPED_OPERATOR


@pytest.mark.parametrize(
    ("user", "type_", "allowed"),
    [
        ("intake", "linli.wish.fulfilled.v1", True),
        ("linli-intake", "linli.wish.fulfilled.v1", True),
        ("linli-notify", "linli.wish.fulfilled.v1", False),
        ("linli-volunteers", "linli.wish.fulfilled.v1", False),
        ("linli-volunteers", "linli.points.awarded.v1", True),
        ("linli-intake", "linli.points.awarded.v1", False),
        ("linli-intake", "ext.lift.stopped.v1", True),
        ("linli-volunteers", "ext.lift.stopped.v1", False),
        ("linli-volunteers", "linli.points.expired.v9", True),
        ("guest", "linli.wish.fulfilled.v1", True),
    ],
)
def test_service_publishes_its_own_types_only(user: str, type_: str, *, allowed: bool) -> None:
    assert may_publish(user, type_) == allowed


async def test_message_of_another_service_s_user_is_never_handled(
    inprocess_harness: BusHarness,
) -> None:
    await inprocess_harness.bind(notify=[WishOpened], volunteers=[])
    notify = await inprocess_harness.create_replica("notify", {WishOpened: [insert_handled]}).start(
        relay=False
    )
    forged = make_outgoing(make_wish_opened())
    publisher = await notify.transport.publisher("volunteers")
    await publisher.publish([forged])
    [parked] = await notify.fetch_rows("SELECT * FROM inbox")
    assert (parked.state, parked.error) == ("parked", "volunteers may not publish this type")

    # Neither does a retry believe it, nor does it take the key of the genuine message.
    async with notify.sessions.begin() as tx:
        await redrive.retry(tx, UNSCOPED_OPERATOR, parked.message_key, "once more")
    await notify.consumer.retry_worker.run_due()
    assert await notify.count("inbox WHERE state = 'parked'") == 1
    await publish_batch(notify, [forged])
    await wait_until(lambda: notify.count("handled"))


async def test_message_of_before_the_new_keys_is_not_handled_again(harness: BusHarness) -> None:
    await harness.bind(notify=[WishOpened])
    notify = harness.create_replica("notify", {WishOpened: [insert_handled]})
    handled, failed, fresh = (make_outgoing(make_wish_opened()) for _ in range(3))
    user = "guest" if harness.kind == "rabbit" else "intake"
    async with notify.sessions.begin() as tx:
        for one, state in ((handled, "done"), (failed, "retry")):
            await tx.execute(
                text(
                    "INSERT INTO inbox (consumer, message_key, type, correlation, state, body,"
                    " due_at) VALUES ('notify', :key, :type, :id, :state, :body, now())"
                ),
                {
                    "key": message_keys.old_message_key(user, WishOpened.source, one.id),
                    "type": one.type,
                    "id": one.correlation,
                    "state": state,
                    "body": None if state == "done" else one.body,
                },
            )
    publishing = asyncio.create_task(publish_batch(notify, [handled, failed, fresh]))
    await notify.start(relay=False)
    await publishing
    await wait_until(lambda: has_count(notify.count("handled"), 2))
    handled_ids = {row.message_id for row in await notify.fetch_rows("SELECT * FROM handled")}
    assert handled_ids == {failed.id, fresh.id}
    assert await notify.count("inbox") == 3


def test_key_is_the_same_whoever_delivers_the_message() -> None:
    parser = Parser(frozenset({WishOpened.type}))
    outgoing = make_outgoing(make_wish_opened())
    keys = {parser.parse(user, outgoing.type, outgoing.body).key for user in ("guest", "intake")}
    assert keys == {message_keys.message_key(WishOpened.source, outgoing.id)}


def test_forged_message_has_no_genuine_key() -> None:
    parser = Parser(frozenset({WishFulfilled.type}))
    forged = make_outgoing(make_wish_opened())
    genuine = parser.parse("linli-intake", forged.type, forged.body)
    assert parser.parse("linli-notify", forged.type, forged.body).key != genuine.key


async def test_services_in_one_database_share_no_lock(inprocess_harness: BusHarness) -> None:
    intake, notify = (inprocess_harness.create_replica(name) for name in ("intake", "notify"))
    async with intake.sessions.begin() as tx, notify.sessions.begin() as other:
        await acquire_locks(tx, ["wishes/1", "wishes/2"])
        async with asyncio.timeout(1):
            await acquire_locks(other, ["wishes/1", "wishes/2"])
        # Other workers' tests wait for locks of their own databases.
        own = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        waiting = f"pg_locks WHERE locktype = 'advisory' AND NOT granted AND {own}"
        assert await notify.count(waiting) == 0

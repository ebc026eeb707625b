"""Sending text messages: outcomes, retries, leases, and several senders at once."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import delete

from services.notify.channels.base import Failed, Outcome, Rendering, Sent
from services.notify.deliveries import sender as sending
from services.notify.deliveries.leases import (
    LEASE_DURATION,
    MAX_ATTEMPTS,
    MAX_BACKOFF_SECONDS,
    lease,
    record_outcome,
)
from services.notify.deliveries.models import QUEUED, Delivery
from services.notify.deliveries.sender import Sender
from shared import clock
from shared.bus import commit_hooks
from shared.contracts.intake import WishDelivered
from shared.language import Language
from shared.runtime.runtime import Runtime
from tests.notify.deliveries.loopback_channel import LoopbackChannel, create_sender, send_later
from tests.notify.fixtures import read_deliveries, register_resident
from tests.support.messages import PHONE, TITLE, handle_messages, sign_in_code_issued, wish_message

AFTER_MAX_BACKOFF = timedelta(seconds=MAX_BACKOFF_SECONDS)


@pytest.fixture(autouse=True)
async def _no_other_deliveries_due(runtime: Runtime) -> None:
    """Delete the due deliveries of other tests, since a sender serves every station."""
    async with runtime.sessions.begin() as tx:
        await tx.execute(delete(Delivery).where(Delivery.due_at.is_not(None)))


async def queue_text_message(runtime: Runtime, station: UUID, language: Language = "zh") -> UUID:
    """Queue a text message, and return the recipient."""
    resident = await register_resident(runtime, station, language=language)
    await handle_messages(runtime, wish_message(station, WishDelivered, resident))
    return resident


async def list_text_messages(runtime: Runtime, station: UUID) -> list[Delivery]:
    """List the station's text messages."""
    return [d for d in await read_deliveries(runtime, station) if d.channel == "sms"]


async def test_text_message_is_in_the_recipient_s_language(runtime: Runtime, station: UUID) -> None:
    await queue_text_message(runtime, station)
    await queue_text_message(runtime, station, "en")
    channel = LoopbackChannel()
    assert len(await create_sender(runtime, channel).send_due()) == 2
    zh, en = sorted((rendering.text for rendering in channel.renderings), reverse=True)
    assert zh.startswith("【邻里服务站】")
    assert en.startswith("[Linli] ")
    assert TITLE in zh
    assert TITLE in en
    assert {rendering.to for rendering in channel.renderings} == {PHONE}
    sent = await list_text_messages(runtime, station)
    assert [(one.state, one.via, one.attempts, one.due_at) for one in sent] == [
        ("sent", "loopback", 1, None)
    ] * 2
    assert None not in [one.sent_at for one in sent]


async def test_sent_delivery_is_not_sent_again(runtime: Runtime, station: UUID) -> None:
    await queue_text_message(runtime, station)
    sender = create_sender(runtime, LoopbackChannel())
    await sender.send_due()
    assert await send_later(sender, AFTER_MAX_BACKOFF) == 0


@pytest.mark.parametrize("failure", [Failed("no credit left"), ConnectionError("gateway gone")])
async def test_a_temporary_failure_is_tried_again_later(
    runtime: Runtime, station: UUID, failure: Outcome | Exception
) -> None:
    await queue_text_message(runtime, station)
    channel = LoopbackChannel(failure)
    sender = create_sender(runtime, channel)
    before = clock.now()
    await sender.send_due()
    (waiting,) = await list_text_messages(runtime, station)
    assert (waiting.state, waiting.attempts) == ("queued", 1)
    assert waiting.due_at is not None
    assert waiting.due_at >= before + timedelta(seconds=5)
    assert waiting.reason
    assert await sender.send_due() == []
    assert await send_later(sender, AFTER_MAX_BACKOFF) == 1
    (sent,) = await list_text_messages(runtime, station)
    assert (sent.state, sent.attempts, sent.reason) == ("sent", 2, None)
    assert len(channel.renderings) == 2


async def test_a_permanent_failure_is_final_and_says_why(runtime: Runtime, station: UUID) -> None:
    await queue_text_message(runtime, station)
    sender = create_sender(runtime, LoopbackChannel(Failed("no such number", permanent=True)))
    await sender.send_due()
    (failed,) = await list_text_messages(runtime, station)
    assert (failed.state, failed.reason, failed.due_at) == ("failed", "no such number", None)
    assert await send_later(sender, AFTER_MAX_BACKOFF) == 0


async def test_delivery_fails_after_the_last_attempt(runtime: Runtime, station: UUID) -> None:
    await queue_text_message(runtime, station)
    channel = LoopbackChannel(*[Failed("busy")] * (MAX_ATTEMPTS + 1))
    sender = create_sender(runtime, channel)
    tried = [
        await send_later(sender, AFTER_MAX_BACKOFF * number) for number in range(MAX_ATTEMPTS + 1)
    ]
    assert tried == [1] * MAX_ATTEMPTS + [0]
    (failed,) = await list_text_messages(runtime, station)
    assert (failed.state, failed.reason) == ("failed", "busy")


async def test_delivery_fails_after_killing_every_sender(runtime: Runtime, station: UUID) -> None:
    await queue_text_message(runtime, station)
    for number in range(MAX_ATTEMPTS):
        with clock.shifted(AFTER_MAX_BACKOFF * number):
            async with runtime.sessions.begin() as tx:
                assert len(await lease(tx, 20)) == 1
    channel = LoopbackChannel()
    await send_later(create_sender(runtime, channel), AFTER_MAX_BACKOFF * MAX_ATTEMPTS)
    (failed,) = await list_text_messages(runtime, station)
    assert failed.state == "failed"
    assert channel.renderings == []


async def test_a_silent_channel_counts_as_a_failure(
    runtime: Runtime, station: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Silent(LoopbackChannel):
        async def send(self, rendering: Rendering) -> Outcome:  # noqa: ARG002
            await asyncio.Event().wait()
            raise AssertionError

    monkeypatch.setattr(sending, "SEND_TIMEOUT_SECONDS", 0.01)
    await queue_text_message(runtime, station)
    await create_sender(runtime, Silent()).send_due()
    (waiting,) = await list_text_messages(runtime, station)
    assert waiting.state == "queued"
    assert "no answer" in (waiting.reason or "")


async def test_delivery_is_sent_again_after_a_sender_crash(runtime: Runtime, station: UUID) -> None:
    await queue_text_message(runtime, station)
    async with runtime.sessions.begin() as tx:
        (lost,) = await lease(tx, 20)
    other = LoopbackChannel()
    sender = create_sender(runtime, other)
    assert await sender.send_due() == []
    assert await send_later(sender, LEASE_DURATION + timedelta(seconds=1)) == 1
    assert other.delivery_ids == [lost.id]
    (sent,) = await list_text_messages(runtime, station)
    assert (sent.state, sent.attempts) == ("sent", 2)


async def test_wrong_clock_delays_and_expires_nothing(runtime: Runtime, station: UUID) -> None:
    channel = LoopbackChannel()
    for days in (36, -36):
        with clock.skewed(timedelta(days=days)):
            await queue_text_message(runtime, station)
            await create_sender(runtime, channel).send_due()
    assert [one.state for one in await list_text_messages(runtime, station)] == ["sent", "sent"]


async def test_sender_without_the_lease_records_only_sent(runtime: Runtime, station: UUID) -> None:
    await queue_text_message(runtime, station)
    async with runtime.sessions.begin() as tx:
        (slow,) = await lease(tx, 20)
    with clock.shifted(LEASE_DURATION * 2):
        async with runtime.sessions.begin() as tx:
            (quick,) = await lease(tx, 20)
    async with runtime.sessions.begin() as tx:
        await record_outcome(tx, slow, Failed("too late", permanent=True), "loopback")
    assert [d.state for d in await list_text_messages(runtime, station)] == ["leased"]
    async with runtime.sessions.begin() as tx:
        await record_outcome(tx, slow, Sent(), "loopback")
        await record_outcome(tx, quick, Failed("busy"), "loopback")
    (sent,) = await list_text_messages(runtime, station)
    assert (sent.state, sent.reason, sent.due_at) == ("sent", None, None)


async def test_locked_delivery_is_skipped(runtime: Runtime, station: UUID) -> None:
    for _ in range(3):
        await queue_text_message(runtime, station)
    async with runtime.sessions.begin() as one, runtime.sessions.begin() as other:
        first, second = await lease(one, 2), await lease(other, 2)
    assert (len(first), len(second)) == (2, 1)
    assert not {d.id for d in first} & {d.id for d in second}


async def test_two_senders_never_send_the_same_delivery(runtime: Runtime, station: UUID) -> None:
    resident = await register_resident(runtime, station)
    await handle_messages(
        runtime, *(wish_message(station, WishDelivered, resident) for _ in range(90))
    )
    channel = LoopbackChannel()

    async def replica() -> None:
        sender = create_sender(runtime, channel)
        while await sender.send_due():
            pass

    await asyncio.gather(replica(), replica())
    assert len(channel.renderings) == len(set(channel.delivery_ids)) == 90
    assert {d.attempts for d in await list_text_messages(runtime, station)} == {1}


async def test_failed_delivery_delays_no_other(runtime: Runtime, station: UUID) -> None:
    for _ in range(3):
        await queue_text_message(runtime, station)
    await create_sender(
        runtime, LoopbackChannel(Failed("no such number", permanent=True))
    ).send_due()
    states = sorted(d.state for d in await list_text_messages(runtime, station))
    assert states == ["failed", "sent", "sent"]


async def test_code_is_sent_only_while_it_is_valid(runtime: Runtime, station: UUID) -> None:
    resident = await register_resident(runtime, station)
    channel = LoopbackChannel()
    await handle_messages(runtime, sign_in_code_issued(runtime, station, resident))
    await create_sender(runtime, channel).send_due()
    assert "482915" in channel.renderings[0].text
    await handle_messages(runtime, sign_in_code_issued(runtime, station, resident, seconds=-1))
    await create_sender(runtime, channel).send_due()
    assert len(channel.renderings) == 1
    assert sorted(d.state for d in await list_text_messages(runtime, station)) == ["failed", "sent"]


async def test_delivery_that_no_key_unseals_stays_queued(runtime: Runtime, station: UUID) -> None:
    await queue_text_message(runtime, station)
    channel = LoopbackChannel()
    sender = create_sender(runtime, channel)
    async with runtime.sessions.begin() as tx:
        (delivery,) = await list_text_messages(runtime, station)
        delivery = await tx.merge(delivery)
        delivery.address_sealed = Fernet(Fernet.generate_key()).encrypt(b"13800000000").decode()
    await sender.send_due()
    (waiting,) = await list_text_messages(runtime, station)
    assert (waiting.state, channel.renderings) == ("queued", [])
    assert "InvalidToken" in (waiting.reason or "")


async def test_a_commit_wakes_the_sender(
    runtime: Runtime, station: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived = asyncio.Event()

    class Bell(LoopbackChannel):
        async def send(self, rendering: Rendering) -> Outcome:
            arrived.set()
            return await super().send(rendering)

    monkeypatch.setattr(sending, "POLL_INTERVAL_SECONDS", 3600.0)
    sender: Sender = create_sender(runtime, Bell())
    commit_hooks.wake_on_commit(runtime.sessions, QUEUED, sender.wake)
    assert not sender.alive
    await sender.start()
    try:
        assert sender.alive
        await queue_text_message(runtime, station)
        await asyncio.wait_for(arrived.wait(), 10)
    finally:
        await sender.stop()
        await sender.stop()
    assert not sender.alive
    assert [d.state for d in await list_text_messages(runtime, station)] == ["sent"]


async def test_sender_survives_an_unavailable_database(
    runtime: Runtime, station: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived = asyncio.Event()
    sender = create_sender(runtime, LoopbackChannel())
    send_due = sender.send_due
    failures = [OSError("away"), OSError("away")]

    async def fail_twice() -> list[sending.Attempt]:
        if failures:
            raise failures.pop()
        tried = await send_due()
        if tried:
            arrived.set()
        return tried

    monkeypatch.setattr(sending, "POLL_INTERVAL_SECONDS", 0.01)
    monkeypatch.setattr(sender, "send_due", fail_twice)
    await queue_text_message(runtime, station)
    await sender.start()
    try:
        await asyncio.wait_for(arrived.wait(), 10)
    finally:
        await sender.stop()
    assert [d.state for d in await list_text_messages(runtime, station)] == ["sent"]

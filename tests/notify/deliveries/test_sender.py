"""Sending text messages: outcomes, retries, leases, and several senders at once."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import delete

from services.notify.channels.base import Failed, Outcome, Rendering, Sent
from services.notify.deliveries import sender as sending
from services.notify.deliveries.leases import LEASE, LONGEST_WAIT, MAX_ATTEMPTS, lease, settle
from services.notify.deliveries.models import QUEUED, Delivery
from services.notify.deliveries.sender import Sender
from shared import clock
from shared.bus import commit_hooks
from shared.contracts.intake import WishDelivered
from shared.language import Language
from shared.runtime.runtime import Runtime
from tests.notify.deliveries.loopback_channel import Loopback, send_later, sender_of
from tests.notify.messages import (
    PHONE,
    TITLE,
    about_wish,
    code_issued,
    deliveries_of,
    handle,
    move_in,
)

LATER = timedelta(seconds=LONGEST_WAIT)


@pytest.fixture(autouse=True)
async def _nothing_else_is_due(runtime: Runtime) -> None:
    """A sender serves every station: what other tests left is taken away."""
    async with runtime.sessions.begin() as tx:
        await tx.execute(delete(Delivery).where(Delivery.due_at.is_not(None)))


async def queue(runtime: Runtime, station: UUID, language: Language = "zh") -> UUID:
    """One text message waits to be sent; its recipient."""
    resident = await move_in(runtime, station, language=language)
    await handle(runtime, about_wish(station, WishDelivered, resident))
    return resident


async def texts(runtime: Runtime, station: UUID) -> list[Delivery]:
    """The station's text messages as they stand."""
    return [d for d in await deliveries_of(runtime, station) if d.channel == "sms"]


async def test_a_text_message_is_sent_in_the_recipient_s_language(
    runtime: Runtime, station: UUID
) -> None:
    await queue(runtime, station)
    await queue(runtime, station, "en")
    channel = Loopback()
    assert len(await sender_of(runtime, channel).send_due()) == 2
    zh, en = sorted((rendering.text for rendering in channel.taken), reverse=True)
    assert zh.startswith("【邻里服务站】")
    assert en.startswith("[Linli] ")
    assert TITLE in zh
    assert TITLE in en
    assert {rendering.to for rendering in channel.taken} == {PHONE}
    for delivery in await texts(runtime, station):
        assert (delivery.state, delivery.via, delivery.attempts) == ("sent", "loopback", 1)
        assert delivery.sent_at is not None
        assert delivery.due_at is None


async def test_what_is_sent_is_not_sent_again(runtime: Runtime, station: UUID) -> None:
    await queue(runtime, station)
    sender = sender_of(runtime, Loopback())
    await sender.send_due()
    assert await send_later(sender, LATER) == 0


@pytest.mark.parametrize("failure", [Failed("no credit left"), ConnectionError("gateway gone")])
async def test_a_temporary_failure_is_tried_again_later(
    runtime: Runtime, station: UUID, failure: Outcome | Exception
) -> None:
    await queue(runtime, station)
    channel = Loopback(failure)
    sender = sender_of(runtime, channel)
    before = clock.now()
    await sender.send_due()
    (waiting,) = await texts(runtime, station)
    assert (waiting.state, waiting.attempts) == ("queued", 1)
    assert waiting.due_at is not None
    assert waiting.due_at >= before + timedelta(seconds=5)
    assert waiting.reason
    assert await sender.send_due() == []
    assert await send_later(sender, LATER) == 1
    (sent,) = await texts(runtime, station)
    assert (sent.state, sent.attempts, sent.reason) == ("sent", 2, None)
    assert len(channel.taken) == 2


async def test_a_permanent_failure_is_final_and_says_why(runtime: Runtime, station: UUID) -> None:
    await queue(runtime, station)
    sender = sender_of(runtime, Loopback(Failed("no such number", permanent=True)))
    await sender.send_due()
    (failed,) = await texts(runtime, station)
    assert (failed.state, failed.reason, failed.due_at) == ("failed", "no such number", None)
    assert await send_later(sender, LATER) == 0


async def test_it_is_given_up_after_so_many_attempts(runtime: Runtime, station: UUID) -> None:
    await queue(runtime, station)
    channel = Loopback(*[Failed("busy")] * (MAX_ATTEMPTS + 1))
    sender = sender_of(runtime, channel)
    tried = [await send_later(sender, LATER * number) for number in range(MAX_ATTEMPTS + 1)]
    assert tried == [1] * MAX_ATTEMPTS + [0]
    (failed,) = await texts(runtime, station)
    assert (failed.state, failed.reason) == ("failed", "busy")


async def test_what_kills_its_sender_each_time_is_given_up(runtime: Runtime, station: UUID) -> None:
    await queue(runtime, station)
    for number in range(MAX_ATTEMPTS):
        with clock.shifted(LATER * number):
            async with runtime.sessions.begin() as tx:
                assert len(await lease(tx, 20)) == 1
    channel = Loopback()
    await send_later(sender_of(runtime, channel), LATER * MAX_ATTEMPTS)
    (failed,) = await texts(runtime, station)
    assert failed.state == "failed"
    assert channel.taken == []


async def test_a_silent_channel_counts_as_a_failure(
    runtime: Runtime, station: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Silent(Loopback):
        async def send(self, rendering: Rendering) -> Outcome:  # noqa: ARG002
            await asyncio.Event().wait()
            raise AssertionError

    monkeypatch.setattr(sending, "SEND_WITHIN", 0.01)
    await queue(runtime, station)
    await sender_of(runtime, Silent()).send_due()
    (waiting,) = await texts(runtime, station)
    assert waiting.state == "queued"
    assert "no answer" in (waiting.reason or "")


async def test_a_crash_between_lease_and_outcome_is_made_good(
    runtime: Runtime, station: UUID
) -> None:
    await queue(runtime, station)
    async with runtime.sessions.begin() as tx:
        (lost,) = await lease(tx, 20)
    other = Loopback()
    sender = sender_of(runtime, other)
    assert await sender.send_due() == []
    assert await send_later(sender, LEASE + timedelta(seconds=1)) == 1
    assert other.deliveries == [lost.id]
    (sent,) = await texts(runtime, station)
    assert (sent.state, sent.attempts) == ("sent", 2)


async def test_who_lost_the_lease_changes_nothing_but_to_say_that_it_was_sent(
    runtime: Runtime, station: UUID
) -> None:
    await queue(runtime, station)
    async with runtime.sessions.begin() as tx:
        (slow,) = await lease(tx, 20)
    with clock.shifted(LEASE * 2):
        async with runtime.sessions.begin() as tx:
            (quick,) = await lease(tx, 20)
    async with runtime.sessions.begin() as tx:
        await settle(tx, slow, Failed("too late", permanent=True), "loopback")
    assert [d.state for d in await texts(runtime, station)] == ["leased"]
    async with runtime.sessions.begin() as tx:
        await settle(tx, slow, Sent(), "loopback")
        await settle(tx, quick, Failed("busy"), "loopback")
    (sent,) = await texts(runtime, station)
    assert (sent.state, sent.reason, sent.due_at) == ("sent", None, None)


async def test_what_another_sender_is_taking_is_passed_over(
    runtime: Runtime, station: UUID
) -> None:
    for _ in range(3):
        await queue(runtime, station)
    async with runtime.sessions.begin() as one, runtime.sessions.begin() as other:
        first, second = await lease(one, 2), await lease(other, 2)
    assert (len(first), len(second)) == (2, 1)
    assert not {d.id for d in first} & {d.id for d in second}


async def test_two_senders_never_send_the_same(runtime: Runtime, station: UUID) -> None:
    resident = await move_in(runtime, station)
    await handle(runtime, *(about_wish(station, WishDelivered, resident) for _ in range(90)))
    channel = Loopback()

    async def replica() -> None:
        sender = sender_of(runtime, channel)
        while await sender.send_due():
            pass

    await asyncio.gather(replica(), replica())
    assert len(channel.taken) == len(set(channel.deliveries)) == 90
    assert {d.attempts for d in await texts(runtime, station)} == {1}


async def test_one_that_fails_doesn_t_hold_up_the_others(runtime: Runtime, station: UUID) -> None:
    for _ in range(3):
        await queue(runtime, station)
    await sender_of(runtime, Loopback(Failed("no such number", permanent=True))).send_due()
    states = sorted(d.state for d in await texts(runtime, station))
    assert states == ["failed", "sent", "sent"]


async def test_a_code_is_sent_while_it_is_valid_and_never_after(
    runtime: Runtime, station: UUID
) -> None:
    resident = await move_in(runtime, station)
    channel = Loopback()
    await handle(runtime, code_issued(runtime, station, resident))
    await sender_of(runtime, channel).send_due()
    assert "482915" in channel.taken[0].text
    await handle(runtime, code_issued(runtime, station, resident, seconds=-1))
    await sender_of(runtime, channel).send_due()
    assert len(channel.taken) == 1
    assert sorted(d.state for d in await texts(runtime, station)) == ["failed", "sent"]


async def test_what_no_key_opens_waits_for_a_replica_that_can(
    runtime: Runtime, station: UUID
) -> None:
    await queue(runtime, station)
    channel = Loopback()
    sender = sender_of(runtime, channel)
    async with runtime.sessions.begin() as tx:
        (delivery,) = await texts(runtime, station)
        delivery = await tx.merge(delivery)
        delivery.address_sealed = Fernet(Fernet.generate_key()).encrypt(b"13800000000").decode()
    await sender.send_due()
    (waiting,) = await texts(runtime, station)
    assert (waiting.state, channel.taken) == ("queued", [])
    assert "InvalidToken" in (waiting.reason or "")


async def test_a_commit_wakes_the_sender(
    runtime: Runtime, station: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived = asyncio.Event()

    class Bell(Loopback):
        async def send(self, rendering: Rendering) -> Outcome:
            arrived.set()
            return await super().send(rendering)

    monkeypatch.setattr(sending, "LOOK_EVERY", 3600.0)
    sender: Sender = sender_of(runtime, Bell())
    commit_hooks.wake_by(runtime.sessions, QUEUED, sender.wake)
    assert not sender.alive
    await sender.start()
    try:
        assert sender.alive
        await queue(runtime, station)
        await asyncio.wait_for(arrived.wait(), 10)
    finally:
        await sender.stop()
        await sender.stop()
    assert not sender.alive
    assert [d.state for d in await texts(runtime, station)] == ["sent"]


async def test_the_sender_outlives_a_database_that_is_away(
    runtime: Runtime, station: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived = asyncio.Event()
    sender = sender_of(runtime, Loopback())
    send_due = sender.send_due
    failures = [OSError("away"), OSError("away")]

    async def at_first_away() -> list[sending.Attempt]:
        if failures:
            raise failures.pop()
        tried = await send_due()
        if tried:
            arrived.set()
        return tried

    monkeypatch.setattr(sending, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(sender, "send_due", at_first_away)
    await queue(runtime, station)
    await sender.start()
    try:
        await asyncio.wait_for(arrived.wait(), 10)
    finally:
        await sender.stop()
    assert [d.state for d in await texts(runtime, station)] == ["sent"]

"""Recording of messages in the transaction of their change, with and without aggregates."""

import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import DeclarativeBase, Mapped

from shared.aggregate import Aggregate
from shared.bus.outbox.record import OutgoingMessage, lane_of, record, record_messages
from shared.contracts.envelope import Envelope, TooLarge
from shared.observability.context import message_context
from tests.bus.harness import STATION, BusHarness, Replica, make_message, make_wish_opened


class _Base(DeclarativeBase):
    pass


class Lamp(Aggregate, _Base):
    """An aggregate of these tests."""

    __tablename__ = "lamps"
    plural = "lamps"
    title: Mapped[str]


@pytest.fixture
async def intake(inprocess_harness: BusHarness) -> Replica:
    replica = inprocess_harness.create_replica("intake")
    async with replica.engine.begin() as conn:
        await conn.run_sync(_Base.metadata.create_all)
    return replica


async def test_each_message_carries_the_version_after_its_change(intake: Replica) -> None:
    async with intake.sessions() as tx, tx.begin():
        lamp = Lamp.new(STATION, title="one")
        tx.add(lamp)
        await record(tx, lamp, make_wish_opened())
        lamp.title = "two"
        await record(tx, lamp, make_wish_opened())

    envelopes = [Envelope.from_json(row.body) for row in await _outbox_rows(intake)]
    assert [one.sequence for one in envelopes] == [1, 2]
    assert {one.subject for one in envelopes} == {f"lamps/{lamp.id}"}
    assert {one.station for one in envelopes} == {STATION}
    assert {one.source for one in envelopes} == {"/services/intake"}
    assert [one.correlationid for one in envelopes] == [UUID(one.id) for one in envelopes]


async def test_record_takes_correlation_and_cause_from_the_context(intake: Replica) -> None:
    with message_context(UUID(int=1), "m", "00-1-2-01"):
        await intake.record(make_message(make_wish_opened()))

    [row] = await _outbox_rows(intake)
    envelope = Envelope.from_json(row.body)
    assert row.correlation == envelope.correlationid == UUID(int=1)
    assert (envelope.causationid, envelope.traceparent) == ("m", "00-1-2-01")


async def test_commit_wakes_the_relay_and_rollback_does_not(intake: Replica) -> None:
    async with intake.sessions() as tx:
        await record_messages(tx, [make_message(make_wish_opened())])
        await tx.rollback()
    assert not intake.relay.wake.is_set()
    async with intake.sessions() as tx, tx.begin():
        await tx.execute(text("SELECT 1"))
    assert not intake.relay.wake.is_set()

    await intake.record(make_message(make_wish_opened()))
    assert intake.relay.wake.is_set()
    assert await intake.count("outbox") == 1


async def test_message_over_a_limit_is_refused_when_recorded(intake: Replica) -> None:
    with pytest.raises(TooLarge, match="the message must have 1 to 65536 bytes"):
        await intake.record(make_message(make_wish_opened("长" * 22_000)))
    with pytest.raises(TooLarge, match="subject must have 1 to 255 bytes"):
        await intake.record(OutgoingMessage("x" * 256, STATION, 1, make_wish_opened()))
    assert await intake.count("outbox") == 0


async def test_recording_no_messages_returns_no_ids(intake: Replica) -> None:
    assert await intake.record() == []


async def test_messages_of_one_subject_share_a_lane(intake: Replica) -> None:
    one = make_wish_opened()
    await intake.record(make_message(one, 1), make_message(one, 2))
    assert [row.lane for row in await _outbox_rows(intake)] == [
        lane_of(f"wishes/{one.wish_id}")
    ] * 2
    assert json.loads((await _outbox_rows(intake))[0].body)["sequence"] == "000000000001"


async def _outbox_rows(replica: Replica) -> list[Any]:
    return list(await replica.fetch_rows("SELECT * FROM outbox ORDER BY id"))

"""Partitions of `sent`, purges of the inbox, and the migrations compared with the tables."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from shared import clock
from shared.bus import maintenance
from shared.bus.admin import redrive
from shared.bus.admin.redrive import Operator, UnknownMessage
from shared.bus.inbox import store
from shared.bus.inbox.store import FailureDisposition, IncomingMessage
from shared.bus.maintenance import (
    BUS_JOBS,
    drop_old_partitions,
    ensure_partitions,
    forget_unusable,
    purge_inbox,
)
from shared.bus.migrations import LATEST, create_version, drop_version, include_name
from shared.db import shared_metadata
from shared.ids import new_id
from shared.scheduler import Scheduler
from shared.web.idempotency import answers
from tests.bus.conftest import Operations
from tests.bus.harness import STATION, BusHarness, Replica, make_outgoing, make_wish_opened

_PARTITIONS = "pg_inherits WHERE inhparent = 'sent'::regclass"


async def test_partitions_are_created_ahead_once_and_dropped_when_old(
    inprocess_harness: BusHarness,
) -> None:
    intake = inprocess_harness.create_replica("intake")
    for _ in range(2):
        async with intake.engine.begin() as conn:
            await ensure_partitions(conn)
    assert await intake.count(_PARTITIONS) == 9

    today = datetime.now(UTC).date()
    old = today - timedelta(days=31)
    recent = today - timedelta(days=30)
    for day in (old, recent):
        await _execute(
            intake,
            f"CREATE TABLE sent_{day:%Y%m%d} PARTITION OF sent"
            f" FOR VALUES FROM ('{day}') TO ('{day + timedelta(days=1)}')",
        )
    async with intake.engine.begin() as conn:
        await drop_old_partitions(conn)
    assert await intake.count(_PARTITIONS) == 10
    await _execute(intake, f"DROP TABLE sent_{recent:%Y%m%d}")


async def test_purge_deletes_only_old_handled_rows(inprocess_harness: BusHarness) -> None:
    intake = inprocess_harness.create_replica("intake")
    long_ago = clock.now() - timedelta(days=36)
    for state in ("done", "retry", "parked", "skipped"):
        for when in (long_ago, clock.now()):
            await _execute(
                intake,
                "INSERT INTO inbox (consumer, message_key, type, correlation, state, body, due_at,"
                " handled_at) VALUES ('intake', gen_random_uuid(), 't', gen_random_uuid(),"
                f" '{state}', '', now(), '{when.isoformat()}')",
            )
    async with intake.sessions() as tx, tx.begin():
        await purge_inbox(tx)
    assert await intake.count("inbox") == 7
    assert await intake.count("inbox WHERE state = 'done'") == 1


async def test_purge_goes_on_in_chunks_until_nothing_is_left(
    inprocess_harness: BusHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "PURGE_BATCH_SIZE", 10)
    intake = inprocess_harness.create_replica("intake")
    await _execute(
        intake,
        "INSERT INTO inbox (consumer, message_key, type, correlation, state, handled_at)"
        " SELECT 'intake', gen_random_uuid(), 't', gen_random_uuid(), 'done',"
        " now() - interval '36 days' FROM generate_series(1, 35)",
    )
    scheduler = Scheduler("intake", intake.sessions, BUS_JOBS)
    await scheduler.register()
    left = [35]
    while "bus.purge-inbox" in await scheduler.run_due():
        left.append(await intake.count("inbox"))
    assert left == [35, 25, 15, 5, 0]


async def test_unusable_message_loses_its_body_and_then_its_row(
    inprocess_harness: BusHarness,
) -> None:
    intake = inprocess_harness.create_replica("intake")
    unusable = IncomingMessage(new_id(), "t", new_id(), b"garbage", None, "not a message")
    genuine = replace(unusable, key=new_id(), may_be_newer=True)
    async with intake.sessions.begin() as tx:
        for one in (unusable, genuine):
            await store.store_failed(tx, "intake", one, FailureDisposition.park("unknown"))
    for days, bodies, rows in ((6, 2, 2), (8, 1, 2), (34, 1, 2), (36, 1, 1)):
        with clock.shifted(timedelta(days=days)):
            async with intake.sessions.begin() as tx:
                await forget_unusable(tx)
                await purge_inbox(tx)
        assert await intake.count("inbox WHERE body IS NOT NULL") == bodies
        assert await intake.count("inbox") == rows
        if days == 8:
            operator = Operator("intake", "somebody")
            async with intake.sessions.begin() as tx:
                with pytest.raises(UnknownMessage):
                    await redrive.retry(tx, operator, unusable.key, "once more")


async def test_wrong_clock_of_a_replica_purges_nothing_and_starves_no_job(
    inprocess_harness: BusHarness,
) -> None:
    intake = inprocess_harness.create_replica("intake")
    await _execute(
        intake,
        "INSERT INTO inbox (consumer, message_key, type, correlation, state, handled_at)"
        " VALUES ('intake', gen_random_uuid(), 't', gen_random_uuid(), 'done', now())",
    )
    scheduler = Scheduler("intake", intake.sessions, BUS_JOBS)
    for days in (36, -36):
        await _execute(intake, "DELETE FROM jobs")
        with clock.skewed(timedelta(days=days)):
            await scheduler.register()
            assert len(await scheduler.run_due()) == len(BUS_JOBS)
        assert await intake.count("inbox") == 1
        assert await intake.count("jobs WHERE due_at > now() + interval '1 hour'") == 0
        assert await intake.count("jobs WHERE due_at < now()") == 0


async def test_jobs_of_the_bus_run(inprocess_harness: BusHarness) -> None:
    intake = inprocess_harness.create_replica("intake")
    scheduler = Scheduler("intake", intake.sessions, BUS_JOBS)
    await scheduler.register()
    assert sorted(await scheduler.run_due()) == [
        "bus.forget-unusable",
        "bus.partitions",
        "bus.purge-inbox",
    ]


async def test_migrations_match_the_tables(inprocess_harness: BusHarness) -> None:
    intake = inprocess_harness.create_replica("intake")
    assert answers.metadata is shared_metadata

    def compare(conn: Connection) -> list[object]:
        conn.exec_driver_sql("CREATE SCHEMA fresh")
        conn.exec_driver_sql("SET LOCAL search_path = fresh")
        for version in range(1, LATEST + 1):
            create_version(Operations(conn), version)
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(conn, opts={**options, "include_name": include_name})
        differences: list[object] = compare_metadata(context, shared_metadata)
        for version in range(LATEST, 0, -1):
            drop_version(Operations(conn), version)
        return differences

    async with intake.engine.connect() as conn:
        assert await conn.run_sync(compare) == []
        await conn.rollback()


async def test_migration_fills_in_the_station_of_stored_rows(
    inprocess_harness: BusHarness,
) -> None:
    intake = inprocess_harness.create_replica("intake")
    bodies = [make_outgoing(make_wish_opened()).body, b"\xff\x00 no message"]

    def migrate(conn: Connection) -> list[object]:
        conn.exec_driver_sql("CREATE SCHEMA fresh")
        conn.exec_driver_sql("SET LOCAL search_path = fresh")
        create_version(Operations(conn), 1)
        for number, body in enumerate(bodies):
            statement = text(
                "INSERT INTO inbox (consumer, message_key, type, correlation, state, body)"
                " VALUES (:type, gen_random_uuid(), :type, gen_random_uuid(), 'parked', :body)"
            )
            conn.execute(statement, {"type": str(number), "body": body})
        create_version(Operations(conn), 2)
        stations = conn.exec_driver_sql("SELECT station_id FROM inbox ORDER BY type")
        return list(stations.scalars())

    async with intake.engine.connect() as conn:
        assert await conn.run_sync(migrate) == [STATION, None]
        await conn.rollback()


def test_include_name_excludes_partitions() -> None:
    assert not include_name("sent_20250101", "table", {})
    assert include_name("sent", "table", {})
    assert include_name("sent_20250101", "index", {})


async def _execute(replica: Replica, sql: str) -> None:
    async with replica.engine.begin() as conn:
        await conn.exec_driver_sql(sql)

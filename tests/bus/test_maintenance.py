"""Partitions of `sent`, purges of the inbox, and the migrations compared with the tables."""

from datetime import UTC, datetime, timedelta

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from shared import clock
from shared.bus.maintenance import BUS_JOBS, drop_old_partitions, ensure_partitions, purge_inbox
from shared.bus.migrations import (
    create_v1,
    create_v2,
    create_v3,
    drop_v1,
    drop_v2,
    drop_v3,
    include_name,
)
from shared.db import shared_metadata
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


async def test_jobs_of_the_bus_run(inprocess_harness: BusHarness) -> None:
    intake = inprocess_harness.create_replica("intake")
    scheduler = Scheduler("intake", intake.sessions, BUS_JOBS)
    await scheduler.register()
    assert sorted(await scheduler.run_due()) == ["bus.partitions", "bus.purge-inbox"]


async def test_migrations_match_the_tables(inprocess_harness: BusHarness) -> None:
    intake = inprocess_harness.create_replica("intake")
    assert answers.metadata is shared_metadata

    def compare(conn: Connection) -> list[object]:
        conn.exec_driver_sql("CREATE SCHEMA fresh")
        conn.exec_driver_sql("SET LOCAL search_path = fresh")
        create_v1(Operations(conn))
        create_v2(Operations(conn))
        create_v3(Operations(conn))
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(conn, opts={**options, "include_name": include_name})
        differences: list[object] = compare_metadata(context, shared_metadata)
        drop_v3(Operations(conn))
        drop_v2(Operations(conn))
        drop_v1(Operations(conn))
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
        create_v1(Operations(conn))
        for number, body in enumerate(bodies):
            statement = text(
                "INSERT INTO inbox (consumer, message_key, type, correlation, state, body)"
                " VALUES (:type, gen_random_uuid(), :type, gen_random_uuid(), 'parked', :body)"
            )
            conn.execute(statement, {"type": str(number), "body": body})
        create_v2(Operations(conn))
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

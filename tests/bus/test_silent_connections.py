"""Connections that are kept and pass nothing on: work goes on after them, and stopping ends."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import make_url
from yarl import URL

from shared.contracts.intake import WishOpened
from shared.db import Timeouts
from tests.bus.harness import (
    BusHarness,
    has_count,
    insert_handled,
    make_message,
    make_wish_opened,
    wait_until,
)
from tests.support.proxy import Proxy
from tests.support.system import open_transport, start_system

MAX_STOP_SECONDS = 25


@pytest.fixture
async def database_proxy(harness: BusHarness) -> AsyncIterator[Proxy]:
    """Provide a proxy to the database."""
    host = make_url(harness.database_url).query["host"]
    async with Proxy(socket=Path(f"{host}/.s.PGSQL.5432")) as proxy:
        yield proxy


@pytest.fixture
async def proxied_harness(harness: BusHarness, database_proxy: Proxy) -> AsyncIterator[BusHarness]:
    """Provide replicas that reach the database through the proxy."""
    url = make_url(harness.database_url).set(host="127.0.0.1", port=database_proxy.port, query={})
    proxied = replace(
        harness,
        database_url=url.render_as_string(hide_password=False),
        timeouts=Timeouts(command_seconds=0.5),
        _replicas=[],
        _transports=[],
    )
    await harness.bind(notify=[WishOpened])
    proxied.bindings = harness.bindings
    yield proxied
    database_proxy.restore()
    for replica in proxied._replicas:
        await replica.stop()
    for transport in proxied._transports:
        await transport.close()


async def test_work_goes_on_after_a_silent_database(
    proxied_harness: BusHarness, database_proxy: Proxy
) -> None:
    intake = await proxied_harness.create_replica("intake").start(consumer=False)
    notify = await proxied_harness.create_replica("notify", {WishOpened: [insert_handled]}).start()
    database_proxy.fall_silent()
    recording = asyncio.create_task(intake.record(make_message(make_wish_opened())))
    with pytest.raises(TimeoutError):
        await recording
    database_proxy.restore()
    await intake.record(*(make_message(make_wish_opened()) for _ in range(20)))
    await wait_until(lambda: has_count(notify.count("handled"), 20), seconds=40)
    await wait_until(intake.is_idle)


async def test_stopping_ends_beside_a_silent_database(
    proxied_harness: BusHarness, database_proxy: Proxy
) -> None:
    intake = await proxied_harness.create_replica("intake").start(consumer=False)
    notify = await proxied_harness.create_replica("notify", {WishOpened: [insert_handled]}).start()
    await intake.record(*(make_message(make_wish_opened()) for _ in range(20)))
    database_proxy.fall_silent()
    async with asyncio.timeout(MAX_STOP_SECONDS):
        await intake.relay.stop()
        await notify.consumer.stop()
        await intake.engine.dispose()
        await notify.engine.dispose()


async def test_work_goes_on_after_a_silent_broker(rabbit_harness: BusHarness) -> None:
    url = URL(rabbit_harness.amqp_url)
    await rabbit_harness.bind(notify=[WishOpened])
    async with Proxy(str(url.update_query(heartbeat=2))) as proxy:
        proxied = replace(
            rabbit_harness,
            amqp_url=proxy.url,
            confirm_timeout=1.0,
            _replicas=[],
            _transports=[],
        )
        intake = await proxied.create_replica("intake").start(consumer=False)
        notify = await proxied.create_replica("notify", {WishOpened: [insert_handled]}).start()
        proxy.fall_silent()
        await intake.record(*(make_message(make_wish_opened()) for _ in range(20)))
        await wait_until(lambda: has_count(_as_number(notify.consumer.alive), 0), seconds=30)
        proxy.restore()
        await wait_until(lambda: has_count(notify.count("handled"), 20), seconds=40)
        await wait_until(intake.is_idle)
        proxy.fall_silent()
        async with asyncio.timeout(MAX_STOP_SECONDS):
            await intake.stop()
            await notify.stop()
            for transport in proxied._transports:
                await transport.close()
        # What the library has left behind ends with its connections.
        proxy.cut()
        await wait_until(_has_no_library_tasks)


async def _has_no_library_tasks() -> bool:
    return not any("aiormq" in repr(task.get_coro()) for task in asyncio.all_tasks())


async def _as_number(value: bool) -> int:
    return int(value)


async def test_whole_system_stops_in_time_beside_a_silent_database(
    database_urls: dict[str, str],
) -> None:
    urls = {name: make_url(url) for name, url in database_urls.items()}
    host = urls["intake"].query["host"]
    async with Proxy(socket=Path(f"{host}/.s.PGSQL.5432")) as proxy:
        through_proxy = {
            name: url.set(host="127.0.0.1", port=proxy.port, query={}).render_as_string(
                hide_password=False
            )
            for name, url in urls.items()
        }
        loop = asyncio.get_running_loop()
        with TemporaryDirectory() as folder:
            async with open_transport() as transport:
                async with start_system(through_proxy, Path(folder), transport):
                    proxy.fall_silent()
                    silent_since = loop.time()
                assert loop.time() - silent_since < MAX_STOP_SECONDS
        proxy.restore()

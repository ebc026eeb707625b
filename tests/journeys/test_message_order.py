"""The messages of recorded journeys, shuffled and repeated, lead to the same end state."""

import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import make_url, text

from shared import clock
from shared.bus.transport.base import TransportDelivery
from shared.bus.transport.in_process import InProcessTransport
from shared.contracts.registry import REGISTRY
from shared.runtime.runtime import Runtime
from shared.runtime.service import Service
from tests.journeys.test_event import publish_event
from tests.support.api_clients import (
    ApiClient,
    create_fulfilled_wish,
    create_resident,
    create_volunteer,
    eventually,
    sign_in,
)
from tests.support.postgres import with_database
from tests.support.settings import make_settings
from tests.support.station import PASSWORD, create_station
from tests.support.system import (
    BINDINGS,
    SERVICES,
    RunningSystem,
    open_transport,
    start_system,
)

MAX_EXAMPLES = 6
RETRY_INTERVAL = timedelta(minutes=2)
# The tables that only handlers write. Row ids and times of handling are not compared.
HANDLER_TABLES = {
    "intake": ("volunteers",),
    "volunteers": ("duties", "judged", "legs", "transfers", "accounts"),
    "notify": ("recipients", "appointments", "deliveries"),
}
STATE_QUERIES = {
    "intake": ("SELECT volunteer_id, station_id, resident_id, state FROM volunteers",),
    "volunteers": (
        "SELECT kind, subject_id, resident_id, title, state, starts_at, until, version FROM duties",
        "SELECT station_id, type, subject, revision FROM judged",
        "SELECT id, kind, reverses_id, rule, cause_subject, revision FROM transfers",
        "SELECT transfer_id, account_id, amount FROM legs",
        "SELECT id, posted, held FROM accounts",
    ),
    "notify": (
        "SELECT resident_id, station_id, phone_sealed, language FROM recipients",
        "SELECT participation_id, resident_id, state, version FROM appointments",
        # Of events only the newest notice is compared, since notify leaves out what is outdated
        # when its message comes, such as a join after its attendance.
        "SELECT recipient_id, subject, template, params::text FROM ("
        "SELECT DISTINCT ON (recipient_id, subject) * FROM deliveries"
        " WHERE channel = 'inbox' AND template LIKE 'event.%'"
        " ORDER BY recipient_id, subject, id DESC) AS newest"
        " WHERE template <> 'event.joined' OR EXISTS (SELECT FROM appointments"
        " WHERE resident_id = recipient_id AND state = 'coming' AND title = params ->> 'title')",
        "SELECT recipient_id, channel, subject, template, params::text FROM deliveries"
        " WHERE template NOT LIKE 'event.%'",
    ),
}


@dataclass(frozen=True)
class RecordedJourneys:
    """The messages that the journeys sent, and the state that they left in each service."""

    urls: dict[str, str]
    folder: Path
    sent: list[tuple[str, bytes, str]]
    state: dict[str, list[list[str]]]


@pytest.fixture(scope="module")
async def recorded_journeys(
    module_database_urls: dict[str, str],
) -> AsyncIterator[RecordedJourneys]:
    """Journeys that send messages of many types, with the end state."""
    with TemporaryDirectory(prefix="linli") as name:
        folder, sent, state = Path(name), [], {}
        async with (
            open_transport() as transport,
            start_system(module_database_urls, folder, transport) as running_system,
            running_system.client() as client,
        ):
            code, _ = await create_station(running_system)
            desk = await sign_in(client, station=code, username="desk", password=PASSWORD)
            await _run_journeys(desk)
            for service in SERVICES:
                await eventually(partial(_is_quiet, running_system, service.name))
            for service in SERVICES:
                runtime = running_system.replicas[service.name][0]
                sent += await _list_sent(runtime)
                state[service.name] = await _read_state(runtime)
        yield RecordedJourneys(module_database_urls, folder, sent, state)


async def _run_journeys(desk: ApiClient) -> None:
    wisher, taker = await create_resident(desk), await create_volunteer(desk)
    wish = await create_fulfilled_wish(desk, wisher, taker)
    await wisher.post_ok(f"/wishes/{wish}/reopen", {"reason": "又坏了"})
    await taker.post_ok(f"/wishes/{wish}/deliver", {"note": "又换了", "minutes": 20})
    await wisher.post_ok(f"/wishes/{wish}/confirm")
    released = (await wisher.post_ok("/wishes", {"title": "想有人念信"}))["id"]
    for action in ("approve", "claim", "release"):
        await (desk if action == "approve" else taker).post_ok(f"/wishes/{released}/{action}")
    upcoming = await publish_event(desk, starts_in=timedelta(days=3))
    for action in ("join", "leave", "join"):
        await taker.post_ok(f"{upcoming}/{action}")
    await wisher.post_ok(f"{upcoming}/join", {"role": "helper"})
    cancelled = await publish_event(
        desk, starts_in=timedelta(days=5), title="看露天电影", kind="film"
    )
    await wisher.post_ok(f"{cancelled}/join")
    await desk.post_ok(f"{cancelled}/cancel", {"reason": "下大雨"})
    current = await publish_event(desk, starts_in=timedelta(minutes=10), title="免费量血压")
    await wisher.post_ok(f"{current}/join")
    for action in ("check-in", "check-out"):
        await desk.post_ok(f"{current}/{action}", {"resident_id": wisher.id})


async def _is_quiet(running_system: RunningSystem, service: str) -> bool:
    async with running_system.replicas[service][0].sessions() as tx:
        unfinished = text(
            "SELECT (SELECT count(*) FROM outbox)"
            " + (SELECT count(*) FROM inbox WHERE state <> 'done')"
        )
        return not await tx.scalar(unfinished)


async def _list_sent(runtime: Runtime) -> list[tuple[str, bytes, str]]:
    async with runtime.sessions() as tx:
        rows = await tx.execute(text("SELECT type, body FROM sent ORDER BY sent_at, id"))
        return [(row.type, row.body, runtime.service.name) for row in rows]


async def _read_state(runtime: Runtime) -> list[list[str]]:
    async with runtime.sessions() as tx:
        return [
            sorted(str(tuple(row)) for row in await tx.execute(text(statement)))
            for statement in STATE_QUERIES[runtime.service.name]
        ]


async def _reset_handlers(admin_url: str, service: str, url: str) -> None:
    """Truncate what handlers wrote, as superuser: the ledger's own role may not."""
    tables = ", ".join(
        f"{service}.{t}" for t in (*HANDLER_TABLES[service], "inbox", "outbox", "sent")
    )
    database = str(make_url(url).database)
    connection = await asyncpg.connect(with_database(admin_url, database))
    try:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(f"TRUNCATE {tables}")
    finally:
        await connection.close()


async def _run_all_retries(runtime: Runtime) -> None:
    """Shift the clock until no message waits for a retry."""
    for turn in range(1, 40):
        with clock.shifted(RETRY_INTERVAL * turn):
            await runtime.consumer.retry_worker.run_due()
        async with runtime.sessions() as tx:
            waiting = text("SELECT count(*) FROM inbox WHERE state <> 'done'")
            if not await tx.scalar(waiting):
                return
    raise AssertionError("a message still waits after all retries")


def _deliveries(
    sent: Sequence[tuple[str, bytes, str]], rng: random.Random
) -> list[list[TransportDelivery]]:
    """Return the messages shuffled, some of them repeated, in batches of any size."""
    repeated = [one for one in sent if rng.random() < 0.3]
    order = [*sent, *repeated, *repeated[: len(repeated) // 2]]
    rng.shuffle(order)
    deliveries = [
        TransportDelivery(tag=tag, message_id="", type=type_, user=source, body=body)
        for tag, (type_, body, source) in enumerate(order, start=1)
    ]
    batches = []
    while deliveries:
        size = rng.choice((1, 2, 5, 20, len(deliveries)))
        batches.append(deliveries[:size])
        deliveries = deliveries[size:]
    return batches


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
async def test_any_order_and_repetition_lead_to_the_same_state(
    recorded_journeys: RecordedJourneys, service: Service, admin_url: str
) -> None:
    url = recorded_journeys.urls[service.name]
    service_settings = make_settings(service, url)
    runtime = Runtime(service, service_settings, InProcessTransport(BINDINGS))
    messages = [one for one in recorded_journeys.sent if service.name in REGISTRY[one[0]].readers]
    assert messages

    async def replay(seed: int) -> None:
        rng = random.Random(seed)
        await _reset_handlers(admin_url, service.name, url)
        for batch in _deliveries(messages, rng):
            await runtime.consumer.reader.recorder.record(batch)
            if rng.random() < 0.2:
                with clock.shifted(RETRY_INTERVAL):
                    await runtime.consumer.retry_worker.run_due()
        await _run_all_retries(runtime)
        assert await _read_state(runtime) == recorded_journeys.state[service.name], seed

    try:
        for seed in _choose_seeds():
            await replay(seed)
    finally:
        await runtime.close()


def _choose_seeds() -> list[int]:
    """Return seeds that hypothesis chooses; the replays themselves need a running event loop."""
    seeds: list[int] = []

    @settings(max_examples=MAX_EXAMPLES, derandomize=True, database=None)
    @given(st.integers(0, 2**32))
    def choose(seed: int) -> None:
        seeds.append(seed)

    choose()
    return seeds

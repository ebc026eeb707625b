"""Three hundred neighbours want twenty places at the same moment, from three replicas of intake."""

import asyncio
import os
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
from sqlalchemy import text

from services.intake.residents import actions as register
from services.intake.residents.models import ResidentFields
from services.intake.sign_in.credentials import keyed_hash
from services.intake.sign_in.models import Session
from shared import clock
from shared.auth import Actor
from tests.support.api_clients import Person, sign_in
from tests.support.station import PASSWORD, create_station
from tests.support.system import RunningSystem, open_transport, start_system

RESIDENT_COUNT, PLACE_COUNT, REPLICA_COUNT = 300, 20, 3


@pytest.fixture
async def scaled_system(
    database_urls: dict[str, str], amqp_prefix: str
) -> AsyncIterator[RunningSystem]:
    """The services, three of intake."""
    with TemporaryDirectory(prefix="linli") as folder:
        amqp = os.environ["LINLI_TEST_AMQP_URL"]
        async with (
            open_transport("in process", amqp, amqp_prefix) as carried,
            start_system(
                database_urls, Path(folder), carried, scale={"intake": REPLICA_COUNT}
            ) as running,
        ):
            yield running


async def _create_sessions(running_system: RunningSystem, admin: Actor) -> list[str]:
    """Sessions of so many residents of a station."""
    tokens = []
    async with running_system.intake.sessions.begin() as tx:
        for _ in range(RESIDENT_COUNT):
            resident = await register.register(tx, admin, ResidentFields(name="演示居民"))
            tokens.append(secrets.token_urlsafe(8))
            hashed = keyed_hash(tx, "session", tokens[-1])
            tx.add(Session.begin(admin.station, hashed, resident_id=resident.id))
    return tokens


async def test_of_three_hundred_exactly_twenty_take_part(scaled_system: RunningSystem) -> None:
    code, station = await create_station(scaled_system)
    tokens = await _create_sessions(scaled_system, Actor.system(station))
    async with (
        scaled_system.client() as first,
        scaled_system.client(replica=1) as second,
        scaled_system.client(replica=2) as third,
    ):
        desk = await sign_in(first, station=code, username="desk", password=PASSWORD)
        event = await _publish_event(desk)
        clients = (first, second, third)
        answers = await asyncio.gather(
            *(_join(clients[n % REPLICA_COUNT], token, event) for n, token in enumerate(tokens))
        )
        statuses = Counter(answer.status_code for answer in answers)
        assert statuses == {200: PLACE_COUNT, 409: RESIDENT_COUNT - PLACE_COUNT}
        refused = next(answer for answer in answers if answer.status_code == 409)
        assert refused.headers["content-type"] == "application/problem+json"
        seen = await desk.get(f"/events/{event}")
    assert (seen["guests"], seen["guest_places"]) == (PLACE_COUNT, PLACE_COUNT)
    assert await _count_joined(scaled_system, event) == (PLACE_COUNT, PLACE_COUNT)


async def _publish_event(desk: Person) -> str:
    begins = clock.now() + timedelta(days=1)
    planned = await desk.post(
        "/events",
        {
            "kind": "film",
            "title": "露天电影",
            "place": "健身广场",
            "starts_at": begins.isoformat(),
            "ends_at": (begins + timedelta(hours=2)).isoformat(),
            "guest_places": PLACE_COUNT,
        },
    )
    event: str = planned["id"]
    await desk.post(f"/events/{event}/publish")
    return event


async def _join(client: httpx.AsyncClient, token: str, event: str) -> httpx.Response:
    bearer = {"Authorization": f"Bearer {token}"}
    return await client.post(f"/api/v1/events/{event}/join", json={}, headers=bearer)


async def _count_joined(running_system: RunningSystem, event: str) -> tuple[int, int]:
    """How many rows hold a place, and how many messages say so."""
    rows = text("SELECT count(*) FROM participations WHERE event_id = :event AND state = 'joined'")
    said = text(
        "SELECT count(*) FROM (SELECT type FROM outbox UNION ALL SELECT type FROM sent) AS said"
        " WHERE type = 'linli.event.joined.v1'"
    )
    async with running_system.intake.sessions() as tx:
        counted = (await tx.execute(rows, {"event": event})).scalar_one()
        return int(counted), int((await tx.execute(said)).scalar_one())

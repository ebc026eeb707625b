"""Three hundred concurrent joins of an event with twenty places, over three replicas of intake."""

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
from sqlalchemy import text

from services.intake.residents import actions as residents
from services.intake.residents.models import ResidentFields
from services.intake.sign_in.credentials import keyed_hash
from services.intake.sign_in.models import Session
from shared import clock
from shared.auth import Actor
from tests.support.api_clients import ApiClient, sign_in
from tests.support.station import PASSWORD, create_station
from tests.support.system import RunningSystem, open_transport, start_system

RESIDENT_COUNT, PLACE_COUNT, REPLICA_COUNT = 300, 20, 3


@pytest.fixture
async def scaled_system(database_urls: dict[str, str]) -> AsyncIterator[RunningSystem]:
    """The services, with three replicas of intake."""
    with TemporaryDirectory(prefix="linli") as folder:
        async with (
            open_transport() as transport,
            start_system(
                database_urls, Path(folder), transport, scale={"intake": REPLICA_COUNT}
            ) as running,
        ):
            yield running


async def _create_sessions(running_system: RunningSystem, admin: Actor) -> list[str]:
    """Register the residents, and return a session token of each."""
    tokens = []
    async with running_system.intake.sessions.begin() as tx:
        for _ in range(RESIDENT_COUNT):
            resident = await residents.register(tx, admin, ResidentFields(name="演示居民"))
            tokens.append(secrets.token_urlsafe(8))
            token_hash = keyed_hash(tx, "session", tokens[-1])
            tx.add(Session.begin(admin.station, token_hash, resident_id=resident.id))
    return tokens


async def test_exactly_twenty_of_three_hundred_concurrent_joins_succeed(
    scaled_system: RunningSystem,
) -> None:
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
        view = await desk.get_ok(f"/events/{event}")
    assert (view["guests"], view["guest_places"]) == (PLACE_COUNT, PLACE_COUNT)
    assert await _count_joined(scaled_system, event) == (PLACE_COUNT, PLACE_COUNT)


async def _publish_event(desk: ApiClient) -> str:
    starts_at = clock.now() + timedelta(days=1)
    planned = await desk.post_ok(
        "/events",
        {
            "kind": "film",
            "title": "露天电影",
            "place": "健身广场",
            "starts_at": starts_at.isoformat(),
            "ends_at": (starts_at + timedelta(hours=2)).isoformat(),
            "guest_places": PLACE_COUNT,
        },
    )
    event: str = planned["id"]
    await desk.post_ok(f"/events/{event}/publish")
    return event


async def _join(client: httpx.AsyncClient, token: str, event: str) -> httpx.Response:
    """Join; on a machine that is too busy to answer in time, again as Retry-After says."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": token}
    while True:
        answer = await client.post(f"/api/v1/events/{event}/join", json={}, headers=headers)
        if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
            return answer
        await asyncio.sleep(int(answer.headers["Retry-After"]))


async def _count_joined(running_system: RunningSystem, event: str) -> tuple[int, int]:
    """Return the counts of the participations and of the messages of joins."""
    participations = text(
        "SELECT count(*) FROM participations WHERE event_id = :event AND state = 'joined'"
    )
    messages = text(
        "SELECT count(*) FROM (SELECT type FROM outbox UNION ALL SELECT type FROM sent) AS messages"
        " WHERE type = 'linli.event.joined.v1'"
    )
    async with running_system.intake.sessions() as tx:
        row_count = (await tx.execute(participations, {"event": event})).scalar_one()
        return int(row_count), int((await tx.execute(messages)).scalar_one())

"""An outage of volunteers and notify, during which residents go on."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from tests.journeys.test_event import publish_event
from tests.support.api_clients import ApiClient, create_resident, eventually, sign_in
from tests.support.station import PASSWORD, create_station
from tests.support.system import RunningSystem, TransportKind, open_transport, start_system

ONLY_INTAKE = {"volunteers": 0, "notify": 0}
WITHOUT_INTAKE = {"intake": 0}


async def test_actions_during_an_outage_take_effect_once(
    kind: TransportKind, transport_url: str, database_urls: dict[str, str], amqp_prefix: str
) -> None:
    with TemporaryDirectory(prefix="linli") as folder:
        path = Path(folder)
        async with (
            open_transport(kind, transport_url, amqp_prefix) as transport,
            start_system(database_urls, path, transport, scale=ONLY_INTAKE) as intake_alone,
            intake_alone.client() as client,
        ):
            desk = await _sign_in_desk(intake_alone, client)
            person, attendance = await act_during_outage(desk)
            async with start_system(database_urls, path, transport, scale=WITHOUT_INTAKE):
                await assert_arrives_once(person, attendance)


async def _sign_in_desk(running_system: RunningSystem, client: httpx.AsyncClient) -> ApiClient:
    code, _ = await create_station(running_system)
    return await sign_in(client, station=code, username="desk", password=PASSWORD)


async def act_during_outage(desk: ApiClient) -> tuple[ApiClient, str]:
    """Let a resident make a wish and attend an event; return them and their participation."""
    person = await create_resident(desk)
    for path in ("/points/me", "/inbox", "/volunteers/me"):
        answer = await person.call("GET", path)
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
    await person.post_ok("/wishes", {"title": "想学视频通话", "details": ""})
    path = await publish_event(desk, starts_in=timedelta(minutes=20))
    await person.post_ok(f"{path}/join")
    await desk.post_ok(f"{path}/check-in", {"resident_id": person.id})
    checked_out = await desk.post_ok(f"{path}/check-out", {"resident_id": person.id})
    return person, checked_out["id"]


async def assert_arrives_once(person: ApiClient, attendance: str) -> None:
    """Wait for the points and the notices, and check that none came twice."""

    async def paid() -> bool:
        answer = await person.call("GET", "/points/me")
        return answer.is_success and answer.json()["balance"] == 5

    async def has_notices() -> bool:
        answer = await person.call("GET", "/inbox")
        kinds = {line["category"] for line in answer.json()} if answer.is_success else set()
        return kinds >= {"wishes", "points"}

    await eventually(paid)
    await eventually(has_notices)
    assert len(await person.get_ok("/points/me/entries")) == 1
    subjects = Counter(line["subject"] for line in await person.get_ok("/inbox"))
    assert subjects.pop(f"participations/{attendance}") == 1
    assert set(subjects.values()) == {1}
    # Notify leaves out the notice of a join whose attendance it handled before.
    assert {subject.partition("/")[0] for subject in subjects} <= {"events", "wishes"}

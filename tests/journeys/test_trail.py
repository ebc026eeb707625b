"""The trail of a case: its steps and failures, for the staff of its own station only."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from services.intake.stations.queries import get_by_code
from shared.ids import new_id
from tests.support.api_clients import (
    ApiClient,
    create_resident,
    create_volunteer,
    eventually,
    sign_in,
)
from tests.support.failing_rule import UNPAYABLE_MINUTES, add_failing_rule, exhaust_retries
from tests.support.station import PASSWORD, create_station
from tests.support.system import RunningSystem, TransportKind, open_transport, start_system

FULFILLED, AWARDED = "linli.wish.fulfilled.v1", "linli.points.awarded.v1"
# Once all of a confirmation is handled: one notice of each message.
HANDLED_STEPS = (("handling", AWARDED, "done"), *(("delivery", "inbox", "sent"),) * 2)
Steps = Sequence[dict[str, Any]]


async def confirm_wish(
    desk: ApiClient, wisher: ApiClient, taker: ApiClient, minutes: int = 30
) -> str:
    """Confirm a new wish, and return the correlation id of the confirmation."""
    wish = (await wisher.post_ok("/wishes", {"title": "想换一个灯泡", "details": ""}))["id"]
    await desk.post_ok(f"/wishes/{wish}/approve")
    await taker.post_ok(f"/wishes/{wish}/claim")
    await taker.post_ok(f"/wishes/{wish}/deliver", {"note": "换好了", "minutes": minutes})
    answer = await wisher.call("POST", f"/wishes/{wish}/confirm", json={"thanks": "谢谢"})
    assert answer.is_success
    return answer.headers["X-Correlation-Id"]


async def wait_for_trail(
    person: ApiClient, correlation: str, *expected_steps: tuple[str, str, str]
) -> dict[str, Any]:
    """Wait until the trail has the steps (kind, what, state), as often as named; return it."""

    async def has_all() -> dict[str, Any] | None:
        answer = await person.call("GET", f"/trail/{correlation}")
        trail: dict[str, Any] = answer.json()
        steps = Counter((one["kind"], one["what"], one["state"]) for one in trail.get("steps", ()))
        return trail if Counter(expected_steps) <= steps else None

    complete_trail: dict[str, Any] = await eventually(has_all)
    return complete_trail


def step_shapes(steps: Steps) -> set[tuple[str, str, str, str]]:
    """Return each step as service, kind, what and its cause."""
    by_id = {one["id"]: one for one in steps}

    def cause(one: dict[str, Any]) -> str:
        above = by_id.get(one["cause"])
        return f"{above['service']} {above['kind']}" if above else ""

    return {(one["service"], one["kind"], one["what"], cause(one)) for one in steps}


async def test_desk_reads_the_whole_trail_of_a_confirmation(desk: ApiClient) -> None:
    wisher, taker = await create_resident(desk), await create_volunteer(desk)
    correlation = await confirm_wish(desk, wisher, taker)
    trail = await wait_for_trail(desk, correlation, *HANDLED_STEPS)
    steps = trail["steps"]
    assert step_shapes(steps) == {
        ("intake", "request", "http", ""),
        ("intake", "message", FULFILLED, "intake request"),
        ("volunteers", "handling", FULFILLED, "intake message"),
        ("notify", "handling", FULFILLED, "intake message"),
        ("notify", "delivery", "inbox", "notify handling"),
        ("volunteers", "points", "wish-fulfilled", "volunteers handling"),
        ("volunteers", "message", AWARDED, "volunteers handling"),
        ("notify", "handling", AWARDED, "volunteers message"),
    }
    assert (trail["unavailable"], trail["cut"]) == ([], False)
    places = {one["id"]: place for place, one in enumerate(steps)}
    assert all(places[one["cause"]] < places[one["id"]] for one in steps if one["cause"])
    assert [one["after_ms"] for one in steps] == sorted(one["after_ms"] for one in steps)
    [points] = [one for one in steps if one["kind"] == "points"]
    assert (points["amount"], points["to"], points["state"]) == (20, taker.id, "award")
    deliveries = [one for one in steps if one["kind"] == "delivery"]
    assert {one["to"] for one in deliveries} == {taker.id}
    assert len(deliveries) == 2
    for secret in ("演示居民", "灯泡", "谢谢", "+86"):
        assert secret not in str(trail)


async def test_operators_read_the_trail_and_residents_and_other_stations_do_not(
    desk: ApiClient, operator: ApiClient, other_desk: ApiClient
) -> None:
    wisher, taker = await create_resident(desk), await create_volunteer(desk)
    correlation = await confirm_wish(desk, wisher, taker)
    assert (await wait_for_trail(operator, correlation))["steps"]
    for somebody in (wisher, taker):
        assert (await somebody.call("GET", f"/trail/{correlation}")).status_code == 403
    unknown = await other_desk.call("GET", f"/trail/{correlation}")
    assert unknown.status_code == 404
    assert unknown.headers["content-type"] == "application/problem+json"
    assert (await desk.call("GET", f"/trail/{uuid4()}")).status_code == 404


async def test_shared_correlation_id_shows_nothing_of_another_station(
    desk: ApiClient, other_desk: ApiClient
) -> None:
    wisher, taker = await create_resident(desk), await create_volunteer(desk)
    correlation = await confirm_wish(desk, wisher, taker)
    whole = await wait_for_trail(desk, correlation, *HANDLED_STEPS)
    registration = await other_desk.call(
        "POST",
        "/residents",
        json={"name": "演示居民", "phone": "+8613900112233"},
        headers={"X-Correlation-Id": correlation},
    )
    assert registration.headers["X-Correlation-Id"] == correlation
    handled = ("handling", "linli.resident.registered.v1", "done")
    other_trail = await wait_for_trail(other_desk, correlation, handled)
    assert {one["what"] for one in other_trail["steps"]} == {"http", "linli.resident.registered.v1"}
    ids = {one["id"] for one in whole["steps"]} - {correlation}
    assert ids
    assert not ids & {one["id"] for one in other_trail["steps"]}
    assert step_shapes((await wait_for_trail(desk, correlation))["steps"]) == step_shapes(
        whole["steps"]
    )
    for service in ("intake", "volunteers", "notify"):
        path = f"/operations/{service}/trail/{correlation}"
        for answer in (
            await other_desk.get_ok(path),
            await other_desk.post_ok(f"{path}/handled", {"keys": [str(new_id())]}),
        ):
            assert not any(id_ in str(answer) for id_ in ids)
            assert FULFILLED not in str(answer)


async def test_trail_has_a_parked_message_with_its_reason(
    running_system: RunningSystem, desk: ApiClient
) -> None:
    async with running_system.intake.sessions() as tx:
        station = (await get_by_code(tx, desk.station)).id
    await add_failing_rule(running_system.volunteers, station)
    wisher, taker = await create_resident(desk), await create_volunteer(desk)
    correlation = await confirm_wish(desk, wisher, taker, UNPAYABLE_MINUTES)
    await wait_for_trail(desk, correlation, ("handling", FULFILLED, "retry"))
    await exhaust_retries(running_system.volunteers)
    trail = await wait_for_trail(desk, correlation, ("handling", FULFILLED, "parked"))
    [failed] = [one for one in trail["steps"] if one["state"] == "parked"]
    assert failed["service"] == "volunteers"
    assert "int64" in failed["error"]
    assert failed["attempts"] == 12
    assert failed["key"]
    assert not any(one["kind"] == "points" for one in trail["steps"])


async def test_trail_without_notify_names_it_as_unavailable(
    kind: TransportKind, transport_url: str, database_urls: dict[str, str], amqp_prefix: str
) -> None:
    with TemporaryDirectory(prefix="linli") as folder:
        async with (
            open_transport(kind, transport_url, amqp_prefix) as transport,
            start_system(
                database_urls, Path(folder), transport, scale={"notify": 0}
            ) as running_system,
            running_system.client() as client,
        ):
            code, _ = await create_station(running_system)
            desk = await sign_in(client, station=code, username="desk", password=PASSWORD)
            wisher, taker = await create_resident(desk), await create_volunteer(desk)
            correlation = await confirm_wish(desk, wisher, taker)
            trail = await wait_for_trail(desk, correlation, ("points", "wish-fulfilled", "award"))
            assert trail["unavailable"] == ["notify"]
            assert {one["service"] for one in trail["steps"]} == {"intake", "volunteers"}
            unknown = await desk.call("GET", f"/trail/{uuid4()}")
            assert unknown.status_code == 503

"""An operator finds a parked message over the API, sees why, mends the cause, and it is done."""

from typing import Any
from uuid import uuid4

from services.intake.stations.queries import get_by_code
from tests.support.api_clients import (
    Person,
    create_fulfilled_wish,
    create_resident,
    create_volunteer,
    eventually,
    sign_in,
)
from tests.support.failing_rule import (
    UNPAYABLE_MINUTES,
    add_failing_rule,
    exhaust_retries,
    fix_rule,
)
from tests.support.station import PASSWORD
from tests.support.system import RunningSystem

MESSAGES_PATH = "/operations/volunteers/messages"
FULFILLED = "linli.wish.fulfilled.v1"


async def create_paid_volunteer(desk: Person, minutes: int = 30) -> Person:
    """A volunteer of the desk's station who made a wish true."""
    wisher, taker = await create_resident(desk), await create_volunteer(desk)
    await create_fulfilled_wish(desk, wisher, taker, title="想修一修水龙头", minutes=minutes)
    return taker


async def wait_for_parked(running_system: RunningSystem, operator: Person) -> dict[str, Any]:
    """The one message that is parked, once it has failed for the last time."""

    async def find_parked() -> list[Any]:
        await exhaust_retries(running_system.volunteers)
        listed: list[Any] = await operator.get(f"{MESSAGES_PATH}?state=parked&type={FULFILLED}")
        return listed

    [message] = await eventually(find_parked)
    seen: dict[str, Any] = message
    return seen


async def test_a_parked_message_is_found_understood_mended_and_done(
    running_system: RunningSystem, desk: Person, operator: Person, other_desk: Person
) -> None:
    async with running_system.intake.sessions() as tx:
        station = (await get_by_code(tx, desk.station)).id
    await add_failing_rule(running_system.volunteers, station)
    taker = await create_paid_volunteer(desk, UNPAYABLE_MINUTES)
    neighbour = await create_paid_volunteer(other_desk)

    seen = await wait_for_parked(running_system, operator)
    assert await eventually(neighbour.points) == 20
    assert await taker.points() == 0
    key = seen["key"]
    whole = await operator.get(f"{MESSAGES_PATH}/{key}")
    assert (whole["state"], whole["attempts"], whole["type"]) == ("parked", 12, FULFILLED)
    assert "int64" in whole["error"]
    assert whole["content"]["title"] == "想修一修水龙头"
    assert whole["content"]["minutes"] == UNPAYABLE_MINUTES

    await fix_rule(running_system.volunteers, station)
    once = {"headers": {"Idempotency-Key": str(uuid4())}}
    because = {"reason": "规则里的分数写错了，已改回 20 分"}
    again = [await operator.post(f"{MESSAGES_PATH}/{key}/retry", because, **once) for _ in range(2)]
    assert again[0] == again[1]
    assert (again[0]["state"], again[0]["attempts"]) == ("retry", 0)
    assert await eventually(taker.points) == 20
    assert (await operator.call("GET", f"{MESSAGES_PATH}/{key}")).status_code == 404
    [act] = await operator.get(f"{MESSAGES_PATH}/acts")
    assert (act["act"], act["message_key"], act["who"]) == ("retry", key, operator.id)
    assert act["reason"] == because["reason"]
    assert len(await taker.get("/points/me/entries")) == 1


async def test_nobody_else_sees_or_touches_it(
    running_system: RunningSystem, desk: Person, operator: Person, other_desk: Person
) -> None:
    async with running_system.intake.sessions() as tx:
        station = (await get_by_code(tx, desk.station)).id
    await add_failing_rule(running_system.volunteers, station)
    await create_paid_volunteer(desk, UNPAYABLE_MINUTES)
    key = (await wait_for_parked(running_system, operator))["key"]
    proof = {"station": other_desk.station, "password": PASSWORD}
    stranger = await sign_in(desk.client, username="operator", **proof)

    assert await stranger.get(MESSAGES_PATH) == []
    assert (await stranger.call("GET", f"{MESSAGES_PATH}/{key}")).status_code == 404
    because = {"json": {"reason": "好奇"}}
    for act in ("retry", "skip"):
        answer = await stranger.call("POST", f"{MESSAGES_PATH}/{key}/{act}", **because)
        assert answer.status_code == 404
        assert (
            await desk.call("POST", f"{MESSAGES_PATH}/{key}/{act}", **because)
        ).status_code == 403
        unsaid = await operator.call("POST", f"{MESSAGES_PATH}/{key}/{act}", json={"reason": " "})
        assert unsaid.status_code == 422
    assert (await desk.call("GET", MESSAGES_PATH)).status_code == 403
    assert await operator.get(f"{MESSAGES_PATH}/acts") == []

    skipped = await operator.post(f"{MESSAGES_PATH}/{key}/skip", {"reason": "练习"})
    assert (skipped["state"], skipped["due_at"]) == ("skipped", None)
    all_of_it = {"reason": "练习完了", "type": FULFILLED}
    assert await operator.post(f"{MESSAGES_PATH}/retry-all", all_of_it) == {"retried": 0}


async def test_what_a_service_said_is_replayed_to_another_and_what_is_done_left_alone(
    desk: Person, operator: Person, other_desk: Person
) -> None:
    taker = await create_paid_volunteer(desk)
    assert await eventually(taker.points) == 20
    wanted = f"/operations/intake/messages/handovers?to=volunteers&type={FULFILLED}"

    async def find_sent() -> Any:
        found = await operator.get(wanted)
        return found if found["found"] else None

    handed_out = await eventually(find_sent)
    assert (handed_out["found"], handed_out["goes_on_at"]) == (1, None)
    body = {"handover": handed_out["handovers"][0], "reason": "看看有没有漏掉的"}
    assert await operator.post(f"{MESSAGES_PATH}/replays", body) == {"handed": 0, "left": 1}
    refused = await operator.call("POST", f"{MESSAGES_PATH}/replays", json={**body, "again": True})
    assert refused.status_code == 409
    for wrong in (
        await operator.call("POST", "/operations/notify/messages/replays", json=body),
        await operator.call("GET", "/operations/intake/messages/handovers?to=volunteers"),
        await operator.call("GET", f"{wanted}&since=2026-11-24T08:00:00"),
    ):
        assert wrong.status_code == 422
    proof = {"station": other_desk.station, "password": PASSWORD}
    stranger = await sign_in(desk.client, username="operator", **proof)
    assert (await stranger.get(wanted))["found"] == 0
    assert (await stranger.call("POST", f"{MESSAGES_PATH}/replays", json=body)).status_code == 422
    assert len(await taker.get("/points/me/entries")) == 1

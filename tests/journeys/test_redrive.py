"""Operators retry, skip and replay messages over the API."""

from typing import Any
from uuid import uuid4

from services.intake.stations.queries import get_by_code
from tests.support.api_clients import (
    ApiClient,
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


async def create_paid_volunteer(desk: ApiClient, minutes: int = 30) -> ApiClient:
    """Create a volunteer of the desk's station who has fulfilled a wish."""
    wisher, taker = await create_resident(desk), await create_volunteer(desk)
    await create_fulfilled_wish(desk, wisher, taker, title="想修一修水龙头", minutes=minutes)
    return taker


async def wait_for_parked(running_system: RunningSystem, operator: ApiClient) -> dict[str, Any]:
    """Wait for the one message that is parked after its last attempt, and return it."""

    async def find_parked() -> list[Any]:
        await exhaust_retries(running_system.volunteers)
        listed: list[Any] = await operator.get_ok(f"{MESSAGES_PATH}?state=parked&type={FULFILLED}")
        return listed

    [message] = await eventually(find_parked)
    parked: dict[str, Any] = message
    return parked


async def test_operator_retries_a_parked_message_after_its_cause_is_fixed(
    running_system: RunningSystem, desk: ApiClient, operator: ApiClient, other_desk: ApiClient
) -> None:
    async with running_system.intake.sessions() as tx:
        station = (await get_by_code(tx, desk.station)).id
    await add_failing_rule(running_system.volunteers, station)
    taker = await create_paid_volunteer(desk, UNPAYABLE_MINUTES)
    other_taker = await create_paid_volunteer(other_desk)

    key = (await wait_for_parked(running_system, operator))["key"]
    assert await eventually(other_taker.points) == 20
    assert await taker.points() == 0
    details = await operator.get_ok(f"{MESSAGES_PATH}/{key}")
    assert (details["state"], details["attempts"], details["type"]) == ("parked", 12, FULFILLED)
    assert "int64" in details["error"]
    assert details["content"]["title"] == "想修一修水龙头"
    assert details["content"]["minutes"] == UNPAYABLE_MINUTES

    await fix_rule(running_system.volunteers, station)
    options = {"headers": {"Idempotency-Key": str(uuid4())}}
    body = {"reason": "规则里的分数写错了，已改回 20 分"}
    answers = [
        await operator.post_ok(f"{MESSAGES_PATH}/{key}/retry", body, **options) for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert (answers[0]["state"], answers[0]["attempts"]) == ("retry", 0)
    assert await eventually(taker.points) == 20
    assert (await operator.call("GET", f"{MESSAGES_PATH}/{key}")).status_code == 404
    [action] = await operator.get_ok(f"{MESSAGES_PATH}/acts")
    assert (action["act"], action["message_key"], action["who"]) == ("retry", key, operator.id)
    assert action["reason"] == body["reason"]
    assert len(await taker.get_ok("/points/me/entries")) == 1


async def test_parked_message_is_out_of_reach_for_staff_and_other_stations(
    running_system: RunningSystem, desk: ApiClient, operator: ApiClient, other_desk: ApiClient
) -> None:
    async with running_system.intake.sessions() as tx:
        station = (await get_by_code(tx, desk.station)).id
    await add_failing_rule(running_system.volunteers, station)
    await create_paid_volunteer(desk, UNPAYABLE_MINUTES)
    key = (await wait_for_parked(running_system, operator))["key"]
    credentials = {"station": other_desk.station, "password": PASSWORD}
    stranger = await sign_in(desk.client, username="operator", **credentials)

    assert await stranger.get_ok(MESSAGES_PATH) == []
    assert (await stranger.call("GET", f"{MESSAGES_PATH}/{key}")).status_code == 404
    request = {"json": {"reason": "好奇"}}
    for action in ("retry", "skip"):
        answer = await stranger.call("POST", f"{MESSAGES_PATH}/{key}/{action}", **request)
        assert answer.status_code == 404
        assert (
            await desk.call("POST", f"{MESSAGES_PATH}/{key}/{action}", **request)
        ).status_code == 403
        without_reason = await operator.call(
            "POST", f"{MESSAGES_PATH}/{key}/{action}", json={"reason": " "}
        )
        assert without_reason.status_code == 422
    assert (await desk.call("GET", MESSAGES_PATH)).status_code == 403
    assert await operator.get_ok(f"{MESSAGES_PATH}/acts") == []

    skipped = await operator.post_ok(f"{MESSAGES_PATH}/{key}/skip", {"reason": "练习"})
    assert (skipped["state"], skipped["due_at"]) == ("skipped", None)
    retry_all = {"reason": "练习完了", "type": FULFILLED}
    assert await operator.post_ok(f"{MESSAGES_PATH}/retry-all", retry_all) == {"retried": 0}


async def test_replay_to_another_service_skips_handled_messages(
    desk: ApiClient, operator: ApiClient, other_desk: ApiClient
) -> None:
    taker = await create_paid_volunteer(desk)
    assert await eventually(taker.points) == 20
    handovers_path = f"/operations/intake/messages/handovers?to=volunteers&type={FULFILLED}"

    async def find_sent() -> Any:
        answer = await operator.get_ok(handovers_path)
        return answer if answer["found"] else None

    page = await eventually(find_sent)
    assert (page["found"], page["goes_on_at"]) == (1, None)
    body = {"handover": page["handovers"][0], "reason": "看看有没有漏掉的"}
    assert await operator.post_ok(f"{MESSAGES_PATH}/replays", body) == {"handed": 0, "left": 1}
    refused = await operator.call("POST", f"{MESSAGES_PATH}/replays", json={**body, "again": True})
    assert refused.status_code == 409
    for answer in (
        await operator.call("POST", "/operations/notify/messages/replays", json=body),
        await operator.call("GET", "/operations/intake/messages/handovers?to=volunteers"),
        await operator.call("GET", f"{handovers_path}&since=2026-11-24T08:00:00"),
    ):
        assert answer.status_code == 422
    credentials = {"station": other_desk.station, "password": PASSWORD}
    stranger = await sign_in(desk.client, username="operator", **credentials)
    assert (await stranger.get_ok(handovers_path))["found"] == 0
    assert (await stranger.call("POST", f"{MESSAGES_PATH}/replays", json=body)).status_code == 422
    assert len(await taker.get_ok("/points/me/entries")) == 1

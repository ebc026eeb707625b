"""An operator finds a parked message over the API, sees why, mends the cause, and it is done."""

from typing import Any
from uuid import uuid4

from services.intake.stations.queries import named
from tests.support.api_clients import (
    Person,
    eventually,
    fulfilled_wish,
    resident,
    sign_in,
    volunteer,
)
from tests.support.failing_rule import LONG, exhaust, mend, misrule
from tests.support.station import PASSWORD
from tests.support.system import House

MESSAGES = "/operations/volunteers/messages"
FULFILLED = "linli.wish.fulfilled.v1"


async def paid_somebody(desk: Person, minutes: int = 30) -> Person:
    """A volunteer of the desk's station who made a wish true."""
    wisher, taker = await resident(desk), await volunteer(desk)
    await fulfilled_wish(desk, wisher, taker, title="想修一修水龙头", minutes=minutes)
    return taker


async def parked(house: House, operator: Person) -> dict[str, Any]:
    """The one message that is parked, once it has failed for the last time."""

    async def found() -> list[Any]:
        await exhaust(house.volunteers)
        listed: list[Any] = await operator.get(f"{MESSAGES}?state=parked&type={FULFILLED}")
        return listed

    [message] = await eventually(found)
    seen: dict[str, Any] = message
    return seen


async def test_a_parked_message_is_found_understood_mended_and_done(
    house: House, desk: Person, operator: Person, other_desk: Person
) -> None:
    async with house.intake.sessions() as tx:
        station = (await named(tx, desk.station)).id
    await misrule(house.volunteers, station)
    taker = await paid_somebody(desk, LONG)
    neighbour = await paid_somebody(other_desk)

    seen = await parked(house, operator)
    assert await eventually(neighbour.points) == 20
    assert await taker.points() == 0
    key = seen["key"]
    whole = await operator.get(f"{MESSAGES}/{key}")
    assert (whole["state"], whole["attempts"], whole["type"]) == ("parked", 12, FULFILLED)
    assert "int64" in whole["error"]
    assert whole["content"]["title"] == "想修一修水龙头"
    assert whole["content"]["minutes"] == LONG

    await mend(house.volunteers, station)
    once = {"headers": {"Idempotency-Key": str(uuid4())}}
    because = {"reason": "规则里的分数写错了，已改回 20 分"}
    again = [await operator.post(f"{MESSAGES}/{key}/retry", because, **once) for _ in range(2)]
    assert again[0] == again[1]
    assert (again[0]["state"], again[0]["attempts"]) == ("retry", 0)
    assert await eventually(taker.points) == 20
    assert (await operator.call("GET", f"{MESSAGES}/{key}")).status_code == 404
    [act] = await operator.get(f"{MESSAGES}/acts")
    assert (act["act"], act["message_key"], act["who"]) == ("retry", key, operator.id)
    assert act["reason"] == because["reason"]
    assert len(await taker.get("/points/me/entries")) == 1


async def test_nobody_else_sees_or_touches_it(
    house: House, desk: Person, operator: Person, other_desk: Person
) -> None:
    async with house.intake.sessions() as tx:
        station = (await named(tx, desk.station)).id
    await misrule(house.volunteers, station)
    await paid_somebody(desk, LONG)
    key = (await parked(house, operator))["key"]
    proof = {"station": other_desk.station, "password": PASSWORD}
    stranger = await sign_in(desk.client, username="operator", **proof)

    assert await stranger.get(MESSAGES) == []
    assert (await stranger.call("GET", f"{MESSAGES}/{key}")).status_code == 404
    because = {"json": {"reason": "好奇"}}
    for act in ("retry", "skip"):
        answer = await stranger.call("POST", f"{MESSAGES}/{key}/{act}", **because)
        assert answer.status_code == 404
        assert (await desk.call("POST", f"{MESSAGES}/{key}/{act}", **because)).status_code == 403
        unsaid = await operator.call("POST", f"{MESSAGES}/{key}/{act}", json={"reason": " "})
        assert unsaid.status_code == 422
    assert (await desk.call("GET", MESSAGES)).status_code == 403
    assert await operator.get(f"{MESSAGES}/acts") == []

    skipped = await operator.post(f"{MESSAGES}/{key}/skip", {"reason": "练习"})
    assert (skipped["state"], skipped["due_at"]) == ("skipped", None)
    all_of_it = {"reason": "练习完了", "type": FULFILLED}
    assert await operator.post(f"{MESSAGES}/retry-all", all_of_it) == {"retried": 0}


async def test_what_a_service_said_is_replayed_to_another_and_what_is_done_left_alone(
    desk: Person, operator: Person, other_desk: Person
) -> None:
    taker = await paid_somebody(desk)
    assert await eventually(taker.points) == 20
    wanted = f"/operations/intake/messages/handovers?to=volunteers&type={FULFILLED}"

    async def said() -> Any:
        found = await operator.get(wanted)
        return found if found["found"] else None

    handed_out = await eventually(said)
    assert (handed_out["found"], handed_out["goes_on_at"]) == (1, None)
    body = {"handover": handed_out["handovers"][0], "reason": "看看有没有漏掉的"}
    assert await operator.post(f"{MESSAGES}/replays", body) == {"handed": 0, "left": 1}
    refused = await operator.call("POST", f"{MESSAGES}/replays", json={**body, "again": True})
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
    assert (await stranger.call("POST", f"{MESSAGES}/replays", json=body)).status_code == 422
    assert len(await taker.get("/points/me/entries")) == 1

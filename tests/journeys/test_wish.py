"""The journey of a wish, from its posting to points and notices."""

import asyncio
import re

from sqlalchemy import text

from tests.support.api_clients import (
    ApiClient,
    create_fulfilled_wish,
    create_resident,
    create_volunteer,
    eventually,
    sign_in,
)
from tests.support.system import RunningSystem


async def test_fulfilled_wish_earns_points_and_notices(desk: ApiClient) -> None:
    wisher, taker = await create_resident(desk), await create_volunteer(desk)
    wish = await create_fulfilled_wish(desk, wisher, taker, title="想要一副老花镜")

    async def paid() -> bool:
        return await taker.points() == 20

    await eventually(paid)
    entries = await taker.get_ok("/points/me/entries")
    assert [entry["amount"] for entry in entries] == [20]
    assert "老花镜" in entries[0]["title"]
    assert entries[0]["reason"]
    assert (await taker.get_ok(f"/wishes/{wish}"))["state"] == "fulfilled"

    async def has_points_notice() -> bool:
        return any("20" in line["body"] for line in await taker.get_ok("/inbox"))

    await eventually(has_points_notice)
    lines = await wisher.get_ok("/inbox")
    assert any("老花镜" in line["title"] + line["body"] for line in lines)


async def test_inbox_and_entries_are_in_the_reader_s_language(desk: ApiClient) -> None:
    wisher, taker = await create_resident(desk), await create_volunteer(desk)
    await create_fulfilled_wish(desk, wisher, taker)

    async def has_notice_and_entries() -> bool:
        return bool(await taker.get_ok("/points/me/entries")) and any(
            "20" in line["body"] for line in await taker.get_ok("/inbox")
        )

    await eventually(has_notice_and_entries)
    english = {"headers": {"Accept-Language": "en"}}
    lines = await taker.get_ok("/inbox", **english)
    assert any("points" in (line["title"] + line["body"]).lower() for line in lines)
    assert re.search("[a-z]", (await taker.get_ok("/points/me/entries", **english))[0]["reason"])


async def test_fifty_claims_at_once_give_one_taker(desk: ApiClient) -> None:
    wisher, taker = await create_resident(desk), await create_volunteer(desk)
    others = [await create_volunteer(desk) for _ in range(4)]
    wish = (await wisher.post_ok("/wishes", {"title": "想有人陪我散步", "details": ""}))["id"]
    await desk.post_ok(f"/wishes/{wish}/approve")
    tries = [taker, *others] * 10
    answers = await asyncio.gather(
        *(person.call("POST", f"/wishes/{wish}/claim", json={}) for person in tries)
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] + [409] * 49
    refused = [answer for answer in answers if answer.status_code == 409]
    assert {answer.headers["content-type"] for answer in refused} == {"application/problem+json"}
    assert all(answer.json()["title"] for answer in refused)


async def test_a_withdrawn_confirmation_takes_the_points_back(desk: ApiClient) -> None:
    wisher, taker = await create_resident(desk), await create_volunteer(desk)
    wish = await create_fulfilled_wish(desk, wisher, taker)

    async def paid() -> bool:
        return await taker.points() == 20

    await eventually(paid)
    await wisher.post_ok(f"/wishes/{wish}/reopen", {"reason": "灯泡又坏了"})

    async def has_no_points() -> bool:
        return await taker.points() == 0

    await eventually(has_no_points)
    await taker.post_ok(f"/wishes/{wish}/deliver", {"note": "又换了一个", "minutes": 10})
    await wisher.post_ok(f"/wishes/{wish}/confirm", {})
    await eventually(paid)
    amounts = [entry["amount"] for entry in await taker.get_ok("/points/me/entries")]
    assert amounts == [20, -20, 20]


async def test_home_and_name_are_visible_only_after_the_claim(desk: ApiClient) -> None:
    building = await desk.post_ok("/buildings", {"number": "3", "units": 2})
    home = await desk.post_ok(f"/buildings/{building['id']}/homes", {"unit": 1, "number": "502"})
    household = await desk.post_ok("/households", {"home_id": home["id"], "own": True})
    wisher = await create_resident(desk, name="演示·三栋五零二", household_id=household["id"])
    taker, other = await create_volunteer(desk), await create_volunteer(desk)
    wish = (await wisher.post_ok("/wishes", {"title": "想换门锁", "details": "旧锁卡住了"}))["id"]
    await desk.post_ok(f"/wishes/{wish}/approve")
    for somebody in (taker, other):
        assert "502" not in str(await somebody.get_ok(f"/wishes/{wish}"))
        assert "三栋" not in str(await somebody.get_ok("/wishes"))
    await taker.post_ok(f"/wishes/{wish}/claim")
    view = str(await taker.get_ok(f"/wishes/{wish}"))
    assert "502" in view
    assert "演示·三栋五零二" in view
    hidden = await other.call("GET", f"/wishes/{wish}")
    assert "502" not in hidden.text
    assert "三栋" not in hidden.text
    await taker.post_ok(f"/wishes/{wish}/release", {"reason": "有急事"})
    assert "502" not in str(await taker.get_ok(f"/wishes/{wish}"))


async def test_people_of_another_station_see_neither_the_wish_nor_its_points(
    desk: ApiClient, other_desk: ApiClient
) -> None:
    wisher, taker = await create_resident(desk), await create_volunteer(desk)
    stranger, strange_volunteer = (
        await create_resident(other_desk),
        await create_volunteer(other_desk),
    )
    wish = await create_fulfilled_wish(desk, wisher, taker)

    async def paid() -> bool:
        return await taker.points() == 20

    await eventually(paid)
    for somebody in (stranger, strange_volunteer, other_desk):
        assert (await somebody.call("GET", f"/wishes/{wish}")).status_code == 404
        assert wish not in str(await somebody.get_ok("/wishes"))
    assert (await other_desk.call("GET", f"/residents/{wisher.id}")).status_code == 404
    assert (
        await other_desk.call("POST", f"/wishes/{wish}/reopen", json={"reason": "x y"})
    ).status_code == 404
    assert await other_desk.get_ok("/points/me/entries", params={"resident": taker.id}) == []


async def test_sign_in_by_phone_with_the_code_that_the_operator_sees(
    desk: ApiClient, operator: ApiClient
) -> None:
    phone = "+8613900001234"
    await desk.post_ok("/residents", {"name": "演示居民", "phone": phone})
    station = desk.station
    answer = await desk.client.post(
        "/api/v1/sign-in/codes", json={"station": station, "phone": phone}
    )
    assert answer.status_code == 202

    async def code() -> str | None:
        for delivery in await operator.get_ok("/deliveries", params={"channel": "sms"}):
            if match := re.search(r"\b(\d{6})\b", delivery["text"]):
                return match[1]
        return None

    person = await sign_in(desk.client, station=station, phone=phone, code=await eventually(code))
    assert (await person.get_ok("/me"))["roles"] == ["resident"]


async def test_a_message_delivered_five_times_pays_once(
    running_system: RunningSystem, desk: ApiClient
) -> None:
    wisher, taker = await create_resident(desk), await create_volunteer(desk)
    wish = await create_fulfilled_wish(desk, wisher, taker)

    async def paid() -> bool:
        return await taker.points() == 20

    await eventually(paid)
    again = text(
        "INSERT INTO outbox (lane, type, subject, correlation, body)"
        " SELECT lane, type, subject, correlation, body FROM sent, generate_series(1, 4)"
        " WHERE type = 'linli.wish.fulfilled.v1' AND subject = :subject"
    )
    async with running_system.intake.sessions.begin() as tx:
        await tx.execute(again, {"subject": f"wishes/{wish}"})

    async def relayed() -> bool:
        async with running_system.intake.sessions() as tx:
            return not await tx.scalar(text("SELECT count(*) FROM outbox"))

    await eventually(relayed)
    # A later message on the same route is handled after the repeated ones.
    await create_fulfilled_wish(desk, wisher, taker)

    async def paid_for_both() -> bool:
        return await taker.points() == 40

    await eventually(paid_for_both)
    assert [entry["amount"] for entry in await taker.get_ok("/points/me/entries")] == [20, 20]

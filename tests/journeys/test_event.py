"""The journey of an event, from the first join to the points."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from shared import clock
from tests.support.api_clients import ApiClient, create_resident, eventually

BackdateCheckIn = Callable[[str, int], Awaitable[None]]


async def publish_event(desk: ApiClient, *, starts_in: timedelta, **overrides: Any) -> str:
    """Publish an event of two hours, and return its path."""
    starts_at = clock.now() + starts_in
    plan = {
        "kind": "clean_up",
        "title": "楼道大扫除",
        "place": "3 栋楼下",
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=2)).isoformat(),
        "helper_places": 5,
        "guest_places": 20,
        **overrides,
    }
    path = f"/events/{(await desk.post_ok('/events', plan))['id']}"
    await desk.post_ok(f"{path}/publish")
    return path


async def read_inbox(person: ApiClient) -> list[str]:
    """Return the texts of a person's inbox."""
    return [f"{line['title']} {line['body']}" for line in await person.get_ok("/inbox")]


async def wait_for_notice(person: ApiClient, text: str) -> str:
    """Wait for the one notice that contains `text`, and return it."""

    async def matching_notices() -> list[str]:
        return [line for line in await read_inbox(person) if text in line]

    (line,) = await eventually(matching_notices)
    assert isinstance(line, str)
    return line


async def test_ninety_minutes_of_help_earn_fifteen_points(
    desk: ApiClient, backdate_check_in: BackdateCheckIn
) -> None:
    helper = await create_resident(desk)
    path = await publish_event(desk, starts_in=timedelta(minutes=20))
    joined = await helper.post_ok(f"{path}/join", {"role": "helper"})
    await wait_for_notice(helper, "楼道大扫除")
    code = await helper.get_ok(f"{path}/my-code")
    checked_in = await desk.post_ok(f"{path}/check-in", {"code": code["code"]})
    assert (checked_in["state"], checked_in["changed"]) == ("present", True)
    repeated = await desk.post_ok(f"{path}/check-in", {"code": code["code"]})
    assert (repeated["version"], repeated["changed"]) == (checked_in["version"], False)
    await backdate_check_in(joined["mine"]["id"], 90)
    check_out_code = await helper.get_ok(f"{path}/my-code")
    checked_out = await desk.post_ok(f"{path}/check-out", {"code": check_out_code["code"]})
    assert checked_out["minutes"] == 90

    async def paid() -> bool:
        return await helper.points() == 15

    await eventually(paid)
    (entry,) = await helper.get_ok("/points/me/entries")
    assert (entry["amount"], entry["title"]) == (15, "楼道大扫除")
    assert entry["reason"]
    assert "楼道大扫除" in await wait_for_notice(helper, "15 积分")


async def test_guest_earns_five_points_and_absentee_none(
    desk: ApiClient, backdate_check_in: BackdateCheckIn
) -> None:
    guest, absent = await create_resident(desk), await create_resident(desk)
    path = await publish_event(desk, starts_in=timedelta(minutes=20))
    mine = (await guest.post_ok(f"{path}/join"))["mine"]["id"]
    await absent.post_ok(f"{path}/join")
    await desk.post_ok(f"{path}/check-in", {"resident_id": guest.id})
    await backdate_check_in(mine, 30)
    await desk.post_ok(f"{path}/check-out", {"resident_id": guest.id})

    async def paid() -> bool:
        return await guest.points() == 5

    await eventually(paid)
    assert await absent.points() == 0


async def test_cancellation_notifies_only_those_who_have_a_place(
    desk: ApiClient,
) -> None:
    stays, left, stranger = (
        await create_resident(desk),
        await create_resident(desk),
        await create_resident(desk),
    )
    path = await publish_event(desk, starts_in=timedelta(days=2), title="看露天电影", kind="film")
    for person in (stays, left):
        await person.post_ok(f"{path}/join")
    await left.post_ok(f"{path}/leave")
    await desk.post_ok(f"{path}/cancel", {"reason": "下大雨，改期再约"})
    assert "看露天电影" in await wait_for_notice(stays, "下大雨")

    async def has_leave_notice() -> bool:
        return any("退出" in line for line in await read_inbox(left))

    await eventually(has_leave_notice)
    assert not any("下大雨" in line for line in await read_inbox(left))
    assert await read_inbox(stranger) == []


async def test_check_in_an_hour_early_is_refused_with_the_reason(desk: ApiClient) -> None:
    person = await create_resident(desk)
    path = await publish_event(desk, starts_in=timedelta(hours=1, minutes=1))
    await person.post_ok(f"{path}/join")
    early = await desk.call("POST", f"{path}/check-in", json={"resident_id": person.id})
    assert early.status_code == 409
    assert "30 分钟" in early.json()["title"]

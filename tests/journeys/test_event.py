"""An event from the first place taken to the points: over either transport, and composed."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from shared import clock
from tests.support.api_clients import Person, eventually, resident

SetBack = Callable[[str, int], Awaitable[None]]


async def published(desk: Person, *, starts_in: timedelta, **other: Any) -> str:
    """The path of a published event of two hours."""
    begins = clock.now() + starts_in
    plan = {
        "kind": "clean_up",
        "title": "楼道大扫除",
        "place": "3 栋楼下",
        "starts_at": begins.isoformat(),
        "ends_at": (begins + timedelta(hours=2)).isoformat(),
        "helper_places": 5,
        "guest_places": 20,
        **other,
    }
    path = f"/events/{(await desk.post('/events', plan))['id']}"
    await desk.post(f"{path}/publish")
    return path


async def lines(person: Person) -> list[str]:
    """What somebody finds in their inbox."""
    return [f"{line['title']} {line['body']}" for line in await person.get("/inbox")]


async def heard(person: Person, words: str) -> str:
    """The one line of the inbox with those words, once it is there."""

    async def told() -> list[str]:
        return [line for line in await lines(person) if words in line]

    (line,) = await eventually(told)
    assert isinstance(line, str)
    return line


async def test_ninety_minutes_of_help_earn_fifteen_points(desk: Person, set_back: SetBack) -> None:
    helper = await resident(desk)
    path = await published(desk, starts_in=timedelta(minutes=20))
    joined = await helper.post(f"{path}/join", {"role": "helper"})
    await heard(helper, "楼道大扫除")
    code = await helper.get(f"{path}/my-code")
    came = await desk.post(f"{path}/check-in", {"code": code["code"]})
    assert (came["state"], came["changed"]) == ("present", True)
    again = await desk.post(f"{path}/check-in", {"code": code["code"]})
    assert (again["version"], again["changed"]) == (came["version"], False)
    await set_back(joined["mine"]["id"], 90)
    out = await helper.get(f"{path}/my-code")
    went = await desk.post(f"{path}/check-out", {"code": out["code"]})
    assert went["minutes"] == 90

    async def paid() -> bool:
        return await helper.points() == 15

    await eventually(paid)
    (entry,) = await helper.get("/points/me/entries")
    assert (entry["amount"], entry["title"]) == (15, "楼道大扫除")
    assert entry["reason"]
    assert "楼道大扫除" in await heard(helper, "15")


async def test_a_guest_earns_five_points_and_who_stays_away_none(
    desk: Person, set_back: SetBack
) -> None:
    guest, absent = await resident(desk), await resident(desk)
    path = await published(desk, starts_in=timedelta(minutes=20))
    mine = (await guest.post(f"{path}/join"))["mine"]["id"]
    await absent.post(f"{path}/join")
    await desk.post(f"{path}/check-in", {"resident_id": guest.id})
    await set_back(mine, 30)
    await desk.post(f"{path}/check-out", {"resident_id": guest.id})

    async def paid() -> bool:
        return await guest.points() == 5

    await eventually(paid)
    assert await absent.points() == 0


async def test_a_cancelled_event_is_told_to_those_who_have_a_place_and_nobody_else(
    desk: Person,
) -> None:
    stays, left, stranger = await resident(desk), await resident(desk), await resident(desk)
    path = await published(desk, starts_in=timedelta(days=2), title="看露天电影", kind="film")
    for person in (stays, left):
        await person.post(f"{path}/join")
    await left.post(f"{path}/leave")
    await desk.post(f"{path}/cancel", {"reason": "下大雨，改期再约"})
    assert "看露天电影" in await heard(stays, "下大雨")

    async def said_goodbye() -> bool:
        return any("退出" in line for line in await lines(left))

    await eventually(said_goodbye)
    assert not any("下大雨" in line for line in await lines(left))
    assert await lines(stranger) == []


async def test_an_hour_early_is_refused_in_words(desk: Person) -> None:
    person = await resident(desk)
    path = await published(desk, starts_in=timedelta(hours=1, minutes=1))
    await person.post(f"{path}/join")
    early = await desk.call("POST", f"{path}/check-in", json={"resident_id": person.id})
    assert early.status_code == 409
    assert "30 分钟" in early.json()["title"]

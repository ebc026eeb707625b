"""The data of a dump: a small station's, in every state that a later version may meet."""

import io
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import httpx
from PIL import Image

from shared import clock
from tests.support.api_clients import (
    ApiClient,
    create_resident,
    create_volunteer,
    eventually,
    sign_in,
)
from tests.support.messages import make_cloud_event

STATION, PASSWORD = "demo-estate", "a-password-of-the-tests"
ACCOUNTS = {"desk": "staff", "partner": "partner"}
GRANTS = (
    {"may": "publish", "type": "ext.property.lift-stopped.v1"},
    {"may": "publish", "type": "linli.event.joined.v1"},
    {"may": "read", "type": "linli.event.published.v1"},
)
# One action from a wish's state to the next: who does it, and with what.
WISH_ACTIONS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "approve": ("desk", {}),
    "decline": ("desk", {"reason": "请到窗口申请补助"}),
    "claim": ("taker", {}),
    "deliver": ("taker", {"note": "换好了", "minutes": 30}),
    "confirm": ("wisher", {"thanks": "谢谢邻居"}),
    "withdraw": ("wisher", {}),
    "answer": ("desk", {"answer": "已经转交公交公司"}),
}
# The wishes by name, each with the actions that lead to its state.
WISHES: Mapping[str, Sequence[str]] = {
    "posted": (),
    "open": ("approve",),
    "claimed": ("approve", "claim"),
    "delivered": ("approve", "claim", "deliver"),
    "fulfilled": ("approve", "claim", "deliver", "confirm"),
    "declined": ("decline",),
    "withdrawn": ("approve", "withdraw"),
    "answered": ("approve", "answer"),
}
TO_BE_CONFIRMED = ("approve", "claim", "deliver")
WISH_POINTS, GUEST_POINTS = 20, 5

Ids = dict[str, str]


async def make_data(client: httpx.AsyncClient, admin: asyncpg.Connection) -> dict[str, object]:
    """Make the data of a station that has an administrator; return the sessions and the ids.

    `admin` is a superuser's connection to the version's database.
    """
    people = await _make_people(client)
    wishes = {name: await _make_wish(people, actions) for name, actions in WISHES.items()}
    await _add_photo(people["taker"], wishes["delivered"])
    events = await _make_events(people)
    publisher = await _make_publisher(people)
    await _wait_for_points(people)
    await _purge_history(admin)
    wishes |= await _leave_messages_undone(people, admin)
    sessions = {name: {"id": person.id, "token": person.token} for name, person in people.items()}
    return {"sessions": sessions, "wishes": wishes, "events": events, "publisher": publisher}


async def _make_people(client: httpx.AsyncClient) -> dict[str, ApiClient]:
    admin = await sign_in(client, station=STATION, username="admin", password=PASSWORD)
    people = {"admin": admin}
    for name, role in ACCOUNTS.items():
        account = {"username": name, "display_name": f"演示·{name}", "role": role}
        await admin.post_ok("/accounts", {**account, "password": PASSWORD})
        people[name] = await sign_in(client, station=STATION, username=name, password=PASSWORD)
    desk = people["desk"]
    building = await desk.post_ok("/buildings", {"number": "3", "units": 2})
    home = await desk.post_ok(f"/buildings/{building['id']}/homes", {"unit": 1, "number": "502"})
    household = await desk.post_ok("/households", {"home_id": home["id"], "own": True})
    at_home = {"household_id": household["id"]}
    people["wisher"] = await create_resident(desk, **_details(1), **at_home)
    people["guest"] = await create_resident(desk, **_details(2), **at_home)
    people["taker"] = await create_volunteer(desk, **_details(3))
    people["applicant"] = await create_resident(desk, **_details(4))
    await people["applicant"].post_ok("/volunteers", {"skills": ["理发"]})
    await desk.post_ok("/residents", _details(5))
    people["by_code"] = await sign_in_by_code(admin, 5)
    member = {"resident_id": people["taker"].id, "membership": "estate"}
    await desk.post_ok("/party/members", {**member, "joined_on": "2001-07-01"})
    return people


def _details(number: int) -> dict[str, str]:
    return {"name": f"演示·居民{number}", "phone": f"1990000000{number}"}


async def sign_in_by_code(admin: ApiClient, number: int) -> ApiClient:
    """Sign a resident in by phone, with the code that the administrator sees."""
    proof = {"station": STATION, "phone": _details(number)["phone"]}
    before = await _list_codes(admin)
    answer = await admin.client.post("/api/v1/sign-in/codes", json=proof)
    answer.raise_for_status()

    async def new_codes() -> list[str]:
        return [code for code in await _list_codes(admin) if code not in before]

    (code,) = await eventually(new_codes)
    return await sign_in(admin.client, **proof, code=code)


async def _list_codes(admin: ApiClient) -> list[str]:
    deliveries = await admin.get_ok("/deliveries", params={"channel": "sms"})
    return re.findall(r"\b\d{6}\b", " ".join(delivery["text"] for delivery in deliveries))


async def _make_wish(people: Mapping[str, ApiClient], actions: Sequence[str]) -> str:
    body = {"title": "想换一个灯泡", "details": "厨房的灯不亮了"}
    wish: str = (await people["wisher"].post_ok("/wishes", body))["id"]
    for action in actions:
        await _act(people, wish, action)
    return wish


async def _act(people: Mapping[str, ApiClient], wish: str, action: str) -> None:
    name, body = WISH_ACTIONS[action]
    await people[name].post_ok(f"/wishes/{wish}/{action}", body)


async def _add_photo(taker: ApiClient, wish: str) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (16, 16), "white").save(picture, "JPEG")
    headers = {"Content-Type": "image/jpeg"}
    path = f"/wishes/{wish}/photos"
    answer = await taker.call("POST", path, content=picture.getvalue(), headers=headers)
    answer.raise_for_status()


async def _make_events(people: Mapping[str, ApiClient]) -> Ids:
    """Make events: one about to begin, with somebody present, and others in other states."""
    now, desk = clock.now(), people["desk"]
    running = await _draft_event(desk, now + timedelta(minutes=20))
    coming = await _draft_event(desk, now + timedelta(days=2))
    cancelled = await _draft_event(desk, now + timedelta(days=3))
    draft = await _draft_event(desk, now + timedelta(days=4))
    for event in (running, coming, cancelled):
        await desk.post_ok(f"/events/{event}/publish")
        await people["taker"].post_ok(f"/events/{event}/join", {"role": "helper"})
        await people["guest"].post_ok(f"/events/{event}/join")
    await people["by_code"].post_ok(f"/events/{running}/join")
    await people["guest"].post_ok(f"/events/{coming}/leave")
    await desk.post_ok(f"/events/{cancelled}/cancel", {"reason": "天气预报说有雨"})
    for name in ("taker", "by_code"):
        await desk.post_ok(f"/events/{running}/check-in", {"resident_id": people[name].id})
    leaver = {"resident_id": people["by_code"].id}
    await desk.post_ok(f"/events/{running}/check-out", leaver)
    return {"running": running, "coming": coming, "cancelled": cancelled, "draft": draft}


async def _draft_event(desk: ApiClient, starts_at: datetime) -> str:
    plan = {
        "kind": "clean_up",
        "title": "楼道大扫除",
        "place": "3 栋楼下",
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=2)).isoformat(),
        "helper_places": 5,
        "guest_places": 20,
    }
    event: str = (await desk.post_ok("/events", plan))["id"]
    return event


async def _make_publisher(people: Mapping[str, ApiClient]) -> Ids:
    """Admit a machine of the partner, which publishes one message."""
    admin, account = people["admin"], people["partner"].id
    body = {"name": "property", "account_id": account, "grants": GRANTS}
    publisher: str = (await admin.post_ok("/publishers", body))["id"]
    key: str = (await admin.post_ok(f"/publishers/{publisher}/keys"))["key"]
    answer = await publish(admin.client, key, "ext.property.lift-stopped.v1", {"lift": "left"})
    answer.raise_for_status()
    return {"id": publisher, "key": key}


async def publish(
    client: httpx.AsyncClient, key: str, type_: str, content: Mapping[str, Any]
) -> httpx.Response:
    """Publish a message of the dump's publisher over HTTP."""
    message = make_cloud_event("/partners/property", type_, content)
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/cloudevents+json",
    }
    return await client.post("/api/v1/messages", json=message, headers=headers)


async def _wait_for_points(people: Mapping[str, ApiClient]) -> None:
    async def are_points_paid() -> bool:
        points = (await people["taker"].points(), await people["by_code"].points())
        return points == (WISH_POINTS, GUEST_POINTS)

    await eventually(are_points_paid)


async def _purge_history(admin: asyncpg.Connection) -> None:
    """Purge what a station purges after days, which would be half of the dump."""
    await eventually(lambda: _is_empty(admin, "intake.outbox"))
    for table in ("intake.answers", "volunteers.answers", "intake.sent"):
        await admin.execute(f"DELETE FROM {table}")


async def _leave_messages_undone(people: Mapping[str, ApiClient], admin: asyncpg.Connection) -> Ids:
    """Fulfil two wishes: the message of one fails in an inbox, the other's stays in the outbox.

    Revoked rights do it, which the dump doesn't have.
    """
    unpaid, unsent = [await _make_wish(people, TO_BE_CONFIRMED) for _ in range(2)]
    await eventually(lambda: _is_empty(admin, "intake.outbox"))
    await admin.execute("REVOKE INSERT ON volunteers.judged FROM linli_volunteers")
    await _act(people, unpaid, "confirm")
    failed = "volunteers.inbox WHERE state = 'retry' AND type = 'linli.wish.fulfilled.v1'"
    await eventually(lambda: _is_filled(admin, failed))
    await eventually(lambda: _is_empty(admin, "intake.outbox"))
    await admin.execute("REVOKE SELECT ON intake.outbox FROM linli_intake")
    # Without its key's columns nothing could be inserted either.
    await admin.execute("GRANT SELECT (lane, id) ON intake.outbox TO linli_intake")
    await _act(people, unsent, "confirm")
    await eventually(
        lambda: _is_filled(admin, "intake.outbox WHERE type = 'linli.wish.fulfilled.v1'")
    )
    return {"unpaid": unpaid, "unsent": unsent}


async def _is_filled(admin: asyncpg.Connection, rows: str) -> bool:
    return bool(await admin.fetchval(f"SELECT EXISTS (SELECT FROM {rows})"))


async def _is_empty(admin: asyncpg.Connection, rows: str) -> bool:
    return not await _is_filled(admin, rows)

"""One successful change of every kind in a station, and a transport that repeats each POST."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx

from shared import clock
from shared.contracts.envelope import CONTENT_TYPE
from shared.ids import new_id
from tests.schema.fixtures import ApiFixtures, make_jpeg
from tests.support.api_clients import ApiClient, create_volunteer
from tests.support.messages import make_cloud_event

SERVICES = ("intake", "volunteers", "notify")
REASON = {"reason": "下大雨"}
KEY = "Idempotency-Key"


class RepeatingTransport(httpx.AsyncBaseTransport):
    """A transport that sends each successful POST again, and asserts that the answer is the same.

    `changes` are the successful requests that change something.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.changes: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request`, with a new key if it has none."""
        if request.method == "POST":
            request.headers.setdefault(KEY, str(uuid4()))
        answer = await self._inner.handle_async_request(request)
        if request.method == "POST" and answer.is_success:
            await answer.aread()
            again = await self._inner.handle_async_request(request)
            await again.aread()
            assert again.status_code == answer.status_code, request.url.path
            assert again.content == answer.content, request.url.path
        if request.method != "GET" and answer.is_success:
            self.changes.append(request)
        return answer

    async def aclose(self) -> None:
        """Close all connections."""
        await self._inner.aclose()


async def change_everything(api_fixtures: ApiFixtures) -> None:
    """Make each kind of change that the making of the fixtures doesn't."""
    desk, admin = api_fixtures.client("staff"), api_fixtures.client("admin")
    wisher, helper = api_fixtures.client("resident"), api_fixtures.client("volunteer")
    await _end_wishes(desk, wisher, helper)
    await _attend_and_cancel_events(api_fixtures, desk)
    await _add_and_remove_photos(api_fixtures, helper)
    await _change_register(api_fixtures, desk)
    await create_volunteer(desk)
    await wisher.post_ok("/inbox/read-all")
    [notice, *_] = await helper.get_ok("/inbox")
    await helper.post_ok(f"/inbox/{notice['id']}/read")
    account = {"username": "second", "display_name": "窗口二", "role": "staff"}
    await admin.post_ok("/accounts", {**account, "password": uuid4().hex})
    await _change_publisher(api_fixtures, admin)
    await _operate(api_fixtures)
    body = {"station": desk.station, "phone": "+8613800000000"}
    assert (await desk.client.post("/api/v1/sign-in/codes", json=body)).is_success


async def _change_register(api_fixtures: ApiFixtures, desk: ApiClient) -> None:
    ids = {name: values[0] for name, values in api_fixtures.ids.items()}
    await desk.post_ok("/buildings", {"number": "4", "units": 1})
    home = {"unit": 1, "number": "502"}
    second = await desk.post_ok(f"/buildings/{ids['building_id']}/homes", home)
    await desk.post_ok("/households", {"home_id": second["id"], "own": True})
    resident = await desk.get_ok(f"/residents/{ids['resident_id']}")
    del resident["id"], resident["phone"]
    await desk.put_ok(f"/residents/{ids['resident_id']}", {**resident, "name": "演示居民二"})
    await desk.post_ok(f"/residents/{ids['resident_id']}/reveal", REASON)
    volunteer = {"resident_id": api_fixtures.client("volunteer").id, "membership": "estate"}
    member = (await desk.post_ok("/party/members", volunteer))["id"]
    assert (await desk.call("DELETE", f"/party/members/{member}")).is_success
    await desk.post_ok("/party/members", volunteer)
    await desk.post_ok("/wishes", {"title": "想换一个灯泡", "on_behalf_of": ids["resident_id"]})


async def _end_wishes(desk: ApiClient, wisher: ApiClient, helper: ApiClient) -> None:
    async def act(actor: ApiClient, action: str, body: dict[str, Any] | None = None) -> None:
        await actor.post_ok(f"{path}/{action}", body)

    for ending in ("decline", "withdraw", "answer", "reopen"):
        path = f"/wishes/{(await wisher.post_ok('/wishes', {'title': '想学视频通话'}))['id']}"
        match ending:
            case "decline":
                await act(desk, "decline", REASON)
            case "withdraw":
                await act(wisher, "withdraw")
            case "answer":
                await act(desk, "approve")
                await act(desk, "answer", {"answer": "做不到"})
            case "reopen":
                report = {"note": "教会了", "minutes": 30}
                await act(desk, "approve")
                for action in ("claim", "release", "claim"):
                    await act(helper, action)
                await act(helper, "deliver", report)
                await act(wisher, "refuse", REASON)
                await act(helper, "deliver", report)
                await act(wisher, "confirm")
                await act(wisher, "reopen", REASON)


async def _attend_and_cancel_events(api_fixtures: ApiFixtures, desk: ApiClient) -> None:
    wisher, helper = api_fixtures.client("resident"), api_fixtures.client("volunteer")
    starts_at = clock.now() + timedelta(minutes=20)
    body = {
        "kind": "film",
        "title": "看露天电影",
        "summary": "一起看电影",
        "place": "广场",
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=1)).isoformat(),
        "helper_places": 3,
        "guest_places": 20,
    }
    path = f"/events/{(await desk.post_ok('/events', body))['id']}"
    await desk.put_ok(path, {**body, "title": "看电影"})
    await desk.post_ok(f"{path}/publish")
    for person in (wisher, helper):
        await person.post_ok(f"{path}/join")
    await wisher.post_ok(f"{path}/leave")
    await helper.post_ok(f"/events/{api_fixtures.ids['event_id'][0]}/join")
    attendee = {"resident_id": helper.id}
    for action in ("check-in", "undo-check-in", "check-in", "check-out"):
        await desk.post_ok(f"{path}/{action}", attendee)
    cancelled = f"/events/{(await desk.post_ok('/events', body))['id']}"
    await desk.post_ok(f"{cancelled}/publish")
    await desk.post_ok(f"{cancelled}/cancel", REASON)


async def _add_and_remove_photos(api_fixtures: ApiFixtures, helper: ApiClient) -> None:
    path = f"/wishes/{api_fixtures.ids['wish_id'][2]}/photos"
    headers = {"Content-Type": "image/jpeg"}
    added = [
        await helper.call("POST", path, content=make_jpeg(), headers=headers) for _ in range(2)
    ]
    removed = await helper.call("DELETE", f"/photos/{added[-1].json()['id']}")
    assert removed.is_success, removed.text


async def _change_publisher(api_fixtures: ApiFixtures, admin: ApiClient) -> None:
    path = f"/publishers/{api_fixtures.ids['publisher_id'][0]}"
    rotated, ended, *_ = api_fixtures.ids["key_id"]
    await admin.post_ok(f"{path}/keys/{rotated}/rotate")
    await admin.post_ok(f"{path}/keys/{ended}/end")
    await admin.post_ok(f"{path}/password")
    await admin.put_ok(f"{path}/grants", {"grants": []})
    publisher, source = api_fixtures.client("publisher"), f"/partners/{api_fixtures.publisher}"
    for _ in range(2):
        content = {"wish_id": str(new_id()), "minutes": 30}
        event = make_cloud_event(source, "linli.wish.fulfilled.v1", content)
        headers = {"Content-Type": CONTENT_TYPE}
        await publisher.post_ok("/messages", event, headers=headers)


async def _operate(api_fixtures: ApiFixtures) -> None:
    operator, desk = api_fixtures.client("operator"), api_fixtures.client("staff")
    retried, skipped, *_ = api_fixtures.ids["correlation_id"]
    for service in SERVICES:
        messages = f"/operations/{service}/messages"
        await operator.post_ok(f"{messages}/{skipped}/skip", REASON)
        await operator.post_ok(f"{messages}/{retried}/retry", REASON)
        await operator.post_ok(f"{messages}/retry-all", {**REASON, "type": "linli.no.such.v1"})
        nothing = {**REASON, "type": "linli.no.such.v1", "counted": 0}
        for action in ("skip-all", "purge"):
            await operator.post_ok(f"{messages}/{action}", nothing)
        trail = f"/operations/{service}/trail/{retried}/handled"
        await desk.post_ok(trail, {"keys": [retried]})

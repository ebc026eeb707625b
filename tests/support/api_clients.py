"""Clients of the station's API, each signed in as one person."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx

DEFAULT_TIMEOUT_SECONDS = 30.0
POLL_INTERVAL_SECONDS = 0.02
_phones = itertools.count(13_800_000_000 + int(time.time()) % 10_000_000)


async def eventually(
    condition: Callable[[], Awaitable[Any]], *, timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
) -> Any:
    """Wait until `condition` returns something true, and return it; fail after the timeout."""
    async with asyncio.timeout(timeout_seconds):
        # The condition is on the other side of HTTP, so there is no event to wait for.
        while not (value := await condition()):  # noqa: ASYNC110
            await asyncio.sleep(POLL_INTERVAL_SECONDS)
    return value


@dataclass(frozen=True)
class ApiClient:
    """A client of the API, signed in as one person or holding the key of one publisher.

    `get`, `post` and `put` return any answer; their twins with `_ok` assert that it is a success,
    and return its JSON.
    """

    client: httpx.AsyncClient
    token: str
    id: str
    station: str

    @property
    def person_id(self) -> UUID:
        """The id of the person or the account."""
        return UUID(self.id)

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send any request as this person."""
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return await self.client.request(method, f"/api/v1{path}", headers=headers, **options)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        """Send a GET request."""
        return await self.call("GET", path, **options)

    async def post(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        """Send a POST request with JSON."""
        return await self.call("POST", path, json=body or {}, **options)

    async def put(self, path: str, body: Any, etag: str = "*") -> httpx.Response:
        """Send a PUT request for that version, or for any version."""
        return await self.call("PUT", path, json=body, headers={"If-Match": etag})

    async def get_ok(self, path: str, **options: Any) -> Any:
        """Return the JSON of a successful GET request."""
        return _expect_success(await self.get(path, **options))

    async def post_ok(self, path: str, body: Any = None, **options: Any) -> Any:
        """Return the JSON of a successful POST request with a new idempotency key."""
        headers = {"Idempotency-Key": str(uuid4()), **options.pop("headers", {})}
        return _expect_success(await self.post(path, body, headers=headers, **options))

    async def put_ok(self, path: str, body: Any) -> Any:
        """Return the JSON of a successful PUT request for any version."""
        return _expect_success(await self.put(path, body))

    async def points(self) -> int:
        """Return the balance of this person's points."""
        balance: int = (await self.get_ok("/points/me"))["balance"]
        return balance


def _expect_success(answer: httpx.Response) -> Any:
    assert answer.is_success, (answer.request.url.path, answer.status_code, answer.text)
    return answer.json() if answer.content else None


async def sign_in(client: httpx.AsyncClient, **proof: str) -> ApiClient:
    """Sign in at a station with a password, a slip, or phone and code."""
    answer = await client.post("/api/v1/sign-in", json=proof)
    assert answer.is_success, answer.text
    session = answer.json()
    return ApiClient(client, session["token"], session["person"]["id"], proof["station"])


async def create_resident(desk: ApiClient, **overrides: Any) -> ApiClient:
    """Register a new resident at the desk, and sign in with a slip from the desk."""
    body = {"name": "演示居民", "phone": f"+86{next(_phones)}", **overrides}
    registered = await desk.post_ok("/residents", body)
    slip = await desk.post_ok(f"/residents/{registered['id']}/slips")
    return await sign_in(desk.client, station=desk.station, slip=slip["code"])


async def create_volunteer(desk: ApiClient, **overrides: Any) -> ApiClient:
    """Register a resident, approve them as a volunteer, and wait until the gateway has the role."""
    person = await create_resident(desk, **overrides)
    applied = await person.post_ok("/volunteers", {"skills": ["修水龙头"]})
    await desk.post_ok(f"/volunteers/{applied['id']}/approve")

    async def is_volunteer() -> bool:
        return "volunteer" in (await person.get_ok("/me"))["roles"]

    await eventually(is_volunteer)
    return person


async def create_publisher(admin: ApiClient, grants: Sequence[Mapping[str, Any]]) -> Any:
    """Admit a machine of a new partner of the station; return the answer of the API."""
    name = f"m{uuid4().hex[:8]}"
    account = {"username": name, "display_name": "演示·物业", "role": "partner"}
    partner = await admin.post_ok("/accounts", {**account, "password": uuid4().hex})
    body = {"name": name, "account_id": partner["id"], "grants": list(grants)}
    return await admin.post_ok("/publishers", body)


async def create_fulfilled_wish(
    desk: ApiClient,
    wisher: ApiClient,
    taker: ApiClient,
    title: str = "想换一个灯泡",
    minutes: int = 30,
) -> str:
    """Take a wish the whole way to its confirmation; return its id."""
    wish: str = (await wisher.post_ok("/wishes", {"title": title, "details": "厨房的灯不亮了"}))[
        "id"
    ]
    await desk.post_ok(f"/wishes/{wish}/approve")
    await taker.post_ok(f"/wishes/{wish}/claim")
    await taker.post_ok(f"/wishes/{wish}/deliver", {"note": "换好了", "minutes": minutes})
    await wisher.post_ok(f"/wishes/{wish}/confirm", {"thanks": "谢谢"})
    return wish

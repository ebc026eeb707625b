"""Clients of the station's API, each signed in as one person."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

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
class Person:
    """A person who is signed in at the gateway."""

    client: httpx.AsyncClient
    token: str
    id: str
    station: str

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send any request as this person."""
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return await self.client.request(method, f"/api/v1{path}", headers=headers, **options)

    async def get(self, path: str, **options: Any) -> Any:
        """Return the answer to a read, which must succeed."""
        answer = await self.call("GET", path, **options)
        assert answer.is_success, (path, answer.status_code, answer.text)
        return answer.json()

    async def post(self, path: str, body: Any = None, **options: Any) -> Any:
        """Return the answer to an action, which must succeed."""
        headers = {"Idempotency-Key": str(uuid4()), **options.pop("headers", {})}
        answer = await self.call("POST", path, json=body or {}, headers=headers, **options)
        assert answer.is_success, (path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    async def put(self, path: str, body: Any) -> Any:
        """Return the answer to an edit of any version, which must succeed."""
        answer = await self.call("PUT", path, json=body, headers={"If-Match": "*"})
        assert answer.is_success, (path, answer.status_code, answer.text)
        return answer.json()

    async def points(self) -> int:
        """Return the balance of this person's points."""
        balance: int = (await self.get("/points/me"))["balance"]
        return balance


async def sign_in(client: httpx.AsyncClient, **proof: str) -> Person:
    """Sign in at a station with a password, a slip, or phone and code."""
    answer = await client.post("/api/v1/sign-in", json=proof)
    assert answer.is_success, answer.text
    session = answer.json()
    return Person(client, session["token"], session["person"]["id"], proof["station"])


async def create_resident(desk: Person, **overrides: Any) -> Person:
    """Register a new resident at the desk, and sign in with a slip from the desk."""
    body = {"name": "演示居民", "phone": f"+86{next(_phones)}", **overrides}
    registered = await desk.post("/residents", body)
    slip = await desk.post(f"/residents/{registered['id']}/slips")
    return await sign_in(desk.client, station=desk.station, slip=slip["code"])


async def create_volunteer(desk: Person, **overrides: Any) -> Person:
    """Register a resident, approve them as a volunteer, and wait until the gateway has the role."""
    person = await create_resident(desk, **overrides)
    applied = await person.post("/volunteers", {"skills": ["修水龙头"]})
    await desk.post(f"/volunteers/{applied['id']}/approve")

    async def is_volunteer() -> bool:
        return "volunteer" in (await person.get("/me"))["roles"]

    await eventually(is_volunteer)
    return person


async def create_publisher(admin: Person, grants: Sequence[Mapping[str, Any]]) -> Any:
    """Admit a machine of a new partner of the station; return the answer of the API."""
    name = f"m{uuid4().hex[:8]}"
    account = {"username": name, "display_name": "演示·物业", "role": "partner"}
    partner = await admin.post("/accounts", {**account, "password": uuid4().hex})
    body = {"name": name, "account_id": partner["id"], "grants": list(grants)}
    return await admin.post("/publishers", body)


async def create_fulfilled_wish(
    desk: Person, wisher: Person, taker: Person, title: str = "想换一个灯泡", minutes: int = 30
) -> str:
    """Take a wish the whole way to its confirmation; return its id."""
    wish: str = (await wisher.post("/wishes", {"title": title, "details": "厨房的灯不亮了"}))["id"]
    await desk.post(f"/wishes/{wish}/approve")
    await taker.post(f"/wishes/{wish}/claim")
    await taker.post(f"/wishes/{wish}/deliver", {"note": "换好了", "minutes": minutes})
    await wisher.post(f"/wishes/{wish}/confirm", {"thanks": "谢谢"})
    return wish

"""A partner's machine in a test, which publishes over HTTP."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import httpx

from services.intake.accounts import actions as accounts
from services.intake.accounts.actions import NewAccount
from shared import clock
from shared.auth import Actor, Role
from tests.intake.station_client import Scene

JOINED = "linli.event.joined.v1"
ATTENDED = "linli.event.attended.v1"
FULFILLED = "linli.wish.fulfilled.v1"
STOPPED = "ext.property.lift-stopped.v1"
EVERYTHING = [{"may": "publish", "type": type_} for type_ in (JOINED, ATTENDED, FULFILLED, STOPPED)]
STRUCTURED = {"Content-Type": "application/cloudevents+json"}
BATCH = {"Content-Type": "application/cloudevents-batch+json"}


async def partner_of(scene: Scene) -> UUID:
    """The account of a new partner of the station."""
    name = f"partner-{uuid4().hex[:8]}"
    wanted = NewAccount(
        username=name, display_name="演示·物业", role=Role.PARTNER, password="a-password"
    )
    async with scene.runtime.sessions.begin() as tx:
        return (await accounts.create(tx, Actor.system(scene.station.id), wanted)).id


async def admitted(scene: Scene, **said: Any) -> dict[str, Any]:
    """A new machine of a new partner, as answered."""
    account = str(await partner_of(scene))
    body = {"name": f"m{uuid4().hex[:8]}", "account_id": account, "grants": EVERYTHING, **said}
    answer = await scene.admin.post("/publishers", body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


@dataclass(frozen=True)
class Machine:
    """A machine that was admitted, and a key of it."""

    scene: Scene
    id: str
    name: str
    account: UUID
    key: str

    @classmethod
    async def ready(cls, scene: Scene, **said: Any) -> "Machine":
        """A new one with a key for everything."""
        seen = await admitted(scene, **said)
        issued = await scene.admin.post(f"/publishers/{seen['id']}/keys")
        assert issued.status_code == 201, issued.text
        account = UUID(seen["account_id"])
        return cls(scene, seen["id"], seen["name"], account, issued.json()["key"])

    def with_key(self, key: str) -> "Machine":
        """The same with another key."""
        return replace(self, key=key)

    def event(self, type_: str, data: Any, **other: Any) -> dict[str, Any]:
        """A CloudEvent of this machine's."""
        return {
            "specversion": "1.0",
            "id": str(uuid4()),
            "type": type_,
            "source": f"/partners/{self.name}",
            "time": clock.now().isoformat(),
            "data": data,
            **other,
        }

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """A request under the key."""
        headers = {"Authorization": f"Bearer {self.key}", **options.pop("headers", {})}
        return await self.scene.client.request(method, f"/api/v1{path}", headers=headers, **options)

    async def send(self, body: Any, headers: Mapping[str, str] = STRUCTURED) -> httpx.Response:
        """The answer to a body."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.call("POST", "/messages", content=content, headers=dict(headers))

    async def said(self, type_: str, data: Any, **other: Any) -> dict[str, Any]:
        """Publish, let intake absorb what is due, and tell what became of it."""
        answer = await self.send(self.event(type_, data, **other))
        assert answer.status_code == 202, answer.text
        return await self.fate(answer)

    async def fate(self, answer: httpx.Response) -> dict[str, Any]:
        """What became of what was taken."""
        await self.scene.runtime.consumer.retries.run_due()
        found = await self.call("GET", answer.headers["Location"].removeprefix("/api/v1"))
        assert found.status_code == 200, found.text
        became: dict[str, Any] = found.json()
        return became

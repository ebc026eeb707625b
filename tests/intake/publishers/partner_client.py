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
from tests.intake.station_client import StationClient

JOINED = "linli.event.joined.v1"
ATTENDED = "linli.event.attended.v1"
FULFILLED = "linli.wish.fulfilled.v1"
STOPPED = "ext.property.lift-stopped.v1"
ALL_GRANTS = [{"may": "publish", "type": type_} for type_ in (JOINED, ATTENDED, FULFILLED, STOPPED)]
STRUCTURED_HEADERS = {"Content-Type": "application/cloudevents+json"}
BATCH_HEADERS = {"Content-Type": "application/cloudevents-batch+json"}


async def create_partner(station_client: StationClient) -> UUID:
    """The account of a new partner of the station."""
    name = f"partner-{uuid4().hex[:8]}"
    wanted = NewAccount(
        username=name, display_name="演示·物业", role=Role.PARTNER, password="a-password"
    )
    async with station_client.runtime.sessions.begin() as tx:
        return (await accounts.create(tx, Actor.system(station_client.station.id), wanted)).id


async def create_publisher(station_client: StationClient, **overrides: Any) -> dict[str, Any]:
    """A new machine of a new partner, as answered."""
    account = str(await create_partner(station_client))
    body = {"name": f"m{uuid4().hex[:8]}", "account_id": account, "grants": ALL_GRANTS, **overrides}
    answer = await station_client.admin.post("/publishers", body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


@dataclass(frozen=True)
class PartnerClient:
    """A machine that was admitted, and a key of it."""

    station_client: StationClient
    id: str
    name: str
    account: UUID
    key: str

    @classmethod
    async def create(cls, station_client: StationClient, **overrides: Any) -> "PartnerClient":
        """A new one with a key for everything."""
        seen = await create_publisher(station_client, **overrides)
        issued = await station_client.admin.post(f"/publishers/{seen['id']}/keys")
        assert issued.status_code == 201, issued.text
        account = UUID(seen["account_id"])
        return cls(station_client, seen["id"], seen["name"], account, issued.json()["key"])

    def with_key(self, key: str) -> "PartnerClient":
        """The same with another key."""
        return replace(self, key=key)

    def make_event(self, type_: str, data: Any, **overrides: Any) -> dict[str, Any]:
        """A CloudEvent of this machine's."""
        return {
            "specversion": "1.0",
            "id": str(uuid4()),
            "type": type_,
            "source": f"/partners/{self.name}",
            "time": clock.now().isoformat(),
            "data": data,
            **overrides,
        }

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """A request under the key."""
        headers = {"Authorization": f"Bearer {self.key}", **options.pop("headers", {})}
        return await self.station_client.client.request(
            method, f"/api/v1{path}", headers=headers, **options
        )

    async def send(
        self, body: Any, headers: Mapping[str, str] = STRUCTURED_HEADERS
    ) -> httpx.Response:
        """The answer to a body."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.call("POST", "/messages", content=content, headers=dict(headers))

    async def publish_and_handle(self, type_: str, data: Any, **overrides: Any) -> dict[str, Any]:
        """Publish, let intake absorb what is due, and tell what became of it."""
        answer = await self.send(self.make_event(type_, data, **overrides))
        assert answer.status_code == 202, answer.text
        return await self.fetch_result(answer)

    async def fetch_result(self, answer: httpx.Response) -> dict[str, Any]:
        """What became of what was taken."""
        await self.station_client.runtime.consumer.retry_worker.run_due()
        found = await self.call("GET", answer.headers["Location"].removeprefix("/api/v1"))
        assert found.status_code == 200, found.text
        became: dict[str, Any] = found.json()
        return became

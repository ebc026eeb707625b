"""A partner's machine in tests, which publishes over HTTP."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import httpx

from services.intake.accounts import actions as accounts
from services.intake.accounts.actions import NewAccount
from shared.auth import Actor, Role
from tests.intake.station_client import StationClient
from tests.support.api_clients import ApiClient
from tests.support.messages import make_cloud_event

JOINED = "linli.event.joined.v1"
ATTENDED = "linli.event.attended.v1"
FULFILLED = "linli.wish.fulfilled.v1"
STOPPED = "ext.property.lift-stopped.v1"
ALL_GRANTS = [{"may": "publish", "type": type_} for type_ in (JOINED, ATTENDED, FULFILLED, STOPPED)]
STRUCTURED_HEADERS = {"Content-Type": "application/cloudevents+json"}
BATCH_HEADERS = {"Content-Type": "application/cloudevents-batch+json"}


async def create_partner(station_client: StationClient) -> UUID:
    """Create a partner of the station; return the id of its account."""
    name = f"partner-{uuid4().hex[:8]}"
    new_account = NewAccount(
        username=name, display_name="演示·物业", role=Role.PARTNER, password="a-password"
    )
    async with station_client.runtime.sessions.begin() as tx:
        return (await accounts.create(tx, Actor.system(station_client.station.id), new_account)).id


async def create_publisher(station_client: StationClient, **overrides: Any) -> dict[str, Any]:
    """Admit a machine of a new partner; return the answer."""
    account = str(await create_partner(station_client))
    body = {"name": f"m{uuid4().hex[:8]}", "account_id": account, "grants": ALL_GRANTS, **overrides}
    answer = await station_client.admin.post("/publishers", body)
    assert answer.status_code == 201, answer.text
    publisher: dict[str, Any] = answer.json()
    return publisher


@dataclass(frozen=True)
class PartnerClient:
    """An admitted machine with one of its keys."""

    station_client: StationClient
    id: str
    name: str
    account: UUID
    key: str

    @classmethod
    async def create(cls, station_client: StationClient, **overrides: Any) -> "PartnerClient":
        """Admit a machine and issue a key for all its types."""
        publisher = await create_publisher(station_client, **overrides)
        issued = await station_client.admin.post(f"/publishers/{publisher['id']}/keys")
        assert issued.status_code == 201, issued.text
        account = UUID(publisher["account_id"])
        key = issued.json()["key"]
        return cls(station_client, publisher["id"], publisher["name"], account, key)

    def with_key(self, key: str) -> "PartnerClient":
        """Return the same machine with another key."""
        return replace(self, key=key)

    def make_event(self, type_: str, data: Any, **overrides: Any) -> dict[str, Any]:
        """Return a CloudEvent of this machine."""
        return make_cloud_event(f"/partners/{self.name}", type_, data, **overrides)

    @property
    def api_client(self) -> ApiClient:
        """A client of the API with the key."""
        station = self.station_client
        return ApiClient(station.client, self.key, str(self.account), station.station.code)

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request with the key."""
        return await self.api_client.call(method, path, **options)

    async def send(
        self, body: Any, headers: Mapping[str, str] = STRUCTURED_HEADERS
    ) -> httpx.Response:
        """Publish a body."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.call("POST", "/messages", content=content, headers=dict(headers))

    async def publish_and_handle(self, type_: str, data: Any, **overrides: Any) -> dict[str, Any]:
        """Publish an event, let intake handle it, and return the status of the message."""
        answer = await self.send(self.make_event(type_, data, **overrides))
        assert answer.status_code == 202, answer.text
        return await self.fetch_result(answer)

    async def fetch_result(self, answer: httpx.Response) -> dict[str, Any]:
        """Let intake handle an accepted message, and return the status of the message."""
        await self.station_client.runtime.consumer.retry_worker.run_due()
        status = await self.call("GET", answer.headers["Location"].removeprefix("/api/v1"))
        assert status.status_code == 200, status.text
        result: dict[str, Any] = status.json()
        return result

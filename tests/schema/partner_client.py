"""Publishers of a partner: one that publishes, and one for the other roles to change."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from services.intake.accounts.actions import NewAccount, create
from shared.auth import Actor, Role
from shared.contracts.envelope import CONTENT_TYPE
from shared.contracts.examples import EXTERNAL_TYPE
from shared.contracts.partners import CONTRACTS
from tests.support.api_clients import ApiClient
from tests.support.messages import make_cloud_event
from tests.support.station import PASSWORD
from tests.support.system import RunningSystem


@dataclass(frozen=True)
class PublisherClient(ApiClient):
    """A publisher of a partner, whose key is its token."""

    name: str


@dataclass(frozen=True)
class PartnerPublishers:
    """The active publisher, the keys of its messages, and the ids of the one to change."""

    active: PublisherClient
    published: list[str]
    ids: Mapping[str, list[str]]


async def create_publishers(
    running_system: RunningSystem, station: UUID, admin: ApiClient
) -> PartnerPublishers:
    """Create two publishers of one partner, so that the active one keeps its grants and key."""
    account = await _create_partner(running_system, station)
    active, changeable = [await _create_publisher(admin, account) for _ in range(2)]
    keys = [(await admin.post_ok(f"/publishers/{changeable.id}/keys"))["id"] for _ in range(4)]
    published = [await _publish(active, EXTERNAL_TYPE) for _ in range(4)]
    ids = {"publisher_id": [changeable.id], "key_id": keys, "account_id": [account]}
    return PartnerPublishers(active, published, ids)


async def _create_partner(running_system: RunningSystem, station: UUID) -> str:
    account = NewAccount(
        username="property", display_name="演示·物业", role=Role.PARTNER, password=PASSWORD
    )
    async with running_system.intake.sessions.begin() as tx:
        return str((await create(tx, Actor.system(station), account)).id)


async def _create_publisher(admin: ApiClient, account: str) -> PublisherClient:
    name = f"m{uuid4().hex[:8]}"
    grants = [{"may": "publish", "type": type_} for type_ in (*CONTRACTS, EXTERNAL_TYPE)]
    body = {"name": name, "account_id": account, "grants": grants}
    id_ = (await admin.post_ok("/publishers", body))["id"]
    key = (await admin.post_ok(f"/publishers/{id_}/keys"))["key"]
    return PublisherClient(admin.client, key, id_, admin.station, name)


async def _publish(publisher: PublisherClient, type_: str) -> str:
    event = json.dumps(make_cloud_event(f"/partners/{publisher.name}", type_, {})).encode()
    headers = {"Content-Type": CONTENT_TYPE}
    answer = await publisher.call("POST", "/messages", content=event, headers=headers)
    assert answer.status_code == 202, answer.text
    key: str = answer.json()[0]["key"]
    return key

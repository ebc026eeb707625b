"""Partners' machines in that station: one that publishes, and one for others to change."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from services.intake.accounts.actions import NewAccount, create
from shared import clock
from shared.auth import Actor, Role
from shared.contracts.envelope import CONTENT_TYPE
from shared.contracts.examples import EXTERNAL
from shared.contracts.partners import CONTRACTS
from tests.support.api_clients import Person
from tests.support.station import PASSWORD
from tests.support.system import RunningSystem


@dataclass(frozen=True)
class PublisherClient(Person):
    """A partner's machine, whose key is its token."""

    name: str


@dataclass(frozen=True)
class PartnerPublishers:
    """Which machine asks, the keys of what it published, and the ids of the one to be changed."""

    active: PublisherClient
    published: list[str]
    ids: Mapping[str, list[str]]


async def create_publishers(
    running_system: RunningSystem, station: UUID, admin: Person
) -> PartnerPublishers:
    """Two machines of one partner, so that the one that asks keeps its grants and its key."""
    account = await _create_partner(running_system, station)
    asking, changed = [await _create_publisher(admin, account) for _ in range(2)]
    keys = [(await admin.post(f"/publishers/{changed.id}/keys"))["id"] for _ in range(4)]
    published = [await _publish(asking, EXTERNAL) for _ in range(4)]
    ids = {"publisher_id": [changed.id], "key_id": keys, "account_id": [account]}
    return PartnerPublishers(asking, published, ids)


def make_cloud_event(publisher: str, type_: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """What that publisher says, with no more than is needed."""
    own = {"id": str(uuid4()), "source": f"/partners/{publisher}", "type": type_}
    return {"specversion": "1.0", "time": clock.now().isoformat(), "data": data, **own}


async def _create_partner(running_system: RunningSystem, station: UUID) -> str:
    wanted = NewAccount(
        username="property", display_name="演示·物业", role=Role.PARTNER, password=PASSWORD
    )
    async with running_system.intake.sessions.begin() as tx:
        return str((await create(tx, Actor.system(station), wanted)).id)


async def _create_publisher(admin: Person, account: str) -> PublisherClient:
    name = f"m{uuid4().hex[:8]}"
    grants = [{"may": "publish", "type": type_} for type_ in (*CONTRACTS, EXTERNAL)]
    wanted = {"name": name, "account_id": account, "grants": grants}
    id_ = (await admin.post("/publishers", wanted))["id"]
    key = (await admin.post(f"/publishers/{id_}/keys"))["key"]
    return PublisherClient(admin.client, key, id_, admin.station, name)


async def _publish(publisher: PublisherClient, type_: str) -> str:
    event = json.dumps(make_cloud_event(publisher.name, type_, {})).encode()
    headers = {"Content-Type": CONTENT_TYPE}
    answer = await publisher.call("POST", "/messages", content=event, headers=headers)
    assert answer.status_code == 202, answer.text
    key: str = answer.json()[0]["key"]
    return key

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
from tests.support.system import House


@dataclass(frozen=True)
class Publisher(Person):
    """A partner's machine, whose key is its token."""

    name: str


@dataclass(frozen=True)
class Machines:
    """Which machine asks, the keys of what it published, and the ids of the one to be changed."""

    asking: Publisher
    published: list[str]
    ids: Mapping[str, list[str]]


async def admitted(house: House, station: UUID, admin: Person) -> Machines:
    """Two machines of one partner, so that the one that asks keeps its grants and its key."""
    account = await _partner(house, station)
    asking, changed = [await _publisher(admin, account) for _ in range(2)]
    keys = [(await admin.post(f"/publishers/{changed.id}/keys"))["id"] for _ in range(4)]
    published = [await _published(asking, EXTERNAL) for _ in range(4)]
    ids = {"publisher_id": [changed.id], "key_id": keys, "account_id": [account]}
    return Machines(asking, published, ids)


def cloud_event(publisher: str, type_: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """What that publisher says, with no more than is needed."""
    own = {"id": str(uuid4()), "source": f"/partners/{publisher}", "type": type_}
    return {"specversion": "1.0", "time": clock.now().isoformat(), "data": said, **own}


async def _partner(house: House, station: UUID) -> str:
    wanted = NewAccount(
        username="property", display_name="演示·物业", role=Role.PARTNER, password=PASSWORD
    )
    async with house.intake.sessions.begin() as tx:
        return str((await create(tx, Actor.system(station), wanted)).id)


async def _publisher(admin: Person, account: str) -> Publisher:
    name = f"m{uuid4().hex[:8]}"
    grants = [{"may": "publish", "type": type_} for type_ in (*CONTRACTS, EXTERNAL)]
    wanted = {"name": name, "account_id": account, "grants": grants}
    id_ = (await admin.post("/publishers", wanted))["id"]
    key = (await admin.post(f"/publishers/{id_}/keys"))["key"]
    return Publisher(admin.client, key, id_, admin.station, name)


async def _published(publisher: Publisher, type_: str) -> str:
    event = json.dumps(cloud_event(publisher.name, type_, {})).encode()
    headers = {"Content-Type": CONTENT_TYPE}
    answer = await publisher.call("POST", "/messages", content=event, headers=headers)
    assert answer.status_code == 202, answer.text
    key: str = answer.json()[0]["key"]
    return key

"""Administrators admit partners' machines, grant to them, and give them keys and passwords."""

import base64
import hashlib
from typing import Any

import pytest
from sqlalchemy import select

from services.intake.publishers.models import ApiKey, Publisher
from shared.bus.transport import broker_users
from tests.intake.publishers.partner_client import (
    ALL_GRANTS,
    FULFILLED,
    JOINED,
    PartnerClient,
    create_publisher,
)
from tests.intake.station_client import StationClient


async def test_a_machine_is_admitted_and_shown_without_secrets(
    station_client: StationClient,
) -> None:
    reading = [{"may": "read", "type": "linli.wish.opened.v1"}]
    seen = await create_publisher(station_client, grants=[*ALL_GRANTS[:1], *reading])
    name = seen["name"]
    assert (seen["source"], seen["user"]) == (f"/partners/{name}", f"partner-{name}")
    assert seen["queue"] == f"linli.readers.{name}"
    assert seen["grants"] == [
        {"may": "publish", "type": JOINED, "trusted": False},
        {"may": "read", "type": "linli.wish.opened.v1", "trusted": False},
    ]
    key = (await station_client.admin.post(f"/publishers/{seen['id']}/keys")).json()
    shown = await station_client.admin.get(f"/publishers/{seen['id']}")
    listed = (await station_client.admin.get("/publishers")).json()
    assert listed == [shown.json()]
    assert [one["id"] for one in shown.json()["keys"]] == [key["id"]]
    assert key["key"] not in shown.text
    async with station_client.runtime.sessions() as tx:
        kept = await tx.get_one(ApiKey, key["id"])
    assert len(kept.key_hash) == 32
    assert key["key"].encode() not in kept.key_hash


async def test_names_are_one_machine_s_of_whatever_station(
    station_client: StationClient, other_station_client: StationClient
) -> None:
    name = (await create_publisher(station_client))["name"]
    theirs = (await create_publisher(other_station_client))["account_id"]
    answer = await other_station_client.admin.post(
        "/publishers", {"name": name, "account_id": theirs, "grants": []}
    )
    assert answer.status_code == 409
    assert (await other_station_client.admin.get("/publishers")).json()[0]["account_id"] == theirs


async def test_nobody_manages_another_station_s_machines(
    station_client: StationClient, other_station_client: StationClient
) -> None:
    id_ = (await create_publisher(station_client))["id"]
    path = f"/publishers/{id_}"
    assert (await other_station_client.admin.get(path)).status_code == 404
    assert (await other_station_client.admin.post(f"{path}/keys")).status_code == 404
    assert (await other_station_client.admin.post(f"{path}/password")).status_code == 404
    assert (
        await other_station_client.admin.put(f"{path}/grants", {"grants": []})
    ).status_code == 404
    assert (await station_client.desk.get(path)).status_code == 403


@pytest.mark.parametrize(
    ("grant", "sentence"),
    [
        ({"may": "publish", "type": "linli.points.awarded.v1"}, "No messages of this type are"),
        ({"may": "publish", "type": "ext.Property.v1"}, "No messages of this type are"),
        ({"may": "publish", "type": "ext.property"}, "No messages of this type are"),
        ({"may": "read", "type": "linli.sign-in-code.issued.v1"}, "for partners to read"),
        ({"may": "read", "type": "linli.resident.registered.v1"}, "for partners to read"),
        ({"may": "read", "type": "ext.property.x.v1"}, "for partners to read"),
        ({"may": "publish", "type": JOINED, "trusted": True}, "Only a fulfilled wish"),
        ({"may": "read", "type": FULFILLED, "trusted": True}, "Only a fulfilled wish"),
        (ALL_GRANTS[0], "This is granted already"),
    ],
)
async def test_what_can_not_be_granted_is_told_at_its_place(
    station_client: StationClient, grant: dict[str, Any], sentence: str
) -> None:
    seen = await create_publisher(station_client)
    answer = await station_client.admin.call(
        "PUT",
        f"/publishers/{seen['id']}/grants",
        json={"grants": [ALL_GRANTS[0], grant]},
        headers={"If-Match": "*", "Accept-Language": "en"},
    )
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == "grants.1"
    assert sentence in error["detail"]


async def test_accounts_of_staff_have_no_machines(station_client: StationClient) -> None:
    body = {"name": "desk-machine", "account_id": str(station_client.desk.person_id), "grants": []}
    assert (await station_client.admin.post("/publishers", body)).status_code == 422


async def test_two_who_grant_at_once_do_not_undo_each_other(station_client: StationClient) -> None:
    id_ = (await create_publisher(station_client))["id"]
    path = f"/publishers/{id_}"
    etag = (await station_client.admin.get(path)).headers["ETag"]
    first = await station_client.admin.put(f"{path}/grants", {"grants": ALL_GRANTS[:2]}, etag)
    assert first.status_code == 200
    assert first.headers["ETag"] != etag
    second = await station_client.admin.put(f"{path}/grants", {"grants": []}, etag)
    assert second.status_code == 412
    assert len((await station_client.admin.get(path)).json()["grants"]) == 2


async def test_a_key_is_for_no_more_than_is_granted(station_client: StationClient) -> None:
    seen = await create_publisher(station_client, grants=ALL_GRANTS[:1])
    keys = f"/publishers/{seen['id']}/keys"
    assert (await station_client.admin.post(keys, {"types": [FULFILLED]})).status_code == 403
    assert (await station_client.admin.post(keys, {"types": []})).status_code == 422
    issued = await station_client.admin.post(keys, {"types": [JOINED]})
    assert issued.status_code == 201
    grants = {"grants": ALL_GRANTS[1:]}
    assert (
        await station_client.admin.put(f"/publishers/{seen['id']}/grants", grants)
    ).status_code == 200
    rotated = await station_client.admin.post(f"{keys}/{issued.json()['id']}/rotate")
    assert rotated.status_code == 403


async def test_the_broker_s_password_is_kept_as_the_broker_keeps_it(
    partner_client: PartnerClient,
) -> None:
    station_client = partner_client.station_client
    given = (await station_client.admin.post(f"/publishers/{partner_client.id}/password")).json()
    async with station_client.runtime.sessions() as tx:
        found = await tx.scalar(select(Publisher).where(Publisher.name == partner_client.name))
    assert found is not None
    assert found.password_hash is not None
    assert given["password"] not in found.password_hash
    kept = base64.b64decode(found.password_hash)
    assert hashlib.sha256(kept[:4] + given["password"].encode()).digest() == kept[4:]

    (user,) = broker_users.users([found.access])["users"]
    assert (user["name"], user["password_hash"]) == (given["user"], found.password_hash)
    again = (await station_client.admin.post(f"/publishers/{partner_client.id}/password")).json()
    assert again["password"] != given["password"]

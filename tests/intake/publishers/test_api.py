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


async def test_an_admitted_machine_is_returned_without_secrets(
    station_client: StationClient,
) -> None:
    reading = [{"may": "read", "type": "linli.wish.opened.v1"}]
    publisher = await create_publisher(station_client, grants=[*ALL_GRANTS[:1], *reading])
    name = publisher["name"]
    assert (publisher["source"], publisher["user"]) == (f"/partners/{name}", f"partner-{name}")
    assert publisher["queue"] == f"linli.readers.{name}"
    assert publisher["grants"] == [
        {"may": "publish", "type": JOINED, "trusted": False},
        {"may": "read", "type": "linli.wish.opened.v1", "trusted": False},
    ]
    path = f"/publishers/{publisher['id']}"
    key = (await station_client.admin.post(f"{path}/keys")).json()
    answer = await station_client.admin.get(path)
    listed = (await station_client.admin.get("/publishers")).json()
    assert listed == [answer.json()]
    assert [one["id"] for one in answer.json()["keys"]] == [key["id"]]
    assert key["key"] not in answer.text
    async with station_client.runtime.sessions() as tx:
        row = await tx.get_one(ApiKey, key["id"])
    assert len(row.key_hash) == 32
    assert key["key"].encode() not in row.key_hash


async def test_names_of_machines_are_unique_across_stations(
    station_client: StationClient, other_station_client: StationClient
) -> None:
    name = (await create_publisher(station_client))["name"]
    account_id = (await create_publisher(other_station_client))["account_id"]
    answer = await other_station_client.admin.post(
        "/publishers", {"name": name, "account_id": account_id, "grants": []}
    )
    assert answer.status_code == 409
    assert (await other_station_client.admin.get("/publishers")).json()[0][
        "account_id"
    ] == account_id


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
async def test_an_invalid_grant_is_refused_at_its_field(
    station_client: StationClient, grant: dict[str, Any], sentence: str
) -> None:
    publisher = await create_publisher(station_client)
    answer = await station_client.admin.call(
        "PUT",
        f"/publishers/{publisher['id']}/grants",
        json={"grants": [ALL_GRANTS[0], grant]},
        headers={"If-Match": "*", "Accept-Language": "en"},
    )
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == "grants.1"
    assert sentence in error["detail"]


async def test_accounts_of_staff_cannot_have_machines(station_client: StationClient) -> None:
    body = {"name": "desk-machine", "account_id": str(station_client.desk.person_id), "grants": []}
    assert (await station_client.admin.post("/publishers", body)).status_code == 422


async def test_a_grant_with_an_outdated_etag_is_refused(station_client: StationClient) -> None:
    id_ = (await create_publisher(station_client))["id"]
    path = f"/publishers/{id_}"
    etag = (await station_client.admin.get(path)).headers["ETag"]
    first = await station_client.admin.put(f"{path}/grants", {"grants": ALL_GRANTS[:2]}, etag)
    assert first.status_code == 200
    assert first.headers["ETag"] != etag
    second = await station_client.admin.put(f"{path}/grants", {"grants": []}, etag)
    assert second.status_code == 412
    assert len((await station_client.admin.get(path)).json()["grants"]) == 2


async def test_a_key_is_for_granted_types_only(station_client: StationClient) -> None:
    publisher = await create_publisher(station_client, grants=ALL_GRANTS[:1])
    keys = f"/publishers/{publisher['id']}/keys"
    assert (await station_client.admin.post(keys, {"types": [FULFILLED]})).status_code == 403
    assert (await station_client.admin.post(keys, {"types": []})).status_code == 422
    issued = await station_client.admin.post(keys, {"types": [JOINED]})
    assert issued.status_code == 201
    grants = {"grants": ALL_GRANTS[1:]}
    assert (
        await station_client.admin.put(f"/publishers/{publisher['id']}/grants", grants)
    ).status_code == 200
    rotated = await station_client.admin.post(f"{keys}/{issued.json()['id']}/rotate")
    assert rotated.status_code == 403


async def test_the_overlap_of_a_rotation_is_an_integer_and_no_boolean(
    partner_client: PartnerClient,
) -> None:
    admin, keys = partner_client.station_client.admin, f"/publishers/{partner_client.id}/keys"
    key_id = (await admin.post(keys)).json()["id"]
    refused = await admin.post(f"{keys}/{key_id}/rotate", {"overlap_hours": True})
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["overlap_hours"]
    rotated = await admin.post(f"{keys}/{key_id}/rotate", {"overlap_hours": 1})
    assert rotated.status_code == 201


async def test_a_broker_password_is_hashed_in_the_format_of_the_broker(
    partner_client: PartnerClient,
) -> None:
    station_client = partner_client.station_client
    answer = (await station_client.admin.post(f"/publishers/{partner_client.id}/password")).json()
    async with station_client.runtime.sessions() as tx:
        publisher = await tx.scalar(select(Publisher).where(Publisher.name == partner_client.name))
    assert publisher is not None
    assert publisher.password_hash is not None
    assert answer["password"] not in publisher.password_hash
    salted = base64.b64decode(publisher.password_hash)
    assert hashlib.sha256(salted[:4] + answer["password"].encode()).digest() == salted[4:]

    (user,) = broker_users.users([publisher.access])["users"]
    assert (user["name"], user["password_hash"]) == (answer["user"], publisher.password_hash)
    again = (await station_client.admin.post(f"/publishers/{partner_client.id}/password")).json()
    assert again["password"] != answer["password"]

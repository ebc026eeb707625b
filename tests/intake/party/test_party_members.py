"""Only the desk reads and changes entries of party members, and no message carries them."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from services.intake.accounts import actions as accounts
from services.intake.accounts.actions import NewAccount
from services.intake.volunteers_view.models import Volunteer
from shared.auth import Actor, Role
from tests.intake.station_client import StationClient
from tests.support.api_clients import ApiClient
from tests.support.station import PASSWORD


async def create_party_member(station_client: StationClient, **overrides: Any) -> dict[str, Any]:
    """Register a resident and enter them as a party member."""
    body = {
        "resident_id": (await station_client.register_resident())["id"],
        "membership": "estate",
        **overrides,
    }
    answer = await station_client.desk.post("/party/members", body)
    assert answer.status_code == 201, answer.text
    member: dict[str, Any] = answer.json()
    return member


async def test_desk_adds_lists_and_removes_members(
    station_client: StationClient,
) -> None:
    own = await create_party_member(station_client, joined_on="1998-07-01")
    guest = await create_party_member(station_client, membership="elsewhere", reported=True)
    assert (own["resident_name"], own["joined_on"]) == ("演示居民", "1998-07-01")
    assert (await station_client.desk.get("/party/members")).json() == [guest, own]
    filtered = await station_client.desk.get("/party/members", params={"membership": "elsewhere"})
    assert filtered.json() == [guest]
    path = f"/party/members/{own['id']}"
    assert (await station_client.admin.call("DELETE", path)).status_code == 204
    assert (await station_client.desk.call("DELETE", path)).status_code == 404
    assert (await station_client.desk.get("/party/members")).json() == [guest]


async def test_list_is_paginated(station_client: StationClient) -> None:
    first, second = [await create_party_member(station_client) for _ in range(2)]
    page = await station_client.desk.get("/party/members", params={"limit": 1})
    assert page.json() == [second]
    rest = await station_client.desk.get(page.links["next"]["url"].removeprefix("/api/v1"))
    assert (rest.json(), rest.links) == ([first], {})


async def test_second_entry_of_a_resident_is_refused(station_client: StationClient) -> None:
    member = await create_party_member(station_client)
    body = {"resident_id": member["resident_id"], "membership": "elsewhere"}
    answer = await station_client.desk.post("/party/members", body)
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"membership": "estate", "reported": True}, "reported"),
        ({"membership": "estate", "joined_on": "long ago"}, "joined_on"),
        ({"membership": "nowhere"}, "membership"),
    ],
)
async def test_invalid_membership_is_refused(
    station_client: StationClient, fields: dict[str, Any], field: str
) -> None:
    body = {"resident_id": (await station_client.register_resident())["id"], **fields}
    answer = await station_client.desk.post("/party/members", body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert await station_client.count_rows("party_members") == 0


async def test_others_can_neither_read_nor_change_members(
    station_client: StationClient, other_clients: list[ApiClient]
) -> None:
    member = await create_party_member(station_client)
    for client in other_clients:
        answers = [
            await client.get("/party/members"),
            await client.post("/party/members", {**member, "resident_id": str(client.person_id)}),
            await client.call("DELETE", f"/party/members/{member['id']}"),
        ]
        assert [answer.status_code for answer in answers] == [403] * 3
        assert all("演示居民" not in answer.text for answer in answers)
    assert await station_client.count_rows("party_members") == 1


async def test_another_station_sees_and_changes_nothing(
    station_client: StationClient, other_station_client: StationClient
) -> None:
    member = await create_party_member(station_client)
    theirs = other_station_client.desk
    assert (await theirs.get("/party/members")).json() == []
    body = {"resident_id": member["resident_id"], "membership": "estate"}
    assert (await theirs.post("/party/members", body)).status_code == 404
    assert (await theirs.call("DELETE", f"/party/members/{member['id']}")).status_code == 404
    unknown = {"resident_id": str(uuid4()), "membership": "estate"}
    assert (await station_client.desk.post("/party/members", unknown)).status_code == 404
    assert await station_client.count_rows("party_members") == 1


async def test_entries_record_no_message(station_client: StationClient) -> None:
    resident = (await station_client.register_resident())["id"]
    before = await station_client.list_messages()
    body = {"resident_id": resident, "membership": "elsewhere", "reported": True}
    member = (await station_client.desk.post("/party/members", body)).json()
    await station_client.desk.call("DELETE", f"/party/members/{member['id']}")
    assert await station_client.list_messages() == before
    assert await station_client.count_rows("party_members") == 0


@pytest.fixture
async def other_clients(station_client: StationClient) -> list[ApiClient]:
    """Sign a resident, a volunteer, a partner and an operator in."""
    resident, volunteer = (
        await station_client.sign_in_resident(),
        await station_client.sign_in_resident(),
    )
    await approve_volunteer(station_client, volunteer.person_id)
    return [
        resident,
        volunteer,
        *[
            await create_account_client(station_client, role)
            for role in (Role.PARTNER, Role.OPERATOR)
        ],
    ]


async def approve_volunteer(station_client: StationClient, resident: UUID) -> None:
    """Store the resident as an approved volunteer of the read model."""
    station = station_client.station.id
    values = {"volunteer_id": uuid4(), "resident_id": resident, "state": "approved", "version": 2}
    async with station_client.runtime.sessions.begin() as tx:
        tx.add(Volunteer(station_id=station, **values))


async def create_account_client(station_client: StationClient, role: Role) -> ApiClient:
    """Create an account of that role and sign it in."""
    account = NewAccount(username=role.value, display_name="演示", role=role, password=PASSWORD)
    async with station_client.runtime.sessions.begin() as tx:
        await accounts.create(tx, Actor.system(station_client.station.id), account)
    return await station_client.sign_in(username=role.value, password=PASSWORD)

"""Entries of party members: what the desk adds, lists and removes, without any message."""

from typing import Any

import pytest

from tests.intake.station_client import StationClient


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


async def test_entries_record_no_message(station_client: StationClient) -> None:
    resident = (await station_client.register_resident())["id"]
    before = await station_client.list_messages()
    body = {"resident_id": resident, "membership": "elsewhere", "reported": True}
    member = (await station_client.desk.post("/party/members", body)).json()
    await station_client.desk.call("DELETE", f"/party/members/{member['id']}")
    assert await station_client.list_messages() == before
    assert await station_client.count_rows("party_members") == 0

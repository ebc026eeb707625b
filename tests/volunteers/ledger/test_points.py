"""The JSON routes of points."""

from uuid import UUID

from services.volunteers.ledger.actions import post
from services.volunteers.ledger.models import AccountKey, Posting
from shared.auth import Role
from shared.ids import new_id
from shared.runtime.runtime import Runtime
from tests.support.messages import TITLE, handle_messages, wish_fulfilled, wish_reopened
from tests.support.replicas import MakeClient
from tests.volunteers.fixtures import create_volunteer
from tests.volunteers.ledger.test_audit import make_cause

EMPTY_BALANCE = {"balance": 0, "held": 0, "available": 0}


async def test_volunteer_reads_points_and_entries(
    client: MakeClient, runtime: Runtime, station: UUID
) -> None:
    me = await create_volunteer(runtime, station)
    first, second = wish_fulfilled(station, me), wish_fulfilled(station, me, title="修水管")
    await handle_messages(runtime, first)
    await handle_messages(runtime, second)
    await handle_messages(runtime, wish_reopened(first))
    resident = client(Role.RESIDENT, person=me, accept="en")
    assert (await resident.get("/points/me")).json() == {
        "balance": 20,
        "held": 0,
        "available": 20,
    }
    entries = (await resident.get("/points/me/entries")).json()
    assert [(e["amount"], e["reason"], e["title"]) for e in entries] == [
        (-20, "The confirmation of a wish was withdrawn", TITLE),
        (20, "A wish came true", "修水管"),
        (20, "A wish came true", TITLE),
    ]
    assert entries[1]["correlation_id"] == str(second.correlation)
    assert (entries[1]["rule"], entries[1]["rule_version"]) == ("wish-fulfilled", 1)
    assert entries[1]["cause_subject"] == second.subject


async def test_only_the_desk_reads_a_resident_s_points(
    client: MakeClient, runtime: Runtime, station: UUID
) -> None:
    me = await create_volunteer(runtime, station)
    await handle_messages(runtime, wish_fulfilled(station, me))
    for path in (f"/points/me?resident={me}", f"/points/me/entries?resident={me}"):
        assert (await client(Role.RESIDENT).get(path)).status_code == 403
        assert (await client(Role.RESIDENT, person=me).get(path)).status_code == 200
    desk = await client(Role.STAFF).get(f"/points/me?resident={me}")
    assert desk.json()["balance"] == 20


async def test_another_station_sees_nothing(
    client: MakeClient, runtime: Runtime, station: UUID
) -> None:
    me = await create_volunteer(runtime, station)
    await handle_messages(runtime, wish_fulfilled(station, me))
    elsewhere = client(Role.ADMIN, of=new_id())
    assert (await elsewhere.get(f"/points/me?resident={me}")).json() == EMPTY_BALANCE
    assert (await elsewhere.get(f"/points/me/entries?resident={me}")).json() == []
    same_person = client(Role.RESIDENT, person=me, of=new_id())
    assert (await same_person.get("/points/me")).json() == EMPTY_BALANCE


async def test_resident_without_awards_has_no_points(client: MakeClient) -> None:
    resident = client(Role.RESIDENT)
    assert (await resident.get("/points/me")).json() == EMPTY_BALANCE
    assert (await resident.get("/points/me/entries")).json() == []


async def test_a_partner_reads_the_partner_s_account(
    client: MakeClient, runtime: Runtime, station: UUID
) -> None:
    partner = new_id()
    award = Posting.award(make_cause(station), AccountKey(station, "partner", partner), 7)
    async with runtime.sessions.begin() as tx:
        await post(tx, [award])
    assert (await client(Role.PARTNER, person=partner).get("/points/me")).json()["balance"] == 7
    assert (await client(Role.RESIDENT, person=partner).get("/points/me")).json() == EMPTY_BALANCE

"""Applications of volunteers: apply, approve, list and read."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.volunteers.people.models import AlreadyDecided, Volunteer
from shared.auth import Actor, Role
from shared.contracts.volunteers import VolunteerApplied, VolunteerApproved
from shared.ids import new_id
from shared.runtime.runtime import Runtime
from tests.support.messages import list_recorded
from tests.support.replicas import MakeClient
from tests.volunteers.fixtures import create_volunteer

DESK = Actor(new_id(), new_id(), frozenset({Role.STAFF}))


def test_only_an_application_can_be_approved() -> None:
    volunteer = Volunteer.apply(DESK.station, new_id(), ["修灯", "修灯"], [])
    assert volunteer.skills == ["修灯"]
    volunteer.approve(DESK)
    assert volunteer.state == "approved"
    with pytest.raises(AlreadyDecided):
        volunteer.approve(DESK)


def test_snapshot_message_follows_the_state() -> None:
    volunteer = Volunteer.apply(DESK.station, new_id(), [], [])
    assert isinstance(volunteer.snapshot_message(), VolunteerApplied)
    volunteer.approve(DESK)
    assert isinstance(volunteer.snapshot_message(), VolunteerApproved)
    for state in ("suspended", "left"):
        volunteer.state = state
        assert volunteer.snapshot_message() is None


async def test_a_resident_applies_and_the_desk_approves(
    client: MakeClient, tx: AsyncSession, station: UUID
) -> None:
    resident, desk = client(Role.RESIDENT, person=(me := new_id())), client(Role.STAFF)
    applied = await resident.post("/volunteers", json={"skills": ["理发"], "times": ["周末"]})
    assert applied.status_code == 201
    assert applied.json()["state"] == "applied"
    assert applied.json()["resident_id"] == str(me)
    approved = await desk.post(f"/volunteers/{applied.json()['id']}/approve")
    assert approved.json()["state"] == "approved"
    mine = (await resident.get("/volunteers/me")).json()
    assert (mine["state"], mine["duties"], mine["skills"]) == ("approved", [], ["理发"])
    messages = await list_recorded(tx, station=station)
    assert [(m.type, m.sequence) for m in messages] == [
        ("linli.volunteer.applied.v1", 1),
        ("linli.volunteer.approved.v1", 2),
    ]
    assert {m.subject for m in messages} == {f"volunteers/{applied.json()['id']}"}


async def test_second_application_and_second_approval_are_refused(client: MakeClient) -> None:
    resident, desk = client(Role.RESIDENT), client(Role.ADMIN, accept="en")
    first = await resident.post("/volunteers", json={})
    second = await resident.post("/volunteers", json={})
    assert second.status_code == 409
    assert second.headers["content-type"] == "application/problem+json"
    path = f"/volunteers/{first.json()['id']}/approve"
    assert (await desk.post(path)).status_code == 200
    again = await desk.post(path)
    assert (again.status_code, again.json()["title"]) == (
        409,
        "This application has been decided already",
    )


async def test_only_one_of_ten_concurrent_applications_is_stored(client: MakeClient) -> None:
    resident = client(Role.RESIDENT)
    answers = await asyncio.gather(*(resident.post("/volunteers", json={}) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9


async def test_the_desk_applies_for_a_resident(client: MakeClient) -> None:
    desk, resident = client(Role.STAFF), new_id()
    assert (await desk.post("/volunteers", json={})).status_code == 422
    applied = await desk.post("/volunteers", json={"on_behalf_of": str(resident)})
    assert applied.json()["resident_id"] == str(resident)
    neighbour = await client(Role.RESIDENT).post(
        "/volunteers", json={"on_behalf_of": str(new_id())}
    )
    assert neighbour.status_code == 403


async def test_only_the_desk_and_the_volunteer_read_a_volunteer(client: MakeClient) -> None:
    resident = client(Role.RESIDENT)
    path = f"/volunteers/{(await resident.post('/volunteers', json={})).json()['id']}"
    assert (await resident.get(path)).status_code == 200
    assert (await client(Role.STAFF).get(path)).status_code == 200
    assert (await client(Role.RESIDENT).get(path)).status_code == 404
    assert (await client(Role.RESIDENT).get("/volunteers/me")).status_code == 404


async def test_list_is_filtered_and_newest_first(
    client: MakeClient, runtime: Runtime, station: UUID
) -> None:
    desk = client(Role.STAFF)
    for _ in range(5):
        await create_volunteer(runtime, station)
    await client(Role.RESIDENT).post("/volunteers", json={})
    approved = (await desk.get("/volunteers?state=approved")).json()
    ids = [volunteer["id"] for volunteer in approved]
    assert len(ids) == 5
    assert ids == sorted(ids, reverse=True)
    assert len((await desk.get("/volunteers?state=applied")).json()) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b'{"skills": "x"}',
        b'{"skills": [""]}',
        b'{"skills": [1]}',
        b'{"on_behalf_of": "me"}',
        b'{"skills": ["' + b"x" * 61 + b'"]}',
        b'{"times": ' + b'["x"' + b',"y"' * 20 + b"]}",
    ],
)
async def test_invalid_applications_are_refused(client: MakeClient, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await client(Role.RESIDENT).post("/volunteers", content=body, headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"]

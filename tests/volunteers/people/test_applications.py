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


async def test_a_repeated_request_gets_the_first_answer(client: MakeClient) -> None:
    resident = client(Role.RESIDENT)
    key = {"Idempotency-Key": str(new_id())}
    first = await resident.post("/volunteers", json={}, headers=key)
    again = await resident.post("/volunteers", json={}, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())


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
    elsewhere = client(Role.ADMIN, of=new_id())
    assert (await elsewhere.get(path)).status_code == 404
    assert (await elsewhere.post(f"{path}/approve")).status_code == 404
    assert (await elsewhere.get("/volunteers")).json() == []
    assert (await client(Role.RESIDENT).get("/volunteers/me")).status_code == 404


async def test_the_list_is_paged_and_filtered(
    client: MakeClient, runtime: Runtime, station: UUID
) -> None:
    desk = client(Role.STAFF)
    for _ in range(5):
        await create_volunteer(runtime, station)
    await client(Role.RESIDENT).post("/volunteers", json={})
    ids: list[str] = []
    path = "/volunteers?limit=2&state=approved"
    while path:
        answer = await desk.get(path)
        ids += [volunteer["id"] for volunteer in answer.json()]
        path = answer.links["next"]["url"].removeprefix("/api/v1") if answer.links else ""
    assert len(ids) == 5
    assert ids == sorted(ids, reverse=True)
    assert len((await desk.get("/volunteers?state=applied")).json()) == 1


@pytest.mark.parametrize(
    ("method", "path", "role"),
    [
        ("GET", "/volunteers", Role.RESIDENT),
        ("GET", "/volunteers", Role.VOLUNTEER),
        ("POST", "/volunteers/0190aaaa-0000-7000-8000-000000000000/approve", Role.RESIDENT),
        ("POST", "/volunteers", Role.PARTNER),
        ("GET", "/volunteers/me", Role.PARTNER),
        ("GET", "/points/me", Role.OPERATOR),
    ],
)
async def test_other_roles_are_refused(
    client: MakeClient, method: str, path: str, role: Role
) -> None:
    assert (await client(role).request(method, path, json={})).status_code == 403


@pytest.mark.parametrize(
    "path", ["/volunteers", "/volunteers/me", "/points/me", "/points/me/entries", "/rules"]
)
async def test_anonymous_request_is_refused(client: MakeClient, path: str) -> None:
    nobody = client()
    del nobody.headers["Authorization"]
    assert (await nobody.get(path)).status_code == 401
    nobody.headers["Authorization"] = "Bearer forged.token.here"
    assert (await nobody.get(path)).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'{"skills": "x"}',
        b'{"skills": [""]}',
        b'{"skills": ["\\u0000"]}',
        b'{"skills": ["\\ud800"]}',
        b'{"skills": [1]}',
        b'{"skills": ["\xff"]}',
        b'{"on_behalf_of": "me"}',
        b'{"surprise": 1}',
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


@pytest.mark.parametrize(
    "path",
    [
        "/volunteers?state=eager",
        "/volunteers?after=last",
        "/volunteers?limit=0",
        "/volunteers?limit=101",
        "/volunteers?state=%00",
        "/volunteers?order=name",
        "/volunteers/none",
        "/points/me?resident=x",
        "/points/me/entries?limit=99999999999999999999",
        "/points/me/entries?after=%ff",
        "/rules?after=0",
    ],
)
async def test_invalid_queries_are_refused(client: MakeClient, path: str) -> None:
    answer = await client(Role.STAFF).get(path)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"

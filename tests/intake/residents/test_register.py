"""The register over the API: who writes and who reads which fields."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select

from services.intake.residents.models import Reveal
from tests.intake.station_client import StationClient, new_phone


async def create_home(station_client: StationClient, number: str = "101") -> str:
    """Create a home of building 1, and the building if it is missing."""
    listed = (await station_client.desk.get("/buildings")).json()
    building = listed[0] if listed else None
    if building is None:
        answer = await station_client.desk.post("/buildings", {"number": "1", "units": 2})
        building = answer.json()
    answer = await station_client.desk.post(
        f"/buildings/{building['id']}/homes", {"number": number}
    )
    assert answer.status_code == 201
    home: str = answer.json()["id"]
    return home


async def test_desk_registers_building_home_household_and_resident(
    station_client: StationClient,
) -> None:
    home = await create_home(station_client)
    body = {
        "home_id": home,
        "own": False,
        "registered_with": "白马村",
        "office_phone": "073158261234",
    }
    household = (await station_client.desk.post("/households", body)).json()
    resident = await station_client.register_resident(
        household_id=household["id"], is_head=True, birth_year=1950
    )
    listed = (await station_client.desk.get("/households", params={"home_id": home})).json()
    assert listed[0]["address"] == {"building": "1", "unit": 1, "number": "101"}
    assert listed[0]["registered_with"] == "白马村"
    people = await station_client.desk.get("/residents", params={"household_id": household["id"]})
    assert people.json() == [resident]
    building = (await station_client.desk.get("/buildings")).json()[0]["id"]
    homes = (await station_client.desk.get(f"/buildings/{building}/homes")).json()
    assert [item["id"] for item in homes] == [home]


async def test_duplicates_are_refused(station_client: StationClient) -> None:
    await create_home(station_client)
    building = (await station_client.desk.get("/buildings")).json()[0]["id"]
    phone = new_phone()
    await station_client.register_resident(phone=phone)
    for path, body in (
        ("/buildings", {"number": "1"}),
        (f"/buildings/{building}/homes", {"number": "101"}),
        ("/residents", {"name": "演示乙", "phone": f"+86{phone}"}),
    ):
        answer = await station_client.desk.post(path, body)
        assert answer.status_code == 409, path
        assert phone not in answer.text


async def test_concurrent_registrations_of_a_phone_store_one_resident(
    station_client: StationClient,
) -> None:
    body = {"name": "演示甲", "phone": new_phone()}
    answers = await asyncio.gather(
        *(station_client.desk.post("/residents", body) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert await station_client.count_rows("residents") == 1


async def test_another_station_can_have_the_same_phone_and_building(
    station_client: StationClient, other_station_client: StationClient
) -> None:
    phone = new_phone()
    for client in (station_client, other_station_client):
        await client.register_resident(phone=phone)
        assert (await client.desk.post("/buildings", {"number": "1"})).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {"own": True, "registered_with": "白马村"},
        {"own": False},
        {"own": True, "office_phone": "073158261234"},
    ],
)
async def test_household_with_an_inconsistent_registration_is_refused(
    station_client: StationClient, body: dict[str, object]
) -> None:
    home = await create_home(station_client)
    assert (
        await station_client.desk.post("/households", {"home_id": home, **body})
    ).status_code == 422


async def test_home_in_a_missing_unit_is_refused(station_client: StationClient) -> None:
    await create_home(station_client)
    building = (await station_client.desk.get("/buildings")).json()[0]["id"]
    answer = await station_client.desk.post(
        f"/buildings/{building}/homes", {"unit": 3, "number": "1"}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "unit"


async def test_records_of_another_station_are_invisible(
    station_client: StationClient, other_station_client: StationClient
) -> None:
    home = await create_home(other_station_client)
    building = (await other_station_client.desk.get("/buildings")).json()[0]["id"]
    body = {"home_id": home, "own": True}
    household = (await other_station_client.desk.post("/households", body)).json()["id"]
    resident = await other_station_client.register_resident(
        phone=new_phone(), household_id=household
    )
    id_ = resident.pop("id")
    desk = station_client.desk
    answers = [
        await desk.get(f"/residents/{id_}"),
        await desk.put(f"/residents/{id_}", {**resident, "phone": new_phone()}),
        await desk.post(f"/residents/{id_}/reveal", {"reason": "look"}),
        await desk.get(f"/buildings/{building}/homes"),
        await desk.post(f"/buildings/{building}/homes", {"number": "9"}),
        await desk.post("/households", body),
        await desk.post("/residents", {"name": "演示甲", "household_id": household}),
    ]
    assert {answer.status_code for answer in answers} == {404}
    for path in ("/residents", "/households", "/buildings"):
        assert (await desk.get(path)).json() == []
    filtered = await desk.get("/residents", params={"household_id": household})
    assert filtered.json() == []


async def test_next_link_leads_to_the_rest_of_the_list(station_client: StationClient) -> None:
    for number in range(51):
        await station_client.register_resident(name=f"演示{number}")
    first = await station_client.desk.get("/residents")
    assert len(first.json()) == 50
    link = first.headers["link"]
    assert link.endswith('>; rel="next"')
    second = await station_client.desk.get(link[1:].partition(">")[0].removeprefix("/api/v1"))
    assert [one["name"] for one in second.json()] == ["演示0"]
    assert "link" not in second.headers


async def test_change_of_an_outdated_version_is_refused(station_client: StationClient) -> None:
    resident = await station_client.register_resident(phone=new_phone())
    path = f"/residents/{resident.pop('id')}"
    del resident["phone"]
    etag = (await station_client.desk.get(path)).headers["etag"]
    body = {**resident, "name": "演示乙"}
    first = await station_client.desk.put(path, body, etag)
    assert first.status_code == 200
    assert first.headers["etag"] != etag
    assert (await station_client.desk.put(path, resident, etag)).status_code == 412
    assert (await station_client.desk.get(path)).json()["name"] == "演示乙"


async def test_change_requires_a_version_or_a_wildcard(station_client: StationClient) -> None:
    resident = await station_client.register_resident()
    path = f"/residents/{resident.pop('id')}"
    del resident["phone"]
    assert (await station_client.desk.call("PUT", path, json=resident)).status_code == 428
    assert (
        await station_client.desk.put(path, {**resident, "birth_year": 1940}, "*")
    ).status_code == 200


async def test_change_without_a_phone_leaves_the_phone(station_client: StationClient) -> None:
    phone, other = new_phone(), new_phone()
    resident = await station_client.register_resident(phone=phone)
    path = f"/residents/{resident.pop('id')}"
    masked = resident.pop("phone")
    unchanged = await station_client.desk.put(path, {**resident, "birth_year": 1940})
    assert unchanged.json()["phone"] == masked
    changed = await station_client.desk.put(path, {**resident, "phone": other})
    assert changed.json()["phone"].endswith(other[-4:])
    removed = await station_client.desk.put(path, {**resident, "phone": None})
    assert removed.json()["phone"] is None
    assert (await station_client.desk.post(f"{path}/reveal", {"reason": "look"})).status_code == 409


async def test_change_without_a_difference_records_no_message(
    station_client: StationClient,
) -> None:
    resident = await station_client.register_resident()
    path = f"/residents/{resident.pop('id')}"
    del resident["phone"]
    before = len(await station_client.list_messages())
    assert (await station_client.desk.put(path, resident)).status_code == 200
    assert len(await station_client.list_messages()) == before


async def test_every_reveal_is_recorded_with_its_reason(station_client: StationClient) -> None:
    phone = new_phone()
    resident = await station_client.register_resident(phone=phone)
    path = f"/residents/{resident['id']}/reveal"
    answer = await station_client.desk.post(path, {"reason": "上门前联系"})
    assert answer.json() == {"phone": phone}
    async with station_client.runtime.sessions() as tx:
        statement = select(Reveal).where(Reveal.resident_id == UUID(resident["id"]))
        reveal = (await tx.scalars(statement)).one()
    assert (reveal.revealed_by, reveal.reason) == (station_client.desk.person_id, "上门前联系")
    assert (await station_client.desk.post(path, {"reason": " "})).status_code == 422
    assert await station_client.count_rows("reveals") == 1


async def test_a_resident_neither_reads_nor_writes_the_register(
    station_client: StationClient,
) -> None:
    resident = await station_client.sign_in_resident(phone=new_phone())
    answers = [
        await resident.get("/residents"),
        await resident.get(f"/residents/{resident.person_id}"),
        await resident.post(f"/residents/{resident.person_id}/reveal", {"reason": "mine"}),
        await resident.post(f"/residents/{resident.person_id}/slips"),
        await resident.post("/buildings", {"number": "9"}),
    ]
    assert {answer.status_code for answer in answers} == {403}

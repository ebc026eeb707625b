"""Residents over the API: who writes and who reads which fields."""

import asyncio
from uuid import UUID

from sqlalchemy import select

from services.intake.residents.models import Reveal
from tests.intake.station_client import StationClient, new_phone


async def test_desk_registers_a_resident_of_a_household(station_client: StationClient) -> None:
    body = {"home_id": await station_client.create_home(), "own": True}
    household = (await station_client.desk.post("/households", body)).json()["id"]
    resident = await station_client.register_resident(
        household_id=household, is_head=True, birth_year=1950
    )
    await station_client.register_resident()
    filtered = await station_client.desk.get("/residents", params={"household_id": household})
    assert filtered.json() == [resident]


async def test_duplicate_phone_is_refused(station_client: StationClient) -> None:
    phone = new_phone()
    await station_client.register_resident(phone=phone)
    body = {"name": "演示乙", "phone": f"+86{phone}"}
    answer = await station_client.desk.post("/residents", body)
    assert answer.status_code == 409
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


async def test_another_station_can_have_the_same_phone(
    station_client: StationClient, other_station_client: StationClient
) -> None:
    phone = new_phone()
    for client in (station_client, other_station_client):
        await client.register_resident(phone=phone)


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

"""The register over the API: what is written, what is shown, and to whom."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select

from services.intake.residents.models import Reveal
from tests.intake.station_client import Scene, a_phone


async def a_home(scene: Scene, number: str = "101") -> str:
    """A home of building 1."""
    listed = (await scene.desk.get("/buildings")).json()
    building = listed[0] if listed else None
    if building is None:
        answer = await scene.desk.post("/buildings", {"number": "1", "units": 2})
        building = answer.json()
    answer = await scene.desk.post(f"/buildings/{building['id']}/homes", {"number": number})
    assert answer.status_code == 201
    home: str = answer.json()["id"]
    return home


async def test_a_building_a_home_a_household_a_resident(scene: Scene) -> None:
    home = await a_home(scene)
    away = {
        "home_id": home,
        "own": False,
        "registered_with": "白马村",
        "office_phone": "073158261234",
    }
    household = (await scene.desk.post("/households", away)).json()
    resident = await scene.registered(household_id=household["id"], is_head=True, birth_year=1950)
    listed = (await scene.desk.get("/households", params={"home_id": home})).json()
    assert listed[0]["address"] == {"building": "1", "unit": 1, "number": "101"}
    assert listed[0]["registered_with"] == "白马村"
    people = await scene.desk.get("/residents", params={"household_id": household["id"]})
    assert people.json() == [resident]
    building = (await scene.desk.get("/buildings")).json()[0]["id"]
    homes = (await scene.desk.get(f"/buildings/{building}/homes")).json()
    assert [one["id"] for one in homes] == [home]


async def test_what_is_known_is_refused(scene: Scene) -> None:
    await a_home(scene)
    building = (await scene.desk.get("/buildings")).json()[0]["id"]
    phone = a_phone()
    await scene.registered(phone=phone)
    for path, body in (
        ("/buildings", {"number": "1"}),
        (f"/buildings/{building}/homes", {"number": "101"}),
        ("/residents", {"name": "演示乙", "phone": f"+86{phone}"}),
    ):
        answer = await scene.desk.post(path, body)
        assert answer.status_code == 409, path
        assert phone not in answer.text


async def test_one_phone_registered_twice_at_once_is_registered_once(scene: Scene) -> None:
    body = {"name": "演示甲", "phone": a_phone()}
    answers = await asyncio.gather(*(scene.desk.post("/residents", body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert await scene.rows("residents") == 1


async def test_another_station_may_have_the_same_phone_and_building(
    scene: Scene, elsewhere: Scene
) -> None:
    phone = a_phone()
    for place in (scene, elsewhere):
        await place.registered(phone=phone)
        assert (await place.desk.post("/buildings", {"number": "1"})).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {"own": True, "registered_with": "白马村"},
        {"own": False},
        {"own": True, "office_phone": "073158261234"},
    ],
)
async def test_a_household_is_registered_here_or_elsewhere(
    scene: Scene, body: dict[str, object]
) -> None:
    home = await a_home(scene)
    assert (await scene.desk.post("/households", {"home_id": home, **body})).status_code == 422


async def test_a_home_is_in_a_unit_that_the_building_has(scene: Scene) -> None:
    await a_home(scene)
    building = (await scene.desk.get("/buildings")).json()[0]["id"]
    answer = await scene.desk.post(f"/buildings/{building}/homes", {"unit": 3, "number": "1"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "unit"


async def test_other_stations_records_are_not_there(scene: Scene, elsewhere: Scene) -> None:
    home = await a_home(elsewhere)
    building = (await elsewhere.desk.get("/buildings")).json()[0]["id"]
    body = {"home_id": home, "own": True}
    household = (await elsewhere.desk.post("/households", body)).json()["id"]
    resident = await elsewhere.registered(phone=a_phone(), household_id=household)
    id_ = resident.pop("id")
    desk = scene.desk
    answers = [
        await desk.get(f"/residents/{id_}"),
        await desk.edit(f"/residents/{id_}", {**resident, "phone": a_phone()}),
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


async def test_a_list_goes_on_where_its_link_says(scene: Scene) -> None:
    for number in range(51):
        await scene.registered(name=f"演示{number}")
    first = await scene.desk.get("/residents")
    assert len(first.json()) == 50
    link = first.headers["link"]
    assert link.endswith('>; rel="next"')
    second = await scene.desk.get(link[1:].partition(">")[0].removeprefix("/api/v1"))
    assert [one["name"] for one in second.json()] == ["演示0"]
    assert "link" not in second.headers


async def test_a_change_is_refused_when_somebody_was_quicker(scene: Scene) -> None:
    resident = await scene.registered(phone=a_phone())
    path = f"/residents/{resident.pop('id')}"
    del resident["phone"]
    etag = (await scene.desk.get(path)).headers["etag"]
    body = {**resident, "name": "演示乙"}
    first = await scene.desk.edit(path, body, etag)
    assert first.status_code == 200
    assert first.headers["etag"] != etag
    assert (await scene.desk.edit(path, resident, etag)).status_code == 412
    assert (await scene.desk.get(path)).json()["name"] == "演示乙"


async def test_a_change_of_whichever_version_says_so(scene: Scene) -> None:
    resident = await scene.registered()
    path = f"/residents/{resident.pop('id')}"
    del resident["phone"]
    assert (await scene.desk.call("PUT", path, json=resident)).status_code == 428
    assert (await scene.desk.edit(path, {**resident, "birth_year": 1940}, "*")).status_code == 200


async def test_a_change_keeps_the_phone_unless_it_names_one(scene: Scene) -> None:
    phone, other = a_phone(), a_phone()
    resident = await scene.registered(phone=phone)
    path = f"/residents/{resident.pop('id')}"
    masked = resident.pop("phone")
    kept = await scene.desk.edit(path, {**resident, "birth_year": 1940})
    assert kept.json()["phone"] == masked
    changed = await scene.desk.edit(path, {**resident, "phone": other})
    assert changed.json()["phone"].endswith(other[-4:])
    gone = await scene.desk.edit(path, {**resident, "phone": None})
    assert gone.json()["phone"] is None
    assert (await scene.desk.post(f"{path}/reveal", {"reason": "look"})).status_code == 409


async def test_a_change_of_nothing_says_nothing(scene: Scene) -> None:
    resident = await scene.registered()
    path = f"/residents/{resident.pop('id')}"
    del resident["phone"]
    before = len(await scene.messages())
    assert (await scene.desk.edit(path, resident)).status_code == 200
    assert len(await scene.messages()) == before


async def test_every_reveal_is_recorded_with_its_reason(scene: Scene) -> None:
    phone = a_phone()
    resident = await scene.registered(phone=phone)
    path = f"/residents/{resident['id']}/reveal"
    answer = await scene.desk.post(path, {"reason": "上门前联系"})
    assert answer.json() == {"phone": phone}
    async with scene.runtime.sessions() as tx:
        where = Reveal.resident_id == UUID(resident["id"])
        reveal = (await tx.scalars(select(Reveal).where(where))).one()
    assert (reveal.revealed_by, reveal.reason) == (scene.desk.id_, "上门前联系")
    assert (await scene.desk.post(path, {"reason": " "})).status_code == 422
    assert await scene.rows("reveals") == 1


async def test_a_resident_neither_reads_nor_writes_the_register(scene: Scene) -> None:
    resident = await scene.resident(phone=a_phone())
    answers = [
        await resident.get("/residents"),
        await resident.get(f"/residents/{resident.id_}"),
        await resident.post(f"/residents/{resident.id_}/reveal", {"reason": "mine"}),
        await resident.post(f"/residents/{resident.id_}/slips"),
        await resident.post("/buildings", {"number": "9"}),
    ]
    assert {answer.status_code for answer in answers} == {403}

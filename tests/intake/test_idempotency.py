"""A POST that is repeated with its Idempotency-Key takes effect once."""

import asyncio
from uuid import uuid4

from tests.intake.station_client import Scene, a_phone


def key() -> dict[str, str]:
    """A new key."""
    return {"Idempotency-Key": str(uuid4())}


async def test_a_repeat_gets_the_first_answer_and_writes_nothing(scene: Scene) -> None:
    same = key()
    body = {"name": "演示居民", "phone": a_phone()}
    first = await scene.desk.post("/residents", body, headers=same)
    again = await scene.desk.post("/residents", body, headers=same)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert await scene.rows("residents") == 1
    assert len(await scene.messages()) == 1


async def test_ten_at_once_write_once(scene: Scene) -> None:
    same = key()
    body = {"name": "演示居民"}
    answers = await asyncio.gather(
        *(scene.desk.post("/residents", body, headers=same) for _ in range(10))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await scene.rows("residents") == 1


async def test_a_key_belongs_to_one_request_of_one_person(scene: Scene, elsewhere: Scene) -> None:
    same = key()
    await scene.desk.post("/residents", {"name": "演示甲"}, headers=same)
    other = await scene.desk.post("/residents", {"name": "演示乙"}, headers=same)
    assert other.status_code == 422
    for visitor in (scene.admin, elsewhere.desk):
        answer = await visitor.post("/residents", {"name": "演示甲"}, headers=same)
        assert answer.status_code == 201
    assert await scene.rows("residents") == 2


async def test_what_was_refused_may_be_tried_again(scene: Scene) -> None:
    same, phone = key(), a_phone()
    blocking = await scene.registered(phone=phone)
    body = {"name": "演示乙", "phone": phone}
    assert (await scene.desk.post("/residents", body, headers=same)).status_code == 409
    path = f"/residents/{blocking.pop('id')}"
    await scene.desk.edit(path, {**blocking, "phone": None})
    assert (await scene.desk.post("/residents", body, headers=same)).status_code == 201


async def test_one_slip_and_one_session_for_a_repeat(scene: Scene) -> None:
    id_ = (await scene.registered())["id"]
    same = key()
    slips = [await scene.desk.post(f"/residents/{id_}/slips", headers=same) for _ in range(2)]
    assert slips[0].json() == slips[1].json()
    assert await scene.rows("slips") == 1
    body = {"station": scene.station.code, "slip": slips[0].json()["code"]}
    sessions = [
        await scene.client.post("/api/v1/sign-in", json=body, headers=same) for _ in range(2)
    ]
    assert sessions[0].json() == sessions[1].json()
    assert await scene.rows("sessions") == 3

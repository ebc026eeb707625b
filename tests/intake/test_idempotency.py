"""A POST that is repeated with its Idempotency-Key takes effect once."""

import asyncio
from uuid import uuid4

from tests.intake.station_client import StationClient, new_phone


def new_key_header() -> dict[str, str]:
    """Return a header with a new key."""
    return {"Idempotency-Key": str(uuid4())}


async def test_a_repeat_gets_the_first_answer_and_writes_nothing(
    station_client: StationClient,
) -> None:
    same = new_key_header()
    body = {"name": "演示居民", "phone": new_phone()}
    first = await station_client.desk.post("/residents", body, headers=same)
    again = await station_client.desk.post("/residents", body, headers=same)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert await station_client.count_rows("residents") == 1
    assert len(await station_client.list_messages()) == 1


async def test_ten_concurrent_repeats_write_once(station_client: StationClient) -> None:
    same = new_key_header()
    body = {"name": "演示居民"}
    answers = await asyncio.gather(
        *(station_client.desk.post("/residents", body, headers=same) for _ in range(10))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await station_client.count_rows("residents") == 1


async def test_a_key_belongs_to_one_request_of_one_person(
    station_client: StationClient, other_station_client: StationClient
) -> None:
    same = new_key_header()
    await station_client.desk.post("/residents", {"name": "演示甲"}, headers=same)
    other = await station_client.desk.post("/residents", {"name": "演示乙"}, headers=same)
    assert other.status_code == 422
    for visitor in (station_client.admin, other_station_client.desk):
        answer = await visitor.post("/residents", {"name": "演示甲"}, headers=same)
        assert answer.status_code == 201
    assert await station_client.count_rows("residents") == 2


async def test_a_refused_request_may_be_repeated_with_its_key(
    station_client: StationClient,
) -> None:
    same, phone = new_key_header(), new_phone()
    blocking = await station_client.register_resident(phone=phone)
    body = {"name": "演示乙", "phone": phone}
    assert (await station_client.desk.post("/residents", body, headers=same)).status_code == 409
    path = f"/residents/{blocking.pop('id')}"
    await station_client.desk.put(path, {**blocking, "phone": None})
    assert (await station_client.desk.post("/residents", body, headers=same)).status_code == 201

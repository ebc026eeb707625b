"""A one-time code signs a resident in once and soon, and never tells whether a phone is known."""

from datetime import timedelta

import pytest

from services.intake.sign_in import jobs
from shared import clock
from tests.intake.station_client import StationClient, new_phone


def different_code(code: str) -> str:
    """Return another code."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def test_a_code_signs_its_resident_in(station_client: StationClient) -> None:
    phone = new_phone()
    registered = await station_client.register_resident(phone=phone, language="en")
    assert (await station_client.request_code(phone)).status_code == 202
    answer = await station_client.try_sign_in(
        phone=f"+86 {phone}", code=await station_client.latest_code()
    )
    assert answer.status_code == 200
    session = answer.json()
    assert session["person"] == {"id": registered["id"], "name": "演示居民"}
    assert session["roles"] == ["resident"]
    assert session["language"] == "en"


async def test_an_unknown_phone_gets_the_same_answer_and_the_same_rows(
    station_client: StationClient,
) -> None:
    registered, unknown = new_phone(), new_phone()
    await station_client.register_resident(phone=registered)
    answers = []
    for count, phone in enumerate((registered, unknown), start=1):
        answer = await station_client.request_code(phone)
        headers = {k: v for k, v in answer.headers.items() if k != "x-correlation-id"}
        answers.append((answer.status_code, answer.content, headers))
        assert await station_client.count_rows("sign_in_codes") == count
    assert answers[0] == answers[1]
    issued = [
        m for m in await station_client.list_messages() if m.type == "linli.sign-in-code.issued.v1"
    ]
    assert len(issued) == 1


async def test_an_unknown_phone_and_a_wrong_code_are_refused_alike(
    station_client: StationClient,
) -> None:
    registered, unknown = new_phone(), new_phone()
    await station_client.register_resident(phone=registered)
    await station_client.request_code(registered)
    await station_client.request_code(unknown)
    wrong = different_code(await station_client.latest_code())
    answers = [
        await station_client.try_sign_in(phone=registered, code=wrong),
        await station_client.try_sign_in(phone=unknown, code=wrong),
        await station_client.try_sign_in(phone=new_phone(), code=wrong),
        await station_client.try_sign_in(slip="ACDEF-ACDEF"),
        await station_client.try_sign_in(username="nobody", password="whatever it is"),
        await station_client.try_sign_in(username="staff", password="whatever it is"),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1


async def test_a_code_works_once(station_client: StationClient) -> None:
    phone = new_phone()
    await station_client.register_resident(phone=phone)
    await station_client.request_code(phone)
    code = await station_client.latest_code()
    assert (await station_client.try_sign_in(phone=phone, code=code)).status_code == 200
    assert (await station_client.try_sign_in(phone=phone, code=code)).status_code == 401


async def test_a_code_runs_out_after_five_minutes(station_client: StationClient) -> None:
    phone = new_phone()
    await station_client.register_resident(phone=phone)
    await station_client.request_code(phone)
    code = await station_client.latest_code()
    with clock.shifted(timedelta(minutes=5, seconds=1)):
        assert (await station_client.try_sign_in(phone=phone, code=code)).status_code == 401


@pytest.mark.parametrize(("wrong_attempts", "status"), [(4, 200), (5, 401)])
async def test_five_wrong_attempts_invalidate_a_code(
    station_client: StationClient, wrong_attempts: int, status: int
) -> None:
    phone = new_phone()
    await station_client.register_resident(phone=phone)
    await station_client.request_code(phone)
    code = await station_client.latest_code()
    for _ in range(wrong_attempts):
        assert (
            await station_client.try_sign_in(phone=phone, code=different_code(code))
        ).status_code == 401
    assert (await station_client.try_sign_in(phone=phone, code=code)).status_code == status


async def test_a_new_code_ends_the_one_before(station_client: StationClient) -> None:
    phone = new_phone()
    await station_client.register_resident(phone=phone)
    await station_client.request_code(phone)
    first = await station_client.latest_code()
    await station_client.request_code(phone)
    second = await station_client.latest_code()
    if first != second:
        assert (await station_client.try_sign_in(phone=phone, code=first)).status_code == 401
    assert (await station_client.try_sign_in(phone=phone, code=second)).status_code == 200


async def test_a_code_is_refused_at_another_station(
    station_client: StationClient, other_station_client: StationClient
) -> None:
    phone = new_phone()
    await station_client.register_resident(phone=phone)
    await other_station_client.register_resident(phone=phone)
    await station_client.request_code(phone)
    code = await station_client.latest_code()
    assert (await other_station_client.try_sign_in(phone=phone, code=code)).status_code == 401


@pytest.mark.parametrize("is_registered", [True, False])
async def test_a_phone_gets_five_codes_an_hour(
    station_client: StationClient, *, is_registered: bool
) -> None:
    phone = new_phone()
    if is_registered:
        await station_client.register_resident(phone=phone)
    for _ in range(5):
        assert (await station_client.request_code(phone)).status_code == 202
    refused = await station_client.request_code(phone)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"]
    with clock.shifted(timedelta(hours=1, seconds=1)):
        assert (await station_client.request_code(phone)).status_code == 202


async def test_a_code_is_refused_after_the_phone_changes_its_owner(
    station_client: StationClient,
) -> None:
    phone = new_phone()
    registered = await station_client.register_resident(phone=phone)
    await station_client.request_code(phone)
    code = await station_client.latest_code()
    changed = {**registered, "phone": new_phone()}
    del changed["id"]
    await station_client.desk.put(f"/residents/{registered['id']}", changed)
    await station_client.register_resident(phone=phone)
    assert (await station_client.try_sign_in(phone=phone, code=code)).status_code == 401


async def test_expired_rows_are_purged(station_client: StationClient) -> None:
    phone = new_phone()
    id_ = (await station_client.register_resident(phone=phone))["id"]
    await station_client.request_code(phone)
    await station_client.desk.post(f"/residents/{id_}/slips")
    tables = ("sign_in_codes", "slips", "sessions")
    async with station_client.runtime.sessions.begin() as tx:
        await jobs.purge(tx)
    assert [await station_client.count_rows(table) for table in tables] == [1, 1, 2]
    async with station_client.runtime.sessions.begin() as tx:
        with clock.shifted(timedelta(days=31)):
            await jobs.purge(tx)
    assert [await station_client.count_rows(table) for table in tables] == [0, 0, 0]


async def test_a_station_must_be_named_where_there_are_several(
    station_client: StationClient, other_station_client: StationClient
) -> None:
    assert other_station_client.station.id != station_client.station.id
    for body in ({"phone": new_phone()}, {"phone": new_phone(), "station": "nowhere"}):
        answer = await station_client.client.post("/api/v1/sign-in/codes", json=body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "station"

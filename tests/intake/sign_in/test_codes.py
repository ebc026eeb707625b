"""One-time codes: to a phone of the register, once, soon, and never a word about whose phone."""

from datetime import timedelta

import pytest

from services.intake.sign_in import jobs
from shared import clock
from tests.intake.station_client import Scene, a_phone


def another(code: str) -> str:
    """A code that is not that one."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def test_a_code_signs_its_resident_in(scene: Scene) -> None:
    phone = a_phone()
    registered = await scene.registered(phone=phone, language="en")
    assert (await scene.ask_for_code(phone)).status_code == 202
    answer = await scene.try_sign_in(phone=f"+86 {phone}", code=await scene.code_sent_last())
    assert answer.status_code == 200
    said = answer.json()
    assert said["person"] == {"id": registered["id"], "name": "演示居民"}
    assert said["roles"] == ["resident"]
    assert said["language"] == "en"


async def test_an_unknown_phone_gets_the_same_answer_and_leaves_the_same_rows(
    scene: Scene,
) -> None:
    known, unknown = a_phone(), a_phone()
    await scene.registered(phone=known)
    said = []
    for count, phone in enumerate((known, unknown), start=1):
        answer = await scene.ask_for_code(phone)
        headers = {k: v for k, v in answer.headers.items() if k != "x-correlation-id"}
        said.append((answer.status_code, answer.content, headers))
        assert await scene.rows("sign_in_codes") == count
    assert said[0] == said[1]
    issued = [m for m in await scene.messages() if m.type == "linli.sign-in-code.issued.v1"]
    assert len(issued) == 1


async def test_an_unknown_phone_and_a_wrong_code_are_refused_alike(scene: Scene) -> None:
    known, unknown = a_phone(), a_phone()
    await scene.registered(phone=known)
    await scene.ask_for_code(known)
    await scene.ask_for_code(unknown)
    wrong = another(await scene.code_sent_last())
    answers = [
        await scene.try_sign_in(phone=known, code=wrong),
        await scene.try_sign_in(phone=unknown, code=wrong),
        await scene.try_sign_in(phone=a_phone(), code=wrong),
        await scene.try_sign_in(slip="ACDEF-ACDEF"),
        await scene.try_sign_in(username="nobody", password="whatever it is"),
        await scene.try_sign_in(username="staff", password="whatever it is"),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1


async def test_a_code_works_once(scene: Scene) -> None:
    phone = a_phone()
    await scene.registered(phone=phone)
    await scene.ask_for_code(phone)
    code = await scene.code_sent_last()
    assert (await scene.try_sign_in(phone=phone, code=code)).status_code == 200
    assert (await scene.try_sign_in(phone=phone, code=code)).status_code == 401


async def test_a_code_runs_out_after_five_minutes(scene: Scene) -> None:
    phone = a_phone()
    await scene.registered(phone=phone)
    await scene.ask_for_code(phone)
    code = await scene.code_sent_last()
    with clock.shifted(timedelta(minutes=5, seconds=1)):
        assert (await scene.try_sign_in(phone=phone, code=code)).status_code == 401


@pytest.mark.parametrize(("wrong_tries", "status"), [(4, 200), (5, 401)])
async def test_five_wrong_tries_burn_a_code(scene: Scene, wrong_tries: int, status: int) -> None:
    phone = a_phone()
    await scene.registered(phone=phone)
    await scene.ask_for_code(phone)
    code = await scene.code_sent_last()
    for _ in range(wrong_tries):
        assert (await scene.try_sign_in(phone=phone, code=another(code))).status_code == 401
    assert (await scene.try_sign_in(phone=phone, code=code)).status_code == status


async def test_a_new_code_ends_the_one_before(scene: Scene) -> None:
    phone = a_phone()
    await scene.registered(phone=phone)
    await scene.ask_for_code(phone)
    first = await scene.code_sent_last()
    await scene.ask_for_code(phone)
    second = await scene.code_sent_last()
    if first != second:
        assert (await scene.try_sign_in(phone=phone, code=first)).status_code == 401
    assert (await scene.try_sign_in(phone=phone, code=second)).status_code == 200


async def test_a_code_is_worth_nothing_at_another_station(scene: Scene, elsewhere: Scene) -> None:
    phone = a_phone()
    await scene.registered(phone=phone)
    await elsewhere.registered(phone=phone)
    await scene.ask_for_code(phone)
    code = await scene.code_sent_last()
    assert (await elsewhere.try_sign_in(phone=phone, code=code)).status_code == 401


@pytest.mark.parametrize("known", [True, False])
async def test_five_codes_an_hour_are_enough_for_a_phone(scene: Scene, *, known: bool) -> None:
    phone = a_phone()
    if known:
        await scene.registered(phone=phone)
    for _ in range(5):
        assert (await scene.ask_for_code(phone)).status_code == 202
    refused = await scene.ask_for_code(phone)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"]
    with clock.shifted(timedelta(hours=1, seconds=1)):
        assert (await scene.ask_for_code(phone)).status_code == 202


async def test_a_code_dies_when_the_phone_passes_to_somebody_else(scene: Scene) -> None:
    phone = a_phone()
    registered = await scene.registered(phone=phone)
    await scene.ask_for_code(phone)
    code = await scene.code_sent_last()
    changed = {**registered, "phone": a_phone()}
    del changed["id"]
    await scene.desk.edit(f"/residents/{registered['id']}", changed)
    await scene.registered(phone=phone)
    assert (await scene.try_sign_in(phone=phone, code=code)).status_code == 401


async def test_what_ran_out_is_purged(scene: Scene) -> None:
    phone = a_phone()
    id_ = (await scene.registered(phone=phone))["id"]
    await scene.ask_for_code(phone)
    await scene.desk.post(f"/residents/{id_}/slips")
    tables = ("sign_in_codes", "slips", "sessions")
    async with scene.runtime.sessions.begin() as tx:
        await jobs.purge(tx)
    assert [await scene.rows(table) for table in tables] == [1, 1, 2]
    async with scene.runtime.sessions.begin() as tx:
        with clock.shifted(timedelta(days=31)):
            await jobs.purge(tx)
    assert [await scene.rows(table) for table in tables] == [0, 0, 0]


async def test_a_station_must_be_named_where_there_are_several(
    scene: Scene, elsewhere: Scene
) -> None:
    assert elsewhere.station.id != scene.station.id
    for body in ({"phone": a_phone()}, {"phone": a_phone(), "station": "nowhere"}):
        answer = await scene.client.post("/api/v1/sign-in/codes", json=body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "station"

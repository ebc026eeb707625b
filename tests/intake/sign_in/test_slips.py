"""Slips from the desk: for one resident, once, within a day."""

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from services.intake.sign_in.credentials import slip_as_printed, slip_code
from services.intake.sign_in.models import Slip
from shared import clock
from tests.intake.station_client import Scene


async def issued(scene: Scene, resident_id: str) -> str:
    """The code of a new slip."""
    answer = await scene.desk.post(f"/residents/{resident_id}/slips")
    assert answer.status_code == 201
    code: str = answer.json()["code"]
    return code


async def test_a_slip_signs_its_resident_in_once(scene: Scene) -> None:
    id_ = (await scene.registered())["id"]
    code = await issued(scene, id_)
    first = await scene.try_sign_in(slip=code)
    assert first.json()["person"]["id"] == id_
    assert (await scene.try_sign_in(slip=code)).status_code == 401


async def test_a_slip_runs_out_after_a_day(scene: Scene) -> None:
    code = await issued(scene, (await scene.registered())["id"])
    with clock.shifted(timedelta(hours=24, seconds=1)):
        assert (await scene.try_sign_in(slip=code)).status_code == 401


async def test_who_issued_a_slip_on_whose_behalf_is_kept_and_its_code_is_not(
    scene: Scene,
) -> None:
    id_ = (await scene.registered())["id"]
    code = await issued(scene, id_)
    async with scene.runtime.sessions() as tx:
        slip = (await tx.scalars(select(Slip).where(Slip.resident_id == UUID(id_)))).one()
    assert slip.issued_by == scene.desk.id_
    assert code.encode() not in slip.code_hash


async def test_a_slip_is_worth_nothing_at_another_station(scene: Scene, elsewhere: Scene) -> None:
    code = await issued(scene, (await scene.registered())["id"])
    assert (await elsewhere.try_sign_in(slip=code)).status_code == 401
    assert (await scene.try_sign_in(slip=code)).status_code == 200


async def test_nobody_of_another_station_gets_a_slip(scene: Scene, elsewhere: Scene) -> None:
    stranger = (await elsewhere.registered())["id"]
    for id_ in (stranger, uuid4()):
        assert (await scene.desk.post(f"/residents/{id_}/slips")).status_code == 404
    assert await scene.rows("slips") == 0


def test_a_slip_is_read_however_it_is_typed() -> None:
    code = slip_code()
    for typed in (code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} "):
        assert slip_as_printed(typed) == code

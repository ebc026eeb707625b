"""Slips from the desk: for one resident, once, within a day."""

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from services.intake.sign_in.credentials import normalize_slip_code, slip_code
from services.intake.sign_in.models import Slip
from shared import clock
from tests.intake.station_client import StationClient


async def issue_slip(station_client: StationClient, resident_id: str) -> str:
    """The code of a new slip."""
    answer = await station_client.desk.post(f"/residents/{resident_id}/slips")
    assert answer.status_code == 201
    code: str = answer.json()["code"]
    return code


async def test_a_slip_signs_its_resident_in_once(station_client: StationClient) -> None:
    id_ = (await station_client.register_resident())["id"]
    code = await issue_slip(station_client, id_)
    first = await station_client.try_sign_in(slip=code)
    assert first.json()["person"]["id"] == id_
    assert (await station_client.try_sign_in(slip=code)).status_code == 401


async def test_a_slip_runs_out_after_a_day(station_client: StationClient) -> None:
    code = await issue_slip(station_client, (await station_client.register_resident())["id"])
    with clock.shifted(timedelta(hours=24, seconds=1)):
        assert (await station_client.try_sign_in(slip=code)).status_code == 401


async def test_who_issued_a_slip_on_whose_behalf_is_kept_and_its_code_is_not(
    station_client: StationClient,
) -> None:
    id_ = (await station_client.register_resident())["id"]
    code = await issue_slip(station_client, id_)
    async with station_client.runtime.sessions() as tx:
        slip = (await tx.scalars(select(Slip).where(Slip.resident_id == UUID(id_)))).one()
    assert slip.issued_by == station_client.desk.person_id
    assert code.encode() not in slip.code_hash


async def test_a_slip_is_worth_nothing_at_another_station(
    station_client: StationClient, other_station_client: StationClient
) -> None:
    code = await issue_slip(station_client, (await station_client.register_resident())["id"])
    assert (await other_station_client.try_sign_in(slip=code)).status_code == 401
    assert (await station_client.try_sign_in(slip=code)).status_code == 200


async def test_nobody_of_another_station_gets_a_slip(
    station_client: StationClient, other_station_client: StationClient
) -> None:
    stranger = (await other_station_client.register_resident())["id"]
    for id_ in (stranger, uuid4()):
        assert (await station_client.desk.post(f"/residents/{id_}/slips")).status_code == 404
    assert await station_client.count_rows("slips") == 0


def test_a_slip_is_read_however_it_is_typed() -> None:
    code = slip_code()
    for typed in (code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} "):
        assert normalize_slip_code(typed) == code

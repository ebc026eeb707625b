"""A slip from the desk signs one resident in, once, within a day."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from services.intake.sign_in.credentials import normalize_slip_code, slip_code
from services.intake.sign_in.models import Slip
from shared import clock
from tests.intake.station_client import StationClient


async def issue_slip(station_client: StationClient, resident_id: str) -> str:
    """Issue a slip; return its code."""
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


async def test_a_slip_is_stored_with_its_issuer_and_without_its_code(
    station_client: StationClient,
) -> None:
    id_ = (await station_client.register_resident())["id"]
    code = await issue_slip(station_client, id_)
    async with station_client.runtime.sessions() as tx:
        slip = (await tx.scalars(select(Slip).where(Slip.resident_id == UUID(id_)))).one()
    assert slip.issued_by == station_client.desk.person_id
    assert code.encode() not in slip.code_hash


async def test_a_slip_is_refused_at_another_station(
    station_client: StationClient, other_station_client: StationClient
) -> None:
    code = await issue_slip(station_client, (await station_client.register_resident())["id"])
    assert (await other_station_client.try_sign_in(slip=code)).status_code == 401
    assert (await station_client.try_sign_in(slip=code)).status_code == 200


def test_a_typed_slip_code_is_normalized() -> None:
    code = slip_code()
    for typed in (code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} "):
        assert normalize_slip_code(typed) == code

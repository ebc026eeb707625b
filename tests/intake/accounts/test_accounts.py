"""Accounts of staff and partners."""

from pwdlib import PasswordHash

from services.intake.accounts.passwords import hash_password, hasher, verify_password
from tests.intake.station_client import StationClient

REAL_HASHER = hasher  # as imported, before a fixture replaces it with a fast one

NEW_ACCOUNT = {"username": "Partner.1", "display_name": "演示商户", "role": "partner"}
PASSWORD_FIELD = {"password": "ten characters"}


async def test_an_administrator_opens_an_account_that_signs_in(
    station_client: StationClient,
) -> None:
    answer = await station_client.admin.post("/accounts", {**NEW_ACCOUNT, **PASSWORD_FIELD})
    assert answer.status_code == 201
    assert "password" not in answer.text
    partner = await station_client.sign_in(username="partner.1", **PASSWORD_FIELD)
    assert (await partner.get("/me")).json()["roles"] == ["partner"]


async def test_a_user_name_is_unique_in_a_station(
    station_client: StationClient, other_station_client: StationClient
) -> None:
    assert (
        await station_client.admin.post("/accounts", {**NEW_ACCOUNT, **PASSWORD_FIELD})
    ).status_code == 201
    again = {**NEW_ACCOUNT, **PASSWORD_FIELD, "username": "PARTNER.1"}
    assert (await station_client.admin.post("/accounts", again)).status_code == 409
    assert (await other_station_client.admin.post("/accounts", again)).status_code == 201


async def test_administrators_open_no_accounts_of_operators(station_client: StationClient) -> None:
    operator = {**NEW_ACCOUNT, **PASSWORD_FIELD, "role": "operator"}
    assert (await station_client.admin.post("/accounts", operator)).status_code == 422


async def test_a_password_fits_its_own_hash_only() -> None:
    password_hash = await hash_password("right")
    assert password_hash.startswith("$argon2id$")
    assert await verify_password("right", password_hash)
    assert not await verify_password("wrong", password_hash)
    assert not await verify_password("right", None)


def test_the_real_hasher_is_as_slow_as_its_library_recommends() -> None:
    recommended = PasswordHash.recommended().hash("right")
    assert REAL_HASHER().hash("right").split("$")[:4] == recommended.split("$")[:4]

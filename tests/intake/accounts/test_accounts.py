"""Accounts of staff and partners."""

from pwdlib import PasswordHash

from services.intake.accounts.passwords import fits, hashed, hasher
from tests.intake.station_client import Scene

REAL = hasher  # as imported, before the tests put a quick one in its place

NEW = {"username": "Partner.1", "display_name": "演示商户", "role": "partner"}
SECRET = {"password": "ten characters"}


async def test_an_administrator_opens_an_account_that_signs_in(scene: Scene) -> None:
    answer = await scene.admin.post("/accounts", {**NEW, **SECRET})
    assert answer.status_code == 201
    assert "password" not in answer.text
    partner = await scene.sign_in(username="partner.1", **SECRET)
    assert (await partner.get("/me")).json()["roles"] == ["partner"]


async def test_a_user_name_is_taken_once_a_station(scene: Scene, elsewhere: Scene) -> None:
    assert (await scene.admin.post("/accounts", {**NEW, **SECRET})).status_code == 201
    again = {**NEW, **SECRET, "username": "PARTNER.1"}
    assert (await scene.admin.post("/accounts", again)).status_code == 409
    assert (await elsewhere.admin.post("/accounts", again)).status_code == 201


async def test_only_administrators_open_accounts_and_never_an_operators(scene: Scene) -> None:
    assert (await scene.desk.post("/accounts", {**NEW, **SECRET})).status_code == 403
    operator = {**NEW, **SECRET, "role": "operator"}
    assert (await scene.admin.post("/accounts", operator)).status_code == 422


async def test_a_password_fits_its_own_hash_only() -> None:
    kept = await hashed("right")
    assert kept.startswith("$argon2id$")
    assert await fits("right", kept)
    assert not await fits("wrong", kept)
    assert not await fits("right", None)


def test_the_real_hasher_is_as_slow_as_its_library_recommends() -> None:
    kept = PasswordHash.recommended().hash("right")
    assert REAL().hash("right").split("$")[:4] == kept.split("$")[:4]

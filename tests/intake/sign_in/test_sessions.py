"""Sessions: passwords, tokens, the cookie, present roles, and the end of a session."""

from datetime import timedelta
from uuid import uuid4

import httpx
import jwt
import pytest

from services.intake.volunteers_view.models import Volunteer
from shared import clock
from shared.auth import Actor, Role, issue_token
from tests.intake.station_client import StationClient, new_phone
from tests.support.settings import SIGNING_KEY
from tests.support.station import PASSWORD


async def get_me(station_client: StationClient, **headers: str) -> httpx.Response:
    """Request the signed-in person."""
    return await station_client.client.get("/api/v1/me", headers=headers)


async def test_a_password_signs_an_account_in_whatever_the_case_of_its_name(
    station_client: StationClient,
) -> None:
    visitor = await station_client.sign_in(username="STAFF", password=PASSWORD)
    me = (await visitor.get("/me")).json()
    assert me["roles"] == ["staff"]
    assert me["phone"] is None
    assert me["station"]["code"] == station_client.station.code


@pytest.mark.parametrize("username", ["staff", "nobody"])
async def test_ten_wrong_passwords_lock_an_account_for_a_quarter_of_an_hour(
    station_client: StationClient, username: str
) -> None:
    for _ in range(10):
        answer = await station_client.try_sign_in(username=username, password="wrong")
        assert answer.status_code == 401
    assert (
        await station_client.try_sign_in(username=username, password=PASSWORD)
    ).status_code == 429
    assert (
        await station_client.try_sign_in(username="admin", password=PASSWORD)
    ).status_code == 200
    with clock.shifted(timedelta(minutes=15, seconds=1)):
        later = await station_client.try_sign_in(username=username, password=PASSWORD)
    assert later.status_code == (200 if username == "staff" else 401)


async def test_the_right_password_resets_the_count(station_client: StationClient) -> None:
    for _ in range(2):
        for _ in range(9):
            await station_client.try_sign_in(username="staff", password="wrong")
        await station_client.sign_in(username="staff", password=PASSWORD)


async def test_me_shows_the_phone_masked(station_client: StationClient) -> None:
    phone = new_phone()
    visitor = await station_client.sign_in_resident(phone=phone)
    answer = await visitor.get("/me")
    assert answer.json()["phone"] == f"{phone[:3]}****{phone[-4:]}"
    assert phone not in answer.text


async def test_signing_out_ends_the_session_and_no_other(station_client: StationClient) -> None:
    first = await station_client.sign_in(username="staff", password=PASSWORD)
    second = await station_client.sign_in(username="staff", password=PASSWORD)
    assert (await first.post("/sign-out")).status_code == 204
    assert (await first.get("/me")).status_code == 401
    assert (await second.get("/me")).status_code == 200


async def test_a_session_ends_after_thirty_days(station_client: StationClient) -> None:
    visitor = await station_client.sign_in_resident()
    with clock.shifted(timedelta(days=29)):
        assert (await visitor.get("/me")).status_code == 200
    with clock.shifted(timedelta(days=30, seconds=1)):
        assert (await visitor.get("/me")).status_code == 401


async def test_a_session_token_is_stored_hashed(station_client: StationClient) -> None:
    visitor = await station_client.sign_in_resident()
    async with station_client.runtime.engine.connect() as connection:
        hashes = await connection.exec_driver_sql("SELECT token_hash FROM sessions")
        assert visitor.token.encode() not in {row[0] for row in hashes}


async def test_a_cookie_authenticates_and_an_old_cookie_is_anonymous(
    station_client: StationClient,
) -> None:
    visitor = await station_client.sign_in_resident()
    assert (
        await get_me(station_client, Cookie=f"linli_session={visitor.token}")
    ).status_code == 200
    stations = await station_client.client.get(
        "/api/v1/stations", headers={"Cookie": "linli_session=old"}
    )
    assert stations.status_code == 200
    assert (await get_me(station_client, Cookie="linli_session=old")).status_code == 401


async def test_a_false_bearer_is_refused_on_public_routes(
    station_client: StationClient,
) -> None:
    for value in ("Bearer false", "Bearer ", "Basic abc", "Bearer", "nonsense", "Bearer é"):
        answer = await station_client.client.get(
            "/api/v1/stations", headers=[(b"authorization", value.encode())]
        )
        assert answer.status_code == 401, value
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_tokens_between_services_are_refused_at_the_gateway(
    station_client: StationClient,
) -> None:
    actor = Actor(station_client.station.id, uuid4(), frozenset({Role.ADMIN}))
    forged = jwt.encode({"sub": str(uuid4()), "aud": "intake"}, "a" * 32, algorithm="HS256")
    for token in (
        issue_token(actor, SIGNING_KEY, "intake"),
        issue_token(actor, SIGNING_KEY, "notify"),
        forged,
    ):
        assert (await get_me(station_client, Authorization=f"Bearer {token}")).status_code == 401


async def test_a_volunteer_has_the_role_from_the_approval_on(station_client: StationClient) -> None:
    visitor = await station_client.sign_in_resident()
    volunteer = Volunteer(
        volunteer_id=uuid4(),
        station_id=station_client.station.id,
        resident_id=visitor.person_id,
        state="applied",
        version=1,
    )
    async with station_client.runtime.sessions.begin() as tx:
        tx.add(volunteer)
    assert (await visitor.get("/me")).json()["roles"] == ["resident"]
    async with station_client.runtime.sessions.begin() as tx:
        (await tx.merge(volunteer)).state = "approved"
    assert (await visitor.get("/me")).json()["roles"] == ["resident", "volunteer"]


async def test_a_change_of_language_is_published(
    station_client: StationClient,
) -> None:
    visitor = await station_client.sign_in_resident(phone=new_phone())
    answer = await visitor.call("PUT", "/me/language", json={"language": "en"})
    assert answer.json()["language"] == "en"
    assert (await visitor.get("/me")).json()["language"] == "en"
    last = (await station_client.list_messages())[-1]
    assert last.type == "linli.resident.changed.v1"
    assert last.data["language"] == "en"
    assert (
        await station_client.desk.call("PUT", "/me/language", json={"language": "en"})
    ).is_success

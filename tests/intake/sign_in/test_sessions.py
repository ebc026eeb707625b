"""Sessions: passwords, tokens, the cookie, roles as they are at the moment, and their end."""

from datetime import timedelta
from uuid import uuid4

import httpx
import jwt
import pytest

from services.intake.volunteers_view.models import Volunteer
from shared import clock
from shared.auth import Actor, Role, issue_token
from tests.intake.station_client import PASSWORD, SIGNING_KEY, StationClient, new_phone


async def get_me(station_client: StationClient, **headers: str) -> httpx.Response:
    """Who is asking, according to the station."""
    return await station_client.client.get("/api/v1/me", headers=headers)


async def test_a_password_signs_an_account_in_whatever_the_case_of_its_name(
    station_client: StationClient,
) -> None:
    visitor = await station_client.sign_in(username="STAFF", password=PASSWORD)
    said = (await visitor.get("/me")).json()
    assert said["roles"] == ["staff"]
    assert said["phone"] is None
    assert said["station"]["code"] == station_client.station.code


@pytest.mark.parametrize("username", ["staff", "nobody"])
async def test_ten_wrong_passwords_close_the_door_for_a_quarter_of_an_hour(
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


async def test_the_right_password_begins_the_count_anew(station_client: StationClient) -> None:
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


async def test_the_token_itself_is_not_kept(station_client: StationClient) -> None:
    visitor = await station_client.sign_in_resident()
    async with station_client.runtime.engine.connect() as connection:
        hashes = await connection.exec_driver_sql("SELECT token_hash FROM sessions")
        assert visitor.token.encode() not in {row[0] for row in hashes}


async def test_a_cookie_is_as_good_as_a_bearer_and_an_old_one_is_nobody(
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


async def test_a_false_bearer_is_refused_where_anybody_may_come(
    station_client: StationClient,
) -> None:
    for value in ("Bearer false", "Bearer ", "Basic abc", "Bearer", "nonsense", "Bearer é"):
        answer = await station_client.client.get(
            "/api/v1/stations", headers=[(b"authorization", value.encode())]
        )
        assert answer.status_code == 401, value
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_tokens_between_services_open_nothing_at_the_gateway(
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


async def test_an_approved_volunteer_is_one_from_that_moment(station_client: StationClient) -> None:
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


async def test_one_chooses_ones_language_and_the_others_hear_of_it(
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

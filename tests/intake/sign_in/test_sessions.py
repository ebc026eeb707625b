"""Sessions: passwords, tokens, the cookie, roles as they are at the moment, and their end."""

from datetime import timedelta
from uuid import uuid4

import httpx
import jwt
import pytest

from services.intake.volunteers_view.models import Volunteer
from shared import clock
from shared.auth import Actor, Role, issue_token
from tests.intake.station_client import KEY, PASSWORD, Scene, a_phone


async def me(scene: Scene, **headers: str) -> httpx.Response:
    """Who is asking, according to the station."""
    return await scene.client.get("/api/v1/me", headers=headers)


async def test_a_password_signs_an_account_in_whatever_the_case_of_its_name(scene: Scene) -> None:
    visitor = await scene.sign_in(username="STAFF", password=PASSWORD)
    said = (await visitor.get("/me")).json()
    assert said["roles"] == ["staff"]
    assert said["phone"] is None
    assert said["station"]["code"] == scene.station.code


@pytest.mark.parametrize("username", ["staff", "nobody"])
async def test_ten_wrong_passwords_close_the_door_for_a_quarter_of_an_hour(
    scene: Scene, username: str
) -> None:
    for _ in range(10):
        answer = await scene.try_sign_in(username=username, password="wrong")
        assert answer.status_code == 401
    assert (await scene.try_sign_in(username=username, password=PASSWORD)).status_code == 429
    assert (await scene.try_sign_in(username="admin", password=PASSWORD)).status_code == 200
    with clock.shifted(timedelta(minutes=15, seconds=1)):
        later = await scene.try_sign_in(username=username, password=PASSWORD)
    assert later.status_code == (200 if username == "staff" else 401)


async def test_the_right_password_begins_the_count_anew(scene: Scene) -> None:
    for _ in range(2):
        for _ in range(9):
            await scene.try_sign_in(username="staff", password="wrong")
        await scene.sign_in(username="staff", password=PASSWORD)


async def test_me_shows_the_phone_masked(scene: Scene) -> None:
    phone = a_phone()
    visitor = await scene.resident(phone=phone)
    answer = await visitor.get("/me")
    assert answer.json()["phone"] == f"{phone[:3]}****{phone[-4:]}"
    assert phone not in answer.text


async def test_signing_out_ends_the_session_and_no_other(scene: Scene) -> None:
    first = await scene.sign_in(username="staff", password=PASSWORD)
    second = await scene.sign_in(username="staff", password=PASSWORD)
    assert (await first.post("/sign-out")).status_code == 204
    assert (await first.get("/me")).status_code == 401
    assert (await second.get("/me")).status_code == 200


async def test_a_session_ends_after_thirty_days(scene: Scene) -> None:
    visitor = await scene.resident()
    with clock.shifted(timedelta(days=29)):
        assert (await visitor.get("/me")).status_code == 200
    with clock.shifted(timedelta(days=30, seconds=1)):
        assert (await visitor.get("/me")).status_code == 401


async def test_the_token_itself_is_not_kept(scene: Scene) -> None:
    visitor = await scene.resident()
    async with scene.runtime.engine.connect() as connection:
        hashes = await connection.exec_driver_sql("SELECT token_hash FROM sessions")
        assert visitor.token.encode() not in {row[0] for row in hashes}


async def test_a_cookie_is_as_good_as_a_bearer_and_an_old_one_is_nobody(scene: Scene) -> None:
    visitor = await scene.resident()
    assert (await me(scene, Cookie=f"linli_session={visitor.token}")).status_code == 200
    stations = await scene.client.get("/api/v1/stations", headers={"Cookie": "linli_session=old"})
    assert stations.status_code == 200
    assert (await me(scene, Cookie="linli_session=old")).status_code == 401


async def test_a_false_bearer_is_refused_where_anybody_may_come(scene: Scene) -> None:
    for value in ("Bearer false", "Bearer ", "Basic abc", "Bearer", "nonsense", "Bearer é"):
        answer = await scene.client.get(
            "/api/v1/stations", headers=[(b"authorization", value.encode())]
        )
        assert answer.status_code == 401, value
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_tokens_between_services_open_nothing_at_the_gateway(scene: Scene) -> None:
    actor = Actor(scene.station.id, uuid4(), frozenset({Role.ADMIN}))
    forged = jwt.encode({"sub": str(uuid4()), "aud": "intake"}, "a" * 32, algorithm="HS256")
    for token in (issue_token(actor, KEY, "intake"), issue_token(actor, KEY, "notify"), forged):
        assert (await me(scene, Authorization=f"Bearer {token}")).status_code == 401


async def test_an_approved_volunteer_is_one_from_that_moment(scene: Scene) -> None:
    visitor = await scene.resident()
    volunteer = Volunteer(
        volunteer_id=uuid4(),
        station_id=scene.station.id,
        resident_id=visitor.id_,
        state="applied",
        version=1,
    )
    async with scene.runtime.sessions.begin() as tx:
        tx.add(volunteer)
    assert (await visitor.get("/me")).json()["roles"] == ["resident"]
    async with scene.runtime.sessions.begin() as tx:
        (await tx.merge(volunteer)).state = "approved"
    assert (await visitor.get("/me")).json()["roles"] == ["resident", "volunteer"]


async def test_one_chooses_ones_language_and_the_others_hear_of_it(scene: Scene) -> None:
    visitor = await scene.resident(phone=a_phone())
    answer = await visitor.call("PUT", "/me/language", json={"language": "en"})
    assert answer.json()["language"] == "en"
    assert (await visitor.get("/me")).json()["language"] == "en"
    last = (await scene.messages())[-1]
    assert last.type == "linli.resident.changed.v1"
    assert last.data["language"] == "en"
    assert (await scene.desk.call("PUT", "/me/language", json={"language": "en"})).is_success

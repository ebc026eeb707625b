"""Wishes over HTTP: the responses to valid, invalid and late requests."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from services.intake.wishes.states import WishState
from shared.auth import Actor
from shared.runtime.runtime import Runtime
from tests.intake.station_client import StationClient
from tests.intake.wishes.people import NAME, People
from tests.support.api_clients import ApiClient

WISH_BODY = {"title": "想换一个灯泡", "details": "够不着"}


@pytest.fixture
async def wisher(station_client: StationClient) -> ApiClient:
    """Sign a resident in who makes wishes."""
    return await station_client.sign_in_resident()


@pytest.fixture
async def committed_people(runtime: Runtime, desk: Actor) -> People:
    """Register and commit the people around a wish."""
    async with runtime.sessions.begin() as tx:
        return await People.create(tx, desk)


async def _sign_in(station_client: StationClient, actor: Actor) -> ApiClient:
    slip = await station_client.desk.post(f"/residents/{actor.person}/slips")
    return await station_client.sign_in(slip=slip.json()["code"])


async def _create_open_wish(station_client: StationClient, wisher: ApiClient) -> str:
    wish = (await wisher.post("/wishes", WISH_BODY)).json()["id"]
    assert (await station_client.desk.post(f"/wishes/{wish}/approve")).status_code == 200
    return f"/wishes/{wish}"


async def test_wish_is_posted_claimed_delivered_and_confirmed(
    station_client: StationClient, committed_people: People
) -> None:
    wisher = await _sign_in(station_client, committed_people.wisher)
    volunteer = await _sign_in(station_client, committed_people.volunteer)
    path = await _create_open_wish(station_client, wisher)
    claimed = (await volunteer.post(f"{path}/claim")).json()
    assert (claimed["state"], claimed["taken_by_me"], claimed["mine"]) == ("claimed", True, False)
    assert claimed["resident_name"] == NAME
    assert claimed["home"]["number"] == "501"
    await volunteer.post(f"{path}/deliver", {"note": "换好了", "minutes": 30})
    fulfilled = (await wisher.post(f"{path}/confirm", {"thanks": "谢谢"})).json()
    assert (fulfilled["state"], fulfilled["thanks"], fulfilled["minutes"]) == (
        "fulfilled",
        "谢谢",
        30,
    )
    steps = (await wisher.get(path)).json()["steps"]
    assert [step["to_state"] for step in steps] == [
        "posted",
        "open",
        "claimed",
        "delivered",
        "fulfilled",
    ]
    assert [step["note"] for step in steps] == [None, None, None, "换好了", "谢谢"]


async def test_others_see_open_wish_without_its_person(
    station_client: StationClient, wisher: ApiClient, committed_people: People
) -> None:
    path = await _create_open_wish(station_client, wisher)
    for actor in (committed_people.neighbour, committed_people.volunteer):
        wish = (await (await _sign_in(station_client, actor)).get(path)).json()
        assert wish["title"] == WISH_BODY["title"]
        for field in ("resident_id", "resident_name", "home", "taker_id", "taker_name"):
            assert wish[field] is None


async def test_only_one_of_fifty_concurrent_claims_gets_200(
    station_client: StationClient, wisher: ApiClient, committed_people: People
) -> None:
    path = await _create_open_wish(station_client, wisher)
    takers = [station_client.desk, station_client.admin]
    takers += [
        await _sign_in(station_client, actor)
        for actor in (committed_people.volunteer, committed_people.second)
    ]
    claims = (takers[i % 4].post(f"{path}/claim") for i in range(50))
    answers = await asyncio.gather(*claims)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 49}
    late = next(answer for answer in answers if answer.status_code == 409)
    assert late.headers["content-type"] == "application/problem+json"
    assert late.json()["title"] == "这个心愿已经有人认领了"
    types = [message.type for message in await station_client.list_messages()]
    assert types.count("linli.wish.claimed.v1") == 1


async def test_problem_title_is_english_for_accept_language_en(
    station_client: StationClient, wisher: ApiClient
) -> None:
    path = await _create_open_wish(station_client, wisher)
    await station_client.desk.post(f"{path}/claim")
    late = await station_client.desk.post(f"{path}/claim", headers={"Accept-Language": "en"})
    assert late.json()["title"] == "Somebody has already taken this wish"


async def test_etag_is_the_version(station_client: StationClient, wisher: ApiClient) -> None:
    path = await _create_open_wish(station_client, wisher)
    assert (await wisher.get(path)).headers["etag"] == '"2"'
    await station_client.desk.post(f"{path}/claim")
    assert (await wisher.get(path)).headers["etag"] == '"3"'


async def test_the_desk_acts_on_behalf_of_residents(
    station_client: StationClient, committed_people: People
) -> None:
    wisher, volunteer = str(committed_people.wisher.person), str(committed_people.volunteer.person)
    posted = await station_client.desk.post("/wishes", {"on_behalf_of": wisher, **WISH_BODY})
    assert (posted.status_code, posted.json()["resident_id"]) == (201, wisher)
    path = f"/wishes/{posted.json()['id']}"
    await station_client.desk.post(f"{path}/approve")
    claimed = await station_client.desk.post(f"{path}/claim", {"on_behalf_of": volunteer})
    assert (claimed.json()["taker_kind"], claimed.json()["taker_id"]) == ("volunteer", volunteer)
    report = {"note": "换好了", "minutes": 30, "on_behalf_of": volunteer}
    assert (await station_client.desk.post(f"{path}/deliver", report)).status_code == 200
    own = await station_client.desk.post(f"{path}/confirm", {"on_behalf_of": wisher})
    assert own.status_code == 409
    other = await station_client.admin.post(f"{path}/confirm", {"on_behalf_of": wisher})
    assert other.json()["state"] == "fulfilled"
    steps = (await station_client.desk.get(path)).json()["steps"]
    assert [step["on_behalf"] for step in steps] == [True, False, True, True, True]


async def test_only_the_desk_lists_what_needs_a_decision(wisher: ApiClient) -> None:
    assert (await wisher.get("/wishes?needs_decision=true")).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": "灯"},
        {"title": "灯" * 61},
        {"title": " 灯 "},
        {"title": ["灯泡"]},
        {**WISH_BODY, "details": "灯" * 1001},
        {**WISH_BODY, "on_behalf_of": "somebody"},
    ],
)
async def test_invalid_wish_is_refused(
    station_client: StationClient, wisher: ApiClient, body: dict[str, Any]
) -> None:
    answer = await wisher.post("/wishes", body)
    assert answer.status_code == 422
    assert answer.json()["errors"]
    assert await station_client.count_rows("wishes") == 0


@pytest.mark.parametrize("minutes", [0, 1441, -1, 1.5, True, "soon", None])
async def test_invalid_minutes_are_refused(
    station_client: StationClient, wisher: ApiClient, minutes: object
) -> None:
    path = await _create_open_wish(station_client, wisher)
    await station_client.desk.post(f"{path}/claim")
    report = {"note": "换好了", "minutes": minutes}
    assert (await station_client.desk.post(f"{path}/deliver", report)).status_code == 422


async def test_list_is_paginated(
    runtime: Runtime, station_client: StationClient, committed_people: People
) -> None:
    async with runtime.sessions.begin() as tx:
        ids = [str((await committed_people.create_wish(tx, WishState.OPEN)).id) for _ in range(53)]
        await committed_people.create_wish(tx)
    first = await station_client.desk.get("/wishes?state=open")
    next_path = first.links["next"]["url"].removeprefix("/api/v1")
    rest = await station_client.desk.get(next_path)
    assert "next" not in rest.links
    listed = [wish["id"] for answer in (first, rest) for wish in answer.json()]
    assert listed == ids[::-1]
    both = (await station_client.desk.get("/wishes?state=posted&state=claimed")).json()
    assert [wish["state"] for wish in both] == ["posted"]

"""Events over HTTP: the responses to valid, invalid and late requests."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared import clock
from tests.intake.station_client import StationClient
from tests.support.api_clients import ApiClient

STARTS_AFTER, EVENT_DURATION = timedelta(hours=2), timedelta(minutes=90)


def event_body(**overrides: Any) -> dict[str, Any]:
    """Build the body of an event as staff enter it."""
    starts_at: datetime = overrides.pop("starts_at", clock.now() + STARTS_AFTER)
    return {
        "kind": "clean_up",
        "title": "楼道大扫除",
        "summary": "带上手套",
        "place": "3 栋楼下",
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + EVENT_DURATION).isoformat(),
        "helper_places": 2,
        "guest_places": 3,
        **overrides,
    }


async def publish_event(station_client: StationClient, **overrides: Any) -> str:
    """Publish an event and return its path."""
    planned = await station_client.desk.post("/events", event_body(**overrides))
    assert planned.status_code == 201, planned.text
    path = f"/events/{planned.json()['id']}"
    assert (await station_client.desk.post(f"{path}/publish")).status_code == 200
    return path


@pytest.fixture
async def neighbour(station_client: StationClient) -> ApiClient:
    """Sign a resident in."""
    return await station_client.sign_in_resident()


async def test_event_is_planned_joined_attended_and_closed(
    station_client: StationClient, neighbour: ApiClient
) -> None:
    planned = (await station_client.desk.post("/events", event_body())).json()
    path = f"/events/{planned['id']}"
    assert planned["state"] == "draft"
    assert (await neighbour.get(path)).status_code == 404
    await station_client.desk.post(f"{path}/publish")
    joined = (await neighbour.post(f"{path}/join", {"role": "helper"})).json()
    assert (joined["helpers"], joined["mine"]["state"]) == (1, "joined")
    starts = datetime.fromisoformat(planned["starts_at"])
    with clock.frozen(starts):
        code = (await neighbour.get(f"{path}/my-code")).json()
        present = (
            await station_client.desk.post(f"{path}/check-in", {"code": code["code"]})
        ).json()
        assert (present["resident_id"], present["state"], present["changed"]) == (
            str(neighbour.person_id),
            "present",
            True,
        )
    with clock.frozen(starts + timedelta(minutes=90)):
        out = {"resident_id": str(neighbour.person_id)}
        attended = (await station_client.desk.post(f"{path}/check-out", out)).json()
        assert (attended["state"], attended["minutes"]) == ("attended", 90)
        closed = (await station_client.desk.post(f"{path}/close", {"result": "扫干净了"})).json()
    assert (closed["state"], closed["result"]) == ("closed", "扫干净了")
    (participant,) = (await station_client.desk.get(f"{path}/participants")).json()
    assert (participant["resident_name"], participant["minutes"]) == ("演示居民", 90)


async def test_edit_requires_the_present_version(station_client: StationClient) -> None:
    planned = await station_client.desk.post("/events", event_body())
    path, tag = f"/events/{planned.json()['id']}", planned.headers["ETag"]
    assert (await station_client.desk.call("PUT", path, json=event_body())).status_code == 428
    edited = await station_client.desk.put(path, event_body(title="大扫除"), tag)
    assert (edited.status_code, edited.json()["title"]) == (200, "大扫除")
    assert edited.headers["ETag"] != tag
    assert (await station_client.desk.put(path, event_body(), tag)).status_code == 412
    assert (await station_client.desk.get(path)).headers["ETag"] == edited.headers["ETag"]


async def test_list_is_paginated_and_filtered(
    station_client: StationClient, neighbour: ApiClient
) -> None:
    starts_at = clock.now() + STARTS_AFTER
    # Two events start at the same moment, so that their ids decide the order.
    hours = (3, 1, 2, 2, 0)
    paths = [
        await publish_event(station_client, starts_at=starts_at + timedelta(hours=hour))
        for hour in hours
    ]
    await station_client.desk.post(f"{paths[0]}/cancel", {"reason": "下雨"})
    await neighbour.post(f"{paths[1]}/join")

    async def walk(query: str) -> list[str]:
        starts, link = [], f"/events?{query}&limit=2"
        while link:
            answer = await neighbour.get(link)
            assert len(answer.json()) <= 2
            starts += [event["starts_at"] for event in answer.json()]
            link = answer.links.get("next", {}).get("url", "").removeprefix("/api/v1")
        return starts

    coming = await walk("when=coming")
    assert coming == sorted(coming)
    assert len(coming) == 4
    unfiltered = await walk("mine=false")
    assert unfiltered == sorted(unfiltered, reverse=True)
    assert len(unfiltered) == 5
    assert len(await walk("when=past")) == 1
    assert len(await walk("mine=true")) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "party"}, "kind"),
        ({"title": "x"}, "title"),
        ({"starts_at": "2026-12-01T09:00:00"}, "starts_at"),
        ({"guest_places": 501}, "guest_places"),
        ({"guest_places": -1}, "guest_places"),
    ],
)
async def test_invalid_event_body_is_refused_at_its_field(
    station_client: StationClient, body: dict[str, Any], field: str
) -> None:
    answer = await station_client.desk.post("/events", {**event_body(), **body})
    assert answer.status_code == 422
    assert field in answer.json()["errors"][0]["field"]


async def test_check_in_needs_either_a_code_or_a_resident(station_client: StationClient) -> None:
    path = await publish_event(station_client)
    for body in ({}, {"code": "ACDEFG", "resident_id": str(uuid4())}):
        answer = await station_client.desk.post(f"{path}/check-in", body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["detail"]

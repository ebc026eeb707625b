"""A station with every kind of object, so that the ids in requests exist."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from PIL import Image
from sqlalchemy import text

from shared import clock
from shared.bus.inbox.store import FailureDisposition, IncomingMessage, store_failed
from shared.contracts.envelope import Envelope
from shared.contracts.examples import EXTERNAL_TYPE, partner_message
from shared.contracts.partners import CONTRACTS
from shared.ids import new_id
from shared.runtime.heartbeat import Heartbeat
from tests.schema.partner_client import create_publishers
from tests.support.api_clients import (
    ApiClient,
    create_resident,
    create_volunteer,
    eventually,
    sign_in,
)
from tests.support.messages import make_cloud_event
from tests.support.station import PASSWORD, create_station
from tests.support.system import RunningSystem

WISH_COUNT = 4
_MISSING_HOURS = text(
    "INSERT INTO received_hours (sender, hour, state, missing_types, checked_at)"
    " SELECT sender, date_trunc('hour', now()), 'incomplete', '{linli.wish.opened.v1}', now()"
    " FROM unnest(ARRAY['intake', 'volunteers']) AS sender"
    " ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True)
class ApiFixtures:
    """A client of each role, and the existing ids by the names of parameters and fields."""

    client_by_role: Mapping[str, ApiClient | None]
    ids: Mapping[str, list[str]]
    publisher: str

    def client(self, role: str) -> ApiClient:
        """Return the client of a role."""
        client = self.client_by_role[role]
        assert client is not None
        return client

    def make_event(self, choice: int) -> dict[str, Any]:
        """Return a CloudEvent of the publisher, of one of its types, about existing objects."""
        types = (*CONTRACTS, EXTERNAL_TYPE)
        type_ = types[choice % len(types)]
        data: dict[str, Any] = (
            partner_message(CONTRACTS[type_])["data"] if type_ in CONTRACTS else {}
        )
        ids = {
            name: self.ids[name][choice % len(self.ids[name])] for name in data.keys() & self.ids
        }
        return make_cloud_event(f"/partners/{self.publisher}", type_, {**data, **ids})


def make_jpeg() -> bytes:
    """Return a small JPEG."""
    buffer = io.BytesIO()
    Image.new("RGB", (16, 12), (200, 30, 30)).save(buffer, "JPEG")
    return buffer.getvalue()


async def create_fixtures(running_system: RunningSystem, client: httpx.AsyncClient) -> ApiFixtures:
    """Create the station, its people and its objects."""
    code, station = await create_station(running_system)
    credentials = {"station": code, "password": PASSWORD}
    names = ("desk", "operator", "admin")
    desk, operator, admin = [await sign_in(client, username=name, **credentials) for name in names]
    household = await _create_household(desk)
    wisher = await create_resident(desk, household_id=household["id"])
    helper = await create_volunteer(desk, household_id=household["id"])
    wishes = await _create_wishes(desk, wisher, helper)
    events = [await _create_event(desk, days) for days in (1, 2)]
    await wisher.post_ok(f"/events/{events[0]}/join", {"role": "guest"})

    async def read_inbox() -> list[Any]:
        notices: list[Any] = await wisher.get_ok("/inbox")
        return notices

    notices = await eventually(read_inbox)
    people = [wisher.id, helper.id]
    publishers = await create_publishers(running_system, station, admin)
    failed_keys = [await _store_failed_message(running_system, station) for _ in range(4)]
    ids = {
        **publishers.ids,
        "wish_id": wishes,
        "event_id": events,
        "photo_id": [await _create_photo(helper, wishes[2])],
        "building_id": [household["building_id"]],
        "home_id": [household["home_id"]],
        "household_id": [household["id"]],
        "member_id": [(await desk.post_ok("/party/members", _membership_body(wisher)))["id"]],
        "volunteer_id": [one["id"] for one in await desk.get_ok("/volunteers")],
        "delivery_id": [line["id"] for line in notices],
        "key": failed_keys + publishers.published,
        "correlation_id": failed_keys,
        **dict.fromkeys(("resident_id", "on_behalf_of", "resident", "to"), people),
        "station": [code],
    }
    people_by_role = {"nobody": None, "resident": wisher, "volunteer": helper, "staff": desk}
    staff_by_role = {"operator": operator, "admin": admin, "publisher": publishers.active}
    return ApiFixtures({**people_by_role, **staff_by_role}, ids, publishers.active.name)


async def _create_wishes(desk: ApiClient, wisher: ApiClient, helper: ApiClient) -> list[str]:
    body = {"title": "想换一个灯泡", "details": "在厨房"}
    wishes = [(await wisher.post_ok("/wishes", body))["id"] for _ in range(WISH_COUNT)]
    # One stays in review, one is open, one is claimed, one is delivered.
    for wish in wishes[1:]:
        await desk.post_ok(f"/wishes/{wish}/approve")
    for wish in wishes[2:]:
        await helper.post_ok(f"/wishes/{wish}/claim")
    await helper.post_ok(f"/wishes/{wishes[3]}/deliver", {"note": "换好了", "minutes": 30})
    return wishes


async def _create_household(desk: ApiClient) -> dict[str, Any]:
    building = (await desk.post_ok("/buildings", {"number": "3", "units": 2}))["id"]
    home = (await desk.post_ok(f"/buildings/{building}/homes", {"unit": 1, "number": "501"}))["id"]
    household = await desk.post_ok("/households", {"home_id": home, "own": True})
    return {**household, "building_id": building}


async def _create_event(desk: ApiClient, days: int) -> str:
    starts_at = clock.now() + timedelta(days=days)
    body = {
        "kind": "other",
        "title": "包饺子",
        "summary": "一起包饺子",
        "place": "活动室",
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=2)).isoformat(),
        "helper_places": 3,
        "guest_places": 20,
    }
    event: str = (await desk.post_ok("/events", body))["id"]
    await desk.post_ok(f"/events/{event}/publish")
    return event


async def _create_photo(helper: ApiClient, wish: str) -> str:
    headers = {"Content-Type": "image/jpeg"}
    answer = await helper.call(
        "POST", f"/wishes/{wish}/photos", content=make_jpeg(), headers=headers
    )
    assert answer.is_success, answer.text
    photo: str = answer.json()["id"]
    return photo


async def _store_failed_message(running_system: RunningSystem, station: UUID) -> str:
    """Store a failed message in every inbox; return its key, also its correlation id."""
    id_ = new_id()
    envelope = Envelope(
        id=str(id_),
        type="linli.wish.fulfilled.v1",
        source="/services/intake",
        subject=f"wishes/{id_}",
        time=clock.now(),
        station=station,
        sequence=1,
        correlationid=id_,
        data={"title": "想换一个灯泡", "phone_sealed": "gAAAAA"},
    )
    message = IncomingMessage(id_, envelope.type, id_, envelope.to_json(), None, station=station)
    for replicas in running_system.replicas.values():
        # Another replica, of which nothing else is to be heard.
        await Heartbeat(replicas[0].service.name, replicas[0].sessions, list).beat()
        async with replicas[0].sessions.begin() as tx:
            await tx.execute(_MISSING_HOURS)
            await store_failed(
                tx,
                replicas[0].service.name,
                message,
                FailureDisposition.park("broken", attempts=12),
            )
    return str(message.key)


def _membership_body(person: ApiClient) -> dict[str, Any]:
    return {"resident_id": person.id, "membership": "estate"}

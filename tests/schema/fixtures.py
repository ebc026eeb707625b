"""A station in which every kind of thing exists, so that ids lead somewhere."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from PIL import Image

from shared import clock
from shared.bus.inbox.store import FailureDisposition, IncomingMessage, store_failed
from shared.contracts.envelope import Envelope
from shared.contracts.examples import EXTERNAL, partner_message
from shared.contracts.partners import CONTRACTS
from shared.ids import new_id
from tests.schema.partner_client import create_publishers, make_cloud_event
from tests.support.api_clients import Person, create_resident, create_volunteer, eventually, sign_in
from tests.support.station import PASSWORD, create_station
from tests.support.system import RunningSystem

WISH_COUNT = 4


@dataclass(frozen=True)
class ApiFixtures:
    """Who asks, and the ids that there are under the names that parameters and fields have."""

    client_by_role: Mapping[str, Person | None]
    ids: Mapping[str, list[str]]
    publisher: str

    def make_event(self, choice: int) -> dict[str, Any]:
        """A CloudEvent of the publisher's, of one of its types, about things that there are."""
        types = (*CONTRACTS, EXTERNAL)
        type_ = types[choice % len(types)]
        said: dict[str, Any] = partner_message(type_)["data"] if type_ in CONTRACTS else {}
        real = {
            name: self.ids[name][choice % len(self.ids[name])] for name in said.keys() & self.ids
        }
        return make_cloud_event(self.publisher, type_, {**said, **real})


def make_jpeg() -> bytes:
    """A small JPEG."""
    kept = io.BytesIO()
    Image.new("RGB", (16, 12), (200, 30, 30)).save(kept, "JPEG")
    return kept.getvalue()


async def create_fixtures(running_system: RunningSystem, client: httpx.AsyncClient) -> ApiFixtures:
    """The station, its people and its things."""
    code, station = await create_station(running_system)
    proof = {"station": code, "password": PASSWORD}
    names = ("desk", "operator", "admin")
    desk, operator, admin = [await sign_in(client, username=name, **proof) for name in names]
    household = await _create_household(desk)
    wisher = await create_resident(desk, household_id=household["id"])
    helper = await create_volunteer(desk, household_id=household["id"])
    wishes = await _create_wishes(desk, wisher, helper)
    events = [await _create_event(desk, days) for days in (1, 2)]
    await wisher.post(f"/events/{events[0]}/join", {"role": "guest"})

    async def read_inbox() -> list[Any]:
        found: list[Any] = await wisher.get("/inbox")
        return found

    lines = await eventually(read_inbox)
    people = [wisher.id, helper.id]
    machines = await create_publishers(running_system, station, admin)
    kept = [await _store_failed_message(running_system, station) for _ in range(4)]
    ids = {
        **machines.ids,
        "wish_id": wishes,
        "event_id": events,
        "photo_id": [await _create_photo(helper, wishes[2])],
        "building_id": [household["building_id"]],
        "home_id": [household["home_id"]],
        "household_id": [household["id"]],
        "member_id": [(await desk.post("/party/members", _membership_body(wisher)))["id"]],
        "volunteer_id": [one["id"] for one in await desk.get("/volunteers")],
        "delivery_id": [line["id"] for line in lines],
        "key": kept + machines.published,
        "correlation_id": kept,
        **dict.fromkeys(("resident_id", "on_behalf_of", "resident", "to"), people),
        "station": [code],
    }
    askers = {"nobody": None, "resident": wisher, "volunteer": helper, "staff": desk}
    others = {"operator": operator, "admin": admin, "publisher": machines.active}
    return ApiFixtures({**askers, **others}, ids, machines.active.name)


async def _create_wishes(desk: Person, wisher: Person, helper: Person) -> list[str]:
    posted = {"title": "想换一个灯泡", "details": "在厨房"}
    wishes = [(await wisher.post("/wishes", posted))["id"] for _ in range(WISH_COUNT)]
    # One is left to be reviewed, one is open, one is taken, one is delivered.
    for wish in wishes[1:]:
        await desk.post(f"/wishes/{wish}/approve")
    for wish in wishes[2:]:
        await helper.post(f"/wishes/{wish}/claim")
    await helper.post(f"/wishes/{wishes[3]}/deliver", {"note": "换好了", "minutes": 30})
    return wishes


async def _create_household(desk: Person) -> dict[str, Any]:
    building = (await desk.post("/buildings", {"number": "3", "units": 2}))["id"]
    home = (await desk.post(f"/buildings/{building}/homes", {"unit": 1, "number": "501"}))["id"]
    found = await desk.post("/households", {"home_id": home, "own": True})
    return {**found, "building_id": building}


async def _create_event(desk: Person, days: int) -> str:
    begins = clock.now() + timedelta(days=days)
    planned = {
        "kind": "other",
        "title": "包饺子",
        "summary": "一起包饺子",
        "place": "活动室",
        "starts_at": begins.isoformat(),
        "ends_at": (begins + timedelta(hours=2)).isoformat(),
        "helper_places": 3,
        "guest_places": 20,
    }
    event: str = (await desk.post("/events", planned))["id"]
    await desk.post(f"/events/{event}/publish")
    return event


async def _create_photo(helper: Person, wish: str) -> str:
    headers = {"Content-Type": "image/jpeg"}
    answer = await helper.call(
        "POST", f"/wishes/{wish}/photos", content=make_jpeg(), headers=headers
    )
    assert answer.is_success, answer.text
    photo: str = answer.json()["id"]
    return photo


async def _store_failed_message(running_system: RunningSystem, station: UUID) -> str:
    """A message that the inbox of every service keeps, its key also its correlation."""
    id_ = new_id()
    said = Envelope(
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
    made = IncomingMessage(id_, said.type, id_, said.to_json(), None, station=station)
    for replicas in running_system.replicas.values():
        async with replicas[0].sessions.begin() as tx:
            await store_failed(
                tx,
                replicas[0].service.name,
                made,
                FailureDisposition("parked", 12, 0, None, "broken"),
            )
    return str(made.key)


def _membership_body(person: Person) -> dict[str, Any]:
    return {"resident_id": person.id, "membership": "estate"}

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
from shared.bus.inbox.store import Kept, Received, keep
from shared.contracts.envelope import Envelope
from shared.contracts.examples import EXTERNAL, partner_message
from shared.contracts.partners import CONTRACTS
from shared.ids import new_id
from tests.schema.partner_client import admitted, cloud_event
from tests.support.api_clients import Person, eventually, resident, sign_in, volunteer
from tests.support.station import PASSWORD, found_station
from tests.support.system import House

WISHES = 4


@dataclass(frozen=True)
class Ground:
    """Who asks, and the ids that there are under the names that parameters and fields have."""

    askers: Mapping[str, Person | None]
    ids: Mapping[str, list[str]]
    publisher: str

    def event(self, choice: int) -> dict[str, Any]:
        """A CloudEvent of the publisher's, of one of its types, about things that there are."""
        types = (*CONTRACTS, EXTERNAL)
        type_ = types[choice % len(types)]
        said: dict[str, Any] = partner_message(type_)["data"] if type_ in CONTRACTS else {}
        real = {
            name: self.ids[name][choice % len(self.ids[name])] for name in said.keys() & self.ids
        }
        return cloud_event(self.publisher, type_, {**said, **real})


def picture() -> bytes:
    """A small JPEG."""
    kept = io.BytesIO()
    Image.new("RGB", (16, 12), (200, 30, 30)).save(kept, "JPEG")
    return kept.getvalue()


async def laid(house: House, client: httpx.AsyncClient) -> Ground:
    """The station, its people and its things."""
    code, station = await found_station(house)
    proof = {"station": code, "password": PASSWORD}
    names = ("desk", "operator", "admin")
    desk, operator, admin = [await sign_in(client, username=name, **proof) for name in names]
    household = await _household(desk)
    wisher = await resident(desk, household_id=household["id"])
    helper = await volunteer(desk, household_id=household["id"])
    wishes = await _wishes(desk, wisher, helper)
    events = [await _event(desk, days) for days in (1, 2)]
    await wisher.post(f"/events/{events[0]}/join", {"role": "guest"})

    async def told() -> list[Any]:
        found: list[Any] = await wisher.get("/inbox")
        return found

    lines = await eventually(told)
    people = [wisher.id, helper.id]
    machines = await admitted(house, station, admin)
    kept = [await _kept(house, station) for _ in range(4)]
    ids = {
        **machines.ids,
        "wish_id": wishes,
        "event_id": events,
        "photo_id": [await _photo(helper, wishes[2])],
        "building_id": [household["building_id"]],
        "home_id": [household["home_id"]],
        "household_id": [household["id"]],
        "member_id": [(await desk.post("/party/members", _membership(wisher)))["id"]],
        "volunteer_id": [one["id"] for one in await desk.get("/volunteers")],
        "delivery_id": [line["id"] for line in lines],
        "key": kept + machines.published,
        "correlation_id": kept,
        **dict.fromkeys(("resident_id", "on_behalf_of", "resident", "to"), people),
        "station": [code],
    }
    askers = {"nobody": None, "resident": wisher, "volunteer": helper, "staff": desk}
    others = {"operator": operator, "admin": admin, "publisher": machines.asking}
    return Ground({**askers, **others}, ids, machines.asking.name)


async def _wishes(desk: Person, wisher: Person, helper: Person) -> list[str]:
    posted = {"title": "想换一个灯泡", "details": "在厨房"}
    wishes = [(await wisher.post("/wishes", posted))["id"] for _ in range(WISHES)]
    # One is left to be reviewed, one is open, one is taken, one is delivered.
    for wish in wishes[1:]:
        await desk.post(f"/wishes/{wish}/approve")
    for wish in wishes[2:]:
        await helper.post(f"/wishes/{wish}/claim")
    await helper.post(f"/wishes/{wishes[3]}/deliver", {"note": "换好了", "minutes": 30})
    return wishes


async def _household(desk: Person) -> dict[str, Any]:
    building = (await desk.post("/buildings", {"number": "3", "units": 2}))["id"]
    home = (await desk.post(f"/buildings/{building}/homes", {"unit": 1, "number": "501"}))["id"]
    found = await desk.post("/households", {"home_id": home, "own": True})
    return {**found, "building_id": building}


async def _event(desk: Person, days: int) -> str:
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


async def _photo(helper: Person, wish: str) -> str:
    headers = {"Content-Type": "image/jpeg"}
    answer = await helper.call("POST", f"/wishes/{wish}/photos", content=picture(), headers=headers)
    assert answer.is_success, answer.text
    photo: str = answer.json()["id"]
    return photo


async def _kept(house: House, station: UUID) -> str:
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
    made = Received(id_, said.type, id_, said.to_json(), None, station=station)
    for replicas in house.replicas.values():
        async with replicas[0].sessions.begin() as tx:
            await keep(tx, replicas[0].service.name, made, Kept("parked", 12, 0, None, "broken"))
    return str(made.key)


def _membership(person: Person) -> dict[str, Any]:
    return {"resident_id": person.id, "membership": "estate"}

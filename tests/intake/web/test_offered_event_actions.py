"""Pages of an event offer exactly what is allowed to their reader."""

import re
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from services.intake.events.models import Event
from services.intake.events.participation import Participation
from shared.auth import NOBODY, Actor, Role
from tests.intake.web.event_forms import event_form, move_event_earlier, publish_event
from tests.support.page_client import PageClient
from tests.support.station import StationFixture

STARTS_AFTER = timedelta(minutes=20)
WISHER, NEIGHBOUR = "19900000001", "19900000003"


async def allowed_actions(station: StationFixture, path: str, actor: Actor) -> set[str]:
    """Return what is allowed to the actor: to join, or what one can do with the place one has."""
    event_id = UUID(path.rpartition("/")[2])
    async with station.system.intake.sessions() as tx:
        event = await tx.get_one(Event, event_id)
        statement = select(Participation).where(
            Participation.event_id == event_id, Participation.resident_id == actor.subject_id
        )
        mine = await tx.scalar(statement)
        if mine is None:
            return set(event.allowed_actions(actor))
        return {*event.allowed_actions(actor) - {"join"}, *mine.allowed_actions(actor)}


async def check_offers(
    station: StationFixture, path: str, readers: list[tuple[PageClient, Actor]]
) -> set[str]:
    """Compare what the event's page offers each reader with what is allowed; return all of it."""
    offered: set[str] = set()
    for client, actor in readers:
        page = (await client.get(path)).text.replace(f"/sign-in?then={path}", f"{path}/join")
        offers = set(re.findall(rf'"{path}/(publish|edit|close|cancel|join|leave)"', page))
        assert offers == await allowed_actions(station, path, actor), actor.roles
        offered |= offers
    return offered


async def test_event_page_offers_each_reader_what_is_allowed(
    demo_station: StationFixture,
    desk: PageClient,
    wisher: PageClient,
    neighbour: PageClient,
    anonymous: PageClient,
) -> None:
    station, people = demo_station.station_id, demo_station.people
    readers = [
        (desk, Actor(station, NOBODY, frozenset({Role.STAFF}))),
        (wisher, Actor(station, people[WISHER], frozenset({Role.RESIDENT}))),
        (neighbour, Actor(station, people[NEIGHBOUR], frozenset({Role.RESIDENT}))),
        (anonymous, Actor(station, NOBODY, frozenset({Role.RESIDENT}))),
    ]
    path = (await desk.submit("/events/new", **event_form(starts_in=STARTS_AFTER))).url.path
    assert await check_offers(demo_station, path, readers[:1]) == {"edit", "publish", "cancel"}
    await desk.submit(f"{path}/publish")
    await wisher.submit(f"{path}/join", role="guest", insist="true")
    before = {"edit", "cancel", "join", "leave"}
    assert await check_offers(demo_station, path, readers) == before
    await move_event_earlier(demo_station, path, timedelta(minutes=40))
    assert await check_offers(demo_station, path, readers) == {*before, "close"}
    await move_event_earlier(demo_station, path, timedelta(hours=3))
    assert await check_offers(demo_station, path, readers) == {"edit", "close"}
    await desk.submit(f"{path}/close")
    assert await check_offers(demo_station, path, readers) == set()
    cancelled = await publish_event(desk)
    await desk.submit(f"{cancelled}/cancel", reason="下大雨")
    assert await check_offers(demo_station, cancelled, readers) == set()


async def test_check_in_desk_offers_what_is_allowed(
    demo_station: StationFixture, desk: PageClient
) -> None:
    path = await publish_event(desk, starts_in=STARTS_AFTER)
    resident = str(demo_station.people[WISHER])
    await desk.submit(f"{path}/join", role="guest", resident=resident, insist="true")

    async def offers() -> set[str]:
        page = (await desk.get(f"{path}/check-in")).text
        buttons = set(re.findall(r'name="act" value="(\w+)"', page))
        return {"minutes"} if 'name="minutes"' in page else buttons

    assert await offers() == {"in"}
    await desk.submit(f"{path}/check-in/people", resident=resident, act="in")
    assert await offers() == {"out", "undo"}
    await desk.submit(f"{path}/check-in/people", resident=resident, act="undo")
    await move_event_earlier(demo_station, path, timedelta(hours=3))
    assert await offers() == {"minutes"}
    await desk.submit(f"{path}/check-in/people", resident=resident, act="out", minutes="30")
    assert await offers() == set()

"""Events that the desk plans for tests of pages."""

import itertools
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import update

from services.intake.events.models import Event
from shared import clock
from tests.intake.web.page_client import PageClient
from tests.support.station import StationFixture

ZONE = ZoneInfo("Asia/Shanghai")
_days = itertools.count(1)


def event_form(*, starts_in: timedelta | None = None, **overrides: str) -> dict[str, str]:
    """What staff type into the form, each time for another day unless said otherwise."""
    ahead = starts_in or timedelta(days=next(_days))
    begins: datetime = clock.now().astimezone(ZONE) + ahead
    return {
        "kind": "clean_up",
        "title": "楼道大扫除",
        "place": "3 栋楼下",
        "starts_at": f"{begins:%Y-%m-%dT%H:%M}",
        "ends_at": f"{begins + timedelta(minutes=90):%Y-%m-%dT%H:%M}",
        "guest_places": "10",
        "helper_places": "2",
        "version": "0",
        **overrides,
    }


async def publish_event(desk: PageClient, **overrides: Any) -> str:
    """The path of a published event."""
    page = await desk.submit("/events/new", **event_form(**overrides))
    assert page.status_code == 200, page.text
    path = page.url.path
    await desk.submit(f"{path}/publish")
    return path


async def move_event_earlier(demo_station: StationFixture, path: str, by: timedelta) -> None:
    """Let the event have taken place by that much earlier, without waiting for it."""
    times = {Event.starts_at: Event.starts_at - by, Event.ends_at: Event.ends_at - by}
    async with demo_station.system.intake.sessions.begin() as tx:
        id_ = UUID(path.rpartition("/")[2])
        await tx.execute(update(Event).where(Event.id == id_).values(times))

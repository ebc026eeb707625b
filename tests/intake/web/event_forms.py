"""Events that staff create in tests of pages."""

import itertools
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import update

from services.intake.events.models import Event
from shared import clock
from tests.support.page_client import PageClient
from tests.support.station import StationFixture

ZONE = ZoneInfo("Asia/Shanghai")
_days = itertools.count(1)


def event_form(*, starts_in: timedelta | None = None, **overrides: str) -> dict[str, str]:
    """Return the values of an event form; each call takes a new day unless `starts_in` is given."""
    delay = starts_in or timedelta(days=next(_days))
    starts_at: datetime = clock.now().astimezone(ZONE) + delay
    return {
        "kind": "clean_up",
        "title": "楼道大扫除",
        "place": "3 栋楼下",
        "starts_at": f"{starts_at:%Y-%m-%dT%H:%M}",
        "ends_at": f"{starts_at + timedelta(minutes=90):%Y-%m-%dT%H:%M}",
        "guest_places": "10",
        "helper_places": "2",
        "version": "0",
        **overrides,
    }


async def publish_event(desk: PageClient, **overrides: Any) -> str:
    """Publish an event and return its path."""
    page = await desk.submit("/events/new", **event_form(**overrides))
    assert page.status_code == 200, page.text
    path = page.url.path
    await desk.submit(f"{path}/publish")
    return path


async def move_event_earlier(demo_station: StationFixture, path: str, by: timedelta) -> None:
    """Move the times of an event earlier by `by`, instead of waiting for them."""
    times = {Event.starts_at: Event.starts_at - by, Event.ends_at: Event.ends_at - by}
    async with demo_station.system.intake.sessions.begin() as tx:
        id_ = UUID(path.rpartition("/")[2])
        await tx.execute(update(Event).where(Event.id == id_).values(times))

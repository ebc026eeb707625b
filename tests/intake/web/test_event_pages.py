"""Tests of the pages of an event: list, join, leave, and flash messages."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from services.intake.events.models import Event
from services.intake.residents import actions as residents
from services.intake.residents.models import ResidentFields
from services.intake.web.events.flash_messages import reminded_at
from services.intake.web.kit.templating import environment
from services.notify.reminders.models import evening_before
from shared import clock
from shared.auth import Actor
from tests.intake.web.event_forms import ZONE, publish_event
from tests.support.api_clients import eventually
from tests.support.page_client import PageClient, flash_message
from tests.support.station import StationFixture


async def test_resident_joins_shows_code_and_leaves(desk: PageClient, wisher: PageClient) -> None:
    path = await publish_event(desk)
    page = await wisher.submit(f"{path}/join", role="guest")
    assert "留好了位置" in page.text
    assert "楼道大扫除" in (await wisher.get("/events?list=mine")).text
    assert "楼道大扫除" in (await wisher.get("/")).text
    page = await wisher.get(f"{path}/my-code")
    assert "<svg" in page.text
    assert re.search(r"[A-Z0-9]{3}&nbsp;[A-Z0-9]{3}", page.text)
    assert "签到时请出示" in page.text
    assert (await wisher.get(f"{path}/leave")).status_code == 200
    page = await wisher.submit(f"{path}/leave")
    assert page.url.path == path
    assert f"{path}/join" in page.text


async def test_reminder_is_announced_only_before_it_is_due(
    desk: PageClient, wisher: PageClient
) -> None:
    event = Event(starts_at=clock.now(), time_zone="Asia/Shanghai")
    assert reminded_at(event) == evening_before(event.local_start)
    soon = await publish_event(desk, starts_in=timedelta(minutes=20))
    page = await wisher.submit(f"{soon}/join", role="guest", insist="true")
    assert "留好了位置" in page.text
    assert "前一天" not in page.text
    later = await publish_event(desk)
    page = await wisher.submit(f"{later}/join", role="guest", insist="true")
    assert "前一天" in page.text
    for path in (soon, later):
        await wisher.submit(f"{path}/leave")


async def test_desk_sees_which_resident_gets_no_text_message(
    demo_station: StationFixture, desk: PageClient
) -> None:
    async with demo_station.system.intake.sessions.begin() as tx:
        fields = ResidentFields(name="演示·无电话", phone=None, household_id=None)
        unreachable = (
            await residents.register(tx, Actor.system(demo_station.station_id), fields)
        ).id
    for resident, words in (
        (demo_station.people["19900000004"], "短信"),
        (unreachable, "没有登记电话"),
    ):
        path = await publish_event(desk)
        page = await desk.submit(f"{path}/join", role="guest", resident=str(resident))
        assert words in flash_message(page.text)
        page = await desk.submit(f"{path}/leave", resident=str(resident))
        assert "名额" in flash_message(page.text)


async def test_forged_link_shows_no_flash_message(desk: PageClient, wisher: PageClient) -> None:
    path = await publish_event(desk)
    for flash_key in ("cancelled", "closed", "planned", "joined", "left", "nonsense"):
        for visitor in (desk, wisher):
            assert flash_message((await visitor.get(f"{path}?done={flash_key}")).text) == "", (
                flash_key
            )
    await wisher.submit(f"{path}/join", role="guest", insist="true")
    assert flash_message((await wisher.get(f"{path}?done=left")).text) == ""
    await wisher.submit(f"{path}/leave")
    assert flash_message((await wisher.get(f"{path}?done=joined")).text) == ""


async def test_second_submission_of_join_is_accepted(desk: PageClient, wisher: PageClient) -> None:
    path = await publish_event(desk)
    form = {"once": uuid4().hex, "role": "guest"}
    first = await wisher.client.post(f"{path}/join", data=form)
    second = await wisher.client.post(f"{path}/join", data=form)
    assert (first.status_code, second.status_code) == (303, 303)


async def test_joining_an_overlapping_event_asks_first(
    desk: PageClient, wisher: PageClient
) -> None:
    same = {"starts_in": timedelta(days=90)}
    first, second = (
        await publish_event(desk, **same),
        await publish_event(desk, title="免费量血压", **same),
    )
    await wisher.submit(f"{first}/join", role="guest")
    page = await wisher.submit(f"{second}/join", role="guest")
    assert page.status_code == 409
    assert "楼道大扫除" in page.text
    assert f'href="{second}"' in page.text
    page = await wisher.submit(f"{second}/join", role="guest", insist="true")
    assert page.url.path == second
    for path in (first, second):
        await wisher.submit(f"{path}/leave")


async def test_desk_joins_on_behalf_of_a_resident(
    demo_station: StationFixture, desk: PageClient
) -> None:
    path = await publish_event(desk)
    resident = demo_station.people["19900000004"]
    assert path in (await desk.get(f"/desk/residents/{resident}/events")).text
    page = await desk.submit(f"{path}/join", role="helper", resident=str(resident))
    assert page.url.path == f"/desk/residents/{resident}/events"
    assert "演示·4" in (await desk.get(f"{path}/check-in")).text
    other = await publish_event(desk, starts_in=timedelta(days=120))
    same = await publish_event(desk, starts_in=timedelta(days=120))
    await desk.submit(f"{other}/join", role="helper", resident=str(resident))
    page = await desk.submit(f"{same}/join", role="helper", resident=str(resident))
    assert page.status_code == 409
    assert f'href="/desk/residents/{resident}/events"' in page.text
    await desk.submit(f"{other}/leave", resident=str(resident))
    page = await desk.submit(f"{path}/leave", resident=str(resident))
    assert page.status_code == 200


async def test_resident_cannot_join_on_behalf_of_another(
    demo_station: StationFixture, desk: PageClient, wisher: PageClient
) -> None:
    path = await publish_event(desk)
    other = str(demo_station.people["19900000004"])
    assert (await wisher.submit(f"{path}/join", role="guest", resident=other)).status_code == 404


async def test_next_event_skips_an_attended_event(
    demo_station: StationFixture, desk: PageClient, wisher: PageClient
) -> None:
    first = await publish_event(desk, starts_in=timedelta(minutes=20), title="先来的活动")
    second = await publish_event(desk, starts_in=timedelta(minutes=50), title="后来的活动")
    for path in (first, second):
        await wisher.submit(f"{path}/join", role="guest", insist="true")
    assert "先来的活动" in (await wisher.get("/")).text
    resident = str(demo_station.people["19900000001"])
    for act in ("in", "out"):
        await desk.submit(f"{first}/check-in/people", resident=resident, act=act)
    page = await wisher.get("/")
    assert "先来的活动" not in page.text
    assert "后来的活动" in page.text
    await wisher.submit(f"{second}/leave")


async def test_refused_join_shows_the_reason_on_the_event_page(
    desk: PageClient, wisher: PageClient, neighbour: PageClient
) -> None:
    path = await publish_event(desk, guest_places="1", helper_places="0")
    await neighbour.submit(f"{path}/join", role="guest", insist="true")
    page = await wisher.submit(f"{path}/join", role="guest", insist="true")
    assert page.status_code == 409
    assert "名额已满" in page.text
    assert "3 栋楼下" in page.text
    page = await wisher.submit(f"{path}/join", role="helper", insist="true")
    assert page.status_code == 422
    assert "没有这类名额" in page.text
    for page in (await wisher.submit(f"{path}/leave"), await neighbour.submit(f"{path}/join")):
        assert (page.status_code, page.url.path) == (200, path)
    assert (await wisher.get(f"{path}/my-code")).url.path == path


@pytest.mark.parametrize(("language", "year_format"), [("zh", "{}年"), ("en", " {},")])
def test_event_time_has_year_only_outside_current_year(language: str, year_format: str) -> None:
    starts_at = datetime(2026, 12, 31, 22, tzinfo=ZONE)
    event = Event(
        starts_at=starts_at, ends_at=starts_at + timedelta(hours=4), time_zone="Asia/Shanghai"
    )
    for now, years in ((starts_at, {2027}), (starts_at + timedelta(days=1), {2026})):
        with clock.frozen(now):
            markup = (
                environment(language)
                .from_string("{{ event|event_time }}")
                .render(event=event, language=language)
            )
        text = markup.partition(">")[2]
        assert {year for year in (2026, 2027) if year_format.format(year) in text} == years


async def test_helper_sees_their_duties_until_they_leave(
    desk: PageClient, neighbour: PageClient
) -> None:
    path = await publish_event(desk, title="给老人送饭")
    await neighbour.submit(f"{path}/join", role="helper", insist="true")

    async def is_listed() -> bool:
        return f'href="{path}"' in (await neighbour.get("/volunteer")).text

    await eventually(is_listed)
    page = await neighbour.get("/")
    assert 'href="/volunteer"' in page.text
    assert "我答应要做的事" in page.text
    await neighbour.submit(f"{path}/leave")

    async def is_unlisted() -> bool:
        return f'href="{path}"' not in (await neighbour.get("/volunteer")).text

    await eventually(is_unlisted)

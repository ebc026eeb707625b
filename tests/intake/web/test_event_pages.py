"""An event on its pages, without JavaScript: listed, joined, left, and what is told of it."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from services.intake.events.models import Event
from services.intake.residents import actions as register
from services.intake.residents.models import Details
from services.intake.web.events.flash_messages import reminded_at
from services.intake.web.kit.templating import environment
from services.notify.reminders.models import evening_before
from shared import clock
from shared.auth import Actor
from tests.intake.web.event_forms import ZONE, planned
from tests.intake.web.page_client import Visitor, told_on
from tests.support.api_clients import eventually
from tests.support.station import Place


async def test_a_resident_joins_shows_a_code_and_leaves(desk: Visitor, wisher: Visitor) -> None:
    path = await planned(desk)
    page = await wisher.send(f"{path}/join", role="guest")
    assert "留好了位置" in page.text
    assert "楼道大扫除" in (await wisher.see("/events?list=mine")).text
    assert "楼道大扫除" in (await wisher.see("/")).text
    page = await wisher.see(f"{path}/my-code")
    assert "<svg" in page.text
    assert re.search(r"[A-Z0-9]{3}&nbsp;[A-Z0-9]{3}", page.text)
    assert "签到时请出示" in page.text
    assert (await wisher.see(f"{path}/leave")).status_code == 200
    page = await wisher.send(f"{path}/leave")
    assert page.url.path == path
    assert f"{path}/join" in page.text


async def test_a_reminder_is_promised_only_while_it_is_still_to_come(
    desk: Visitor, wisher: Visitor
) -> None:
    event = Event(starts_at=clock.now(), time_zone="Asia/Shanghai")
    assert reminded_at(event) == evening_before(event.local_start)
    soon = await planned(desk, starts_in=timedelta(minutes=20))
    page = await wisher.send(f"{soon}/join", role="guest", insist="true")
    assert "留好了位置" in page.text
    assert "前一天" not in page.text
    later = await planned(desk)
    page = await wisher.send(f"{later}/join", role="guest", insist="true")
    assert "前一天" in page.text
    for path in (soon, later):
        await wisher.send(f"{path}/leave")


async def test_the_desk_is_told_who_gets_no_text_message(place: Place, desk: Visitor) -> None:
    async with place.house.intake.sessions.begin() as tx:
        nobody = Details(name="演示·无电话", phone=None, household_id=None)
        unreachable = (await register.register(tx, Actor.system(place.station), nobody)).id
    for resident, words in ((place.people["19900000004"], "短信"), (unreachable, "没有登记电话")):
        path = await planned(desk)
        page = await desk.send(f"{path}/join", role="guest", resident=str(resident))
        assert words in told_on(page.text)
        page = await desk.send(f"{path}/leave", resident=str(resident))
        assert "名额" in told_on(page.text)


async def test_a_link_cannot_claim_what_was_not_done(desk: Visitor, wisher: Visitor) -> None:
    path = await planned(desk)
    for done in ("cancelled", "closed", "planned", "joined", "left", "nonsense"):
        for visitor in (desk, wisher):
            assert told_on((await visitor.see(f"{path}?done={done}")).text) == "", done
    await wisher.send(f"{path}/join", role="guest", insist="true")
    assert told_on((await wisher.see(f"{path}?done=left")).text) == ""
    await wisher.send(f"{path}/leave")
    assert told_on((await wisher.see(f"{path}?done=joined")).text) == ""


async def test_a_second_tap_of_join_is_no_mistake(desk: Visitor, wisher: Visitor) -> None:
    path = await planned(desk)
    once = {"once": uuid4().hex, "role": "guest"}
    first = await wisher.client.post(f"{path}/join", data=once)
    second = await wisher.client.post(f"{path}/join", data=once)
    assert (first.status_code, second.status_code) == (303, 303)


async def test_another_event_at_that_time_is_asked_about_first(
    desk: Visitor, wisher: Visitor
) -> None:
    same = {"starts_in": timedelta(days=90)}
    first, second = await planned(desk, **same), await planned(desk, title="免费量血压", **same)
    await wisher.send(f"{first}/join", role="guest")
    page = await wisher.send(f"{second}/join", role="guest")
    assert page.status_code == 409
    assert "楼道大扫除" in page.text
    assert f'href="{second}"' in page.text
    page = await wisher.send(f"{second}/join", role="guest", insist="true")
    assert page.url.path == second
    for path in (first, second):
        await wisher.send(f"{path}/leave")


async def test_the_desk_joins_for_somebody_who_called(place: Place, desk: Visitor) -> None:
    path = await planned(desk)
    resident = place.people["19900000004"]
    assert path in (await desk.see(f"/desk/residents/{resident}/events")).text
    page = await desk.send(f"{path}/join", role="helper", resident=str(resident))
    assert page.url.path == f"/desk/residents/{resident}/events"
    assert "演示·4" in (await desk.see(f"{path}/door")).text
    other = await planned(desk, starts_in=timedelta(days=120))
    same = await planned(desk, starts_in=timedelta(days=120))
    await desk.send(f"{other}/join", role="helper", resident=str(resident))
    page = await desk.send(f"{same}/join", role="helper", resident=str(resident))
    assert page.status_code == 409
    assert f'href="/desk/residents/{resident}/events"' in page.text
    await desk.send(f"{other}/leave", resident=str(resident))
    page = await desk.send(f"{path}/leave", resident=str(resident))
    assert page.status_code == 200


async def test_nobody_but_the_desk_joins_for_others(
    place: Place, desk: Visitor, wisher: Visitor
) -> None:
    path = await planned(desk)
    other = str(place.people["19900000004"])
    assert (await wisher.send(f"{path}/join", role="guest", resident=other)).status_code == 404


async def test_the_next_event_is_one_to_go_to_still(
    place: Place, desk: Visitor, wisher: Visitor
) -> None:
    first = await planned(desk, starts_in=timedelta(minutes=20), title="先来的活动")
    second = await planned(desk, starts_in=timedelta(minutes=50), title="后来的活动")
    for path in (first, second):
        await wisher.send(f"{path}/join", role="guest", insist="true")
    assert "先来的活动" in (await wisher.see("/")).text
    resident = str(place.people["19900000001"])
    for act in ("in", "out"):
        await desk.send(f"{first}/door/people", resident=resident, act=act)
    page = await wisher.see("/")
    assert "先来的活动" not in page.text
    assert "后来的活动" in page.text
    await wisher.send(f"{second}/leave")


async def test_who_is_refused_a_place_reads_why_on_the_event_s_own_page(
    desk: Visitor, wisher: Visitor, neighbour: Visitor
) -> None:
    path = await planned(desk, guest_places="1", helper_places="0")
    await neighbour.send(f"{path}/join", role="guest", insist="true")
    page = await wisher.send(f"{path}/join", role="guest", insist="true")
    assert page.status_code == 409
    assert "名额已满" in page.text
    assert "3 栋楼下" in page.text
    page = await wisher.send(f"{path}/join", role="helper", insist="true")
    assert page.status_code == 422
    assert "没有这类名额" in page.text
    for page in (await wisher.send(f"{path}/leave"), await neighbour.send(f"{path}/join")):
        assert (page.status_code, page.url.path) == (200, path)
    assert (await wisher.see(f"{path}/my-code")).url.path == path


@pytest.mark.parametrize(("language", "written"), [("zh", "{}年"), ("en", " {},")])
def test_an_event_of_another_year_is_shown_with_its_year(language: str, written: str) -> None:
    begins = datetime(2026, 12, 31, 22, tzinfo=ZONE)
    event = Event(starts_at=begins, ends_at=begins + timedelta(hours=4), time_zone="Asia/Shanghai")
    for looked_at, years in ((begins, {2027}), (begins + timedelta(days=1), {2026})):
        with clock.frozen(looked_at):
            said = (
                environment(language)
                .from_string("{{ event|span }}")
                .render(event=event, language=language)
            )
        shown = said.partition(">")[2]
        assert {year for year in (2026, 2027) if written.format(year) in shown} == years


async def test_a_helper_sees_what_they_have_taken_on(desk: Visitor, neighbour: Visitor) -> None:
    path = await planned(desk, title="给老人送饭")
    await neighbour.send(f"{path}/join", role="helper", insist="true")

    async def heard() -> bool:
        return f'href="{path}"' in (await neighbour.see("/volunteer")).text

    await eventually(heard)
    page = await neighbour.see("/")
    assert 'href="/volunteer"' in page.text
    assert "我答应要做的事" in page.text
    await neighbour.send(f"{path}/leave")

    async def forgotten() -> bool:
        return f'href="{path}"' not in (await neighbour.see("/volunteer")).text

    await eventually(forgotten)

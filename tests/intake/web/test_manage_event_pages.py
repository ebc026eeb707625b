"""Tests of the pages on which staff create, edit, publish, cancel and close an event."""

import re
from datetime import timedelta

from shared import clock
from tests.intake.web.event_forms import ZONE, event_form, move_event_earlier, publish_event
from tests.support.page_client import PageClient, flash_message
from tests.support.station import StationFixture


def form_version(page: str) -> str:
    """Return the version in the form of an event."""
    match = re.search(r'name="version" value="(\d+)"', page)
    assert match is not None
    return match[1]


async def test_event_is_created_in_the_time_zone_of_the_station(
    desk: PageClient, anonymous: PageClient
) -> None:
    starts_at = clock.now().astimezone(ZONE) + timedelta(days=1)
    page = await desk.submit("/events/new", **event_form(starts_in=timedelta(days=1)))
    path = page.url.path
    assert f"{starts_at:%H:%M}" in page.text
    assert (await anonymous.get(path)).status_code == 404
    page = await desk.submit(f"{path}/publish")
    assert "已发布" in page.text
    for listing in ("/events", path):
        assert "楼道大扫除" in (await anonymous.get(listing)).text
    assert f"/sign-in?then={path}" in (await anonymous.get(path)).text


async def test_invalid_fields_show_errors_and_input_stays(desk: PageClient) -> None:
    mistakes = (
        {"title": ""},
        {"starts_at": "soon"},
        {"guest_places": "0", "helper_places": "0"},
    )
    for mistake in mistakes:
        page = await desk.submit("/events/new", **{**event_form(), **mistake})
        assert page.status_code == 422
        assert "field-error" in page.text
        assert "3 栋楼下" in page.text


async def test_second_of_two_concurrent_edits_shows_conflict_and_retries(desk: PageClient) -> None:
    page = await desk.submit("/events/new", **event_form())
    path = page.url.path
    first = form_version((await desk.get(f"{path}/edit")).text)
    mine = event_form(title="大扫除", version=first)
    assert (await desk.submit(f"{path}/edit", **mine)).status_code == 200
    theirs = event_form(title="别的", place="广场", version=first)
    page = await desk.submit(f"{path}/edit", **{**theirs, "guest_places": "many"})
    assert form_version(page.text) == first
    page = await desk.submit(f"{path}/edit", **theirs)
    assert page.status_code == 412
    for words in ('value="别的"', 'value="广场"', "<dd>大扫除</dd>", "<dd>3 栋楼下</dd>"):
        assert words in page.text
    page = await desk.submit(f"{path}/edit", **{**theirs, "version": form_version(page.text)})
    assert page.status_code == 200
    assert "别的" in page.text


async def test_input_stays_when_the_event_has_changed_meanwhile(
    desk: PageClient,
) -> None:
    path = await publish_event(desk)
    page = await desk.submit(f"{path}/close", result="扫了三栋楼")
    assert page.status_code == 409
    assert "扫了三栋楼" in page.text
    assert "活动还没开始。如果不办了，请取消它。" in page.text
    await desk.submit(f"{path}/cancel", reason="下大雨")
    page = await desk.submit(f"{path}/cancel", reason="下大雪")
    assert page.status_code == 409
    assert "下大雪" in page.text
    page = await desk.submit(f"{path}/edit", guest_places="7", version="9")
    assert page.status_code == 412
    assert 'value="7"' in page.text
    page = await desk.submit(f"{path}/publish")
    assert page.status_code == 409
    assert "楼道大扫除" in page.text
    for act in ("edit", "cancel", "close"):
        assert (await desk.get(f"{path}/{act}")).url.path == path


async def test_published_event_form_omits_the_fixed_fields(desk: PageClient) -> None:
    path = await publish_event(desk)
    form = (await desk.get(f"{path}/edit")).text
    for name in ("kind", "title", "place", "starts_at", "ends_at"):
        assert f'name="{name}"' not in form
    fields = {"guest_places": "7", "helper_places": "2", "summary": "带手套"}
    fields["version"] = form_version(form)
    page = await desk.submit(f"{path}/edit", **fields, title="别的", starts_at="2000-01-01T10:00")
    assert page.status_code == 200
    for words in ("楼道大扫除", "带手套", "7"):
        assert words in page.text


async def test_cancel_has_a_confirmation_page(desk: PageClient, wisher: PageClient) -> None:
    path = await publish_event(desk)
    assert "没有人报名" in (await desk.get(f"{path}/cancel")).text
    await wisher.submit(f"{path}/join", role="guest")
    assert "有 1 人报了名" in (await desk.get(f"{path}/cancel")).text
    assert (await desk.submit(f"{path}/cancel")).status_code == 422
    page = await desk.submit(f"{path}/cancel", reason="下大雨")
    assert "活动已取消" in flash_message(page.text)
    page = await wisher.get(path)
    assert "下大雨" in page.text
    assert f"{path}/join" not in page.text
    assert "名额" not in page.text


async def test_dropped_draft_stays_private(desk: PageClient, anonymous: PageClient) -> None:
    page = await desk.submit("/events/new", **event_form())
    path = page.url.path
    assert "还没有公开" in (await desk.get(f"{path}/cancel")).text
    page = await desk.submit(f"{path}/cancel", reason="场地没有了")
    assert "不办了" in flash_message(page.text)
    assert (await anonymous.get(path)).status_code == 404


async def test_closed_event_shows_attendance_and_result(
    demo_station: StationFixture, desk: PageClient, wisher: PageClient, neighbour: PageClient
) -> None:
    path = await publish_event(desk, starts_in=timedelta(minutes=20))
    for guest in (wisher, neighbour):
        await guest.submit(f"{path}/join", role="guest", insist="true")
    assert f"{path}/close" not in (await desk.get(path)).text
    resident = str(demo_station.people["19900000001"])
    await desk.submit(f"{path}/check-in/people", resident=resident, act="in")
    await move_event_earlier(demo_station, path, timedelta(hours=3))
    page = await desk.get(path)
    assert f"{path}/close" in page.text
    assert f"{path}/cancel" not in page.text
    page = await desk.get(f"{path}/close")
    assert "有 1 人签到后还没签退" in page.text
    assert "有 1 人没有签到" in page.text
    page = await desk.submit(f"{path}/close", result="扫了三栋楼")
    assert "活动已结束" in flash_message(page.text)
    assert "您到场了" in (await wisher.get(path)).text
    page = await neighbour.get(path)
    assert "没有您的签到记录" in page.text
    assert "扫了三栋楼" in page.text

"""An event as the desk runs it on pages, without JavaScript: planned, changed, ended."""

import re
from datetime import timedelta

from shared import clock
from tests.intake.web.event_forms import ZONE, brought_forward, plan, planned
from tests.intake.web.page_client import Visitor, told_on
from tests.support.station import Place


def version_in(page: str) -> str:
    """The version that the form of an event was made of."""
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found is not None
    return found[1]


async def test_an_event_is_planned_in_the_station_s_own_time(
    desk: Visitor, anybody: Visitor
) -> None:
    begins = clock.now().astimezone(ZONE) + timedelta(days=1)
    page = await desk.send("/events/new", **plan(starts_in=timedelta(days=1)))
    path = page.url.path
    assert f"{begins:%H:%M}" in page.text
    assert (await anybody.see(path)).status_code == 404
    page = await desk.send(f"{path}/publish")
    assert "已发布" in page.text
    for where in ("/events", path):
        assert "楼道大扫除" in (await anybody.see(where)).text
    assert f"/sign-in?then={path}" in (await anybody.see(path)).text


async def test_mistakes_in_a_plan_are_told_at_the_field_and_input_is_kept(desk: Visitor) -> None:
    mistakes = (
        {"title": ""},
        {"starts_at": "soon"},
        {"guest_places": "0", "helper_places": "0"},
    )
    for wrong in mistakes:
        page = await desk.send("/events/new", **{**plan(), **wrong})
        assert page.status_code == 422
        assert "field-error" in page.text
        assert "3 栋楼下" in page.text


async def test_of_two_who_edit_at_once_the_second_is_told_and_tries_again(desk: Visitor) -> None:
    page = await desk.send("/events/new", **plan())
    path = page.url.path
    first = version_in((await desk.see(f"{path}/edit")).text)
    mine = plan(title="大扫除", version=first)
    assert (await desk.send(f"{path}/edit", **mine)).status_code == 200
    theirs = plan(title="别的", place="广场", version=first)
    page = await desk.send(f"{path}/edit", **{**theirs, "guest_places": "many"})
    assert version_in(page.text) == first
    page = await desk.send(f"{path}/edit", **theirs)
    assert page.status_code == 412
    for words in ('value="别的"', 'value="广场"', "<dd>大扫除</dd>", "<dd>3 栋楼下</dd>"):
        assert words in page.text
    page = await desk.send(f"{path}/edit", **{**theirs, "version": version_in(page.text)})
    assert page.status_code == 200
    assert "别的" in page.text


async def test_words_are_kept_where_an_event_changed_before_they_were_sent(desk: Visitor) -> None:
    path = await planned(desk)
    page = await desk.send(f"{path}/close", result="扫了三栋楼")
    assert page.status_code == 409
    assert "扫了三栋楼" in page.text
    assert "活动还没开始。如果不办了，请取消它。" in page.text
    await desk.send(f"{path}/cancel", reason="下大雨")
    page = await desk.send(f"{path}/cancel", reason="下大雪")
    assert page.status_code == 409
    assert "下大雪" in page.text
    page = await desk.send(f"{path}/edit", guest_places="7", version="9")
    assert page.status_code in (409, 412)
    assert 'value="7"' in page.text
    page = await desk.send(f"{path}/publish")
    assert page.status_code == 409
    assert "楼道大扫除" in page.text
    for act in ("edit", "cancel", "close"):
        assert (await desk.see(f"{path}/{act}")).url.path == path


async def test_what_is_announced_is_not_asked_again_once_published(desk: Visitor) -> None:
    path = await planned(desk)
    form = (await desk.see(f"{path}/edit")).text
    for name in ("kind", "title", "place", "starts_at", "ends_at"):
        assert f'name="{name}"' not in form
    said = {"guest_places": "7", "helper_places": "2", "summary": "带手套"}
    said["version"] = version_in(form)
    page = await desk.send(f"{path}/edit", **said, title="别的", starts_at="2000-01-01T10:00")
    assert page.status_code == 200
    for words in ("楼道大扫除", "带手套", "7"):
        assert words in page.text


async def test_what_cannot_be_undone_has_a_check_page(desk: Visitor, wisher: Visitor) -> None:
    path = await planned(desk)
    assert "没有人报名" in (await desk.see(f"{path}/cancel")).text
    await wisher.send(f"{path}/join", role="guest")
    assert "有 1 人报了名" in (await desk.see(f"{path}/cancel")).text
    assert (await desk.send(f"{path}/cancel")).status_code == 422
    page = await desk.send(f"{path}/cancel", reason="下大雨")
    assert "活动已取消" in told_on(page.text)
    page = await wisher.see(path)
    assert "下大雨" in page.text
    assert f"{path}/join" not in page.text
    assert "名额" not in page.text


async def test_a_plan_is_dropped_in_silence(desk: Visitor, anybody: Visitor) -> None:
    page = await desk.send("/events/new", **plan())
    path = page.url.path
    assert "还没有公开" in (await desk.see(f"{path}/cancel")).text
    page = await desk.send(f"{path}/cancel", reason="场地没有了")
    assert "不办了" in told_on(page.text)
    assert (await anybody.see(path)).status_code == 404


async def test_an_event_is_closed_with_what_came_of_it(
    place: Place, desk: Visitor, wisher: Visitor, neighbour: Visitor
) -> None:
    path = await planned(desk, starts_in=timedelta(minutes=20))
    for guest in (wisher, neighbour):
        await guest.send(f"{path}/join", role="guest", insist="true")
    assert f"{path}/close" not in (await desk.see(path)).text
    resident = str(place.people["19900000001"])
    await desk.send(f"{path}/door/people", resident=resident, act="in")
    await brought_forward(place, path, timedelta(hours=3))
    page = await desk.see(path)
    assert f"{path}/close" in page.text
    assert f"{path}/cancel" not in page.text
    page = await desk.see(f"{path}/close")
    assert "有 1 人签到后还没签退" in page.text
    assert "有 1 人没有签到" in page.text
    page = await desk.send(f"{path}/close", result="扫了三栋楼")
    assert "活动已结束" in told_on(page.text)
    assert "您到场了" in (await wisher.see(path)).text
    page = await neighbour.see(path)
    assert "没有您的签到记录" in page.text
    assert "扫了三栋楼" in page.text

"""Tests of the check-in desk: by code, by name, and from a list on paper."""

import re
from datetime import timedelta

import pytest

from services.intake.events import queries
from tests.intake.web.event_forms import move_event_earlier, publish_event
from tests.support.page_client import PageClient, flash_message
from tests.support.station import StationFixture

STARTS_AFTER = timedelta(minutes=20)
PHONES = "19900000001", "19900000003"


async def test_desk_checks_in_by_code_and_by_name(
    demo_station: StationFixture, desk: PageClient, wisher: PageClient, neighbour: PageClient
) -> None:
    path = await publish_event(desk, starts_in=timedelta(minutes=20))
    await wisher.submit(f"{path}/join", role="helper", insist="true")
    await neighbour.submit(f"{path}/join", role="guest", insist="true")
    code = await read_code(wisher, path)
    assert f'value="{code}"' in (await desk.get(f"{path}/check-in?code={code}")).text
    page = await desk.submit(f"{path}/check-in", code=code.lower())
    assert "演示·1 已签到" in page.text
    assert "没有变化" in (await desk.submit(f"{path}/check-in", code=code)).text
    page = await desk.submit(f"{path}/check-in", code="333333")
    assert page.status_code == 422
    page = await desk.submit(
        f"{path}/check-in/people", resident=str(demo_station.people["19900000003"]), act="in"
    )
    assert "演示·3 已签到" in page.text
    assert "离开时请出示" in (await wisher.get(f"{path}/my-code")).text
    assert (await wisher.get(f"{path}/check-in")).status_code == 403


async def test_check_in_an_hour_early_shows_when_it_opens(
    desk: PageClient, wisher: PageClient
) -> None:
    path = await publish_event(desk, starts_in=timedelta(minutes=90))
    await wisher.submit(f"{path}/join", role="guest", insist="true")
    page = await desk.submit(f"{path}/check-in", code=await read_code(wisher, path))
    assert page.status_code == 409
    assert "30 分钟" in page.text
    await wisher.submit(f"{path}/leave")


async def read_code(participant: PageClient, path: str) -> str:
    """Return the check-in code that a participant's page shows for the event at `path`."""
    page = await participant.get(f"{path}/my-code")
    match = re.search(r"([A-Z0-9]{3})&nbsp;([A-Z0-9]{3})", page.text)
    assert match is not None
    return "".join(match.groups())


async def create_joined_event(
    demo_station: StationFixture, desk: PageClient, *phones: str
) -> tuple[str, list[str]]:
    """Publish an event that starts soon, join `phones`; return its path and the residents' ids."""
    path = await publish_event(desk, starts_in=STARTS_AFTER)
    ids = [str(demo_station.people[phone]) for phone in phones]
    for resident in ids:
        await desk.submit(f"{path}/join", role="guest", resident=resident, insist="true")
    return path, ids


def find_row(page: str, name: str) -> str:
    """Return the list row of the person called `name`."""
    rows: list[str] = [row for row in re.findall(r"<li>.*?</li>", page, re.DOTALL) if name in row]
    assert rows, f"{name} is not on the list"
    return rows[-1]


async def test_undone_check_in_makes_participant_expected_again(
    demo_station: StationFixture, desk: PageClient
) -> None:
    path, (resident,) = await create_joined_event(demo_station, desk, "19900000001")
    page = await desk.submit(f"{path}/check-in/people", resident=resident, act="in")
    assert 'value="undo"' in find_row(page.text, "演示·1")
    page = await desk.submit(f"{path}/check-in/people", resident=resident, act="undo")
    assert "演示·1" in flash_message(page.text)
    row = find_row(page.text, "演示·1")
    assert 'value="in"' in row
    assert 'value="undo"' not in row
    page = await desk.submit(f"{path}/check-in/people", resident=resident, act="undo")
    assert page.status_code == 409
    await desk.submit(f"{path}/leave", resident=resident)


async def test_participant_checks_out_by_code_shortly_after_the_end(
    demo_station: StationFixture, desk: PageClient, wisher: PageClient
) -> None:
    path, (resident,) = await create_joined_event(demo_station, desk, "19900000001")
    await desk.submit(f"{path}/check-in/people", resident=resident, act="in")
    await move_event_earlier(demo_station, path, timedelta(hours=2))
    assert 'id="field-code"' in (await desk.get(f"{path}/check-in")).text
    page = await desk.submit(f"{path}/check-in", code=await read_code(wisher, path))
    assert "已签退" in flash_message(page.text)


async def test_paper_list_is_accepted_after_the_event_and_after_its_closing(
    demo_station: StationFixture, desk: PageClient
) -> None:
    path, (first, second) = await create_joined_event(demo_station, desk, *PHONES)
    assert "minutes" not in find_row((await desk.get(f"{path}/check-in")).text, "演示·1")
    await move_event_earlier(demo_station, path, timedelta(hours=3))
    page = await desk.submit(f"{path}/check-in/people", resident=first, act="out", minutes="45")
    assert "45" in flash_message(page.text)
    page = await desk.submit(f"{path}/close", result="扫了三栋楼")
    assert "扫了三栋楼" in page.text
    page = await desk.get(f"{path}/check-in")
    assert "minutes" not in find_row(page.text, "演示·1")
    assert 'name="minutes"' in find_row(page.text, "演示·3")
    page = await desk.submit(f"{path}/check-in/people", resident=second, act="out", minutes="30")
    assert "30" in flash_message(page.text)
    assert 'name="minutes"' not in page.text


async def test_paper_list_is_refused_after_thirty_days(
    demo_station: StationFixture, desk: PageClient
) -> None:
    path, (resident,) = await create_joined_event(demo_station, desk, "19900000001")
    await move_event_earlier(demo_station, path, timedelta(hours=3))
    await desk.submit(f"{path}/close")
    await move_event_earlier(demo_station, path, timedelta(days=31))
    assert 'name="minutes"' not in (await desk.get(f"{path}/check-in")).text
    page = await desk.submit(f"{path}/check-in/people", resident=resident, act="out", minutes="30")
    assert page.status_code == 409


async def test_invalid_minutes_stay_in_the_field_with_an_error(
    demo_station: StationFixture, desk: PageClient
) -> None:
    path, (first, _) = await create_joined_event(demo_station, desk, *PHONES)
    await move_event_earlier(demo_station, path, timedelta(hours=3))
    for minutes in ("4000", "eine"):
        page = await desk.submit(
            f"{path}/check-in/people", resident=first, act="out", minutes=minutes
        )
        assert page.status_code == 422
        assert 'href="#field-minutes"' in page.text
        assert page.text.count('id="field-minutes"') == 1
        row = find_row(page.text, "演示·1")
        assert "field-error" in row
        assert f'value="{minutes}"' in row
        assert "field-error" not in find_row(page.text, "演示·3")


async def test_truncated_list_shows_that_it_is_truncated(
    demo_station: StationFixture, desk: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, ids = await create_joined_event(demo_station, desk, *PHONES)
    assert 'class="cut' not in (await desk.get(f"{path}/check-in")).text
    monkeypatch.setattr(queries, "MAX_CHECK_IN_LIST", 1)
    page = await desk.get(f"{path}/check-in")
    assert 'class="cut' in page.text
    assert "演示·3" not in page.text
    for resident in ids:
        await desk.submit(f"{path}/leave", resident=resident)


async def test_walk_in_joins_at_the_desk_and_returns_to_check_in(
    demo_station: StationFixture, desk: PageClient
) -> None:
    path = await publish_event(desk, starts_in=STARTS_AFTER)
    event, resident = path.rpartition("/")[2], demo_station.people["19900000004"]
    assert f'href="/desk?event={event}"' in (await desk.get(f"{path}/check-in")).text
    events_path = f"/desk/residents/{resident}/events?event={event}"
    page = await desk.get(f"/desk?event={event}")
    assert page.text.count(f'name="event" value="{event}"') == 2
    for search in (
        {"phone": "19900000004"},
        {"building": "3", "unit": "2", "number": "501"},
    ):
        search_path = "by-phone" if "phone" in search else "by-home"
        page = await desk.submit(f"/desk/{search_path}", event=event, **search)
        assert f'href="{events_path}"' in page.text
    page = await desk.get(events_path)
    assert f'action="{path}/join"' in page.text.split('<li class="card">')[1]
    page = await desk.submit(f"{path}/join", role="guest", resident=str(resident), insist="true")
    assert f'href="{path}/check-in"' in page.text
    assert "演示·4" in (await desk.get(f"{path}/check-in")).text
    await desk.submit(f"{path}/leave", resident=str(resident))


async def test_cancelled_event_has_no_check_in_desk(desk: PageClient) -> None:
    path = await publish_event(desk)
    await desk.submit(f"{path}/cancel", reason="下大雨")
    assert (await desk.get(f"{path}/check-in")).url.path == path

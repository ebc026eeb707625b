"""CloudEvents over HTTP are accepted, or refused with the reason."""

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from services.intake.gateway.rate_limits import RATE_LIMITER, RateLimiter
from services.intake.settings import IntakeSettings
from shared import clock
from shared.ids import new_id
from tests.intake.publishers.partner_client import (
    ALL_GRANTS,
    BATCH_HEADERS,
    FULFILLED,
    JOINED,
    STOPPED,
    STRUCTURED_HEADERS,
    PartnerClient,
)
from tests.intake.station_client import StationClient

STOPPAGE = {"building": "3", "lift": "左"}


def to_binary_mode(event: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    """Convert an event to the binary mode: its data, and its attributes as headers."""
    attributes = {f"ce-{name}": str(value) for name, value in event.items() if name != "data"}
    return json.dumps(event["data"]).encode(), {"Content-Type": "application/json", **attributes}


def problem_of(answer: Any) -> tuple[int, str]:
    """Return the status and the title of a problem."""
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["title"]


async def test_structured_binary_and_batched_events_are_accepted(
    partner_client: PartnerClient,
) -> None:
    events = [partner_client.make_event(STOPPED, STOPPAGE, subject="lifts/3-左") for _ in range(4)]
    structured = await partner_client.send(events[0])
    body, headers = to_binary_mode({**events[1], "subject": "lifts/3-%E5%B7%A6"})
    in_binary = await partner_client.send(body, headers)
    batched = await partner_client.send(events[2:], BATCH_HEADERS)

    assert [answer.status_code for answer in (structured, in_binary, batched)] == [202] * 3
    assert [len(answer.json()) for answer in (structured, in_binary, batched)] == [1, 1, 2]
    assert (await partner_client.fetch_result(structured))["state"] == "done"
    passed_on = [
        m for m in await partner_client.station_client.list_messages() if m.type == STOPPED
    ]
    assert {m.causationid for m in passed_on} == {event["id"] for event in events}
    assert {(m.source, m.subject) for m in passed_on} == {
        (f"/partners/{partner_client.name}", "lifts/3-左")
    }
    assert [m.data for m in passed_on] == [STOPPAGE] * 4


async def test_a_repeat_is_marked_and_changes_nothing(partner_client: PartnerClient) -> None:
    event = partner_client.make_event(STOPPED, STOPPAGE)
    first = (await partner_client.send(event)).json()
    await partner_client.station_client.runtime.consumer.retry_worker.run_due()
    body, headers = to_binary_mode(event)
    again = (await partner_client.send(body, headers)).json()
    twice = (await partner_client.send([event, event], BATCH_HEADERS)).json()

    assert [one["repeated"] for one in (*first, *again, *twice)] == [False, True, True, True]
    assert {one["key"] for one in (*first, *again, *twice)} == {first[0]["key"]}
    await partner_client.station_client.runtime.consumer.retry_worker.run_due()
    assert (
        len([m for m in await partner_client.station_client.list_messages() if m.type == STOPPED])
        == 1
    )


@pytest.mark.parametrize(
    ("wrong", "status", "sentence"),
    [
        ({"source": "/partners/somebody-else"}, 403, "A publisher speaks for its own source only"),
        ({"source": "/services/intake"}, 403, "A publisher speaks for its own source only"),
        ({"type": "linli.wish.granted.v1"}, 422, "No messages of this type"),
        ({"type": "linli.points.awarded.v1"}, 422, "No messages of this type"),
        ({"type": "ext.property.lift-painted.v1"}, 403, "may not publish messages of this type"),
        ({"type": JOINED, "data": {"event_id": "x"}}, 422, "event_id (uuid_parsing)"),
        ({"type": FULFILLED, "data": {"minutes": 0}}, 422, "minutes (greater_than_equal)"),
        ({"id": ""}, 422, "id (string_too_short)"),
        ({"id": "x" * 256}, 422, "id ("),
        ({"specversion": "0.3"}, 422, "specversion"),
        ({"time": "yesterday"}, 422, "time"),
        ({"time": 1_700_000_000}, 422, "time"),
        ({"station": str(new_id())}, 422, "station (another than the publisher's)"),
        ({"data": "text"}, 422, "data ("),
        ({"data": {"lift": ["\x00"]}}, 422, "control characters"),
        ({"data": {"lift\x07": 1}}, 422, "control characters"),
        ({"type": FULFILLED, "data": {"minutes": True}}, 422, "minutes (int_type)"),
    ],
)
async def test_an_invalid_event_is_refused_with_the_reason(
    partner_client: PartnerClient, wrong: dict[str, Any], status: int, sentence: str
) -> None:
    good, bad = (
        partner_client.make_event(STOPPED, STOPPAGE),
        {**partner_client.make_event(STOPPED, STOPPAGE), **wrong},
    )
    headers = {**STRUCTURED_HEADERS, "Accept-Language": "en"}
    code, title = problem_of(await partner_client.send(bad, headers))
    assert code == status
    assert sentence in title
    batch = await partner_client.send([good, bad], {**BATCH_HEADERS, "Accept-Language": "en"})
    assert problem_of(batch)[0] == status
    assert batch.json()["detail"].startswith("It is message 2 of the batch")
    assert (await partner_client.call("GET", "/messages")).json() == []


async def test_events_too_old_or_in_the_future_are_refused(
    partner_client: PartnerClient,
) -> None:
    for age in (timedelta(days=31), -timedelta(hours=1)):
        event = partner_client.make_event(STOPPED, STOPPAGE, time=(clock.now() - age).isoformat())
        assert problem_of(await partner_client.send(event))[0] == 422
    event = partner_client.make_event(
        STOPPED, STOPPAGE, time=(clock.now() - timedelta(days=29)).isoformat()
    )
    assert (await partner_client.send(event)).status_code == 202


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/cloudevents+json", 422),
        (b"[" * 30_000, "application/cloudevents+json", 422),
        (b"{}", "application/cloudevents-batch+json", 400),
        (b"[", "application/cloudevents-batch+json", 400),
        (b"[" * 30_000, "application/cloudevents-batch+json", 400),
        (b"[]", "application/cloudevents-batch+json", 422),
        (b"[1]", "application/cloudevents-batch+json", 422),
        (b"[" + b",".join([b"{}"] * 101) + b"]", "application/cloudevents-batch+json", 422),
        (b"{}", "application/json", 415),
        (b"{}", "text/plain", 415),
        (b"x" * 70_000, "application/cloudevents+json", 413),
    ],
)
async def test_a_body_that_is_no_event_is_refused(
    partner_client: PartnerClient, content: bytes, kind: str, status: int
) -> None:
    assert problem_of(await partner_client.send(content, {"Content-Type": kind}))[0] == status


async def test_attributes_in_headers_are_decoded(
    partner_client: PartnerClient,
) -> None:
    event = partner_client.make_event(STOPPED, STOPPAGE)
    body, headers = to_binary_mode({**event, "subject": '"lifts/\\"3\\" %E5%B7%A6"'})
    assert (await partner_client.send(body, headers)).status_code == 202
    await partner_client.station_client.runtime.consumer.retry_worker.run_due()
    assert [m.subject for m in await partner_client.station_client.list_messages()] == [
        'lifts/"3" 左'
    ]
    twice = [
        *headers.items(),
        ("Authorization", f"Bearer {partner_client.key}"),
        ("ce-id", "another"),
    ]
    answer = await partner_client.station_client.client.post(
        "/api/v1/messages", content=body, headers=twice
    )
    assert problem_of(answer)[0] == 422


async def test_concurrent_batches_in_opposite_orders_store_each_event_once(
    partner_client: PartnerClient,
) -> None:
    events = [partner_client.make_event(STOPPED, STOPPAGE) for _ in range(40)]
    answers = await asyncio.gather(
        *(partner_client.send(batch, BATCH_HEADERS) for batch in [events, events[::-1]] * 3)
    )
    assert [answer.status_code for answer in answers] == [202] * 6
    fresh = [one for answer in answers for one in answer.json() if not one["repeated"]]
    assert len(fresh) == len({one["key"] for one in fresh}) == 40


async def test_the_status_of_a_message_is_listed_by_its_own_id(
    partner_client: PartnerClient,
) -> None:
    event = partner_client.make_event(STOPPED, STOPPAGE)
    answer = await partner_client.send(event)
    (status,) = (await partner_client.call("GET", "/messages", params={"id": event["id"]})).json()
    assert (status["state"], status["id"]) == ("retry", event["id"])
    result = await partner_client.fetch_result(answer)
    assert (await partner_client.call("GET", "/messages", params={"id": event["id"]})).json() == [
        result
    ]
    assert (await partner_client.call("GET", "/messages", params={"id": "nothing"})).json() == []


async def test_a_key_in_a_cookie_is_refused(partner_client: PartnerClient) -> None:
    content = json.dumps(partner_client.make_event(STOPPED, STOPPAGE))
    headers = {**STRUCTURED_HEADERS, "Cookie": f"linli_session={partner_client.key}"}
    answer = await partner_client.station_client.client.post(
        "/api/v1/messages", content=content, headers=headers
    )
    assert problem_of(answer)[0] == 401


async def test_only_publishers_publish_and_publishers_do_nothing_else(
    partner_client: PartnerClient, station_client: StationClient
) -> None:
    event = json.dumps(partner_client.make_event(STOPPED, STOPPAGE))
    for somebody, status in (
        (station_client.desk, 403),
        (station_client.admin, 403),
        (station_client.with_invalid_token(), 401),
    ):
        answer = await somebody.call("POST", "/messages", content=event, headers=STRUCTURED_HEADERS)
        assert answer.status_code == status
    for path in ("/me", "/wishes", "/events", "/residents", "/publishers"):
        assert (await partner_client.api_client.get(path)).status_code == 403, path


async def test_a_key_publishes_its_types_until_it_ends(
    partner_client: PartnerClient, station_client: StationClient
) -> None:
    keys = f"/publishers/{partner_client.id}/keys"
    narrow = (await station_client.admin.post(keys, {"types": [STOPPED]})).json()
    narrowed = partner_client.with_key(narrow["key"])
    assert (await narrowed.send(partner_client.make_event(STOPPED, STOPPAGE))).status_code == 202
    wish = partner_client.make_event(FULFILLED, {"wish_id": str(new_id()), "minutes": 5})
    assert problem_of(await narrowed.send(wish))[0] == 403

    rotated = (await station_client.admin.post(f"{keys}/{narrow['id']}/rotate")).json()
    both = [narrowed, partner_client.with_key(rotated["key"])]
    sent = [await one.send(partner_client.make_event(STOPPED, STOPPAGE)) for one in both]
    assert [answer.status_code for answer in sent] == [202, 202]
    at_once = await station_client.admin.post(
        f"{keys}/{rotated['id']}/rotate", {"overlap_hours": 0}
    )
    assert at_once.json()["types"] == [STOPPED]
    assert problem_of(await both[1].send(partner_client.make_event(STOPPED, STOPPAGE)))[0] == 401
    last = partner_client.with_key(at_once.json()["key"])
    assert (await last.send(partner_client.make_event(STOPPED, STOPPAGE))).status_code == 202
    assert (
        await station_client.admin.post(f"{keys}/{at_once.json()['id']}/end")
    ).status_code == 200
    assert problem_of(await last.send(partner_client.make_event(STOPPED, STOPPAGE)))[0] == 401
    assert (
        await station_client.admin.post(f"{keys}/{at_once.json()['id']}/end")
    ).status_code == 409


async def test_an_event_is_refused_after_its_grant_ends(
    partner_client: PartnerClient, station_client: StationClient
) -> None:
    grants = [grant for grant in ALL_GRANTS if grant["type"] != STOPPED]
    changed = await station_client.admin.put(
        f"/publishers/{partner_client.id}/grants", {"grants": grants}
    )
    assert changed.status_code == 200, changed.text
    assert (
        problem_of(await partner_client.send(partner_client.make_event(STOPPED, STOPPAGE)))[0]
        == 403
    )


@pytest.fixture
def limited_to_three(partner_client: PartnerClient) -> Iterator[None]:
    """Limit a publisher to three messages a minute."""
    state, settings = (
        partner_client.station_client.runtime.app.state,
        partner_client.station_client.runtime.settings,
    )
    assert isinstance(settings, IntakeSettings)
    usual = RATE_LIMITER.get(state)
    RATE_LIMITER.set(state, RateLimiter(settings.model_copy(update={"rate_publisher": 3})))
    yield
    RATE_LIMITER.set(state, usual)


@pytest.mark.usefixtures("limited_to_three")
async def test_a_publisher_s_messages_are_limited_by_the_minute(
    partner_client: PartnerClient,
) -> None:
    batch = [partner_client.make_event(STOPPED, STOPPAGE) for _ in range(2)]
    assert (await partner_client.send(batch, BATCH_HEADERS)).status_code == 202
    answer = await partner_client.send(
        [partner_client.make_event(STOPPED, STOPPAGE) for _ in range(2)], BATCH_HEADERS
    )
    assert problem_of(answer)[0] == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert (
        await partner_client.send(partner_client.make_event(STOPPED, STOPPAGE))
    ).status_code == 202

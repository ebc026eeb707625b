"""CloudEvents over HTTP: what is taken, and what is refused with which reason."""

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from services.intake.gateway.rate_limits import Rates
from services.intake.settings import IntakeSettings
from shared import clock
from shared.ids import new_id
from tests.intake.publishers.partner_client import (
    BATCH,
    EVERYTHING,
    FULFILLED,
    JOINED,
    STOPPED,
    STRUCTURED,
    Machine,
)
from tests.intake.station_client import Scene, Visitor

STOPPAGE = {"building": "3", "lift": "左"}


def binary(event: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    """The same event in the binary mode: its data, and its attributes as headers."""
    attributes = {f"ce-{name}": str(value) for name, value in event.items() if name != "data"}
    return json.dumps(event["data"]).encode(), {"Content-Type": "application/json", **attributes}


def refused(answer: Any) -> tuple[int, str]:
    """The status and the sentence of a problem."""
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["title"]


async def test_structured_binary_and_batched_events_are_taken(machine: Machine) -> None:
    events = [machine.event(STOPPED, STOPPAGE, subject="lifts/3-左") for _ in range(4)]
    structured = await machine.send(events[0])
    body, headers = binary({**events[1], "subject": "lifts/3-%E5%B7%A6"})
    in_binary = await machine.send(body, headers)
    batched = await machine.send(events[2:], BATCH)

    assert [answer.status_code for answer in (structured, in_binary, batched)] == [202] * 3
    assert [len(answer.json()) for answer in (structured, in_binary, batched)] == [1, 1, 2]
    assert (await machine.fate(structured))["state"] == "done"
    passed_on = [m for m in await machine.scene.messages() if m.type == STOPPED]
    assert {m.causationid for m in passed_on} == {event["id"] for event in events}
    assert {(m.source, m.subject) for m in passed_on} == {
        (f"/partners/{machine.name}", "lifts/3-左")
    }
    assert [m.data for m in passed_on] == [STOPPAGE] * 4


async def test_a_repeat_is_told_and_changes_nothing(machine: Machine) -> None:
    event = machine.event(STOPPED, STOPPAGE)
    first = (await machine.send(event)).json()
    await machine.scene.runtime.consumer.retries.run_due()
    body, headers = binary(event)
    again = (await machine.send(body, headers)).json()
    twice = (await machine.send([event, event], BATCH)).json()

    assert [one["repeated"] for one in (*first, *again, *twice)] == [False, True, True, True]
    assert {one["key"] for one in (*first, *again, *twice)} == {first[0]["key"]}
    await machine.scene.runtime.consumer.retries.run_due()
    assert len([m for m in await machine.scene.messages() if m.type == STOPPED]) == 1


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
async def test_what_can_not_be_taken_is_refused_with_the_reason(
    machine: Machine, wrong: dict[str, Any], status: int, sentence: str
) -> None:
    good, bad = machine.event(STOPPED, STOPPAGE), {**machine.event(STOPPED, STOPPAGE), **wrong}
    headers = {**STRUCTURED, "Accept-Language": "en"}
    code, title = refused(await machine.send(bad, headers))
    assert code == status
    assert sentence in title
    batch = await machine.send([good, bad], {**BATCH, "Accept-Language": "en"})
    assert refused(batch)[0] == status
    assert batch.json()["detail"].startswith("It is message 2 of the batch")
    assert (await machine.call("GET", "/messages")).json() == []


async def test_old_messages_and_those_of_the_future_are_no_replays(machine: Machine) -> None:
    for age in (timedelta(days=31), -timedelta(hours=1)):
        event = machine.event(STOPPED, STOPPAGE, time=(clock.now() - age).isoformat())
        assert refused(await machine.send(event))[0] == 422
    event = machine.event(STOPPED, STOPPAGE, time=(clock.now() - timedelta(days=29)).isoformat())
    assert (await machine.send(event)).status_code == 202


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
async def test_bodies_that_are_no_events_are_refused(
    machine: Machine, content: bytes, kind: str, status: int
) -> None:
    assert refused(await machine.send(content, {"Content-Type": kind}))[0] == status


async def test_attributes_in_headers_are_read_as_the_binding_says(machine: Machine) -> None:
    event = machine.event(STOPPED, STOPPAGE)
    body, headers = binary({**event, "subject": '"lifts/\\"3\\" %E5%B7%A6"'})
    assert (await machine.send(body, headers)).status_code == 202
    await machine.scene.runtime.consumer.retries.run_due()
    assert [m.subject for m in await machine.scene.messages()] == ['lifts/"3" 左']
    twice = [*headers.items(), ("Authorization", f"Bearer {machine.key}"), ("ce-id", "another")]
    answer = await machine.scene.client.post("/api/v1/messages", content=body, headers=twice)
    assert refused(answer)[0] == 422


async def test_requests_under_a_fresh_key_and_batches_that_cross_do_no_harm(
    machine: Machine,
) -> None:
    events = [machine.event(STOPPED, STOPPAGE) for _ in range(40)]
    answers = await asyncio.gather(
        *(machine.send(batch, BATCH) for batch in [events, events[::-1]] * 3)
    )
    assert [answer.status_code for answer in answers] == [202] * 6
    fresh = [one for answer in answers for one in answer.json() if not one["repeated"]]
    assert len(fresh) == len({one["key"] for one in fresh}) == 40


async def test_what_became_of_a_message_can_be_asked_by_its_own_id(machine: Machine) -> None:
    event = machine.event(STOPPED, STOPPAGE)
    answer = await machine.send(event)
    (waits,) = (await machine.call("GET", "/messages", params={"id": event["id"]})).json()
    assert (waits["state"], waits["id"]) == ("retry", event["id"])
    done = await machine.fate(answer)
    assert (await machine.call("GET", "/messages", params={"id": event["id"]})).json() == [done]
    assert (await machine.call("GET", "/messages", params={"id": "nothing"})).json() == []


async def test_a_key_in_a_cookie_is_nobody_s(machine: Machine) -> None:
    content = json.dumps(machine.event(STOPPED, STOPPAGE))
    headers = {**STRUCTURED, "Cookie": f"linli_session={machine.key}"}
    answer = await machine.scene.client.post("/api/v1/messages", content=content, headers=headers)
    assert refused(answer)[0] == 401


async def test_only_publishers_publish_and_publishers_do_nothing_else(
    machine: Machine, scene: Scene
) -> None:
    event = json.dumps(machine.event(STOPPED, STOPPAGE))
    for somebody, status in ((scene.desk, 403), (scene.admin, 403), (scene.without_session(), 401)):
        answer = await somebody.call("POST", "/messages", content=event, headers=STRUCTURED)
        assert answer.status_code == status
    asking = Visitor(scene.client, machine.key, machine.account)
    for path in ("/me", "/wishes", "/events", "/residents", "/publishers"):
        assert (await asking.get(path)).status_code == 403, path


async def test_a_key_is_for_its_types_until_it_ends(machine: Machine, scene: Scene) -> None:
    keys = f"/publishers/{machine.id}/keys"
    narrow = (await scene.admin.post(keys, {"types": [STOPPED]})).json()
    narrowed = machine.with_key(narrow["key"])
    assert (await narrowed.send(machine.event(STOPPED, STOPPAGE))).status_code == 202
    wish = machine.event(FULFILLED, {"wish_id": str(new_id()), "minutes": 5})
    assert refused(await narrowed.send(wish))[0] == 403

    rotated = (await scene.admin.post(f"{keys}/{narrow['id']}/rotate")).json()
    both = [narrowed, machine.with_key(rotated["key"])]
    sent = [await one.send(machine.event(STOPPED, STOPPAGE)) for one in both]
    assert [answer.status_code for answer in sent] == [202, 202]
    at_once = await scene.admin.post(f"{keys}/{rotated['id']}/rotate", {"overlap_hours": 0})
    assert at_once.json()["types"] == [STOPPED]
    assert refused(await both[1].send(machine.event(STOPPED, STOPPAGE)))[0] == 401
    last = machine.with_key(at_once.json()["key"])
    assert (await last.send(machine.event(STOPPED, STOPPAGE))).status_code == 202
    assert (await scene.admin.post(f"{keys}/{at_once.json()['id']}/end")).status_code == 200
    assert refused(await last.send(machine.event(STOPPED, STOPPAGE)))[0] == 401
    assert (await scene.admin.post(f"{keys}/{at_once.json()['id']}/end")).status_code == 409


async def test_what_is_granted_no_more_is_taken_no_more(machine: Machine, scene: Scene) -> None:
    kept = [grant for grant in EVERYTHING if grant["type"] != STOPPED]
    changed = await scene.admin.edit(f"/publishers/{machine.id}/grants", {"grants": kept})
    assert changed.status_code == 200, changed.text
    assert refused(await machine.send(machine.event(STOPPED, STOPPAGE)))[0] == 403


@pytest.fixture
def at_most_three(machine: Machine) -> Iterator[None]:
    """A publisher may say three messages a minute."""
    state, settings = machine.scene.runtime.app.state, machine.scene.runtime.settings
    assert isinstance(settings, IntakeSettings)
    usual = state.rates
    state.rates = Rates(settings.model_copy(update={"rate_publisher": 3}))
    yield
    state.rates = usual


@pytest.mark.usefixtures("at_most_three")
async def test_a_publisher_s_messages_are_counted_by_the_minute(machine: Machine) -> None:
    batch = [machine.event(STOPPED, STOPPAGE) for _ in range(2)]
    assert (await machine.send(batch, BATCH)).status_code == 202
    answer = await machine.send([machine.event(STOPPED, STOPPAGE) for _ in range(2)], BATCH)
    assert refused(answer)[0] == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert (await machine.send(machine.event(STOPPED, STOPPAGE))).status_code == 202

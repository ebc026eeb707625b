"""What partners say becomes intake's own record and its own word, whatever comes first or twice."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import update

from services.intake.events.models import Event
from services.intake.publishers.models import Publisher
from services.intake.wishes.models import Wish
from shared import clock
from shared.contracts.envelope import Envelope
from tests.intake.publishers.partner_client import (
    ATTENDED,
    EVERYTHING,
    FULFILLED,
    JOINED,
    STOPPED,
    Machine,
)
from tests.intake.station_client import Scene, Visitor


async def open_wish(scene: Scene, wisher: Visitor) -> str:
    """A wish that anybody may take."""
    made = await wisher.post("/wishes", {"title": "想换一个灯泡", "details": "够不着"})
    id_: str = made.json()["id"]
    assert (await scene.desk.post(f"/wishes/{id_}/approve")).status_code == 200
    return id_


async def published_event(scene: Scene, **said: Any) -> str:
    """An event that people can join."""
    begins = clock.now() + timedelta(hours=2)
    body = {
        "kind": "clean_up",
        "title": "楼道大扫除",
        "summary": "一起扫。",
        "place": "3 栋楼下",
        "starts_at": begins.isoformat(),
        "ends_at": (begins + timedelta(minutes=90)).isoformat(),
        "helper_places": 2,
        "guest_places": 1,
        **said,
    }
    made = await scene.desk.post("/events", body)
    assert made.status_code == 201, made.text
    id_: str = made.json()["id"]
    assert (await scene.desk.post(f"/events/{id_}/publish")).status_code == 200
    return id_


async def begun(scene: Scene, event: str, ago: timedelta = timedelta(minutes=90)) -> None:
    """Let the event, which begins in two hours, have begun before, without waiting for it."""
    earlier = timedelta(hours=2) + ago
    times = {Event.starts_at: Event.starts_at - earlier, Event.ends_at: Event.ends_at - earlier}
    async with scene.runtime.sessions.begin() as tx:
        await tx.execute(update(Event).where(Event.id == UUID(event)).values(times))


async def told(scene: Scene, prefix: str) -> list[Envelope]:
    """What intake said of wishes or events."""
    every = await scene.messages()
    return [one for one in every if one.type.startswith(f"linli.{prefix}.")]


def names(messages: list[Envelope]) -> list[str]:
    """What each says, in a word."""
    return [one.type.split(".")[2] for one in messages]


async def test_a_partner_s_fulfilled_wish_is_delivered_and_the_resident_asked(
    machine: Machine, scene: Scene
) -> None:
    wisher = await scene.resident()
    wish = await open_wish(scene, wisher)
    said = {"wish_id": wish, "minutes": 25, "note": "换好了"}
    became = await machine.said(FULFILLED, said, correlationid=(story := str(uuid4())))
    assert (became["state"], became["error"]) == ("done", None)

    messages = await told(scene, "wish")
    assert names(messages) == ["posted", "opened", "claimed", "delivered"]
    claimed, delivered = messages[2:]
    assert claimed.data["taker_kind"] == "partner"
    assert claimed.data["taker_id"] == delivered.data["taker_id"] == str(machine.account)
    assert claimed.source == delivered.source == "/services/intake"
    assert {str(one.correlationid) for one in (claimed, delivered)} == {story}
    seen = (await wisher.get(f"/wishes/{wish}")).json()
    assert (seen["state"], seen["delivery_note"]) == ("delivered", "换好了")

    again = await machine.said(FULFILLED, said)
    assert again["state"] == "done"
    assert len(await told(scene, "wish")) == 4
    assert (await wisher.post(f"/wishes/{wish}/confirm")).json()["state"] == "fulfilled"
    assert (await machine.said(FULFILLED, said))["state"] == "done"
    fulfilled = await told(scene, "wish")
    assert names(fulfilled[4:]) == ["fulfilled"]
    assert fulfilled[4].data["minutes"] == 25


async def test_a_trusted_partner_s_word_counts_at_once(scene: Scene) -> None:
    trusted = [{"may": "publish", "type": FULFILLED, "trusted": True}]
    machine = await Machine.ready(scene, grants=trusted)
    wish = await open_wish(scene, await scene.resident())
    said = {"wish_id": wish, "minutes": 40}
    assert [(await machine.said(FULFILLED, said))["state"] for _ in range(2)] == ["done", "done"]
    messages = await told(scene, "wish")
    assert names(messages)[2:] == ["claimed", "delivered", "fulfilled"]
    assert (messages[-1].data["revision"], messages[-1].data["minutes"]) == (1, 40)


async def test_the_resident_s_no_is_not_overruled(scene: Scene) -> None:
    trusted = [{"may": "publish", "type": FULFILLED, "trusted": True}]
    machine = await Machine.ready(scene, grants=trusted)
    wisher = await scene.resident()
    wish = await open_wish(scene, wisher)
    said = {"wish_id": wish, "minutes": 40}
    delayed = machine.event(FULFILLED, said)
    assert (await machine.said(FULFILLED, said))["state"] == "done"
    reopened = await wisher.post(f"/wishes/{wish}/reopen", {"reason": "又坏了"})
    assert reopened.json()["state"] == "claimed"

    late = await machine.fate(await machine.send(delayed))
    assert (late["state"], late["error"].partition(":")[0]) == ("parked", "AnsweredSince")
    assert (await machine.said(FULFILLED, said))["state"] == "done"
    assert (await wisher.get(f"/wishes/{wish}")).json()["state"] == "delivered"
    refused = await wisher.post(f"/wishes/{wish}/refuse", {"reason": "没有"})
    assert refused.json()["state"] == "claimed"


async def test_a_joining_in_time_counts_though_it_is_absorbed_after_the_event(
    machine: Machine, scene: Scene
) -> None:
    event = await published_event(scene)
    part = {"event_id": event, "resident_id": str((await scene.registered())["id"])}
    await begun(scene, event, timedelta(hours=2))
    in_time = (clock.now() - timedelta(hours=1)).isoformat()
    assert (await machine.said(JOINED, part, time=in_time))["state"] == "done"
    assert (await machine.said(ATTENDED, {**part, "minutes": 60}))["state"] == "done"
    other = {**part, "resident_id": str((await scene.registered())["id"])}
    late = await machine.said(JOINED, other)
    assert (late["state"], late["error"].partition(":")[0]) == ("parked", "EventOver")


async def test_what_is_another_s_is_parked_with_the_reason(machine: Machine, scene: Scene) -> None:
    wish = await open_wish(scene, await scene.resident())
    other = await Machine.ready(scene)
    assert (await other.said(FULFILLED, {"wish_id": wish, "minutes": 5}))["state"] == "done"
    late = await machine.said(FULFILLED, {"wish_id": wish, "minutes": 5})
    # Who isn't its taker may not know of it any more.
    assert (late["state"], late["error"]) == ("parked", "NotFound: There is nothing here")
    assert [one["key"] for one in (await machine.call("GET", "/messages")).json()] == [late["key"]]
    assert (await other.call("GET", f"/messages/{late['key']}")).status_code == 404


async def test_nothing_reaches_another_station(machine: Machine, elsewhere: Scene) -> None:
    wish = await open_wish(elsewhere, await elsewhere.resident())
    event = await published_event(elsewhere)
    resident = str((await elsewhere.registered())["id"])
    part = {"event_id": event, "resident_id": resident}
    for type_, data in (
        (FULFILLED, {"wish_id": wish, "minutes": 5}),
        (JOINED, part),
        (ATTENDED, {**part, "minutes": 5}),
    ):
        became = await machine.said(type_, data)
        assert (became["state"], became["error"]) == ("parked", "NotFound: There is nothing here")


async def test_a_partner_s_resident_joins_an_event_once(machine: Machine, scene: Scene) -> None:
    event = await published_event(scene)
    resident = str((await scene.registered())["id"])
    said = {"event_id": event, "resident_id": resident, "role": "helper"}
    assert [(await machine.said(JOINED, said))["state"] for _ in range(2)] == ["done", "done"]
    joined = await told(scene, "event")
    assert names(joined) == ["published", "joined"]
    assert (joined[1].data["resident_id"], joined[1].data["role"]) == (resident, "helper")
    seen = (await scene.desk.get(f"/events/{event}")).json()
    assert seen["helpers"] == 1


async def test_a_full_event_parks_the_message_until_there_is_room(
    machine: Machine, scene: Scene
) -> None:
    event = await published_event(scene)
    guest = await scene.resident()
    assert (await guest.post(f"/events/{event}/join")).status_code == 200
    resident = str((await scene.registered())["id"])
    full = await machine.said(JOINED, {"event_id": event, "resident_id": resident})
    assert (full["state"], full["error"]) == ("parked", "Full: All places are taken")

    assert (await guest.post(f"/events/{event}/leave")).status_code == 200
    path = f"/operations/intake/messages/{full['key']}"
    kept = (await scene.admin.get(path)).json()
    assert kept["content"]["resident_id"] == resident
    assert (kept["publisher"], kept["source"]) == (
        f"partner-{machine.name}",
        f"/partners/{machine.name}",
    )
    assert (await scene.admin.post(f"{path}/retry", {"reason": "有空位了"})).status_code == 200
    await scene.runtime.consumer.retries.run_due()
    found = (await machine.call("GET", f"/messages/{full['key']}")).json()
    assert (found["state"], found["error"]) == ("done", None)
    assert names(await told(scene, "event"))[-1] == "joined"


async def test_attendance_that_comes_before_the_joining_waits_for_it(
    machine: Machine, scene: Scene
) -> None:
    event = await published_event(scene)
    resident = str((await scene.registered())["id"])
    part = {"event_id": event, "resident_id": resident}
    early = await machine.said(ATTENDED, {**part, "minutes": 60})
    assert (early["state"], early["attempts"]) == ("retry", 0)
    assert (await machine.said(JOINED, part))["state"] == "done"
    await begun(scene, event)
    path = f"/operations/intake/messages/{early['key']}/retry"
    assert (await scene.admin.post(path, {"reason": "等不及了"})).status_code == 200
    await scene.runtime.consumer.retries.run_due()

    assert (await machine.call("GET", f"/messages/{early['key']}")).json()["state"] == "done"
    assert (await machine.said(ATTENDED, {**part, "minutes": 70}))["state"] == "done"
    messages = await told(scene, "event")
    assert names(messages) == ["published", "joined", "attended"]
    assert messages[2].data["minutes"] == 60


async def test_an_attendance_that_can_not_be_is_parked(machine: Machine, scene: Scene) -> None:
    event = await published_event(scene)
    resident = str((await scene.registered())["id"])
    part = {"event_id": event, "resident_id": resident}
    assert (await machine.said(JOINED, part))["state"] == "done"
    before = await machine.said(ATTENDED, {**part, "minutes": 60})
    assert (before["state"], before["error"].partition(":")[0]) == ("parked", "NotBegun")
    await begun(scene, event)
    longer = await machine.said(ATTENDED, {**part, "minutes": 4000})
    assert longer["state"] == "parked"
    assert "minutes: That is longer than the event lasted" in longer["error"]


async def test_grants_that_ended_meanwhile_park_what_was_taken_and_their_return_mends_it(
    machine: Machine, scene: Scene
) -> None:
    answer = await machine.send(machine.event(STOPPED, {"lift": "左"}))
    grants = f"/publishers/{machine.id}/grants"
    assert (await scene.admin.edit(grants, {"grants": []})).status_code == 200
    parked = await machine.fate(answer)
    assert parked["state"] == "parked"
    assert parked["error"].startswith("NotGranted: This publisher may not publish")

    assert (await scene.admin.edit(grants, {"grants": EVERYTHING})).status_code == 200
    path = f"/operations/intake/messages/{parked['key']}/retry"
    assert (await scene.admin.post(path, {"reason": "又可以发了"})).status_code == 200
    assert (await machine.fate(answer))["state"] == "done"
    assert [one.type for one in await scene.messages()].count(STOPPED) == 1


async def test_a_partner_s_own_machine_is_its_account_s_hand(
    machine: Machine, scene: Scene
) -> None:
    wish = await open_wish(scene, await scene.resident())
    await machine.said(FULFILLED, {"wish_id": wish, "minutes": 5})
    async with scene.runtime.sessions() as tx:
        found = await tx.get_one(Wish, UUID(wish))
        publisher = await tx.get_one(Publisher, UUID(machine.id))
    assert found.taker_id == found.delivered_by == publisher.account_id

"""Partners' messages become intake's own records and messages, in any order and repeated."""

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
    ALL_GRANTS,
    ATTENDED,
    FULFILLED,
    JOINED,
    STOPPED,
    PartnerClient,
)
from tests.intake.station_client import StationClient
from tests.support.api_clients import ApiClient


async def create_open_wish(station_client: StationClient, wisher: ApiClient) -> str:
    """Create an open wish; return its id."""
    answer = await wisher.post("/wishes", {"title": "想换一个灯泡", "details": "够不着"})
    id_: str = answer.json()["id"]
    assert (await station_client.desk.post(f"/wishes/{id_}/approve")).status_code == 200
    return id_


async def publish_event(station_client: StationClient, **overrides: Any) -> str:
    """Publish an event with places; return its id."""
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
        **overrides,
    }
    answer = await station_client.desk.post("/events", body)
    assert answer.status_code == 201, answer.text
    id_: str = answer.json()["id"]
    assert (await station_client.desk.post(f"/events/{id_}/publish")).status_code == 200
    return id_


async def start_event_early(
    station_client: StationClient, event: str, started_ago: timedelta = timedelta(minutes=90)
) -> None:
    """Move the event, which starts in two hours, to a start in the past."""
    earlier = timedelta(hours=2) + started_ago
    times = {Event.starts_at: Event.starts_at - earlier, Event.ends_at: Event.ends_at - earlier}
    async with station_client.runtime.sessions.begin() as tx:
        await tx.execute(update(Event).where(Event.id == UUID(event)).values(times))


async def list_messages(station_client: StationClient, prefix: str) -> list[Envelope]:
    """List intake's messages about wishes or events."""
    every = await station_client.list_messages()
    return [one for one in every if one.type.startswith(f"linli.{prefix}.")]


def short_type_names(messages: list[Envelope]) -> list[str]:
    """Return the verb in the type of each message."""
    return [one.type.split(".")[2] for one in messages]


async def test_a_partner_s_fulfilled_wish_is_delivered_until_the_resident_confirms(
    partner_client: PartnerClient, station_client: StationClient
) -> None:
    wisher = await station_client.sign_in_resident()
    wish = await create_open_wish(station_client, wisher)
    data = {"wish_id": wish, "minutes": 25, "note": "换好了"}
    correlation = str(uuid4())
    status = await partner_client.publish_and_handle(FULFILLED, data, correlationid=correlation)
    assert (status["state"], status["error"]) == ("done", None)

    messages = await list_messages(station_client, "wish")
    assert short_type_names(messages) == ["posted", "opened", "claimed", "delivered"]
    claimed, delivered = messages[2:]
    assert claimed.data["taker_kind"] == "partner"
    assert claimed.data["taker_id"] == delivered.data["taker_id"] == str(partner_client.account)
    assert claimed.source == delivered.source == "/services/intake"
    assert {str(one.correlationid) for one in (claimed, delivered)} == {correlation}
    delivered_wish = (await wisher.get(f"/wishes/{wish}")).json()
    assert (delivered_wish["state"], delivered_wish["delivery_note"]) == ("delivered", "换好了")

    again = await partner_client.publish_and_handle(FULFILLED, data)
    assert again["state"] == "done"
    assert len(await list_messages(station_client, "wish")) == 4
    assert (await wisher.post(f"/wishes/{wish}/confirm")).json()["state"] == "fulfilled"
    assert (await partner_client.publish_and_handle(FULFILLED, data))["state"] == "done"
    fulfilled = await list_messages(station_client, "wish")
    assert short_type_names(fulfilled[4:]) == ["fulfilled"]
    assert fulfilled[4].data["minutes"] == 25


async def test_a_trusted_partner_s_fulfilment_counts_at_once(station_client: StationClient) -> None:
    trusted = [{"may": "publish", "type": FULFILLED, "trusted": True}]
    partner_client = await PartnerClient.create(station_client, grants=trusted)
    wish = await create_open_wish(station_client, await station_client.sign_in_resident())
    data = {"wish_id": wish, "minutes": 40}
    assert [
        (await partner_client.publish_and_handle(FULFILLED, data))["state"] for _ in range(2)
    ] == ["done", "done"]
    messages = await list_messages(station_client, "wish")
    assert short_type_names(messages)[2:] == ["claimed", "delivered", "fulfilled"]
    assert (messages[-1].data["revision"], messages[-1].data["minutes"]) == (1, 40)


async def test_a_delayed_message_does_not_overrule_the_resident(
    station_client: StationClient,
) -> None:
    trusted = [{"may": "publish", "type": FULFILLED, "trusted": True}]
    partner_client = await PartnerClient.create(station_client, grants=trusted)
    wisher = await station_client.sign_in_resident()
    wish = await create_open_wish(station_client, wisher)
    data = {"wish_id": wish, "minutes": 40}
    delayed = partner_client.make_event(FULFILLED, data)
    assert (await partner_client.publish_and_handle(FULFILLED, data))["state"] == "done"
    reopened = await wisher.post(f"/wishes/{wish}/reopen", {"reason": "又坏了"})
    assert reopened.json()["state"] == "claimed"

    late = await partner_client.fetch_result(await partner_client.send(delayed))
    assert (late["state"], late["error"].partition(":")[0]) == ("parked", "AnsweredSince")
    assert (await partner_client.publish_and_handle(FULFILLED, data))["state"] == "done"
    assert (await wisher.get(f"/wishes/{wish}")).json()["state"] == "delivered"
    refused = await wisher.post(f"/wishes/{wish}/refuse", {"reason": "没有"})
    assert refused.json()["state"] == "claimed"


async def test_a_join_in_time_counts_when_it_is_handled_after_the_event(
    partner_client: PartnerClient, station_client: StationClient
) -> None:
    event = await publish_event(station_client)
    part = {"event_id": event, "resident_id": str((await station_client.register_resident())["id"])}
    await start_event_early(station_client, event, timedelta(hours=2))
    in_time = (clock.now() - timedelta(hours=1)).isoformat()
    assert (await partner_client.publish_and_handle(JOINED, part, time=in_time))["state"] == "done"
    assert (await partner_client.publish_and_handle(ATTENDED, {**part, "minutes": 60}))[
        "state"
    ] == "done"
    other = {**part, "resident_id": str((await station_client.register_resident())["id"])}
    late = await partner_client.publish_and_handle(JOINED, other)
    assert (late["state"], late["error"].partition(":")[0]) == ("parked", "EventOver")


async def test_a_message_about_another_partner_s_wish_is_parked(
    partner_client: PartnerClient, station_client: StationClient
) -> None:
    wish = await create_open_wish(station_client, await station_client.sign_in_resident())
    other = await PartnerClient.create(station_client)
    assert (await other.publish_and_handle(FULFILLED, {"wish_id": wish, "minutes": 5}))[
        "state"
    ] == "done"
    late = await partner_client.publish_and_handle(FULFILLED, {"wish_id": wish, "minutes": 5})
    # A partner who isn't its taker may not see the wish any more.
    assert (late["state"], late["error"]) == ("parked", "NotFound: There is nothing here")
    assert [one["key"] for one in (await partner_client.call("GET", "/messages")).json()] == [
        late["key"]
    ]
    assert (await other.call("GET", f"/messages/{late['key']}")).status_code == 404


async def test_a_message_about_another_station_is_parked(
    partner_client: PartnerClient, other_station_client: StationClient
) -> None:
    wish = await create_open_wish(
        other_station_client, await other_station_client.sign_in_resident()
    )
    event = await publish_event(other_station_client)
    resident = str((await other_station_client.register_resident())["id"])
    part = {"event_id": event, "resident_id": resident}
    for type_, data in (
        (FULFILLED, {"wish_id": wish, "minutes": 5}),
        (JOINED, part),
        (ATTENDED, {**part, "minutes": 5}),
    ):
        status = await partner_client.publish_and_handle(type_, data)
        assert (status["state"], status["error"]) == ("parked", "NotFound: There is nothing here")


async def test_a_repeated_join_takes_one_place(
    partner_client: PartnerClient, station_client: StationClient
) -> None:
    event = await publish_event(station_client)
    resident = str((await station_client.register_resident())["id"])
    data = {"event_id": event, "resident_id": resident, "role": "helper"}
    assert [(await partner_client.publish_and_handle(JOINED, data))["state"] for _ in range(2)] == [
        "done",
        "done",
    ]
    joined = await list_messages(station_client, "event")
    assert short_type_names(joined) == ["published", "joined"]
    assert (joined[1].data["resident_id"], joined[1].data["role"]) == (resident, "helper")
    published = (await station_client.desk.get(f"/events/{event}")).json()
    assert published["helpers"] == 1


async def test_a_full_event_parks_the_message_until_there_is_room(
    partner_client: PartnerClient, station_client: StationClient
) -> None:
    event = await publish_event(station_client)
    guest = await station_client.sign_in_resident()
    assert (await guest.post(f"/events/{event}/join")).status_code == 200
    resident = str((await station_client.register_resident())["id"])
    full = await partner_client.publish_and_handle(
        JOINED, {"event_id": event, "resident_id": resident}
    )
    assert (full["state"], full["error"]) == ("parked", "Full: All places are taken")

    assert (await guest.post(f"/events/{event}/leave")).status_code == 200
    path = f"/operations/intake/messages/{full['key']}"
    parked = (await station_client.admin.get(path)).json()
    assert parked["content"]["resident_id"] == resident
    assert (parked["publisher"], parked["source"]) == (
        f"partner-{partner_client.name}",
        f"/partners/{partner_client.name}",
    )
    assert (
        await station_client.admin.post(f"{path}/retry", {"reason": "有空位了"})
    ).status_code == 200
    await station_client.runtime.consumer.retry_worker.run_due()
    retried = (await partner_client.call("GET", f"/messages/{full['key']}")).json()
    assert (retried["state"], retried["error"]) == ("done", None)
    assert short_type_names(await list_messages(station_client, "event"))[-1] == "joined"


async def test_an_attendance_before_its_join_waits_for_the_join(
    partner_client: PartnerClient, station_client: StationClient
) -> None:
    event = await publish_event(station_client)
    resident = str((await station_client.register_resident())["id"])
    part = {"event_id": event, "resident_id": resident}
    early = await partner_client.publish_and_handle(ATTENDED, {**part, "minutes": 60})
    assert (early["state"], early["attempts"]) == ("retry", 0)
    assert (await partner_client.publish_and_handle(JOINED, part))["state"] == "done"
    await start_event_early(station_client, event)
    path = f"/operations/intake/messages/{early['key']}/retry"
    assert (await station_client.admin.post(path, {"reason": "等不及了"})).status_code == 200
    await station_client.runtime.consumer.retry_worker.run_due()

    assert (await partner_client.call("GET", f"/messages/{early['key']}")).json()["state"] == "done"
    assert (await partner_client.publish_and_handle(ATTENDED, {**part, "minutes": 70}))[
        "state"
    ] == "done"
    messages = await list_messages(station_client, "event")
    assert short_type_names(messages) == ["published", "joined", "attended"]
    assert messages[2].data["minutes"] == 60


async def test_an_invalid_attendance_is_parked(
    partner_client: PartnerClient, station_client: StationClient
) -> None:
    event = await publish_event(station_client)
    resident = str((await station_client.register_resident())["id"])
    part = {"event_id": event, "resident_id": resident}
    assert (await partner_client.publish_and_handle(JOINED, part))["state"] == "done"
    before = await partner_client.publish_and_handle(ATTENDED, {**part, "minutes": 60})
    assert (before["state"], before["error"].partition(":")[0]) == ("parked", "NotStarted")
    await start_event_early(station_client, event)
    longer = await partner_client.publish_and_handle(ATTENDED, {**part, "minutes": 4000})
    assert longer["state"] == "parked"
    assert "minutes: That is longer than the event lasted" in longer["error"]


async def test_a_message_is_parked_while_its_type_is_not_granted(
    partner_client: PartnerClient, station_client: StationClient
) -> None:
    answer = await partner_client.send(partner_client.make_event(STOPPED, {"lift": "左"}))
    grants = f"/publishers/{partner_client.id}/grants"
    assert (await station_client.admin.put(grants, {"grants": []})).status_code == 200
    parked = await partner_client.fetch_result(answer)
    assert parked["state"] == "parked"
    assert parked["error"].startswith("NotGranted: This publisher may not publish")

    assert (await station_client.admin.put(grants, {"grants": ALL_GRANTS})).status_code == 200
    path = f"/operations/intake/messages/{parked['key']}/retry"
    assert (await station_client.admin.post(path, {"reason": "又可以发了"})).status_code == 200
    assert (await partner_client.fetch_result(answer))["state"] == "done"
    assert [one.type for one in await station_client.list_messages()].count(STOPPED) == 1


async def test_a_wish_fulfilled_by_a_machine_is_delivered_by_its_account(
    partner_client: PartnerClient, station_client: StationClient
) -> None:
    wish = await create_open_wish(station_client, await station_client.sign_in_resident())
    await partner_client.publish_and_handle(FULFILLED, {"wish_id": wish, "minutes": 5})
    async with station_client.runtime.sessions() as tx:
        row = await tx.get_one(Wish, UUID(wish))
        publisher = await tx.get_one(Publisher, UUID(partner_client.id))
    assert row.taker_id == row.delivered_by == publisher.account_id

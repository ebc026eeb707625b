"""Partners' messages in any order, repeated under the same id and under others: one end state."""

import random
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from services.intake.events.participation import Participation
from services.intake.wishes.models import Wish
from shared import clock
from tests.intake.publishers.partner_client import (
    ATTENDED,
    BATCH_HEADERS,
    FULFILLED,
    JOINED,
    STOPPED,
    PartnerClient,
)
from tests.intake.publishers.test_handlers import (
    create_open_wish,
    list_messages,
    publish_event,
    short_type_names,
    start_event_early,
)
from tests.intake.station_client import StationClient

MAKE_RETRIES_DUE = text(
    "UPDATE inbox SET due_at = :now WHERE state = 'retry' AND station_id = :station"
)
ROUND_COUNT = 4
EventBody = dict[str, Any]


async def make_events(
    partner_client: PartnerClient, station_client: StationClient
) -> list[EventBody]:
    """Make a machine's events about two residents at an event, a wish, and a lift."""
    event = await publish_event(station_client)
    wish = await create_open_wish(station_client, await station_client.sign_in_resident())
    people = [str((await station_client.register_resident())["id"]) for _ in range(2)]
    bodies = []
    for person in people:
        part = {"event_id": event, "resident_id": person}
        bodies.append(partner_client.make_event(JOINED, {**part, "role": "helper"}))
        bodies.append(partner_client.make_event(ATTENDED, {**part, "minutes": 40}))
    await start_event_early(station_client, event, timedelta(minutes=30))
    bodies.append(partner_client.make_event(FULFILLED, {"wish_id": wish, "minutes": 15}))
    bodies.append(partner_client.make_event(STOPPED, {"lift": "左"}))
    return bodies


def shuffle_in_batches(events: list[EventBody], seed: int) -> list[list[EventBody]]:
    """Shuffle the events, with repeats under the same and under other ids, into batches."""
    chance = random.Random(seed)
    again = [one for one in events if chance.random() < 0.5]
    anew = [
        {**one, "id": str(uuid4())}
        for one in events
        if one["type"] != STOPPED and chance.random() < 0.5
    ]
    every = [*events, *again, *anew]
    chance.shuffle(every)
    batches = []
    while every:
        size = chance.randint(1, len(every))
        batches.append(every[:size])
        every = every[size:]
    return batches


async def handle_all(station_client: StationClient) -> None:
    """Let intake handle all messages, and then those that wait for others."""
    for _ in range(ROUND_COUNT):
        async with station_client.runtime.sessions.begin() as tx:
            later = {
                "now": clock.now() - timedelta(seconds=1),
                "station": station_client.station.id,
            }
            await tx.execute(MAKE_RETRIES_DUE, later)
        await station_client.runtime.consumer.retry_worker.run_due()


async def read_end_state(
    station_client: StationClient, partner_client: PartnerClient
) -> dict[str, Any]:
    """Read the records, the types of the messages about them, and the messages left."""
    async with station_client.runtime.sessions() as tx:
        parts = await tx.execute(
            select(Participation.state, Participation.role, Participation.minutes).where(
                Participation.station_id == station_client.station.id
            )
        )
        wishes = await tx.execute(
            select(Wish.state, Wish.taker_id, Wish.minutes).where(
                Wish.station_id == station_client.station.id
            )
        )
        every = [
            *(await list_messages(station_client, "event")),
            *(await list_messages(station_client, "wish")),
        ]
        passed_on = [
            one.data for one in await station_client.list_messages() if one.type == STOPPED
        ]
        return {
            "parts": sorted(tuple(row) for row in parts),
            "wishes": [tuple(row) for row in wishes],
            "types": sorted(short_type_names(every)),
            "passed on": passed_on,
            "left": (await partner_client.call("GET", "/messages")).json(),
        }


@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10**6))
async def test_order_and_repetition_do_not_change_the_end_state(
    station_client: StationClient, seed: int
) -> None:
    station_client = await StationClient.create(station_client.runtime, station_client.client)
    partner_client = await PartnerClient.create(station_client)
    for batch in shuffle_in_batches(await make_events(partner_client, station_client), seed):
        assert (await partner_client.send(batch, BATCH_HEADERS)).status_code == 202
        if seed % 2:
            await station_client.runtime.consumer.retry_worker.run_due()
    await handle_all(station_client)

    taker: UUID = partner_client.account
    assert await read_end_state(station_client, partner_client) == {
        "parts": [("attended", "helper", 40)] * 2,
        "wishes": [("delivered", taker, 15)],
        "types": sorted(
            [
                "published",
                *(["joined", "attended"] * 2),
                *("posted", "opened", "claimed", "delivered"),
            ]
        ),
        "passed on": [{"lift": "左"}],
        "left": [],
    }

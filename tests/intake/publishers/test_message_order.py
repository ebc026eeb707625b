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
    BATCH,
    FULFILLED,
    JOINED,
    STOPPED,
    Machine,
)
from tests.intake.publishers.test_handlers import begun, names, open_wish, published_event, told
from tests.intake.station_client import Scene

DUE = text("UPDATE inbox SET due_at = :now WHERE state = 'retry' AND station_id = :station")
ROUNDS = 4
Said = dict[str, Any]


async def story(machine: Machine, scene: Scene) -> list[Said]:
    """What a machine has to say of two residents at an event, a wish, and a lift."""
    event = await published_event(scene)
    wish = await open_wish(scene, await scene.resident())
    people = [str((await scene.registered())["id"]) for _ in range(2)]
    said = []
    for person in people:
        part = {"event_id": event, "resident_id": person}
        said.append(machine.event(JOINED, {**part, "role": "helper"}))
        said.append(machine.event(ATTENDED, {**part, "minutes": 40}))
    await begun(scene, event, timedelta(minutes=30))
    said.append(machine.event(FULFILLED, {"wish_id": wish, "minutes": 15}))
    said.append(machine.event(STOPPED, {"lift": "左"}))
    return said


def shuffled(said: list[Said], seed: int) -> list[list[Said]]:
    """The same in any order, with repeats of the same id and of others, in batches."""
    chance = random.Random(seed)
    again = [one for one in said if chance.random() < 0.5]
    anew = [
        {**one, "id": str(uuid4())}
        for one in said
        if one["type"] != STOPPED and chance.random() < 0.5
    ]
    every = [*said, *again, *anew]
    chance.shuffle(every)
    batches = []
    while every:
        size = chance.randint(1, len(every))
        batches.append(every[:size])
        every = every[size:]
    return batches


async def absorb(scene: Scene) -> None:
    """Let intake absorb all that came, and what waits for it."""
    for _ in range(ROUNDS):
        async with scene.runtime.sessions.begin() as tx:
            later = {"now": clock.now() - timedelta(seconds=1), "station": scene.station.id}
            await tx.execute(DUE, later)
        await scene.runtime.consumer.retries.run_due()


async def end_state(scene: Scene, machine: Machine) -> dict[str, Any]:
    """Records, what was said of them, and what is left."""
    async with scene.runtime.sessions() as tx:
        parts = await tx.execute(
            select(Participation.state, Participation.role, Participation.minutes).where(
                Participation.station_id == scene.station.id
            )
        )
        wishes = await tx.execute(
            select(Wish.state, Wish.taker_id, Wish.minutes).where(
                Wish.station_id == scene.station.id
            )
        )
        every = [*(await told(scene, "event")), *(await told(scene, "wish"))]
        passed_on = [one.data for one in await scene.messages() if one.type == STOPPED]
        return {
            "parts": sorted(tuple(row) for row in parts),
            "wishes": [tuple(row) for row in wishes],
            "said": sorted(names(every)),
            "passed on": passed_on,
            "left": (await machine.call("GET", "/messages")).json(),
        }


@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10**6))
async def test_order_and_repetition_do_not_matter(scene: Scene, seed: int) -> None:
    scene = await Scene.opened(scene.runtime, scene.client)
    machine = await Machine.ready(scene)
    for batch in shuffled(await story(machine, scene), seed):
        assert (await machine.send(batch, BATCH)).status_code == 202
        if seed % 2:
            await scene.runtime.consumer.retries.run_due()
    await absorb(scene)

    taker: UUID = machine.account
    assert await end_state(scene, machine) == {
        "parts": [("attended", "helper", 40)] * 2,
        "wishes": [("delivered", taker, 15)],
        "said": sorted(
            [
                "published",
                *(["joined", "attended"] * 2),
                *("posted", "opened", "claimed", "delivered"),
            ]
        ),
        "passed on": [{"lift": "左"}],
        "left": [],
    }

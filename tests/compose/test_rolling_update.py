"""Two versions side by side: each service is rolled forth and back under load.

The next version is the same image with one more message type and its handler.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from shared import clock
from shared.bus.outbox.record import lane_of
from shared.contracts.envelope import Envelope
from shared.ids import new_id
from tests.chaos.invariants import Invariants
from tests.chaos.load import Effects, Load
from tests.compose.deployment import REPLICAS_PER_SERVICE, Deployment, run_command
from tests.support.api_clients import ApiClient, create_resident, create_volunteer, eventually

NEXT_IMAGE = "linli-next"
PRAISED = "linli.wish.praised.v1"
MESSAGE_COUNT = 50
TIMEOUT_SECONDS = 420.0
DOCKERFILE = f"""
FROM linli
USER root
RUN sed -i 's/^VERSION = .*/VERSION = "0.2.0"/' shared/__init__.py
RUN printf '%s\\n' '' '' \\
  'class WishPraised(WishMessage, type="{PRAISED}", readers={{"notify"}}):' \\
  '    "A neighbour praised a wish."' >> shared/contracts/intake.py
RUN printf '%s\\n' '' \\
  'from dataclasses import replace' \\
  'from shared.bus.message import merge_handlers' \\
  'from shared.contracts.intake import WishPraised' \\
  'async def praise(tx, message):' \\
  '    pass' \\
  'SERVICE = replace(SERVICE, handlers=merge_handlers(HANDLERS, {{WishPraised: [praise]}}))' \\
  >> services/notify/main.py
RUN python -m compileall -q shared services
USER 10001
"""
OVERRIDE = f"""
services:
  migrate: {{ image: {NEXT_IMAGE}, pull_policy: never }}
  intake: {{ image: {NEXT_IMAGE} }}
  volunteers: {{ image: {NEXT_IMAGE} }}
  notify: {{ image: {NEXT_IMAGE} }}
"""
INSERT = (
    "INSERT INTO intake.outbox (lane, type, subject, correlation, body)"
    " VALUES ({lane}, '{type}', '{subject}', '{correlation}', convert_to($${body}$$, 'UTF8'));"
)
COUNT_HANDLED = f"SELECT count(*) FROM notify.inbox WHERE type = '{PRAISED}' AND state = 'done'"
COUNT_WAITING = f"SELECT count(*) FROM notify.inbox WHERE type = '{PRAISED}' AND state = 'retry'"
MAKE_DUE = "UPDATE notify.inbox SET due_at = now() WHERE state = 'retry'"


@pytest.fixture
async def next_version(deployment: Deployment, tmp_path: Path) -> AsyncIterator["NextVersion"]:
    """Build the next version, and bind and permit its new type."""
    await run_command("docker", "build", "--tag", NEXT_IMAGE, "-", stdin=DOCKERFILE)
    override = tmp_path / "next.yml"
    override.write_text(OVERRIDE)
    version = NextVersion(deployment, override)
    await version.compose("run", "--rm", "--no-TTY", "--no-deps", "migrate", "migrate")
    control = ("exec", "-T", "rabbitmq", "rabbitmqctl", "-q")
    # What the next release's compose file says.
    topics = ("set_topic_permissions", "linli-intake", "linli.messages", ".*", "^$")
    await deployment.compose(*control, *topics)
    yield version
    for service in REPLICAS_PER_SERVICE:
        await version.roll(service, forth=False)
    for table in ("notify.inbox", "intake.sent"):
        await deployment.run_sql(f"DELETE FROM {table} WHERE type = '{PRAISED}'")


class NextVersion:
    """The deployment's services in the next version, or back in this one."""

    def __init__(self, deployment: Deployment, override: Path) -> None:
        self._deployment = deployment
        self._files = ("--file", str(override))

    async def compose(self, *arguments: str) -> str:
        """Run a `docker compose` command with the next image."""
        return await self._deployment.compose(*self._files, *arguments)

    async def roll(self, service: str, *, forth: bool) -> None:
        """Replace a service's replicas by those of the next version, or of this one again."""
        files = self._files if forth else ()
        scale = ("--scale", f"{service}={REPLICAS_PER_SERVICE[service]}")
        up = ("up", "--detach", "--wait", "--no-deps", "--no-build", *scale, service)
        await self._deployment.compose(*files, *up)


async def record_praise(deployment: Deployment, station: UUID) -> None:
    """Record messages of the new type in intake's outbox."""
    statements = []
    for _ in range(MESSAGE_COUNT):
        wish = new_id()
        envelope = Envelope(
            id=str(new_id()),
            type=PRAISED,
            source="/services/intake",
            subject=f"wishes/{wish}",
            time=clock.now(),
            station=station,
            sequence=1,
            correlationid=wish,
            data={"wish_id": str(wish), "resident_id": str(wish), "title": "praise"},
        )
        statements.append(
            INSERT.format(
                lane=lane_of(envelope.subject),
                type=PRAISED,
                subject=envelope.subject,
                correlation=wish,
                body=envelope.to_json().decode(),
            )
        )
    await deployment.run_sql("\n".join(statements))


async def roll_forth_and_back(
    deployment: Deployment, next_version: NextVersion, station: UUID
) -> None:
    """Roll each service forth and back while messages of the new type are sent."""

    async def has_handled(count: int) -> bool:
        await deployment.run_sql(MAKE_DUE)
        return int(await deployment.run_sql(COUNT_HANDLED)) == count

    async def has_waiting() -> bool:
        return int(await deployment.run_sql(COUNT_WAITING)) == MESSAGE_COUNT

    # Only this version reads: the new type waits.
    await record_praise(deployment, station)
    await eventually(has_waiting, timeout_seconds=60)
    await next_version.roll("notify", forth=True)
    await eventually(lambda: has_handled(MESSAGE_COUNT), timeout_seconds=90)
    for service in ("intake", "volunteers"):
        await next_version.roll(service, forth=True)
    # Back: what the next version sent meanwhile waits again.
    for service in REPLICAS_PER_SERVICE:
        await next_version.roll(service, forth=False)
    await record_praise(deployment, station)
    await eventually(has_waiting, timeout_seconds=60)
    await next_version.roll("notify", forth=True)
    await eventually(lambda: has_handled(2 * MESSAGE_COUNT), timeout_seconds=90)


async def test_each_service_is_rolled_forth_and_back_under_load(
    deployment: Deployment, hasty_desk: ApiClient, next_version: NextVersion
) -> None:
    residents = [await create_resident(hasty_desk) for _ in range(4)]
    volunteers = [await create_volunteer(hasty_desk) for _ in range(3)]
    load = Load(hasty_desk, residents, volunteers, Effects(), random.Random(1))
    station = UUID(
        await deployment.run_sql(
            f"SELECT id FROM intake.stations WHERE code = '{hasty_desk.station}'"
        )
    )
    stop = asyncio.Event()

    async def roll() -> None:
        try:
            await roll_forth_and_back(deployment, next_version, station)
        finally:
            stop.set()

    async with asyncio.timeout(TIMEOUT_SECONDS), asyncio.TaskGroup() as group:
        group.create_task(load.run(stop, min_journeys=12))
        group.create_task(roll())
    parked = "SELECT count(*) FROM notify.inbox WHERE state = 'parked'"
    assert await deployment.run_sql(parked) == "0"
    invariants = Invariants(deployment.run_sql, hasty_desk.station)
    await invariants.wait_until_settled()
    await invariants.check_effects(load.effects)

"""What is measured in which order: short rounds, ours and the baseline by turns."""

import statistics
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from shared.bus.transport.base import Outgoing
from shared.contracts.intake import WishFulfilled
from tests.bench import wishes
from tests.bench.environment import Stage, stage
from tests.bench.fixtures import Ground
from tests.bench.joins import Doors, doors
from tests.bench.raw_rabbit import Raw, raw_rabbit
from tests.bench.report import Row
from tests.bench.wishes import A_SECOND, p50, p99
from tests.support.system import Kind

ROUNDS = 3
CARRIES = 3
FULFILLED = WishFulfilled.type
WHOLE, CONFIRMED, PACED, WARM = 40, 200, 60, 8
KINDS: tuple[Kind, ...] = ("in process", "rabbit")
NAMES: dict[Kind, str] = {"in process": "in process", "rabbit": "RabbitMQ"}
# About half of what was measured on two shared cores: what falls through has become worse.
FLOORS: dict[str, float] = {
    "whole in process": 0.03,
    "whole rabbit": 0.03,
    "path in process": 0.18,
    "path rabbit": 0.18,
    "p50 in process": 0.06,
    "p50 rabbit": 0.06,
    "p99 in process": 0.03,
    "p99 rabbit": 0.03,
    "join": 0.14,
    "knock": 0.08,
}
STEPS = len(KINDS) * (1 + 4 * ROUNDS) + ROUNDS + 2

Step = Callable[[str], None]


@dataclass
class _Side:
    """What the rounds found of one figure: ours, and the baseline beside it."""

    ours: list[float] = field(default_factory=list)
    baseline: list[float] = field(default_factory=list)

    def found(self, ours: float, baseline: float) -> None:
        """One round more."""
        self.ours.append(ours)
        self.baseline.append(baseline)

    def rate(self, name: str, unit: str, floor: str) -> Row:
        """The row of a throughput."""
        return Row.rate(name, unit, FLOORS[floor], self.ours, self.baseline)

    def time(self, name: str, unit: str, floor: str) -> Row:
        """The row of a latency."""
        return Row.time(name, unit, FLOORS[floor], self.ours, self.baseline)


@dataclass
class _Sides:
    """What the rounds found of wishes over one transport."""

    whole: _Side = field(default_factory=_Side)
    path: _Side = field(default_factory=_Side)
    middle: _Side = field(default_factory=_Side)
    late: _Side = field(default_factory=_Side)

    def rows(self, kind: Kind) -> list[Row]:
        """The rows of that transport."""
        where = NAMES[kind]
        whole = f"wishes, from making over HTTP to points told, {where}"
        path = f"confirmations, message path alone to points told, {where}"
        return [
            self.whole.rate(whole, "wishes/s", f"whole {kind}"),
            self.path.rate(path, "confirmations/s", f"path {kind}"),
            self.middle.time(f"confirmation to points, p50, {where}", "ms", f"p50 {kind}"),
            self.late.time(f"confirmation to points, p99, {where}", "ms", f"p99 {kind}"),
        ]


async def of_wishes(ground: Ground, step: Step) -> list[Row]:
    """Wishes over both transports, beside the same bytes through RabbitMQ alone."""
    sides = {kind: _Sides() for kind in KINDS}
    async with AsyncExitStack() as stack:
        raw = await stack.enter_async_context(raw_rabbit(ground.amqp_url))
        stages: dict[Kind, Stage] = {}
        for kind in KINDS:
            step(f"opening a station, {kind}")
            stages[kind] = await stack.enter_async_context(stage(ground, kind))
            await wishes.whole_path(stages[kind], WARM)
        for number in range(1, ROUNDS + 1):
            for kind, one in stages.items():
                step(f"round {number}: wishes over HTTP, {kind}")
                rate, sent = await wishes.whole_path(one, WHOLE)
                sides[kind].whole.found(rate, await _carried(raw, sent, WHOLE))
                step(f"round {number}: the message path, {kind}")
                rate, sent = await wishes.message_path(one, CONFIRMED)
                sides[kind].path.found(rate, await _carried(raw, sent, CONFIRMED))
                step(f"round {number}: the delay of RabbitMQ alone")
                bare = await raw.pace([m for m in sent if m.type == FULFILLED][:PACED], A_SECOND)
                step(f"round {number}: the delay of points, {kind}")
                delays = await wishes.delays(one, PACED)
                sides[kind].middle.found(p50(delays), p50(bare))
                sides[kind].late.found(p99(delays), p99(bare))
    return [row for kind in KINDS for row in sides[kind].rows(kind)]


async def of_joins(ground: Ground, step: Step) -> tuple[list[Row], float]:
    """Joining over HTTP beside the baseline by hand; and the most that the crowd can ask."""
    joining, knocking = _Side(), _Side()
    step("gathering a crowd")
    async with doors(ground, ROUNDS + 1) as opened:
        await _by_turns(opened, _Side(), _Side())
        for number in range(1, ROUNDS + 1):
            step(f"round {number}: joining an event")
            await _by_turns(opened, joining, knocking)
        step("the crowd itself")
        ceiling = await opened.ceiling()
    rows = [
        joining.rate("joins of one event over HTTP", "joins/s", "join"),
        knocking.rate("refusals by a full event over HTTP", "refusals/s", "knock"),
    ]
    return rows, ceiling


async def _by_turns(opened: Doors, joining: _Side, knocking: _Side) -> None:
    joining.found(await opened.join("ours"), await opened.join("baseline"))
    knocking.found(await opened.knock("ours"), await opened.knock("baseline"))


async def _carried(raw: Raw, sent: Sequence[Outgoing], count: int) -> float:
    """At what rate RabbitMQ alone carries the messages of `count` wishes."""
    return count / statistics.median([await raw.carry(sent) for _ in range(CARRIES)])

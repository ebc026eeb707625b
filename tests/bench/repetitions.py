"""What is measured in which order: short rounds, ours and the baseline by turns."""

import statistics
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from shared.bus.transport.base import Publishing
from shared.contracts.intake import WishFulfilled
from tests.bench import wishes
from tests.bench.environment import BenchEnvironment, bench_environment
from tests.bench.fixtures import BenchServers
from tests.bench.joins import JoinBenchmark, join_benchmark
from tests.bench.raw_rabbit import RawRabbit, raw_rabbit
from tests.bench.report import Row
from tests.bench.wishes import CONFIRMATIONS_PER_SECOND, p50, p99
from tests.support.system import TransportKind

ROUND_COUNT = 3
RABBIT_RUNS_PER_ROUND = 3
FULFILLED = WishFulfilled.type
WHOLE_PATH_WISHES, MESSAGE_PATH_WISHES, PACED_WISHES, WARM_UP_WISHES = 40, 200, 60, 8
KINDS: tuple[TransportKind, ...] = ("in process", "rabbit")
TRANSPORT_NAMES: dict[TransportKind, str] = {"in process": "in process", "rabbit": "RabbitMQ"}
# About half of what was measured on two shared cores: what falls through has become worse.
MIN_RATIOS: dict[str, float] = {
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
STEP_COUNT = len(KINDS) * (1 + 4 * ROUND_COUNT) + ROUND_COUNT + 2

ReportStep = Callable[[str], None]


@dataclass
class _Measurements:
    """What the rounds found of one figure: ours, and the baseline beside it."""

    ours: list[float] = field(default_factory=list)
    baseline: list[float] = field(default_factory=list)

    def add(self, ours: float, baseline: float) -> None:
        """One round more."""
        self.ours.append(ours)
        self.baseline.append(baseline)

    def rate(self, name: str, unit: str, floor: str) -> Row:
        """The row of a throughput."""
        return Row.rate(name, unit, MIN_RATIOS[floor], self.ours, self.baseline)

    def time(self, name: str, unit: str, floor: str) -> Row:
        """The row of a latency."""
        return Row.time(name, unit, MIN_RATIOS[floor], self.ours, self.baseline)


@dataclass
class _WishMeasurements:
    """What the rounds found of wishes over one transport."""

    whole_path: _Measurements = field(default_factory=_Measurements)
    message_path: _Measurements = field(default_factory=_Measurements)
    median_delay: _Measurements = field(default_factory=_Measurements)
    p99_delay: _Measurements = field(default_factory=_Measurements)

    def rows(self, kind: TransportKind) -> list[Row]:
        """The rows of that transport."""
        where = TRANSPORT_NAMES[kind]
        whole = f"wishes, from making over HTTP to points told, {where}"
        path = f"confirmations, message path alone to points told, {where}"
        return [
            self.whole_path.rate(whole, "wishes/s", f"whole {kind}"),
            self.message_path.rate(path, "confirmations/s", f"path {kind}"),
            self.median_delay.time(f"confirmation to points, p50, {where}", "ms", f"p50 {kind}"),
            self.p99_delay.time(f"confirmation to points, p99, {where}", "ms", f"p99 {kind}"),
        ]


async def measure_wishes(servers: BenchServers, step: ReportStep) -> list[Row]:
    """Wishes over both transports, beside the same bytes through RabbitMQ alone."""
    sides = {kind: _WishMeasurements() for kind in KINDS}
    async with AsyncExitStack() as stack:
        raw = await stack.enter_async_context(raw_rabbit(servers.amqp_url))
        stages: dict[TransportKind, BenchEnvironment] = {}
        for kind in KINDS:
            step(f"opening a station, {kind}")
            stages[kind] = await stack.enter_async_context(bench_environment(servers, kind))
            await wishes.measure_whole_path(stages[kind], WARM_UP_WISHES)
        for number in range(1, ROUND_COUNT + 1):
            for kind, one in stages.items():
                step(f"round {number}: wishes over HTTP, {kind}")
                rate, sent = await wishes.measure_whole_path(one, WHOLE_PATH_WISHES)
                sides[kind].whole_path.add(rate, await _baseline_rate(raw, sent, WHOLE_PATH_WISHES))
                step(f"round {number}: the message path, {kind}")
                rate, sent = await wishes.measure_message_path(one, MESSAGE_PATH_WISHES)
                sides[kind].message_path.add(
                    rate, await _baseline_rate(raw, sent, MESSAGE_PATH_WISHES)
                )
                step(f"round {number}: the delay of RabbitMQ alone")
                bare = await raw.measure_latencies(
                    [m for m in sent if m.type == FULFILLED][:PACED_WISHES],
                    CONFIRMATIONS_PER_SECOND,
                )
                step(f"round {number}: the delay of points, {kind}")
                delays = await wishes.measure_delays(one, PACED_WISHES)
                sides[kind].median_delay.add(p50(delays), p50(bare))
                sides[kind].p99_delay.add(p99(delays), p99(bare))
    return [row for kind in KINDS for row in sides[kind].rows(kind)]


async def measure_joins(servers: BenchServers, step: ReportStep) -> tuple[list[Row], float]:
    """Joining over HTTP beside the baseline by hand; and the most that the crowd can ask."""
    joining, knocking = _Measurements(), _Measurements()
    step("gathering a crowd")
    async with join_benchmark(servers, ROUND_COUNT + 1) as opened:
        await _measure_turn(opened, _Measurements(), _Measurements())
        for number in range(1, ROUND_COUNT + 1):
            step(f"round {number}: joining an event")
            await _measure_turn(opened, joining, knocking)
        step("the crowd itself")
        ceiling = await opened.measure_ceiling()
    rows = [
        joining.rate("joins of one event over HTTP", "joins/s", "join"),
        knocking.rate("refusals by a full event over HTTP", "refusals/s", "knock"),
    ]
    return rows, ceiling


async def _measure_turn(
    benchmark: JoinBenchmark, joins: _Measurements, refusals: _Measurements
) -> None:
    joins.add(await benchmark.measure_joins("ours"), await benchmark.measure_joins("baseline"))
    refusals.add(
        await benchmark.measure_refusals("ours"), await benchmark.measure_refusals("baseline")
    )


async def _baseline_rate(raw: RawRabbit, sent: Sequence[Publishing], count: int) -> float:
    """At what rate RabbitMQ alone carries the messages of `count` wishes."""
    return count / statistics.median(
        [await raw.measure_seconds(sent) for _ in range(RABBIT_RUNS_PER_ROUND)]
    )

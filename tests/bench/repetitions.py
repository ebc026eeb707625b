"""The order of the measurements: short rounds, ours and the baseline by turns."""

import statistics
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from shared.bus.transport.base import Publishing
from shared.contracts.intake import WishFulfilled
from tests.bench import wishes
from tests.bench.environment import BenchEnvironment, bench_environment
from tests.bench.joins import JoinBenchmark, join_benchmark
from tests.bench.raw_rabbit import RawRabbit, raw_rabbit
from tests.bench.report import Row
from tests.bench.servers import BenchServers
from tests.bench.wishes import CONFIRMATIONS_PER_SECOND, p50, p99
from tests.support.system import TransportKind

ROUND_COUNT = 3
RABBIT_RUNS_PER_ROUND = 3
FULFILLED = WishFulfilled.type
WHOLE_PATH_WISHES, MESSAGE_PATH_WISHES, PACED_WISHES, WARM_UP_WISHES = 40, 200, 60, 8
KINDS: tuple[TransportKind, ...] = ("in process", "rabbit")
TRANSPORT_NAMES: dict[TransportKind, str] = {"in process": "in process", "rabbit": "RabbitMQ"}
# About half of the ratios on two shared cores: a ratio below its floor is a regression.
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
    "refusal": 0.08,
}
STEP_COUNT = len(KINDS) * (1 + 4 * ROUND_COUNT) + ROUND_COUNT + 2

ReportStep = Callable[[str], None]


@dataclass
class _Measurements:
    """The figures of all rounds for one row: ours, and the baseline beside them."""

    ours: list[float] = field(default_factory=list)
    baseline: list[float] = field(default_factory=list)

    def add(self, ours: float, baseline: float) -> None:
        """Add the figures of one round."""
        self.ours.append(ours)
        self.baseline.append(baseline)

    def rate(self, name: str, unit: str, floor: str) -> Row:
        """Return the row of a throughput."""
        return Row.rate(name, unit, MIN_RATIOS[floor], self.ours, self.baseline)

    def time(self, name: str, unit: str, floor: str) -> Row:
        """Return the row of a latency."""
        return Row.time(name, unit, MIN_RATIOS[floor], self.ours, self.baseline)


@dataclass
class _WishMeasurements:
    """What the rounds found of wishes over one transport."""

    whole_path: _Measurements = field(default_factory=_Measurements)
    message_path: _Measurements = field(default_factory=_Measurements)
    median_delay: _Measurements = field(default_factory=_Measurements)
    p99_delay: _Measurements = field(default_factory=_Measurements)

    def rows(self, kind: TransportKind) -> list[Row]:
        """Return the rows of that transport."""
        where = TRANSPORT_NAMES[kind]
        whole = f"wishes, from posting over HTTP to points notified, {where}"
        path = f"confirmations, message path alone to points notified, {where}"
        return [
            self.whole_path.rate(whole, "wishes/s", f"whole {kind}"),
            self.message_path.rate(path, "confirmations/s", f"path {kind}"),
            self.median_delay.time(f"confirmation to points, p50, {where}", "ms", f"p50 {kind}"),
            self.p99_delay.time(f"confirmation to points, p99, {where}", "ms", f"p99 {kind}"),
        ]


async def measure_wishes(servers: BenchServers, step: ReportStep) -> list[Row]:
    """Measure wishes over both transports, beside the same bytes through RabbitMQ alone."""
    measurements = {kind: _WishMeasurements() for kind in KINDS}
    async with AsyncExitStack() as stack:
        raw = await stack.enter_async_context(raw_rabbit(servers.amqp_url))
        environments: dict[TransportKind, BenchEnvironment] = {}
        for kind in KINDS:
            step(f"opening a station, {kind}")
            environments[kind] = await stack.enter_async_context(bench_environment(servers, kind))
            await wishes.measure_whole_path(environments[kind], WARM_UP_WISHES)
        for number in range(1, ROUND_COUNT + 1):
            for kind, environment in environments.items():
                step(f"round {number}: wishes over HTTP, {kind}")
                rate, sent = await wishes.measure_whole_path(environment, WHOLE_PATH_WISHES)
                measurements[kind].whole_path.add(
                    rate, await _baseline_rate(raw, sent, WHOLE_PATH_WISHES)
                )
                step(f"round {number}: the message path, {kind}")
                rate, sent = await wishes.measure_message_path(environment, MESSAGE_PATH_WISHES)
                measurements[kind].message_path.add(
                    rate, await _baseline_rate(raw, sent, MESSAGE_PATH_WISHES)
                )
                step(f"round {number}: the delay of RabbitMQ alone")
                baseline_delays = await raw.measure_latencies(
                    [m for m in sent if m.type == FULFILLED][:PACED_WISHES],
                    CONFIRMATIONS_PER_SECOND,
                )
                step(f"round {number}: the delay of points, {kind}")
                delays = await wishes.measure_delays(environment, PACED_WISHES)
                measurements[kind].median_delay.add(p50(delays), p50(baseline_delays))
                measurements[kind].p99_delay.add(p99(delays), p99(baseline_delays))
    return [row for kind in KINDS for row in measurements[kind].rows(kind)]


async def measure_joins(servers: BenchServers, step: ReportStep) -> tuple[list[Row], float]:
    """Measure joins beside the plain baseline; return rows and the load generator's ceiling."""
    joins, refusals = _Measurements(), _Measurements()
    step("creating guests")
    async with join_benchmark(servers, ROUND_COUNT + 1) as benchmark:
        await _measure_round(benchmark, _Measurements(), _Measurements())
        for number in range(1, ROUND_COUNT + 1):
            step(f"round {number}: joining an event")
            await _measure_round(benchmark, joins, refusals)
        step("the load generator itself")
        ceiling = await benchmark.measure_ceiling()
    rows = [
        joins.rate("joins of one event over HTTP", "joins/s", "join"),
        refusals.rate("refusals by a full event over HTTP", "refusals/s", "refusal"),
    ]
    return rows, ceiling


async def _measure_round(
    benchmark: JoinBenchmark, joins: _Measurements, refusals: _Measurements
) -> None:
    joins.add(await benchmark.measure_joins("ours"), await benchmark.measure_joins("baseline"))
    refusals.add(
        await benchmark.measure_refusals("ours"), await benchmark.measure_refusals("baseline")
    )


async def _baseline_rate(raw: RawRabbit, sent: Sequence[Publishing], count: int) -> float:
    """Return the wishes a second whose messages RabbitMQ alone carries, of `count` wishes."""
    return count / statistics.median(
        [await raw.measure_seconds(sent) for _ in range(RABBIT_RUNS_PER_ROUND)]
    )

"""Sampler of the outbox: how many messages wait and how long, while the broker is away, too."""

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.background_loop import BackgroundLoop, LoopTask
from shared.backoff import Backoff
from shared.bus.outbox import lanes
from shared.bus.outbox.lanes import Floors
from shared.bus.outbox.record import LANE_COUNT
from shared.bus.transport.base import TRANSIENT_ERRORS
from shared.observability.metrics import OUTBOX_DEPTH, OUTBOX_OLDEST, OUTBOX_REFUSED

INTERVAL_SECONDS = 5.0


class OutboxSampler(LoopTask):
    """Sampler of one service's outbox; `floors` are those of the replica's relay."""

    def __init__(
        self, service: str, sessions: async_sessionmaker[AsyncSession], floors: Floors
    ) -> None:
        self._service = service
        self._sessions = sessions
        self._floors = floors
        super().__init__(
            BackgroundLoop(
                f"sampler of the outbox {service}",
                self.sample,
                backoff=Backoff(INTERVAL_SECONDS, INTERVAL_SECONDS),
                transient=TRANSIENT_ERRORS,
                interval_seconds=INTERVAL_SECONDS,
            )
        )

    async def sample(self) -> None:
        """Set the metrics once."""
        async with self._sessions() as tx:
            every_lane = self._floors.parameters(range(LANE_COUNT))
            samples = (await tx.execute(lanes.SAMPLE, every_lane)).all()
        depth_by_lane = {row.lane: row.depth for row in samples}
        for lane in range(LANE_COUNT):
            OUTBOX_DEPTH.labels(self._service, lane).set(depth_by_lane.get(lane, 0))
        OUTBOX_REFUSED.labels(self._service).set(sum(row.refused for row in samples))
        OUTBOX_OLDEST.labels(self._service).set(max((row.age for row in samples), default=0))

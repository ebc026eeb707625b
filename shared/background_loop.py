"""Background loops: one turn after another until stopped, with backoff after failures."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from shared.backoff import Backoff
from shared.db_errors import is_unavailable, redacted_message
from shared.observability.logs import logger

# Longer than any wait of ours, and than a turn that goes well.
STALLED_AFTER_SECONDS = 60.0

log = logger(__name__)


class Progress:
    """How far a loop has come: its completed turns, and what it waits for.

    `waits_for` is "work" between turns, "turn" during one, and what failed otherwise: "broker",
    "database" or "error".
    """

    def __init__(self) -> None:
        self.turns = 0
        self.waits_for = "turn"
        self._completed_at = time.monotonic()

    @property
    def age_seconds(self) -> float:
        """Seconds since the last completed turn, or since the start."""
        return time.monotonic() - self._completed_at

    @property
    def is_recent(self) -> bool:
        """Whether a turn was completed lately."""
        return self.age_seconds < STALLED_AFTER_SECONDS

    def complete(self, waits_for: str = "work") -> None:
        """Record a completed turn."""
        self.turns += 1
        self.waits_for = waits_for
        self._completed_at = time.monotonic()


class BackgroundLoop:
    """A task that runs `turn` every `interval_seconds`, or as soon as `wake` is set.

    An error of `turn` never ends the loop: one of `transient` is logged as a warning, any other
    with its traceback, and the next turn comes after the backoff, or once `wake` is set. A turn
    that lasts (a connection that is consumed) ends when `stopping` is set, and records its own
    progress.
    """

    def __init__(
        self,
        name: str,
        turn: Callable[[], Awaitable[object]],
        *,
        backoff: Backoff,
        transient: tuple[type[Exception], ...],
        interval_seconds: float = 0.0,
    ) -> None:
        self.wake = asyncio.Event()
        self.stopping = asyncio.Event()
        self.backoff = backoff
        self.progress = Progress()
        self.name = name
        self._turn = turn
        self._transient = transient
        self._interval = interval_seconds
        self._task: asyncio.Task[None] | None = None

    @property
    def alive(self) -> bool:
        """Whether the task runs and has completed a turn lately."""
        return self._task is not None and not self._task.done() and self.progress.is_recent

    def start(self) -> None:
        """Begin in the background, unless the loop runs already."""
        if self._task is None:
            self.stopping.clear()
            self.progress = Progress()
            self._task = asyncio.create_task(self._run(), name=self.name)

    async def stop(self) -> None:
        """Let the turn under way finish, and end; may be called twice."""
        self.stopping.set()
        self.wake.set()
        if self._task is not None:
            await self._task
            self._task = None

    async def _run(self) -> None:
        while not self.stopping.is_set():
            self.wake.clear()
            self.progress.waits_for = "turn"
            try:
                await self._turn()
            except self._transient as error:
                self.progress.waits_for = "database" if is_unavailable(error) else "broker"
                log.warning("turn failed", loop=self.name, error=redacted_message(error))
            except Exception:
                self.progress.waits_for = "error"
                log.exception("turn failed", loop=self.name)
            else:
                self.progress.complete()
                self.backoff.reset()
                await wait_for(self.wake, self._interval)
                continue
            await wait_for(self.wake, self.backoff.next_delay())


class LoopTask:
    """What one or more loops do in the background of a replica."""

    def __init__(self, *loops: BackgroundLoop) -> None:
        self.loops = list(loops)

    @property
    def alive(self) -> bool:
        """Whether every loop runs and has completed a turn lately."""
        return all(loop.alive for loop in self.loops)

    async def start(self) -> None:
        """Begin in the background."""
        for loop in self.loops:
            loop.start()

    async def stop(self) -> None:
        """Let the turns under way finish, and end; may be called twice."""
        await asyncio.gather(*(loop.stop() for loop in self.loops))


async def wait_for(event: asyncio.Event, seconds: float) -> None:
    """Wait until the event is set, `seconds` at most."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)

"""Background loops: one turn after another until stopped, with backoff after failures."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from shared.backoff import Backoff
from shared.db_errors import redacted_message
from shared.observability.logs import logger

log = logger(__name__)


class BackgroundLoop:
    """A task that runs `turn` every `interval_seconds`, or as soon as `wake` is set.

    An error of `turn` never ends the loop: one of `transient` is logged as a warning, any other
    with its traceback, and the next turn comes after the backoff, or once `wake` is set. A turn
    that lasts (a connection that is consumed) ends when `stopping` is set.
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
        self._name = name
        self._turn = turn
        self._transient = transient
        self._interval = interval_seconds
        self._task: asyncio.Task[None] | None = None

    @property
    def alive(self) -> bool:
        """Whether the task runs; one that waits for the broker or the database does."""
        return self._task is not None and not self._task.done()

    def start(self) -> None:
        """Begin in the background, unless the loop runs already."""
        if self._task is None:
            self.stopping.clear()
            self._task = asyncio.create_task(self._run(), name=self._name)

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
            try:
                await self._turn()
            except self._transient as error:
                log.warning("turn failed", loop=self._name, error=redacted_message(error))
            except Exception:
                log.exception("turn failed", loop=self._name)
            else:
                self.backoff.reset()
                await wait_for(self.wake, self._interval)
                continue
            await wait_for(self.wake, self.backoff.next_delay())


async def wait_for(event: asyncio.Event, seconds: float) -> None:
    """Wait until the event is set, `seconds` at most."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)

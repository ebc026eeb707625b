"""Consumer: everything that reads a service's messages in one replica."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.background_loop import BackgroundLoop, LoopTask
from shared.bus.inbox.batch_recorder import BatchRecorder
from shared.bus.inbox.dispatcher import Dispatcher
from shared.bus.inbox.queue_reader import QueueReader
from shared.bus.inbox.retry_worker import RetryWorker
from shared.bus.partners.pacer import Pacer
from shared.bus.transport.base import Transport
from shared.bus.transport.topology import partner_queue
from shared.observability.metrics import CONSUMER_ALIVE


class Consumer:
    """Consumer of one service: the reader of its queue, and its retries.

    Where partners publish to the service, their queue has a reader of its own, which handles
    `partner_rate` messages of each publisher a minute (0: any number).
    """

    def __init__(
        self,
        service: str,
        sessions: async_sessionmaker[AsyncSession],
        dispatcher: Dispatcher,
        transport: Transport,
        *,
        partner_rate: int = 0,
    ) -> None:
        self._service = service
        self.retry_worker = RetryWorker(service, sessions, dispatcher)
        wake = self.retry_worker.wake
        recorder = BatchRecorder(service, sessions, dispatcher, wake)
        self.reader = QueueReader(service, sessions, recorder, transport)
        self._tasks: list[LoopTask] = [self.reader, self.retry_worker]
        if dispatcher.parser.has_partners:
            pacer = Pacer(partner_rate) if partner_rate else None
            paced = BatchRecorder(service, sessions, dispatcher, wake, pacer)
            queue = partner_queue(service)
            self._tasks.append(QueueReader(queue, sessions, paced, transport))

    @property
    def alive(self) -> bool:
        """True while every queue is subscribed and the retry worker runs."""
        return all(task.alive for task in self._tasks)

    @property
    def loops(self) -> list[BackgroundLoop]:
        """The loops of the queues and of the retries."""
        return [loop for task in self._tasks for loop in task.loops]

    async def start(self) -> None:
        """Start consuming in the background."""
        CONSUMER_ALIVE.labels(self._service).set_function(lambda: float(self.alive))
        for task in self._tasks:
            await task.start()

    async def stop(self) -> None:
        """Finish the batches, commit, acknowledge, and end; may be called twice."""
        await asyncio.gather(*(task.stop() for task in self._tasks))

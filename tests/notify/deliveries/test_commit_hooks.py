"""A commit that queues a delivery wakes the sender at once."""

from sqlalchemy import text

from services.notify.deliveries.models import QUEUED
from services.notify.deliveries.sender import Sender
from shared.bus import commit_hooks
from shared.runtime.runtime import Runtime


async def test_commit_of_the_consumer_wakes_the_sender(runtime: Runtime) -> None:
    (sender,) = [part for part in runtime.background_tasks if isinstance(part, Sender)]
    sender.wake.clear()
    async with runtime.consumer.reader.sessions.begin() as tx:
        await tx.execute(text("SELECT 1"))
        commit_hooks.mark_work(tx, QUEUED)
    assert sender.wake.is_set()

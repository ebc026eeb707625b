"""Errors of RabbitMQ's channels, and their closing."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import CONNECTION_EXCEPTIONS

from shared.bus.transport.base import Disconnected

CLOSE_TIMEOUT_SECONDS = 5.0
_FAILURES = (*CONNECTION_EXCEPTIONS, TimeoutError)


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raise Disconnected for every error that closes the channel inside.

    aiormq cancels the calls that wait on a closing channel. Without a translation the calling task
    would end as if it had been cancelled, and nobody would log an error.
    """
    try:
        yield
    except _FAILURES as error:
        raise disconnected(error) from error
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise disconnected(error) from error


def disconnected(error: BaseException) -> Disconnected:
    """Return the error of a lost channel."""
    return Disconnected(f"{type(error).__name__}: {error}")


async def close_channel(channel: AbstractChannel) -> None:
    """Close a channel, however it has failed."""
    with suppress(Disconnected), translate_errors():
        await asyncio.wait_for(channel.close(), CLOSE_TIMEOUT_SECONDS)

"""A replica as `linli serve` runs it, which shifts its clock and crashes on request.

On SIGUSR1 it shifts its clock by the seconds in one file. While the other file exists, it dies
between the broker's confirm and the deletion of the rows, and writes the confirmed ids to the file.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from services.cli.migrate import SERVICES
from services.cli.serve import serve
from shared import clock
from shared.bus.transport.base import Publishing, PublishOutcome
from shared.bus.transport.rabbit import RabbitTransport
from tests.chaos import next_version

_clock_shift = ExitStack()


def main() -> None:
    """Serve the service that the first argument names; the next two arguments are the files.

    With a fourth argument, `next`, it is of the next version.
    """
    service, clock_shift_file, crash_file = (
        SERVICES[sys.argv[1]],
        Path(sys.argv[2]),
        Path(sys.argv[3]),
    )
    if sys.argv[4:] == ["next"]:
        service = next_version.upgrade(service)

    def shift_clock(*_: object) -> None:
        _clock_shift.close()
        _clock_shift.enter_context(
            clock.skewed(timedelta(seconds=float(clock_shift_file.read_text())))
        )

    signal.signal(signal.SIGUSR1, shift_clock)
    with mock.patch.object(RabbitTransport, "publisher", _crashing_publisher(crash_file)):
        asyncio.run(serve(service))


def _crashing_publisher(crash_file: Path) -> Any:
    """Return `RabbitTransport.publisher`, wrapped so that the process may die after a confirm."""
    create_publisher = RabbitTransport.publisher

    async def publisher(transport: RabbitTransport, service: str) -> Any:
        publisher: Any = await create_publisher(transport, service)
        publish = publisher.publish

        async def publish_and_crash(batch: Sequence[Publishing]) -> list[PublishOutcome]:
            outcomes: list[PublishOutcome] = await publish(batch)
            pairs = zip(batch, outcomes, strict=True)
            confirmed = [one.id for one, outcome in pairs if outcome is PublishOutcome.CONFIRMED]
            if confirmed:
                _crash_if_requested(crash_file, confirmed)
            return outcomes

        publisher.publish = publish_and_crash
        return publisher

    return publisher


def _crash_if_requested(crash_file: Path, confirmed: Sequence[str]) -> None:
    if crash_file.exists():
        crash_file.write_text(" ".join(confirmed))
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()

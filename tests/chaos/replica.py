"""A replica as `linli serve` runs it, whose clock jumps when it is told to (SIGUSR1).

The file beside its socket says by how many seconds.
"""

import asyncio
import signal
import sys
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from services.cli.migrate import SERVICES
from services.cli.serve import serve
from shared import clock

_jump = ExitStack()


def main() -> None:
    """Serve the service that the first argument names; the second is the file with the seconds."""
    service, seconds = SERVICES[sys.argv[1]], Path(sys.argv[2])

    def jump(*_: object) -> None:
        _jump.close()
        _jump.enter_context(clock.shifted(timedelta(seconds=float(seconds.read_text()))))

    signal.signal(signal.SIGUSR1, jump)
    asyncio.run(serve(service))


if __name__ == "__main__":
    main()

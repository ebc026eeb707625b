"""Run replicas in this process: listen, serve until told to stop, stop in a safe order."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Iterable,
    Iterator,
    Sequence,
)
from typing import Any

import uvicorn

from shared.observability.logs import logger
from shared.runtime.runtime import Runtime
from shared.settings import socket_path

# With the closing of connections these are less than 25 seconds, and Docker waits for 30.
RELAY_GRACE_SECONDS = 4.0
BACKGROUND_GRACE_SECONDS = 10.0
HTTP_GRACE_SECONDS = 5
log = logger("linli.run")


class CannotListen(Exception):
    """The address is taken or not ours to take; the message is a sentence for the operator."""

    def __init__(self, bind: str, error: Exception) -> None:
        reason = getattr(error, "strerror", None) or str(error)
        super().__init__(
            f"Can't listen on {bind}: {reason}. Stop what uses it, or choose another address."
        )


class _Server(uvicorn.Server):
    """Uvicorn without its signal handlers: one process may hold several servers."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(bind: str) -> socket.socket:
    """Listen at `host:port` or `unix:/path`. Raises: CannotListen."""
    path = socket_path(bind)
    try:
        if path is not None:
            path.unlink(missing_ok=True)
            listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            previous = os.umask(0o077)
            try:
                listening.bind(str(path))
            finally:
                os.umask(previous)
        else:
            host, _, port = bind.rpartition(":")
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            listening = socket.socket(family, socket.SOCK_STREAM)
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((host.strip("[]"), int(port)))
    except (OSError, ValueError) as error:
        raise CannotListen(bind, error) from error
    listening.listen(2048)
    listening.setblocking(False)
    return listening


def _server(runtime: Runtime) -> _Server:
    return _Server(
        uvicorn.Config(
            runtime.app,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            forwarded_allow_ips=runtime.settings.trusted_proxies,
            timeout_graceful_shutdown=HTTP_GRACE_SECONDS,
        )
    )


@contextlib.asynccontextmanager
async def serving(
    runtimes: Sequence[Runtime], sockets: Sequence[socket.socket]
) -> AsyncIterator[None]:
    """Run the replicas inside the block; on leaving stop relays, then consumers, then HTTP."""
    servers = [_server(runtime) for runtime in runtimes]
    tasks = [
        asyncio.create_task(server.serve([listening]))
        for server, listening in zip(servers, sockets, strict=True)
    ]
    try:
        for runtime in runtimes:
            await runtime.start()
        yield
    finally:
        await stop(runtimes)
        for server in servers:
            server.should_exit = True
        await asyncio.gather(*tasks, return_exceptions=True)
        for runtime in runtimes:
            await runtime.close()
        for listening in sockets:
            listening.close()


async def stop(runtimes: Sequence[Runtime]) -> None:
    """Stop the background of all replicas: every relay first, since they publish to the others.

    What doesn't end in time waits for a server that is silent, and is left behind.
    """
    await _wait_within(RELAY_GRACE_SECONDS, [one.stop_relay() for one in runtimes])
    await _wait_within(BACKGROUND_GRACE_SECONDS, [one.stop_background_tasks() for one in runtimes])


async def _wait_within(seconds: float, stops: Iterable[Coroutine[Any, Any, None]]) -> None:
    done, pending = await asyncio.wait(map(asyncio.ensure_future, stops), timeout=seconds)
    for task in done:
        task.result()
    if pending:
        log.warning("not stopped in time", tasks=len(pending))


async def run(
    runtimes: Sequence[Runtime],
    sockets: Sequence[socket.socket],
    ready: Callable[[], Awaitable[None]],
) -> None:
    """Serve until SIGTERM, SIGINT or SIGHUP; await `ready` once all listen, or cancel it."""
    shutdown_requested = _shutdown_event()
    async with serving(runtimes, sockets):
        log.info("serving", services=[runtime.service.name for runtime in runtimes])
        waiting = asyncio.create_task(shutdown_requested.wait())
        beginning = asyncio.ensure_future(ready())
        await asyncio.wait({waiting, beginning}, return_when=asyncio.FIRST_COMPLETED)
        if shutdown_requested.is_set():
            beginning.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beginning
        await waiting
        log.info("stopping")


def _shutdown_event() -> asyncio.Event:
    """Return an event that the signals to stop set."""
    shutdown_requested = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(sign, shutdown_requested.set)
    return shutdown_requested

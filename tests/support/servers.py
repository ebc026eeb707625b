"""The servers of a test run: each starts when a test first needs it, and all workers share it."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack, suppress
from multiprocessing.connection import Client, Listener
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Literal

from tests.support import postgres, rabbitmq

ServerName = Literal["postgres", "template", "rabbitmq"]
STOP = "stop"


class ServerFailed(Exception):
    """Failure of a server of the run to start; the message says which one and why."""


class ServerHost:
    """The servers of a run, on request by a socket, so that the first worker to ask starts one.

    It lives in the process that outlives the workers, and stops the servers that it started.
    """

    def __init__(self) -> None:
        self._resources = ExitStack()
        # The path must be short, because the socket's path has a limit.
        folder = self._resources.enter_context(TemporaryDirectory(prefix="linli-ts-"))
        self.address = f"{folder}/socket"
        self._listener = Listener(self.address, family="AF_UNIX")
        self._starters: dict[str, Callable[[], str]] = {
            "postgres": lambda: self._resources.enter_context(postgres.server()),
            "template": self._make_template,
            "rabbitmq": lambda: self._resources.enter_context(rabbitmq.broker()),
        }
        self._results: dict[str, tuple[str, str]] = {}
        # One thread answers one request after the other, so that no server starts twice.
        self._thread = Thread(target=self._answer_requests, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop the servers that this host started."""
        with Client(self.address) as connection:
            connection.send(STOP)
        self._thread.join()
        self._listener.close()
        self._resources.close()

    def _answer_requests(self) -> None:
        while True:
            # A worker that was killed in the middle of a request has cut its connection off.
            with suppress(EOFError, OSError), self._listener.accept() as connection:
                if (name := connection.recv()) == STOP:
                    return
                connection.send(self._result(name))

    def _result(self, name: str) -> tuple[str, str]:
        """Return the value and the error of a start, of which one is empty."""
        if name not in self._results:
            try:
                self._results[name] = (self._starters[name](), "")
            except Exception as error:  # noqa: BLE001 - the test that asked reports it
                self._results[name] = ("", f"{type(error).__name__}: {error}")
        return self._results[name]

    def _make_template(self) -> str:
        admin_url, error = self._result("postgres")
        if error:
            raise ServerFailed(error)
        template = asyncio.run(postgres.make_template(admin_url))
        self._resources.callback(lambda: asyncio.run(postgres.drop_database(admin_url, template)))
        return template


def request_server(address: str, name: ServerName) -> str:
    """Return the URL of a server, or the name of the template; start it where it doesn't run.

    Raises: ServerFailed.
    """
    with Client(address) as connection:
        connection.send(name)
        value, error = connection.recv()
    if error:
        raise ServerFailed(f"{name}: {error}")
    return str(value)

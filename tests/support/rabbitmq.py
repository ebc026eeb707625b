"""A real RabbitMQ for the tests: the one of LINLI_TEST_AMQP_URL, or a private node."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from tests.support.debian_packages import find_or_install
from tests.support.ports import free_port

STARTUP_TIMEOUT_SECONDS = 60.0
POLL_INTERVAL_SECONDS = 0.1


class NoBroker(Exception):
    """Missing RabbitMQ; the message says what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"{reason} The tests need RabbitMQ: install rabbitmq-server, "
            "or set LINLI_TEST_AMQP_URL to one that runs."
        )


@contextmanager
def broker() -> Iterator[str]:
    """Run a broker; yield its URL."""
    if url := os.environ.get("LINLI_TEST_AMQP_URL"):
        yield url
        return
    with private_node() as node:
        yield node.url


@contextmanager
def private_node() -> Iterator["Node"]:
    """Run a node of the installed RabbitMQ for this test run alone. Raises: NoBroker."""
    folder = Path(tempfile.mkdtemp(prefix="linli-mq-"))
    node = Node(_find_or_install(), folder)
    try:
        node.start()
        yield node
    finally:
        node.stop()
        shutil.rmtree(folder, ignore_errors=True)


class Node:
    """A node of RabbitMQ: a tree of processes in its own session, with its data in a folder."""

    def __init__(self, server: str, folder: Path) -> None:
        self._server = server
        self._folder = folder
        self._port = free_port()
        self._environment = _environment(folder, self._port, free_port())
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """URL of the node."""
        return f"amqp://guest:guest@127.0.0.1:{self._port}/"

    def start(self) -> None:
        """Start the node on its existing data, and wait until it listens. Raises: NoBroker."""
        with (self._folder / "console.log").open("ab") as console:
            self._process = subprocess.Popen(
                [self._server],
                env=self._environment,
                stdout=console,
                stderr=console,
                start_new_session=True,
                cwd=self._folder,
            )
        _wait_until_listening(self._process, self._port, self._folder)

    def kill(self) -> None:
        """Kill the node, as a loss of power would."""
        if self._process is not None:
            os.killpg(self._process.pid, 9)
            self._process.wait(10)

    def run_rabbitmqctl(self, *command: str) -> None:
        """Run a command of `rabbitmqctl` on the node."""
        name = self._environment["RABBITMQ_NODENAME"]
        tool = str(Path(self._server).with_name("rabbitmqctl"))
        subprocess.run(
            [tool, "-n", name, *command],
            env=self._environment,
            check=True,
            capture_output=True,
            timeout=60,
        )

    def stop(self) -> None:
        """Shut the node down gracefully."""
        if self._process is not None:
            _stop(self._process)


def _find_or_install() -> str:
    path = find_or_install(_find, "rabbitmq-server")
    if path is None:
        raise NoBroker("None is installed here.")
    return path


def _find() -> str | None:
    # Debian's wrapper on PATH changes to a user who can't reach this run's folder; the server's own
    # command doesn't.
    own = "/usr/lib/rabbitmq/bin"
    places = [own, os.environ.get("PATH", ""), "/usr/sbin", "/opt/homebrew/sbin"]
    return shutil.which("rabbitmq-server", path=os.pathsep.join(places))


def _environment(folder: Path, port: int, distribution: int) -> dict[str, str]:
    (folder / "enabled_plugins").write_text("[].\n")
    (folder / "rabbitmq.conf").write_text(
        f"listeners.tcp.1 = 127.0.0.1:{port}\ndisk_free_limit.absolute = 50MB\n"
    )
    return {
        "HOME": str(folder),
        "PATH": os.environ.get("PATH", "") + ":/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG": "C.UTF-8",
        "RABBITMQ_NODENAME": f"linli{uuid4().hex[:8]}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "ERL_CRASH_DUMP": str(folder / "erl_crash.dump"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
    }


def _wait_until_listening(node: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    end = time.monotonic() + STARTUP_TIMEOUT_SECONDS
    while time.monotonic() < end and node.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(POLL_INTERVAL_SECONDS)
    tail = (folder / "console.log").read_text(errors="replace")[-2000:]
    raise NoBroker(f"A private node did not start:\n{tail}\n")


def _stop(node: subprocess.Popen[bytes]) -> None:
    """Stop the node, which is a tree of processes in its own session."""
    if node.poll() is None:
        os.killpg(node.pid, 15)
        try:
            node.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(node.pid, 9)
            node.wait(5)

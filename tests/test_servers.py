"""The servers of a test run start on demand, once, and stop at the end; rule tests need none."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Client
from pathlib import Path

import pytest

from tests.support import postgres, rabbitmq
from tests.support.servers import ServerFailed, ServerHost, ServerName, request_server

ROOT = Path(__file__).resolve().parent.parent
RULE_TESTS = ("tests/intake/wishes/test_rules.py", "tests/intake/wishes/test_states.py")
REPLY_TIMEOUT_SECONDS = 5.0
TEST_OF_THE_DATABASE = "tests/test_schemas.py"
# A run of pytest in which each request of a server fails.
RUN_WITHOUT_SERVERS = """
import sys
import pytest

class NoServers:
    def pytest_sessionstart(self):
        from tests.support import servers

        def refuse(address, name):
            raise servers.ServerFailed(f"{name} was requested")

        servers.request_server = refuse

sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", *sys.argv[1:]], plugins=[NoServers()]))
"""


class ServerCounter:
    """Servers that do nothing, with the names of the starts and the stops."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.stopped: list[str] = []

    @contextmanager
    def server(self, name: str) -> Iterator[str]:
        """Start and stop a server whose URL is its name."""
        self.started.append(name)
        yield name
        self.stopped.append(name)

    async def make_template(self, admin_url: str) -> str:
        """Make a template."""
        self.started.append(f"template of {admin_url}")
        return "template"

    async def drop_database(self, _: str, database: str) -> None:
        """Drop the template."""
        self.stopped.append(database)


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> ServerCounter:
    """Replace the real servers of a host by counted ones."""
    counter = ServerCounter()
    monkeypatch.setattr(postgres, "server", lambda: counter.server("postgres"))
    monkeypatch.setattr(postgres, "make_template", counter.make_template)
    monkeypatch.setattr(postgres, "drop_database", counter.drop_database)
    monkeypatch.setattr(rabbitmq, "broker", lambda: counter.server("rabbitmq"))
    return counter


@contextmanager
def open_host() -> Iterator[ServerHost]:
    """Open a host, and close it at the end."""
    host = ServerHost()
    try:
        yield host
    finally:
        host.close()


def run_without_servers(*paths: str) -> subprocess.CompletedProcess[str]:
    """Run tests in a process in which no server can be requested."""
    command = [sys.executable, "-c", RUN_WITHOUT_SERVERS, *paths]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_rule_tests_of_a_feature_pass_without_servers() -> None:
    result = run_without_servers(*RULE_TESTS)
    assert result.returncode == pytest.ExitCode.OK, result.stdout
    assert " passed" in result.stdout


def test_a_test_of_the_database_fails_without_servers() -> None:
    result = run_without_servers(TEST_OF_THE_DATABASE)
    assert result.returncode == pytest.ExitCode.TESTS_FAILED, result.stdout
    assert "postgres was requested" in result.stdout


def test_no_server_starts_before_it_is_requested(counter: ServerCounter) -> None:
    with open_host():
        pass
    assert counter.started == counter.stopped == []


def test_a_server_that_many_workers_request_starts_once_and_stops_once(
    counter: ServerCounter,
) -> None:
    names: list[ServerName] = ["template", "postgres", "rabbitmq"]
    with open_host() as host, ThreadPoolExecutor() as workers:
        replies = set(workers.map(lambda name: request_server(host.address, name), names * 8))
    assert replies == set(names)
    assert sorted(counter.started) == ["postgres", "rabbitmq", "template of postgres"]
    assert sorted(counter.stopped) == ["postgres", "rabbitmq", "template"]
    assert counter.stopped.index("template") < counter.stopped.index("postgres")


def test_a_request_that_is_cut_off_leaves_the_host_answering(counter: ServerCounter) -> None:
    with open_host() as host:
        with socket.socket(socket.AF_UNIX) as killed_worker:
            killed_worker.connect(host.address)
            killed_worker.send(b"\0")
        with Client(host.address) as connection:
            connection.send("rabbitmq")
            assert connection.poll(REPLY_TIMEOUT_SECONDS)
            assert connection.recv() == ("rabbitmq", "")
    assert counter.stopped == ["rabbitmq"]


def test_a_failed_start_fails_each_request_with_its_reason(
    counter: ServerCounter, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def fail() -> Iterator[str]:
        counter.started.append("failed")
        raise rabbitmq.NoBroker("None is installed here.")
        yield

    monkeypatch.setattr(rabbitmq, "broker", fail)
    with open_host() as host:
        for _ in range(2):
            with pytest.raises(ServerFailed, match="rabbitmq: NoBroker: None is installed here"):
                request_server(host.address, "rabbitmq")
    assert counter.started == ["failed"]

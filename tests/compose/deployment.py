"""The real deployment, with its own project, secrets and port, used as an operator uses it."""

import asyncio
import json
import os
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.support.certificate import write_certificate
from tests.support.ports import free_port

ROOT = Path(__file__).parents[2]
PROJECT = "linli-test"
NETWORK = f"{PROJECT}_inside"
REPLICAS_PER_SERVICE = {"intake": 2, "volunteers": 3, "notify": 2}
STARTUP_TIMEOUT_SECONDS = 300.0
CA_CERTIFICATE_PATH = "/data/caddy/pki/authorities/local/root.crt"
_SETTING = re.compile(r"^(\w+)=(.*)$", re.MULTILINE)


class CommandFailed(Exception):
    """A failed command of the operator; the message holds the command and its output."""

    def __init__(self, command: tuple[str, ...], output: str) -> None:
        super().__init__(f"{' '.join(command)}: {output.strip()[-2000:]}")


async def run_command(*command: str, stdin: str = "") -> str:
    """Run a command, and return its output. Raises: CommandFailed."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env=_environment(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate(stdin.encode())
    if process.returncode:
        raise CommandFailed(command, (errors + output).decode(errors="replace"))
    return output.decode()


def _environment() -> dict[str, str]:
    """Return the environment without a deployment's settings, which would override the file's."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LINLI_", "COMPOSE_")) and not name.endswith("_PASSWORD")
    }


@dataclass(frozen=True)
class Deployment:
    """A deployment that `docker compose` runs, with its settings."""

    env_file: Path
    settings: dict[str, str]

    @classmethod
    async def prepare(cls, folder: Path) -> "Deployment":
        """Return a deployment with fresh secrets and a free port, of which nothing runs yet."""
        env_file = folder / "env"
        await run_command("scripts/write_env", str(env_file))
        port = free_port()
        tls_folder = folder / "tls"
        tls_folder.mkdir(mode=0o755)
        write_certificate(tls_folder, "publishers")
        own = {
            "LINLI_TLS": str(tls_folder),
            "LINLI_AMQPS_PORT": f"127.0.0.1:{free_port()}",
            "LINLI_PORT": f"127.0.0.1:{port}",
            "LINLI_PUBLIC_URL": f"https://localhost:{port}",
            # The tests send many requests for few people.
            **dict.fromkeys(
                ("LINLI_RATE_PERSON", "LINLI_RATE_ANONYMOUS", "LINLI_RATE_ADDRESS"), "0"
            ),
        }
        written = dict(_SETTING.findall(env_file.read_text())) | own
        env_file.write_text("".join(f"{name}={value}\n" for name, value in written.items()))
        return cls(env_file, written)

    async def compose(self, *arguments: str, stdin: str = "") -> str:
        """Run a `docker compose` command, and return its output. Raises: CommandFailed."""
        files = ("--file", "docker-compose.yml", "--file", "tests/compose/disks.yml")
        own = ("--project-name", PROJECT, "--env-file", str(self.env_file), *files)
        return await run_command("docker", "compose", *own, *arguments, stdin=stdin)

    async def up(self) -> None:
        """Build and start all services with their replicas, and wait until all are healthy."""
        scaled = [
            word for name, n in REPLICAS_PER_SERVICE.items() for word in ("--scale", f"{name}={n}")
        ]
        await self.compose("up", "--build", "--detach", "--wait", "--quiet-pull", *scaled)

    async def down(self) -> None:
        """Remove all containers, networks and data."""
        await self.compose("down", "--volumes", "--remove-orphans", "--timeout", "10")

    async def logs(self) -> str:
        """Return the last lines of every container's log."""
        return await self.compose("logs", "--no-color", "--tail", "60")

    async def add_station(self, code: str, password: str) -> None:
        """Create a station, whose administrator is `admin`."""
        station = ("station", "add", code, "--name", "测试站", "Test station")
        community = ("--community", "测试社区", "Test community")
        command = ("run", "--rm", "--no-TTY", "--no-deps", "intake", *station, *community)
        await self.compose(*command, stdin=password + "\n")

    async def run_sql(self, statement: str, *, role: str = "postgres") -> str:
        """Run `statement` as `role`, and return its plain output. Raises: CommandFailed."""
        psql = ("psql", "-qAt", "-v", "ON_ERROR_STOP=1", "-d", "linli", "-U", role)
        return (await self.compose("exec", "-T", "postgres", *psql, stdin=statement)).strip()

    async def fetch_json(self, query: str) -> Any:
        """Return the one JSON value of `query`."""
        return json.loads(await self.run_sql(query))

    @asynccontextmanager
    async def full_disk(self, service: str) -> AsyncIterator[None]:
        """Leave no room on the disk of a service for a while."""
        # A container of its own does it, since the service's may end.
        shell = ("exec", "-T", "disks", "sh", "-c")
        file = f"/{service}/filling"
        await self.compose(*shell, f"head -c 2G /dev/zero > {file} 2> /dev/null || true")
        try:
            yield
        finally:
            await self.compose(*shell, f"rm -f {file}")

    async def container_ids(self, service: str) -> list[str]:
        """Return the ids of a service's containers, running or not."""
        return (await self.compose("ps", "--all", "--quiet", service)).split()

    async def inspect_containers(self) -> dict[str, list[Any]]:
        """Return Docker's description of each container, one-off commands too, by service."""
        ids = (await self.compose("ps", "--all", "--quiet")).split()
        by_service: dict[str, list[Any]] = {}
        for one in json.loads(await run_command("docker", "inspect", *ids)):
            service = one["Config"]["Labels"]["com.docker.compose.service"]
            by_service.setdefault(service, []).append(one)
        return by_service

    async def run_health_check(self, container: str) -> str:
        """Run a container's own health check in it. Raises: CommandFailed, if it isn't healthy."""
        (description,) = json.loads(await run_command("docker", "inspect", container))
        test = description["Config"]["Healthcheck"]["Test"]
        return await run_command("docker", "exec", container, *test[1:])

    async def unhealthy_containers(self) -> list[str]:
        """Return the names of the containers that have a health check and are not healthy."""
        containers = [one for group in (await self.inspect_containers()).values() for one in group]
        checked = [one for one in containers if "Health" in one["State"]]
        return [one["Name"] for one in checked if one["State"]["Health"]["Status"] != "healthy"]

    async def client(self, *, timeout_seconds: float = 30) -> httpx.AsyncClient:
        """Return a client of the edge that trusts the edge's own certificate authority alone."""
        authority = await self.compose("exec", "-T", "edge", "cat", CA_CERTIFICATE_PATH)
        limits = httpx.Limits(max_connections=40, keepalive_expiry=30)
        return httpx.AsyncClient(
            base_url=self.settings["LINLI_PUBLIC_URL"],
            verify=ssl.create_default_context(cadata=authority),
            limits=limits,
            timeout=timeout_seconds,
            trust_env=False,
        )

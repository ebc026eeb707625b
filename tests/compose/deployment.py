"""The real deployment: its own project, secrets and port, reached as an operator reaches it."""

import asyncio
import json
import os
import re
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.support.ports import free_port

ROOT = Path(__file__).parents[2]
PROJECT = "linli-test"
NETWORK = f"{PROJECT}_inside"
REPLICAS_PER_SERVICE = {"intake": 2, "volunteers": 3, "notify": 2}
STARTUP_TIMEOUT_SECONDS = 300.0
CA_CERTIFICATE_PATH = "/data/caddy/pki/authorities/local/root.crt"
_SETTING = re.compile(r"^(\w+)=(.*)$", re.MULTILINE)


class CommandFailed(Exception):
    """A command of the operator failed; the message says which, and what it said."""

    def __init__(self, command: tuple[str, ...], output: str) -> None:
        super().__init__(f"{' '.join(command)}: {output.strip()[-2000:]}")


async def run_command(*command: str, stdin: str = "") -> str:
    """What a command prints; CommandFailed."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env=_environment(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, complained = await process.communicate(stdin.encode())
    if process.returncode:
        raise CommandFailed(command, (complained + printed).decode(errors="replace"))
    return printed.decode()


def _environment() -> dict[str, str]:
    """The environment without settings of a deployment, which would win over the file's."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LINLI_", "COMPOSE_")) and not name.endswith("_PASSWORD")
    }


@dataclass(frozen=True)
class Deployment:
    """What `docker compose` brought up, with the settings that it has."""

    env_file: Path
    settings: dict[str, str]

    @classmethod
    async def prepare(cls, folder: Path) -> "Deployment":
        """One with fresh secrets and a free port; nothing runs yet."""
        env_file = folder / "env"
        await run_command("scripts/write_env", str(env_file))
        port = free_port()
        own = {
            "LINLI_PORT": f"127.0.0.1:{port}",
            "LINLI_PUBLIC_URL": f"https://localhost:{port}",
            # The tests are many requests of few people.
            **dict.fromkeys(("LINLI_RATE_PERSON", "LINLI_RATE_NOBODY", "LINLI_RATE_ADDRESS"), "0"),
        }
        written = dict(_SETTING.findall(env_file.read_text())) | own
        env_file.write_text("".join(f"{name}={value}\n" for name, value in written.items()))
        return cls(env_file, written)

    async def compose(self, *arguments: str, stdin: str = "") -> str:
        """What a `docker compose` command prints; CommandFailed."""
        own = ("--project-name", PROJECT, "--env-file", str(self.env_file))
        return await run_command("docker", "compose", *own, *arguments, stdin=stdin)

    async def up(self) -> None:
        """Build, start everything with its replicas, and wait until all of it is healthy."""
        scaled = [
            word for name, n in REPLICAS_PER_SERVICE.items() for word in ("--scale", f"{name}={n}")
        ]
        await self.compose("up", "--build", "--detach", "--wait", "--quiet-pull", *scaled)

    async def down(self) -> None:
        """Take everything away, data too."""
        await self.compose("down", "--volumes", "--remove-orphans", "--timeout", "10")

    async def logs(self) -> str:
        """The end of what every container logged."""
        return await self.compose("logs", "--no-color", "--tail", "60")

    async def add_station(self, code: str, password: str) -> None:
        """Found a station; its administrator is `admin`."""
        station = ("station", "add", code, "--name", "测试站", "Test station")
        community = ("--community", "测试社区", "Test community")
        command = ("run", "--rm", "--no-TTY", "--no-deps", "intake", *station, *community)
        await self.compose(*command, stdin=password + "\n")

    async def run_sql(self, statement: str, *, role: str = "postgres") -> str:
        """What a statement gives, unadorned, as one role of the database; CommandFailed."""
        psql = ("psql", "-qAt", "-v", "ON_ERROR_STOP=1", "-d", "linli", "-U", role)
        return (await self.compose("exec", "-T", "postgres", *psql, stdin=statement)).strip()

    async def fetch_json(self, query: str) -> Any:
        """The one JSON value that a query gives."""
        return json.loads(await self.run_sql(query))

    async def container_ids(self, service: str) -> list[str]:
        """The ids of a service's containers, running or not."""
        return (await self.compose("ps", "--all", "--quiet", service)).split()

    async def inspect_containers(self) -> dict[str, list[Any]]:
        """What Docker knows of each container, by service; one-off commands too."""
        names = (await self.compose("ps", "--all", "--quiet")).split()
        found: dict[str, list[Any]] = {}
        for one in json.loads(await run_command("docker", "inspect", *names)):
            service = one["Config"]["Labels"]["com.docker.compose.service"]
            found.setdefault(service, []).append(one)
        return found

    async def run_health_check(self, container: str) -> str:
        """Run a container's own health check in it; CommandFailed while it isn't healthy."""
        (found,) = json.loads(await run_command("docker", "inspect", container))
        test = found["Config"]["Healthcheck"]["Test"]
        return await run_command("docker", "exec", container, *test[1:])

    async def unhealthy_containers(self) -> list[str]:
        """The names of the containers that have a health check and are not healthy."""
        found = [one for some in (await self.inspect_containers()).values() for one in some]
        checked = [one for one in found if "Health" in one["State"]]
        return [one["Name"] for one in checked if one["State"]["Health"]["Status"] != "healthy"]

    async def client(self, *, timeout_seconds: float = 30) -> httpx.AsyncClient:
        """A client of the edge, which trusts the edge's own authority and no other."""
        root = await self.compose("exec", "-T", "edge", "cat", CA_CERTIFICATE_PATH)
        limits = httpx.Limits(max_connections=40, keepalive_expiry=30)
        return httpx.AsyncClient(
            base_url=self.settings["LINLI_PUBLIC_URL"],
            verify=ssl.create_default_context(cadata=root),
            limits=limits,
            timeout=timeout_seconds,
            trust_env=False,
        )

"""Partners' machines, and what the operator tells the broker of them."""

import asyncio
from dataclasses import dataclass
from tempfile import NamedTemporaryFile

from typer.testing import CliRunner
from yarl import URL

from services.cli.main import app
from tests.cli.invariants import environment
from tests.guides.examples import ATTENDED, FULFILLED, JOINED
from tests.support.api_clients import Person, create_publisher
from tests.support.rabbitmq import Node
from tests.support.system import RunningSystem

OPENED = "linli.wish.opened.v1"
STOPPED = "ext.lifts.stopped.v1"
GRANTS = [
    *({"may": "publish", "type": type_} for type_ in (FULFILLED, JOINED, ATTENDED, STOPPED)),
    {"may": "read", "type": OPENED},
]


@dataclass(frozen=True)
class PartnerClient:
    """A partner's machine with its user on the broker."""

    admin: Person
    id: str
    name: str
    amqp_url: str


async def create_partner_client(
    admin: Person, node: Node, grants: list[dict[str, str]]
) -> PartnerClient:
    """A machine with these grants, which the broker doesn't know yet."""
    seen = await create_publisher(admin, grants)
    given = await admin.post(f"/publishers/{seen['id']}/password")
    url = URL(node.url).with_user(given["user"]).with_password(given["password"])
    return PartnerClient(admin, seen["id"], seen["name"], str(url))


async def import_broker_users(running_system: RunningSystem, node: Node) -> None:
    """What the operator does once grants or passwords have changed."""
    known = {**environment(running_system), "LINLI_ADMIN_AMQP_URL": node.url}
    command = CliRunner(env=known).invoke
    answer = await asyncio.to_thread(command, app, ["publishers", "broker"])
    assert answer.exit_code == 0, answer.output
    with NamedTemporaryFile("w", prefix="linli") as file:
        file.write(answer.stdout)
        file.flush()
        await asyncio.to_thread(node.run_rabbitmqctl, "import_definitions", file.name)

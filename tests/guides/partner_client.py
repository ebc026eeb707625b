"""Publishers of partners, and the import of their users into the broker."""

import asyncio
from dataclasses import dataclass
from tempfile import NamedTemporaryFile

from typer.testing import CliRunner
from yarl import URL

from services.cli.main import app
from tests.cli.invariants import environment
from tests.guides.examples import ATTENDED, FULFILLED, JOINED
from tests.support.api_clients import ApiClient, create_publisher
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
    """A publisher of a partner, with its user on the broker."""

    admin: ApiClient
    id: str
    name: str
    amqp_url: str


async def create_partner_client(
    admin: ApiClient, node: Node, grants: list[dict[str, str]]
) -> PartnerClient:
    """Create a publisher with these grants; the broker doesn't have its user yet."""
    publisher = await create_publisher(admin, grants)
    credentials = await admin.post_ok(f"/publishers/{publisher['id']}/password")
    url = URL(node.url).with_user(credentials["user"]).with_password(credentials["password"])
    return PartnerClient(admin, publisher["id"], publisher["name"], str(url))


async def import_broker_users(running_system: RunningSystem, node: Node) -> None:
    """Import the users into the broker, as the operator does after a change of grants."""
    settings = {**environment(running_system), "LINLI_ADMIN_AMQP_URL": node.url}
    command = CliRunner(env=settings).invoke
    result = await asyncio.to_thread(command, app, ["publishers", "broker"])
    assert result.exit_code == 0, result.output
    with NamedTemporaryFile("w", prefix="linli") as file:
        file.write(result.stdout)
        file.flush()
        await asyncio.to_thread(node.run_rabbitmqctl, "import_definitions", file.name)

"""`linli publishers`: the broker's users and queues of partners' machines, and their AMQPS."""

import asyncio
import json
import signal
from collections.abc import Sequence
from pathlib import Path
from ssl import SSLContext
from typing import Annotated

import typer
from aio_pika.exceptions import AMQPError
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.exc import SQLAlchemyError

from services.cli.deployment import Deployment
from services.intake.publishers import queries
from shared.bus.partners.amqps_proxy import PartnerProxy, load_tls
from shared.bus.transport import broker_users
from shared.bus.transport.broker_users import BrokerUser
from shared.db_errors import redacted_message
from shared.observability.logs import configure_logging
from shared.settings import MissingSettings

app = typer.Typer(no_args_is_help=True)


class BrokerSettings(BaseSettings):
    """URL of the broker, for an account that may create queues there."""

    model_config = SettingsConfigDict(env_prefix="LINLI_", frozen=True, extra="ignore")

    admin_amqp_url: SecretStr | None = None
    amqp_prefix: str = ""


@app.callback()
def publishers() -> None:
    """Set up the broker for partners' machines."""


@app.command("broker")
def broker(
    vhost: Annotated[str, typer.Option(help="The virtual host of the deployment.")] = "/",
) -> None:
    """Update the queues of machines that may read, and print the users for the broker to import.

    Run it again after every change of grants or passwords, and import its output with
    `rabbitmqctl import_definitions`.
    """
    try:
        definitions = asyncio.run(_update_broker(vhost))
    except MissingSettings as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except (SQLAlchemyError, AMQPError, OSError) as error:
        typer.echo(f"This deployment can't be reached: {redacted_message(error)}.", err=True)
        raise typer.Exit(1) from None
    typer.echo(definitions)


@app.command("amqps")
def amqps(
    broker_address: Annotated[
        str, typer.Option("--broker", envvar="LINLI_BROKER", help="host:port of RabbitMQ.")
    ] = "rabbitmq:5672",
    bind: Annotated[
        str, typer.Option(envvar="LINLI_BIND", help="The address to listen at.")
    ] = "0.0.0.0:5671",
    tls: Annotated[
        Path, typer.Option(envvar="LINLI_TLS", help="The folder of cert.pem and key.pem.")
    ] = Path("/tls"),
) -> None:
    """Let partners' users, and nobody else, connect to the broker from outside by AMQPS."""
    configure_logging()
    try:
        asyncio.run(_serve_amqps(broker_address, bind, load_tls(tls)))
    except (OSError, ValueError) as error:
        typer.echo(f"AMQPS can't be served: {error}.", err=True)
        raise typer.Exit(1) from None


async def _serve_amqps(broker_address: str, bind: str, tls: SSLContext) -> None:
    """Serve until a signal stops it. Raises: OSError, ValueError for what is no address."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    server = await PartnerProxy(*_split(broker_address)).listen(*_split(bind), tls)
    # Connections end with the process: their clients connect again.
    async with server:
        typer.echo(f"Publishers may connect at {bind}.")
        await stopping.wait()


def _split(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host, int(port)


async def _update_broker(vhost: str) -> str:
    settings, machines = BrokerSettings(), await _load_broker_users()
    if settings.admin_amqp_url is not None:
        url = settings.admin_amqp_url.get_secret_value()
        await broker_users.open_queues(url, machines, prefix=settings.amqp_prefix)
    definitions = broker_users.users(machines, prefix=settings.amqp_prefix, vhost=vhost)
    return json.dumps(definitions, indent=2)


async def _load_broker_users() -> Sequence[BrokerUser]:
    async with Deployment.read().connect() as services, services["intake"].sessions() as tx:
        return [publisher.access for publisher in await queries.all_publishers(tx)]

"""`linli`: run, set up and administer Linli from a terminal."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import asyncpg
import typer
from aio_pika.exceptions import AMQPError
from sqlalchemy.exc import SQLAlchemyError

from services.cli import (
    contracts_command,
    demo_command,
    messages_command,
    publishers_command,
    station_command,
)
from services.cli.embedded import PostgresFailed, PostgresNotInstalled
from services.cli.migrate import SERVICES, OtherVersionsRun, drop_unused_bindings, migrate
from services.cli.serve import NoBroker, serve
from services.cli.up import CannotStart, up
from services.intake.web.kit.assets import AssetsMissing
from shared.db_errors import redacted_message
from shared.runtime.server import CannotListen
from shared.settings import MissingSettings

app = typer.Typer(
    no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False, add_completion=False
)
app.add_typer(station_command.app, name="station")
app.add_typer(messages_command.app, name="messages")
app.add_typer(publishers_command.app, name="publishers")
app.add_typer(contracts_command.app, name="contracts")
app.command("demo")(demo_command.run_demo)


# Errors whose message is a sentence for the person at the terminal.
EXPECTED_ERRORS = (
    OtherVersionsRun,
    CannotStart,
    CannotListen,
    PostgresFailed,
    PostgresNotInstalled,
    MissingSettings,
    NoBroker,
    AssetsMissing,
)


@contextmanager
def exit_on_error() -> Iterator[None]:
    """Print an expected error as one sentence, without a traceback, and exit with status 1."""
    try:
        yield
    except EXPECTED_ERRORS as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except (SQLAlchemyError, asyncpg.PostgresError, AMQPError, OSError) as error:
        typer.echo(f"This deployment can't be reached: {redacted_message(error)}.", err=True)
        raise typer.Exit(1) from None


@app.command("up")
def up_command(
    bind: Annotated[
        str, typer.Option(envvar="LINLI_BIND", help="The address of the pages and the API.")
    ] = "127.0.0.1:8000",
    demo: Annotated[bool, typer.Option(help="Load the demo estate.")] = True,
) -> None:
    """Run everything in one process, with the demo estate."""
    with exit_on_error():
        up(bind, demo=demo)


@app.command("serve")
def serve_command(
    service: Annotated[str, typer.Argument(help="intake, volunteers or notify")],
) -> None:
    """Run one replica of one service."""
    if service not in SERVICES:
        typer.echo(f"There is no service {service}: it is one of {', '.join(SERVICES)}.", err=True)
        raise typer.Exit(2)
    with exit_on_error():
        asyncio.run(serve(SERVICES[service]))


@app.command("migrate")
def migrate_command(
    drop_unused: Annotated[
        bool,
        typer.Option(
            "--drop-unused-bindings",
            help="Then unbind the queues from types that no handler of this version needs.",
        ),
    ] = False,
) -> None:
    """Create or update roles, schemas, tables and the topology on the broker."""
    with exit_on_error():
        asyncio.run(migrate())
        if drop_unused:
            asyncio.run(drop_unused_bindings())
    typer.echo("Roles, schemas, tables and topology are up to date.")


if __name__ == "__main__":
    app()

"""`linli demo`: the load of the demo estate into a running deployment, with a progress bar."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from sqlalchemy.exc import SQLAlchemyError

from services.cli.deployment import Deployment
from services.demo.loader import Progress, ServiceNotCaughtUp, load_demo
from services.demo.register import NotTheDemo
from services.demo.station import demo_station
from shared.db_errors import redacted_message
from shared.settings import MissingSettings

LOADED = "The demo estate {} is loaded."
UNCHANGED = "The demo estate {} is there already; nothing was changed."


@contextmanager
def progress_bar(title: str = "演示数据") -> Iterator[Progress]:
    """Show a progress bar on stderr during the block, but only where stderr is a terminal."""
    columns = (
        TextColumn(title),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    console = Console(stderr=True)
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda completed, total, what: bar.update(
            task, completed=completed, total=total, description=what
        )


def run_demo() -> None:
    """Load the demo estate (演示数据) into the deployment that the environment describes."""
    try:
        result = LOADED if asyncio.run(_load()) else UNCHANGED
        typer.echo(result.format(demo_station().names[0]))
    except (MissingSettings, NotTheDemo, ServiceNotCaughtUp) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except (SQLAlchemyError, OSError) as error:
        typer.echo(f"The databases can't be used: {redacted_message(error)}.", err=True)
        raise typer.Exit(1) from None


async def _load() -> bool:
    async with Deployment.read().connect() as services:
        with progress_bar() as progress:
            return await load_demo(services, progress)

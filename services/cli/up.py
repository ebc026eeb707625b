"""`linli up`: everything in one process, on an embedded Postgres and the in-process transport."""

import asyncio
import errno
import fcntl
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from socket import socket

import typer

from services.cli import embedded, secrets_file
from services.cli.demo_command import progress_bar
from services.cli.migrate import BINDINGS, SERVICES, make_roles, make_tables
from services.demo.loader import ServiceNotCaughtUp, load_demo
from services.demo.register import NotTheDemo
from shared.bus.transport.in_process import InProcessTransport
from shared.observability.logs import configure_logging
from shared.runtime import server
from shared.runtime.runtime import Runtime

CHECKOUT = Path(__file__).resolve().parents[2]
DATABASE = "linli"


class CannotStart(Exception):
    """Obstacle on this machine to a start; the message is a sentence for the user."""


class FolderBusy(CannotStart):
    """Data folder that another process uses."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"Linli already runs on the data in {folder}: stop that one first.")


class FolderUnwritable(CannotStart):
    """Data folder that can't be written to."""

    def __init__(self, folder: Path, error: OSError) -> None:
        reason = "the disk is full" if error.errno == errno.ENOSPC else error.strerror
        super().__init__(
            f"Can't write to {folder}: {reason}. Make it writable, "
            "or name another folder in LINLI_DATA_DIR."
        )


def data_folder() -> Path:
    """Return the folder of this checkout's data: the one in LINLI_DATA_DIR, or one of its own.

    For root the folder is outside the checkout, because the database runs as another user, who
    must be able to reach the folder.
    """
    if named := os.environ.get("LINLI_DATA_DIR"):
        return Path(named).resolve()
    if os.geteuid() != 0:
        return CHECKOUT / "var"
    digest = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:8]
    return Path("/var/lib/linli") / f"{CHECKOUT.name}-{digest}"


def up(bind: str, *, demo: bool) -> None:
    """Run everything until a signal stops it.

    Raises: CannotStart, CannotListen, PostgresFailed, PostgresNotInstalled.
    """
    embedded.check_installed()
    configure_logging(os.environ.get("LINLI_LOG_LEVEL", "WARNING"), "console")
    listening = server.listen(bind)
    folder = data_folder()
    with _data_folder_lock(folder), tempfile.TemporaryDirectory(prefix="linli-") as sockets:
        secrets = secrets_file.load_or_create(folder)
        data = folder / "postgres"
        try:
            admin_url = embedded.start(data)
            asyncio.run(_run(admin_url, secrets, Path(sockets), (bind, listening), demo=demo))
        except PermissionError as error:
            raise FolderUnwritable(folder, error) from error
        finally:
            embedded.stop(data)


@contextmanager
def _data_folder_lock(folder: Path) -> Iterator[None]:
    """Lock `folder`, so that no second process starts on the same data."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise FolderUnwritable(folder, error) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise FolderBusy(folder) from error
        yield


async def _run(
    admin_url: str,
    secrets: dict[str, str],
    sockets: Path,
    gateway: tuple[str, socket],
    *,
    demo: bool,
) -> None:
    bind, listening = gateway
    urls = await _prepare_database(admin_url)
    async with _runtimes(urls, secrets, sockets, bind) as runtimes:
        listeners = [
            listening,
            *(server.listen(f"unix:{sockets / name}") for name in _backend_services()),
        ]
        await server.run(list(runtimes.values()), listeners, partial(_ready, runtimes, bind, demo))


def _backend_services() -> list[str]:
    return [name for name in SERVICES if name != "intake"]


async def _prepare_database(admin_url: str) -> dict[str, str]:
    """Create the database with its roles and tables; return the URL of each service's role."""
    await embedded.make_database(admin_url, DATABASE)
    urls = {
        name: embedded.with_role(admin_url, user=f"linli_{name}", database=DATABASE)
        for name in SERVICES
    }
    await make_roles(embedded.with_role(admin_url, user="postgres", database=DATABASE), urls)
    await make_tables(urls)
    return urls


@asynccontextmanager
async def _runtimes(
    urls: dict[str, str], secrets: dict[str, str], sockets: Path, bind: str
) -> AsyncIterator[dict[str, Runtime]]:
    transport = InProcessTransport(BINDINGS)
    addresses = {f"{name}_url": f"unix:{sockets / name}" for name in _backend_services()}
    runtimes = {}
    for name, service in SERVICES.items():
        overrides = {**addresses, "public_url": f"http://{bind}"} if name == "intake" else {}
        settings = service.settings.read(database_url=urls[name], **secrets, **overrides)
        runtimes[name] = Runtime(service, settings, transport)
    try:
        yield runtimes
    finally:
        await transport.close()


async def _ready(runtimes: dict[str, Runtime], bind: str, demo: bool) -> None:
    if demo:
        try:
            with progress_bar() as progress:
                await load_demo(runtimes, progress)
        except (ServiceNotCaughtUp, NotTheDemo) as error:
            typer.echo(str(error), err=True)
    estate = " with the demo estate (演示数据)" if demo else ""
    typer.echo(f"Linli 邻里 is open on http://{bind}{estate}. Ctrl-C stops it.")

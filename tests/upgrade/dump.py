"""Dumps of earlier versions, and their restoration."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from shared import clock
from tests.support.api_clients import ApiClient
from tests.upgrade.dumped_data import STATION

DUMPS = Path(__file__).parent / "dumps"
# Every table that has times, with the assignments that move them. The partitions of `sent` stay,
# because each is for the rows of one day.
TIMES = """
SELECT attrelid::regclass::text, string_agg(format('%1$I = %1$I + $1::interval', attname), ', ')
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
WHERE relnamespace::regnamespace::text = ANY ($1) AND relkind = 'r' AND NOT relispartition
AND atttypid = 'timestamptz'::regtype AND NOT attisdropped
GROUP BY attrelid
"""


@dataclass(frozen=True)
class Dump:
    """A dump of a version, named after its commit, with what only its maker knew."""

    name: str
    dumped_at: datetime
    secrets: Mapping[str, str]
    sessions: Mapping[str, Mapping[str, str]]
    wishes: Mapping[str, str]
    events: Mapping[str, str]
    publisher: Mapping[str, str]

    @classmethod
    def read(cls, name: str) -> "Dump":
        """Read what was written about the dump; the SQL is read as it is restored."""
        values: dict[str, Any] = json.loads((DUMPS / name / "people.json").read_text("utf-8"))
        dumped_at = datetime.fromisoformat(values.pop("dumped_at"))
        return cls(name=name, dumped_at=dumped_at, **values)

    async def restore(self, admin_url: str, urls: Mapping[str, str]) -> None:
        """Make the tables and rows of each service, as its own role, in its empty schema.

        The rows' times move to the present, because sessions, leases and events run out.
        """
        for service, url in urls.items():
            sql = (DUMPS / self.name / f"{service}.sql").read_text("utf-8")
            async with _connect(url) as connection:
                await connection.execute(sql)
        async with _connect(admin_url) as admin:
            # Otherwise the ledger's triggers refuse any change of their rows.
            await admin.execute("SET session_replication_role = replica")
            age = clock.now() - self.dumped_at
            for table, changes in await admin.fetch(TIMES, list(urls)):
                await admin.execute(f"UPDATE {table} SET {changes}", age)

    def person(self, client: httpx.AsyncClient, name: str) -> ApiClient:
        """Return a person with the session of the dump."""
        return ApiClient(client, **self.sessions[name], station=STATION)


@asynccontextmanager
async def _connect(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()

"""A service owns its schema: its role can't read, write or create in another schema."""

import itertools

import asyncpg
import pytest

SERVICES = ("intake", "volunteers", "notify")
TABLES = {"intake": "residents", "volunteers": "transfers", "notify": "deliveries"}


@pytest.mark.parametrize(("service", "other"), list(itertools.permutations(SERVICES, 2)))
async def test_role_is_refused_by_another_schema(
    module_database_urls: dict[str, str], service: str, other: str
) -> None:
    connection = await asyncpg.connect(module_database_urls[service])
    try:
        await connection.execute(f"SELECT count(*) FROM {service}.{TABLES[service]}")
        for statement in (
            f"SELECT * FROM {other}.{TABLES[other]}",
            f"INSERT INTO {other}.outbox SELECT * FROM {other}.outbox",
            f"DELETE FROM {other}.inbox",
            f"CREATE TABLE {other}.mine (id int)",
            f"SET ROLE linli_{other}",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        await connection.close()


async def test_role_cannot_create_tables_in_public(module_database_urls: dict[str, str]) -> None:
    connection = await asyncpg.connect(module_database_urls["intake"])
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("CREATE TABLE public.mine (id int)")
    finally:
        await connection.close()

"""Fixtures for every test: a real Postgres, a real RabbitMQ, and fresh databases."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import pytest

from tests.support import postgres, rabbitmq

_resources = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers of the run once, in the parent process of the workers."""
    if hasattr(config, "workerinput") or config.option.collectonly or _is_compose_only(config):
        return
    try:
        admin_url = _resources.enter_context(postgres.server())
        os.environ["LINLI_TEST_DATABASE_URL"] = admin_url
        os.environ["LINLI_TEST_AMQP_URL"] = _resources.enter_context(rabbitmq.broker())
        template = asyncio.run(postgres.make_template(admin_url))
    except rabbitmq.NoBroker as error:
        _resources.close()
        raise pytest.UsageError(str(error)) from error
    except BaseException:
        _resources.close()
        raise
    os.environ["LINLI_TEST_TEMPLATE"] = template
    _resources.callback(lambda: asyncio.run(postgres.drop_database(admin_url, template)))


def _is_compose_only(config: pytest.Config) -> bool:
    """Return whether only tests of the composed deployment run, which has its own servers."""
    return bool(config.args) and all("tests/compose" in argument for argument in config.args)


def pytest_unconfigure() -> None:
    """Stop the servers of the run."""
    _resources.close()


@pytest.fixture(scope="session")
def admin_url() -> str:
    """Return the URL of a superuser of the tests' Postgres."""
    return os.environ["LINLI_TEST_DATABASE_URL"]


@pytest.fixture(scope="session")
def amqp_url() -> str:
    """Return the URL of the tests' RabbitMQ."""
    return os.environ["LINLI_TEST_AMQP_URL"]


async def _database_copy(admin_url: str) -> AsyncIterator[dict[str, str]]:
    urls = await postgres.copy_database(admin_url, os.environ["LINLI_TEST_TEMPLATE"])
    yield urls
    database = urls["intake"].rpartition("/")[2].partition("?")[0]
    await postgres.drop_database(admin_url, database)


@pytest.fixture(scope="module")
async def module_database_urls(admin_url: str) -> AsyncIterator[dict[str, str]]:
    """Create a migrated database for the module; yield the URL of each service's own role."""
    async for urls in _database_copy(admin_url):
        yield urls


@pytest.fixture
async def database_urls(admin_url: str) -> AsyncIterator[dict[str, str]]:
    """Create a migrated database for one test; yield the URL of each service's own role."""
    async for urls in _database_copy(admin_url):
        yield urls


def _random_prefix() -> Iterator[str]:
    yield f"t{os.urandom(4).hex()}."


module_amqp_prefix = pytest.fixture(scope="module")(_random_prefix)
amqp_prefix = pytest.fixture(_random_prefix)

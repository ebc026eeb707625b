"""Guessing locks out the guesser, and not the owners of the guessed accounts."""

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace

import httpx
import pytest

from services.intake.accounts import passwords
from services.intake.sign_in import authentication, throttle
from shared.runtime.runtime import Runtime
from tests.intake.station_client import StationClient, new_phone
from tests.support.station import PASSWORD

# Each test has addresses of its own, since addresses are counted for all stations together.
_networks = itertools.count(1)
FromNewAddress = Callable[[], StationClient]


@pytest.fixture
async def at_new_address(
    runtime: Runtime, station_client: StationClient
) -> AsyncIterator[FromNewAddress]:
    """Yield a function that makes clients of the station, each at a new address."""
    async with AsyncExitStack() as stack:

        def at_new_address() -> StationClient:
            address = f"203.0.113.{next(_networks)}"
            transport = httpx.ASGITransport(runtime.app, client=(address, 5))
            client = httpx.AsyncClient(transport=transport, base_url="http://station")
            stack.push_async_callback(client.aclose)
            return replace(station_client, client=client)

        yield at_new_address


async def fail_sign_in(station_client: StationClient, times: int, **proof: str) -> list[int]:
    """Try to sign in that many times; return the statuses of the answers."""
    return [(await station_client.try_sign_in(**proof)).status_code for _ in range(times)]


async def test_guessing_a_password_locks_out_the_guesser_only(
    at_new_address: FromNewAddress,
) -> None:
    guesser, owner = at_new_address(), at_new_address()
    guess = {"username": "staff", "password": "guessed"}
    assert await fail_sign_in(guesser, 12, **guess) == [401] * 10 + [429] * 2
    assert (await guesser.try_sign_in(username="staff", password=PASSWORD)).status_code == 429
    assert (await owner.try_sign_in(username="staff", password=PASSWORD)).status_code == 200


async def test_attempts_at_one_account_from_many_addresses_are_limited(
    at_new_address: FromNewAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(throttle.PASSWORDS_PER_ACCOUNT, max_attempts=6)
    monkeypatch.setattr(throttle, "PASSWORDS_PER_ACCOUNT", few)
    statuses = [
        await fail_sign_in(at_new_address(), 3, username="staff", password="guessed")
        for _ in range(3)
    ]
    assert statuses == [[401] * 3, [401] * 3, [429] * 3]


async def test_attempts_at_many_accounts_from_one_address_are_limited(
    at_new_address: FromNewAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(throttle.FAILURES_PER_ADDRESS, max_attempts=6)
    monkeypatch.setattr(throttle, "FAILURES_PER_ADDRESS", few)
    guesser = at_new_address()
    for number in range(3):
        await fail_sign_in(guesser, 2, username=f"account-{number}", password="guessed")
    assert await fail_sign_in(guesser, 1, username="another", password="guessed") == [429]
    assert await fail_sign_in(guesser, 1, slip="ACDEF-ACDEF") == [429]
    assert (await at_new_address().try_sign_in(username="staff", password=PASSWORD)).is_success


async def test_a_successful_attempt_is_not_counted_against_the_address(
    at_new_address: FromNewAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(throttle.FAILURES_PER_ADDRESS, max_attempts=3)
    monkeypatch.setattr(throttle, "FAILURES_PER_ADDRESS", few)
    home = at_new_address()
    await fail_sign_in(home, 2, username="nobody", password="guessed")
    for _ in range(4):
        await home.sign_in(username="staff", password=PASSWORD)
    assert await fail_sign_in(home, 2, username="nobody", password="guessed") == [401, 429]


async def test_codes_for_many_phones_from_one_address_are_limited(
    at_new_address: FromNewAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(throttle.CODES_PER_ADDRESS, max_attempts=3)
    monkeypatch.setattr(throttle, "CODES_PER_ADDRESS", few)
    asker = at_new_address()
    answers = [(await asker.request_code(new_phone())).status_code for _ in range(4)]
    assert answers == [202, 202, 202, 429]
    assert (await at_new_address().request_code(new_phone())).status_code == 202


async def test_no_connection_is_checked_out_while_a_password_is_verified(
    station_client: StationClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool_statuses = []
    verify_password = passwords.verify_password

    async def record_pool_status(password: str, password_hash: str | None) -> bool:
        pool_statuses.append(station_client.runtime.engine.pool.status())
        return await verify_password(password, password_hash)

    monkeypatch.setattr(authentication, "verify_password", record_pool_status)
    await station_client.sign_in(username="staff", password=PASSWORD)
    assert ["Checked out connections: 0" in one for one in pool_statuses] == [True]

"""Whoever guesses shuts themselves out, and not those whose passwords they guess."""

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace

import httpx
import pytest

from services.intake.accounts import passwords
from services.intake.sign_in import authentication, throttle
from shared.runtime.runtime import Runtime
from tests.intake.station_client import PASSWORD, Scene, a_phone

# Each test has networks of its own: addresses are counted for all stations together.
_networks = itertools.count(1)
From = Callable[[], Scene]


@pytest.fixture
async def elsewhere_of(runtime: Runtime, scene: Scene) -> AsyncIterator[From]:
    """Makes the station as it is seen from another address each time."""
    async with AsyncExitStack() as stack:

        def seen() -> Scene:
            address = f"203.0.113.{next(_networks)}"
            transport = httpx.ASGITransport(runtime.app, client=(address, 5))
            client = httpx.AsyncClient(transport=transport, base_url="http://station")
            stack.push_async_callback(client.aclose)
            return replace(scene, client=client)

        yield seen


async def fail(scene: Scene, times: int, **proof: str) -> list[int]:
    """The answers to so many tries."""
    return [(await scene.try_sign_in(**proof)).status_code for _ in range(times)]


async def test_guessing_at_an_account_shuts_out_the_guesser_alone(elsewhere_of: From) -> None:
    guesser, owner = elsewhere_of(), elsewhere_of()
    guess = {"username": "staff", "password": "guessed"}
    assert await fail(guesser, 12, **guess) == [401] * 10 + [429] * 2
    assert (await guesser.try_sign_in(username="staff", password=PASSWORD)).status_code == 429
    assert (await owner.try_sign_in(username="staff", password=PASSWORD)).status_code == 200


async def test_many_addresses_can_t_guess_at_an_account_for_ever(
    elsewhere_of: From, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(throttle.PASSWORDS_AN_ACCOUNT, tries=6)
    monkeypatch.setattr(throttle, "PASSWORDS_AN_ACCOUNT", few)
    seen = [await fail(elsewhere_of(), 3, username="staff", password="guessed") for _ in range(3)]
    assert seen == [[401] * 3, [401] * 3, [429] * 3]


async def test_one_address_can_t_guess_at_many_accounts(
    elsewhere_of: From, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(throttle.FAILURES_AN_ADDRESS, tries=6)
    monkeypatch.setattr(throttle, "FAILURES_AN_ADDRESS", few)
    guesser = elsewhere_of()
    for number in range(3):
        await fail(guesser, 2, username=f"account-{number}", password="guessed")
    assert await fail(guesser, 1, username="another", password="guessed") == [429]
    assert await fail(guesser, 1, slip="ACDEF-ACDEF") == [429]
    assert (await elsewhere_of().try_sign_in(username="staff", password=PASSWORD)).is_success


async def test_who_succeeds_is_not_counted_against_their_neighbours(
    elsewhere_of: From, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(throttle.FAILURES_AN_ADDRESS, tries=3)
    monkeypatch.setattr(throttle, "FAILURES_AN_ADDRESS", few)
    home = elsewhere_of()
    await fail(home, 2, username="nobody", password="guessed")
    for _ in range(4):
        await home.sign_in(username="staff", password=PASSWORD)
    assert await fail(home, 2, username="nobody", password="guessed") == [401, 429]


async def test_one_address_can_t_have_codes_sent_to_everybody(
    elsewhere_of: From, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(throttle.CODES_AN_ADDRESS, tries=3)
    monkeypatch.setattr(throttle, "CODES_AN_ADDRESS", few)
    asker = elsewhere_of()
    answers = [(await asker.ask_for_code(a_phone())).status_code for _ in range(4)]
    assert answers == [202, 202, 202, 429]
    assert (await elsewhere_of().ask_for_code(a_phone())).status_code == 202


async def test_no_connection_is_held_while_a_password_is_checked(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = []
    fits = passwords.fits

    async def watched(password: str, kept: str | None) -> bool:
        held.append(scene.runtime.engine.pool.status())
        return await fits(password, kept)

    monkeypatch.setattr(authentication, "fits", watched)
    await scene.sign_in(username="staff", password=PASSWORD)
    assert ["Checked out connections: 0" in one for one in held] == [True]

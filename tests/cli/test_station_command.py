"""`linli station add` creates a station with its first administrator, or nothing at all."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner, Result

from services.cli.main import app
from services.cli.station_command import CODE_IN_USE, CannotCreateStation, NewStation, add_station
from services.intake.accounts.models import Account
from services.intake.stations.models import Station
from tests.cli.invariants import environment
from tests.support.api_clients import sign_in
from tests.support.system import RunningSystem

NEW_STATION = NewStation(
    code="qingshan",
    names=("青山苑", "Qingshan Court"),
    community=("青山社区", "Qingshan Community"),
    phone="073100000000",
    username="admin",
    password="a-password-of-the-tests",
)


@pytest.fixture(scope="module")
async def station(running_system: RunningSystem) -> Station:
    """Create a station."""
    return await add_station(running_system.intake.sessions, NEW_STATION)


async def test_first_administrator_signs_in(
    running_system: RunningSystem, station: Station
) -> None:
    assert not station.demo
    async with running_system.client() as client:
        admin = await sign_in(
            client, station=NEW_STATION.code, username="admin", password=NEW_STATION.password
        )
        assert (await admin.get_ok("/me"))["roles"] == ["admin"]


@pytest.mark.usefixtures("station")
@pytest.mark.parametrize(
    "new_station",
    [
        NEW_STATION,
        replace(NEW_STATION, code="Qing Shan"),
        replace(NEW_STATION, code="other", username="a b"),
        replace(NEW_STATION, code="other", password="short"),
        replace(NEW_STATION, code="other", names=("青山苑", "")),
    ],
)
async def test_invalid_station_is_refused_and_nothing_is_stored(
    running_system: RunningSystem, new_station: NewStation
) -> None:
    with pytest.raises(CannotCreateStation):
        await add_station(running_system.intake.sessions, new_station)
    async with running_system.intake.sessions() as tx:
        assert await tx.scalar(select(func.count()).select_from(Station)) == 1
        assert await tx.scalar(select(func.count()).select_from(Account)) == 1


async def test_command_reads_the_password_from_a_pipe(
    running_system: RunningSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment(running_system).items():
        monkeypatch.setenv(name, value)
    arguments = ["station", "add", "piped", "--name", "松苑", "Pine Court"]
    arguments += ["--community", "松社区", "Pine Community", "--admin", "head"]

    def add_from_pipe() -> Result:
        return CliRunner().invoke(app, arguments, input="a-password-from-a-pipe\n")

    first, second = [await asyncio.to_thread(add_from_pipe) for _ in range(2)]
    assert first.exit_code == 0, first.output
    assert (second.exit_code, second.output.strip()) == (1, CODE_IN_USE)
    async with running_system.client() as client:
        await sign_in(client, station="piped", username="head", password="a-password-from-a-pipe")

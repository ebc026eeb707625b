"""`linli station add`: create a real station with the account of its first administrator."""

import asyncio
import re
import sys
from dataclasses import dataclass
from typing import Annotated

import typer
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from services.intake.accounts import actions as accounts
from services.intake.accounts.actions import NewAccount
from services.intake.settings import IntakeSettings
from services.intake.stations.models import Station
from shared.auth import Actor, Role
from shared.db import make_engine, make_sessions
from shared.db_errors import redacted_message
from shared.settings import MissingSettings

app = typer.Typer(no_args_is_help=True)

_CODE = re.compile(r"^[a-z0-9][a-z0-9-]{1,39}$")
_USERNAME = re.compile(r"^[\w.@-]{2,60}$")
_MIN_PASSWORD_LENGTH = 10


CODE_IN_USE = "There is a station with this code already."


class CannotCreateStation(Exception):
    """Station that can't be created; the message is a sentence for the operator."""


@dataclass(frozen=True, kw_only=True)
class NewStation:
    """A station to create, with its first administrator; names are (Chinese, English) pairs."""

    code: str
    names: tuple[str, str]
    community: tuple[str, str]
    phone: str
    username: str
    password: str

    @property
    def validation_error(self) -> str | None:
        """Sentence that says why the station is invalid, or None."""
        if not _CODE.match(self.code):
            return "A code is 2 to 40 small letters, digits and hyphens."
        if not _USERNAME.match(self.username):
            return "A user name is 2 to 60 letters, digits and the signs . @ - _"
        if len(self.password) < _MIN_PASSWORD_LENGTH:
            return f"A password has at least {_MIN_PASSWORD_LENGTH} characters."
        if not all((*self.names, *self.community)):
            return "A station and its community have a name in both languages."
        return None

    @property
    def admin(self) -> NewAccount:
        """The account of the first administrator."""
        return NewAccount(
            username=self.username,
            display_name=self.username,
            role=Role.ADMIN,
            password=self.password,
        )


async def add_station(
    sessions: async_sessionmaker[AsyncSession], new_station: NewStation
) -> Station:
    """Create a station with its first administrator's account. Raises: CannotCreateStation."""
    error = new_station.validation_error
    if error is not None:
        raise CannotCreateStation(error)
    async with sessions.begin() as tx:
        existing_id = await tx.scalar(select(Station.id).where(Station.code == new_station.code))
        if existing_id is not None:
            raise CannotCreateStation(CODE_IN_USE)
        station = Station.create(new_station.code, new_station.names, new_station.community)
        station.phone = new_station.phone
        tx.add(station)
        await tx.flush()
        await accounts.create(tx, Actor.system(station.id), new_station.admin)
    return station


@app.callback()
def stations() -> None:
    """Manage the stations of this deployment."""


@app.command("add")
def add(
    code: Annotated[str, typer.Argument(help="A short name in small letters.")],
    name: Annotated[
        tuple[str, str], typer.Option(help="Its estate's name, in Chinese and English.")
    ],
    community: Annotated[
        tuple[str, str], typer.Option(help="Its community's name, in both languages.")
    ],
    phone: Annotated[str, typer.Option(help="The station's phone number.")] = "",
    admin: Annotated[str, typer.Option(help="The first administrator's user name.")] = "admin",
) -> None:
    """Create a station; read the first administrator's password from a prompt or a pipe."""
    try:
        new_station = NewStation(
            code=code,
            names=name,
            community=community,
            phone=phone,
            username=admin,
            password=_read_password(),
        )
        station = asyncio.run(_create_station(IntakeSettings.read(), new_station))
    except (CannotCreateStation, MissingSettings) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except (SQLAlchemyError, OSError) as error:
        typer.echo(f"The database can't be used: {redacted_message(error)}.", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"The station {station.code} is created; {admin} signs in with that password.")


def _read_password() -> str:
    if sys.stdin.isatty():
        password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        return password
    return sys.stdin.readline().rstrip("\r\n")


async def _create_station(settings: IntakeSettings, new_station: NewStation) -> Station:
    url = settings.database_url.get_secret_value()
    engine = make_engine(url, schema="intake", name="intake cli", pool_size=1)
    try:
        return await add_station(make_sessions(engine, settings.sealer()), new_station)
    finally:
        await engine.dispose()

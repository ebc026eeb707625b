"""`linli messages`: what the inboxes keep, seen and acted on, straight in the databases."""

import asyncio
import getpass
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import aclosing
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Row, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from services.cli.demo_command import progress_bar
from services.cli.deployment import Connected, Deployment
from services.cli.messages_view import Found, Shown
from services.cli.migrate import SERVICES
from services.demo.loader import Progress
from shared.bus.admin import redrive, snapshots
from shared.bus.admin import replay as replaying
from shared.bus.admin.redrive import AT_ONCE, NotKept, Operator, Wanted
from shared.bus.admin.replay import Chosen, Original, Replay, Replayed
from shared.bus.admin.tail import Happening, Tail
from shared.db import Page, Slice
from shared.db_errors import describe
from shared.errors import Problem
from shared.settings import MissingSettings

app = typer.Typer(no_args_is_help=True, help="Messages that failed, and what to do about them.")
PAUSE = 0.5
CHUNK = 500
T = TypeVar("T")
Services = Mapping[str, Connected]
Reading = Callable[[AsyncSession, Operator, Slice], Awaitable[Page[Row[Any]]]]


def _said_why(reason: str) -> str:
    if not reason.strip():
        raise typer.BadParameter("Please say why.")
    return reason.strip()


One = Annotated[str | None, typer.Option("--service", help=f"{', '.join(SERVICES)}; or all.")]
Key = Annotated[UUID, typer.Argument(help="The key of a message, as the list shows it.")]
Reason = Annotated[str, typer.Option(help="Why, for the record.", callback=_said_why)]
Json = Annotated[bool, typer.Option("--json", help="JSON, one object a line.")]
Limit = Annotated[int, typer.Option(min=1, help="So many of each service at most.")]


class Refused(Exception):
    """It can't be done as it was asked for; the message is a sentence for the operator."""


@app.command("list")
def list_messages(
    state: Annotated[str | None, typer.Option(help="retry, parked or skipped.")] = None,
    of: Annotated[str | None, typer.Option("--type", help="linli.wish.fulfilled.v1, say.")] = None,
    service: One = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """Messages that failed or were set aside, the last to come first."""

    async def doing() -> list[Found]:
        wanted = _valid(Wanted, {"state": state, "type": of})
        return await _listed(
            service, limit, lambda tx, operator, part: redrive.kept(tx, operator, wanted, part)
        )

    Shown(as_json=as_json).messages(_run(doing()))


@app.command()
def acts(service: One = None, limit: Limit = 50, as_json: Json = False) -> None:
    """What was done to messages, by whom and why."""
    Shown(as_json=as_json).acts(_run(_listed(service, limit, redrive.acts)))


@app.command()
def show(key: Key, service: One = None, as_json: Json = False) -> None:
    """One message with what it says and what went wrong."""
    Shown(as_json=as_json).message(*_run(_on(key, service, redrive.find)))


@app.command()
def retry(
    reason: Reason,
    key: Annotated[UUID | None, typer.Argument(help="The key of a message.")] = None,
    all_of: Annotated[str | None, typer.Option(help="All parked messages of that type.")] = None,
    service: One = None,
) -> None:
    """Try a message again at once, or all parked ones of a type."""
    if (key is None) == (all_of is None):
        raise typer.BadParameter("Name either the key of a message, or a type with --all-of.")
    if key is not None:
        found = _on(key, service, lambda tx, who, key: redrive.retry(tx, who, key, reason))
        name, _ = _run(found)
        typer.echo(f"{name} tries the message again.")
    elif all_of is not None:
        typer.echo(f"Tried again: {_run(_retry_all(all_of, reason, service))}.")


@app.command()
def skip(key: Key, reason: Reason, service: One = None) -> None:
    """Set a message aside: it is kept, and tried again only when somebody retries it."""
    name, _ = _run(_on(key, service, lambda tx, who, key: redrive.skip(tx, who, key, reason)))
    typer.echo(f"{name} has set the message aside.")


@app.command()
def replay(
    source: Annotated[str, typer.Option("--from", help="The service that said it.")],
    to: Annotated[str, typer.Option(help="The service that is to hear it.")],
    where: Annotated[
        list[str], typer.Option(help="type=…, subject=…, correlation=…, since=… or until=….")
    ],
    reason: Reason,
    again: Annotated[bool, typer.Option(help="What was done already, too.")] = False,
) -> None:
    """Hand what a service said to another one again; what was done there is left alone."""
    done = _run(_replay(source, to, Replay(_chosen(where), reason, again)))
    typer.echo(f"Handed to {to}: {done.handed}; left alone: {done.left}.")


@app.command()
def snapshot(
    feature: Annotated[str, typer.Argument(help="residents, or volunteers.")], reason: Reason
) -> None:
    """Say the present state of a feature again, for those who keep a copy of it."""
    typer.echo(f"Said again of {feature}: {_run(_snapshot(feature, reason))}.")


@app.command()
def tail(service: One = None, as_json: Json = False) -> None:
    """Follow what is sent, done and kept, until Ctrl-C."""
    shown = Shown(as_json=as_json)

    async def doing() -> None:
        async with (
            Deployment.read().connected() as services,
            aclosing(follow(services, _names(service))) as happenings,
        ):
            async for one in happenings:
                shown.happening(one)

    _run(doing())


async def follow(services: Services, names: Sequence[str]) -> AsyncGenerator[Happening]:
    """What happens in these services from now on."""
    tails = {name: Tail(name) for name in names}
    while True:
        for name, one in tails.items():
            async with services[name].sessions() as tx:
                found = await one.look(tx)
            for happening in found:
                yield happening
        await asyncio.sleep(PAUSE)


def _run(doing: Coroutine[Any, Any, T]) -> T:
    """Do it, or say in one sentence what is in the way, instead of a traceback."""
    try:
        return asyncio.run(doing)
    except (MissingSettings, Refused) as error:
        typer.echo(str(error), err=True)
    except Problem as error:
        typer.echo(f"{error}.", err=True)
    except (SQLAlchemyError, OSError) as error:
        typer.echo(f"The databases can't be used: {describe(error)}.", err=True)
    raise typer.Exit(1)


def _operator(service: str) -> Operator:
    return Operator(service, f"{who()}, command line")


def who() -> str:
    """The user of this machine; in a container whoever LOGNAME says."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _names(service: str | None) -> list[str]:
    if service is not None and service not in SERVICES:
        raise Refused(f"There is no service {service}: it is one of {', '.join(SERVICES)}.")
    return [service] if service else list(SERVICES)


async def _listed(service: str | None, limit: int, reading: Reading) -> list[Found]:
    """What is read in each of the services."""
    found: list[Found] = []
    async with Deployment.read().connected() as services:
        for name in _names(service):
            async with services[name].sessions() as tx:
                page = await reading(tx, _operator(name), Slice(None, limit))
            found += [(name, row) for row in page.items]
    return found


async def _on(
    key: UUID,
    service: str | None,
    act: Callable[[AsyncSession, Operator, UUID], Awaitable[Row[Any]]],
) -> Found:
    """Act on a message in the service that keeps it; NotKept."""
    async with Deployment.read().connected() as services:
        for name in _names(service):
            try:
                async with services[name].sessions.begin() as tx:
                    return name, await act(tx, _operator(name), key)
            except NotKept:
                continue
    raise NotKept


async def _retry_all(type_: str, reason: str, service: str | None) -> int:
    done = 0
    async with Deployment.read().connected() as services:
        with progress_bar("messages") as progress:
            for name in _names(service):
                retried = AT_ONCE
                while retried == AT_ONCE:
                    async with services[name].sessions.begin() as tx:
                        retried = await redrive.retry_all(tx, _operator(name), type_, reason)
                    done += retried
                    progress(done, done, name)
    return done


async def _replay(source: str, to: str, wanted: Replay) -> Replayed:
    handlers = SERVICES[_names(to)[0]].handlers
    statement = replaying.said(wanted.chosen)
    async with Deployment.read().connected() as services:
        with progress_bar("messages") as progress:
            async with services[_names(source)[0]].sessions() as reading:
                # A month's record is searched without an index on what a message is about.
                await reading.execute(text("SET LOCAL statement_timeout = 0"))
                done, total = Replayed(), await replaying.count(reading, wanted.chosen)
                rows = await reading.stream(statement)
                async for chunk in rows.partitions(CHUNK):
                    said = [Original.of(row) for row in chunk]
                    async with services[to].sessions.begin() as tx:
                        done += await replaying.hand(tx, _operator(to), handlers, said, wanted)
                    progress(done.handed + done.left, total, to)
        if not total:
            async with services[to].sessions.begin() as tx:
                await replaying.hand(tx, _operator(to), handlers, [], wanted)  # For the record.
    return done


async def _snapshot(feature: str, reason: str) -> int:
    owners = {name: one for one in SERVICES.values() for name in one.snapshots}
    if feature not in owners:
        raise Refused(f"There is no snapshot of {feature}: there are {', '.join(owners)}.")
    service = owners[feature]
    async with Deployment.read().connected() as services:
        with progress_bar(feature) as progress:
            return await _said(services[service.name], service.name, feature, (reason, progress))


async def _said(connected: Connected, service: str, feature: str, how: tuple[str, Progress]) -> int:
    reason, progress = how
    wanted, done = SERVICES[service].snapshots[feature], 0
    async with connected.sessions() as tx:
        total = await snapshots.count(tx, wanted, None)
    operator = _operator(service)
    async for done in snapshots.record(connected.sessions, wanted, operator, reason):
        progress(done, total, service)
    return done


def _chosen(where: Sequence[str]) -> Chosen:
    """What `name=value` pairs choose; a moment without a zone is refused."""
    pairs = dict(pair.partition("=")[::2] for pair in where)
    return _valid(Chosen, pairs)


def _valid(kind: type[T], values: Mapping[str, Any]) -> T:
    unknown = values.keys() - kind.__dataclass_fields__.keys()  # type: ignore[attr-defined]
    if unknown:
        raise typer.BadParameter(f"There is no field {', '.join(sorted(unknown))}.")
    try:
        return TypeAdapter(kind).validate_python(dict(values))
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]
        raise typer.BadParameter(f"{wrong['loc'][0]}: {wrong['msg']}.") from None

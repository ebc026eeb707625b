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
from services.cli.deployment import Deployment, ServiceDatabase
from services.cli.messages_view import MessagePrinter, ServiceRow
from services.cli.migrate import SERVICES
from services.demo.loader import Progress
from shared.bus.admin import redrive, snapshots
from shared.bus.admin import replay as bus_replay
from shared.bus.admin.redrive import RETRY_ALL_LIMIT, InboxFilter, Operator, UnknownMessage
from shared.bus.admin.replay import Original, Replay, ReplayCounts, SentFilter
from shared.bus.admin.tail import Tail, TailEvent
from shared.db import Page, PageRequest
from shared.db_errors import redacted_message
from shared.errors import Problem
from shared.settings import MissingSettings

app = typer.Typer(no_args_is_help=True, help="Messages that failed, and what to do about them.")
POLL_INTERVAL_SECONDS = 0.5
REPLAY_BATCH_SIZE = 500
T = TypeVar("T")
Services = Mapping[str, ServiceDatabase]
PageQuery = Callable[[AsyncSession, Operator, PageRequest], Awaitable[Page[Row[Any]]]]


def _require_reason(reason: str) -> str:
    if not reason.strip():
        raise typer.BadParameter("Please say why.")
    return reason.strip()


ServiceOption = Annotated[
    str | None, typer.Option("--service", help=f"{', '.join(SERVICES)}; or all.")
]
KeyArgument = Annotated[UUID, typer.Argument(help="The key of a message, as the list shows it.")]
ReasonOption = Annotated[str, typer.Option(help="Why, for the record.", callback=_require_reason)]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON, one object a line.")]
LimitOption = Annotated[int, typer.Option(min=1, help="So many of each service at most.")]


class UsageError(Exception):
    """It can't be done as it was asked for; the message is a sentence for the operator."""


@app.command("list")
def list_messages(
    state: Annotated[str | None, typer.Option(help="retry, parked or skipped.")] = None,
    message_type: Annotated[
        str | None, typer.Option("--type", help="linli.wish.fulfilled.v1, say.")
    ] = None,
    service: ServiceOption = None,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
) -> None:
    """Messages that failed or were set aside, the last to come first."""

    async def fetch() -> list[ServiceRow]:
        wanted = _validate(InboxFilter, {"state": state, "type": message_type})
        return await _list_in_services(
            service,
            limit,
            lambda tx, operator, part: redrive.list_failed(tx, operator, wanted, part),
        )

    MessagePrinter(as_json=as_json).print_messages(_run(fetch()))


@app.command("acts")
def list_actions(
    service: ServiceOption = None, limit: LimitOption = 50, as_json: JsonOption = False
) -> None:
    """What was done to messages, by whom and why."""
    MessagePrinter(as_json=as_json).print_actions(
        _run(_list_in_services(service, limit, redrive.list_actions))
    )


@app.command()
def show(key: KeyArgument, service: ServiceOption = None, as_json: JsonOption = False) -> None:
    """One message with what it says and what went wrong."""
    MessagePrinter(as_json=as_json).print_message(
        *_run(_apply_to_message(key, service, redrive.find))
    )


@app.command()
def retry(
    reason: ReasonOption,
    key: Annotated[UUID | None, typer.Argument(help="The key of a message.")] = None,
    all_of: Annotated[str | None, typer.Option(help="All parked messages of that type.")] = None,
    service: ServiceOption = None,
) -> None:
    """Try a message again at once, or all parked ones of a type."""
    if (key is None) == (all_of is None):
        raise typer.BadParameter("Name either the key of a message, or a type with --all-of.")
    if key is not None:
        found = _apply_to_message(
            key, service, lambda tx, who, key: redrive.retry(tx, who, key, reason)
        )
        name, _ = _run(found)
        typer.echo(f"{name} tries the message again.")
    elif all_of is not None:
        typer.echo(f"Tried again: {_run(_retry_all(all_of, reason, service))}.")


@app.command()
def skip(key: KeyArgument, reason: ReasonOption, service: ServiceOption = None) -> None:
    """Set a message aside: it is kept, and tried again only when somebody retries it."""
    name, _ = _run(
        _apply_to_message(key, service, lambda tx, who, key: redrive.skip(tx, who, key, reason))
    )
    typer.echo(f"{name} has set the message aside.")


@app.command()
def replay(
    source: Annotated[str, typer.Option("--from", help="The service that said it.")],
    to: Annotated[str, typer.Option(help="The service that is to hear it.")],
    where: Annotated[
        list[str], typer.Option(help="type=…, subject=…, correlation=…, since=… or until=….")
    ],
    reason: ReasonOption,
    again: Annotated[bool, typer.Option(help="What was done already, too.")] = False,
) -> None:
    """Hand what a service said to another one again; what was done there is left alone."""
    done = _run(_replay(source, to, Replay(_parse_filter(where), reason, again)))
    typer.echo(f"Handed to {to}: {done.handed}; left alone: {done.left}.")


@app.command()
def snapshot(
    feature: Annotated[str, typer.Argument(help="residents, or volunteers.")], reason: ReasonOption
) -> None:
    """Say the present state of a feature again, for those who keep a copy of it."""
    typer.echo(f"Said again of {feature}: {_run(_snapshot(feature, reason))}.")


@app.command()
def tail(service: ServiceOption = None, as_json: JsonOption = False) -> None:
    """Follow what is sent, done and kept, until Ctrl-C."""
    shown = MessagePrinter(as_json=as_json)

    async def print_events() -> None:
        async with (
            Deployment.read().connect() as services,
            aclosing(follow(services, _names(service))) as happenings,
        ):
            async for one in happenings:
                shown.print_event(one)

    _run(print_events())


async def follow(services: Services, names: Sequence[str]) -> AsyncGenerator[TailEvent]:
    """What happens in these services from now on."""
    tails = {name: Tail(name) for name in names}
    while True:
        for name, one in tails.items():
            async with services[name].sessions() as tx:
                found = await one.poll(tx)
            for happening in found:
                yield happening
        await asyncio.sleep(POLL_INTERVAL_SECONDS)


def _run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Do it, or say in one sentence what is in the way, instead of a traceback."""
    try:
        return asyncio.run(coroutine)
    except (MissingSettings, UsageError) as error:
        typer.echo(str(error), err=True)
    except Problem as error:
        typer.echo(f"{error}.", err=True)
    except (SQLAlchemyError, OSError) as error:
        typer.echo(f"The databases can't be used: {redacted_message(error)}.", err=True)
    raise typer.Exit(1)


def _operator(service: str) -> Operator:
    return Operator(service, f"{local_user()}, command line")


def local_user() -> str:
    """The user of this machine; in a container whoever LOGNAME says."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _names(service: str | None) -> list[str]:
    if service is not None and service not in SERVICES:
        raise UsageError(f"There is no service {service}: it is one of {', '.join(SERVICES)}.")
    return [service] if service else list(SERVICES)


async def _list_in_services(service: str | None, limit: int, query: PageQuery) -> list[ServiceRow]:
    """What is read in each of the services."""
    found: list[ServiceRow] = []
    async with Deployment.read().connect() as services:
        for name in _names(service):
            async with services[name].sessions() as tx:
                page = await query(tx, _operator(name), PageRequest(None, limit))
            found += [(name, row) for row in page.items]
    return found


async def _apply_to_message(
    key: UUID,
    service: str | None,
    action: Callable[[AsyncSession, Operator, UUID], Awaitable[Row[Any]]],
) -> ServiceRow:
    """Act on a message in the service that keeps it; UnknownMessage."""
    async with Deployment.read().connect() as services:
        for name in _names(service):
            try:
                async with services[name].sessions.begin() as tx:
                    return name, await action(tx, _operator(name), key)
            except UnknownMessage:
                continue
    raise UnknownMessage


async def _retry_all(type_: str, reason: str, service: str | None) -> int:
    done = 0
    async with Deployment.read().connect() as services:
        with progress_bar("messages") as progress:
            for name in _names(service):
                retried = RETRY_ALL_LIMIT
                while retried == RETRY_ALL_LIMIT:
                    async with services[name].sessions.begin() as tx:
                        retried = await redrive.retry_all(tx, _operator(name), type_, reason)
                    done += retried
                    progress(done, done, name)
    return done


async def _replay(source: str, to: str, request: Replay) -> ReplayCounts:
    handlers = SERVICES[_names(to)[0]].handlers
    statement = bus_replay.select_sent(request.sent_filter)
    async with Deployment.read().connect() as services:
        with progress_bar("messages") as progress:
            async with services[_names(source)[0]].sessions() as reading:
                # A month's record is searched without an index on what a message is about.
                await reading.execute(text("SET LOCAL statement_timeout = 0"))
                done, total = ReplayCounts(), await bus_replay.count(reading, request.sent_filter)
                rows = await reading.stream(statement)
                async for chunk in rows.partitions(REPLAY_BATCH_SIZE):
                    said = [Original.of(row) for row in chunk]
                    async with services[to].sessions.begin() as tx:
                        done += await bus_replay.requeue(tx, _operator(to), handlers, said, request)
                    progress(done.handed + done.left, total, to)
        if not total:
            async with services[to].sessions.begin() as tx:
                await bus_replay.requeue(
                    tx, _operator(to), handlers, [], request
                )  # For the record.
    return done


async def _snapshot(feature: str, reason: str) -> int:
    owners = {name: one for one in SERVICES.values() for name in one.snapshots}
    if feature not in owners:
        raise UsageError(f"There is no snapshot of {feature}: there are {', '.join(owners)}.")
    service = owners[feature]
    async with Deployment.read().connect() as services:
        with progress_bar(feature) as progress:
            return await _record_snapshot(
                services[service.name], service.name, feature, (reason, progress)
            )


async def _record_snapshot(
    connected: ServiceDatabase, service: str, feature: str, how: tuple[str, Progress]
) -> int:
    reason, progress = how
    wanted, done = SERVICES[service].snapshots[feature], 0
    async with connected.sessions() as tx:
        total = await snapshots.count(tx, wanted, None)
    operator = _operator(service)
    async for done in snapshots.record(connected.sessions, wanted, operator, reason):
        progress(done, total, service)
    return done


def _parse_filter(conditions: Sequence[str]) -> SentFilter:
    """What `name=value` pairs choose; a moment without a zone is refused."""
    pairs = dict(pair.partition("=")[::2] for pair in conditions)
    return _validate(SentFilter, pairs)


def _validate(kind: type[T], values: Mapping[str, Any]) -> T:
    unknown = values.keys() - kind.__dataclass_fields__.keys()  # type: ignore[attr-defined]
    if unknown:
        raise typer.BadParameter(f"There is no field {', '.join(sorted(unknown))}.")
    try:
        return TypeAdapter(kind).validate_python(dict(values))
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]
        raise typer.BadParameter(f"{wrong['loc'][0]}: {wrong['msg']}.") from None

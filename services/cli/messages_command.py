"""`linli messages`: commands over messages that failed, straight in the services' databases."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import aclosing
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.exc import SQLAlchemyError

from services.cli import messages_operations as operations
from services.cli.deployment import Deployment
from services.cli.messages_operations import UsageError
from services.cli.messages_view import MessagePrinter, ServiceRow
from services.cli.migrate import SERVICES
from shared.bus.admin import redrive
from shared.bus.admin.bulk import BulkAction
from shared.bus.admin.redrive import InboxFilter
from shared.bus.admin.replay import Replay, SentFilter
from shared.db_errors import redacted_message
from shared.errors import Problem
from shared.settings import MissingSettings

app = typer.Typer(no_args_is_help=True, help="Inspect, retry, skip and replay messages.")
T = TypeVar("T")


def _require_reason(reason: str) -> str:
    if not reason.strip():
        raise typer.BadParameter("Please say why.")
    return reason.strip()


ServiceOption = Annotated[
    str | None, typer.Option("--service", help=f"{', '.join(SERVICES)}; default: all.")
]
TypeOption = Annotated[
    str | None, typer.Option("--type", help="For example linli.wish.fulfilled.v1.")
]
KeyArgument = Annotated[UUID, typer.Argument(help="The key of a message, as the list shows it.")]
AllOfOption = Annotated[str | None, typer.Option(help="All parked messages of that type.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Don't ask after counting.")]
ReasonOption = Annotated[
    str, typer.Option(help="The reason, for the action log.", callback=_require_reason)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
LimitOption = Annotated[int, typer.Option(min=1, help="The most rows to list of each service.")]


@app.command("list")
def list_messages(
    state: Annotated[str | None, typer.Option(help="retry, parked or skipped.")] = None,
    message_type: TypeOption = None,
    service: ServiceOption = None,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
) -> None:
    """List messages that failed or were set aside, the latest first."""

    async def fetch() -> list[ServiceRow]:
        inbox_filter = _validate(InboxFilter, {"state": state, "type": message_type})
        return await operations.list_in_services(
            service,
            limit,
            lambda tx, operator, request: redrive.list_failed(tx, operator, inbox_filter, request),
        )

    MessagePrinter(as_json=as_json).print_messages(_run(fetch()))


@app.command("acts")
def list_actions(
    service: ServiceOption = None, limit: LimitOption = 50, as_json: JsonOption = False
) -> None:
    """List the actions of operators on messages, with their reasons."""
    MessagePrinter(as_json=as_json).print_actions(
        _run(operations.list_in_services(service, limit, redrive.list_actions))
    )


@app.command()
def show(key: KeyArgument, service: ServiceOption = None, as_json: JsonOption = False) -> None:
    """Show one message with its content and its error."""
    MessagePrinter(as_json=as_json).print_message(
        *_run(operations.apply_to_message(key, service, redrive.find))
    )


@app.command()
def retry(
    reason: ReasonOption,
    key: Annotated[UUID | None, typer.Argument(help="The key of a message.")] = None,
    all_of: AllOfOption = None,
    service: ServiceOption = None,
) -> None:
    """Retry a message at once, or all parked messages of a type."""
    _check_target(key, all_of)
    if key is not None:
        name = _apply_to_message(
            key, service, lambda tx, operator, key: redrive.retry(tx, operator, key, reason)
        )
        typer.echo(f"{name} tries the message again.")
    elif all_of is not None:
        typer.echo(f"Tried again: {_run(operations.retry_all(all_of, reason, service))}.")


@app.command()
def skip(
    reason: ReasonOption,
    key: Annotated[UUID | None, typer.Argument(help="The key of a message.")] = None,
    all_of: AllOfOption = None,
    service: ServiceOption = None,
    yes: YesOption = False,
) -> None:
    """Set a message aside, or all parked ones of a type: only `retry` handles them again."""
    _check_target(key, all_of)
    if key is not None:
        name = _apply_to_message(
            key, service, lambda tx, operator, key: redrive.skip(tx, operator, key, reason)
        )
        typer.echo(f"{name} has set the message aside.")
    elif all_of is not None:
        _apply_to_all(BulkAction("skip_all", InboxFilter(type=all_of), reason), service, yes=yes)


@app.command()
def purge(
    all_of: Annotated[str, typer.Option(help="All parked messages of that type.")],
    reason: ReasonOption,
    service: ServiceOption = None,
    yes: YesOption = False,
) -> None:
    """Set all parked messages of a type aside, and delete their content for good."""
    _apply_to_all(BulkAction("purge", InboxFilter(type=all_of), reason), service, yes=yes)


def _check_target(key: UUID | None, all_of: str | None) -> None:
    if (key is None) == (all_of is None):
        raise typer.BadParameter("Name either the key of a message, or a type with --all-of.")


def _apply_to_message(key: UUID, service: str | None, action: operations.MessageAction) -> str:
    """Apply an action to one message; return the name of its service."""
    name, _ = _run(operations.apply_to_message(key, service, action))
    return name


def _apply_to_all(action: BulkAction, service: str | None, *, yes: bool) -> None:
    """Count the messages, ask whether to go on, and apply the action to them."""
    count = _run(operations.count_parked(action.filter, service))
    if count and not yes:
        typer.confirm(f"{count} messages are parked. Go on?", abort=True)
    typer.echo(f"Set aside: {_run(operations.apply_to_all(action, service))}.")


@app.command()
def replay(
    source: Annotated[str, typer.Option("--from", help="The service that sent the messages.")],
    to: Annotated[str, typer.Option(help="The service whose inbox gets them.")],
    where: Annotated[
        list[str], typer.Option(help="type=…, subject=…, correlation=…, since=… or until=….")
    ],
    reason: ReasonOption,
    again: Annotated[bool, typer.Option(help="Replay messages handled already, too.")] = False,
) -> None:
    """Replay sent messages to a service; those that it has handled are left alone."""
    request = Replay(_parse_filter(where), reason, again)
    counts = _run(operations.replay(source, to, request))
    typer.echo(f"Handed to {to}: {counts.handed}; left alone: {counts.left}.")


@app.command()
def snapshot(
    feature: Annotated[str, typer.Argument(help="residents, or volunteers.")], reason: ReasonOption
) -> None:
    """Publish the present state of a feature again, for services with a copy of it."""
    count = _run(operations.snapshot(feature, reason))
    typer.echo(f"Published again for {feature}: {count}.")


@app.command()
def tail(service: ServiceOption = None, as_json: JsonOption = False) -> None:
    """Follow sent, handled and failed messages, until Ctrl-C."""
    printer = MessagePrinter(as_json=as_json)

    async def print_events() -> None:
        async with (
            Deployment.read().connect() as services,
            aclosing(operations.follow(services, operations.service_names(service))) as events,
        ):
            async for event in events:
                printer.print_event(event)

    _run(print_events())


def _run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run `coroutine`; print an expected error as one sentence and exit with status 1."""
    try:
        return asyncio.run(coroutine)
    except (MissingSettings, UsageError) as error:
        typer.echo(str(error), err=True)
    except Problem as error:
        typer.echo(f"{error}.", err=True)
    except (SQLAlchemyError, OSError) as error:
        typer.echo(f"The databases can't be used: {redacted_message(error)}.", err=True)
    raise typer.Exit(1)


def _parse_filter(conditions: Sequence[str]) -> SentFilter:
    """Parse `name=value` pairs; refuse a time without a zone. Raises: typer.BadParameter."""
    pairs = dict(pair.partition("=")[::2] for pair in conditions)
    return _validate(SentFilter, pairs)


def _validate(kind: type[T], values: Mapping[str, Any]) -> T:
    unknown = values.keys() - kind.__dataclass_fields__.keys()  # type: ignore[attr-defined]
    if unknown:
        raise typer.BadParameter(f"There is no field {', '.join(sorted(unknown))}.")
    try:
        return TypeAdapter(kind).validate_python(dict(values))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise typer.BadParameter(f"{first['loc'][0]}: {first['msg']}.") from None

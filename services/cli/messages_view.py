"""Output of `linli messages`: tables for people, or JSON, one object a line."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

import typer
from pydantic_core import to_json
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import Row

from shared.bus.admin.tail import TailEvent
from shared.messages_admin.api import ActionLogEntry, FailedMessage, FailedMessageDetail

PIPED_WIDTH_CHARS = 200
MAX_PREVIEW_BYTES = 500
STYLES = {"parked": "red", "retry": "yellow", "skipped": "dim", "done": "green", "sent": "cyan"}
ServiceRow = tuple[str, Row[Any]]


class MessagePrinter:
    """Printer of messages, actions and events to stdout, each with the name of its service."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        console = Console()
        self._console = console if console.is_terminal else Console(width=PIPED_WIDTH_CHARS)

    def print_messages(self, service_rows: Iterable[ServiceRow]) -> None:
        """Print a list of messages that failed."""
        columns = ("key", "service", "state", "type", "attempts", "received", "error")
        rows = [
            (_message_fields(service, row, FailedMessage.of(row)), self._table_row(service, row))
            for service, row in service_rows
        ]
        self._write(columns, rows, "No message waits, is parked or was set aside.")

    def print_message(self, service: str, row: Row[Any]) -> None:
        """Print one message with its content."""
        fields = _message_fields(service, row, FailedMessageDetail.of(row))
        if fields["content"] is None:
            fields["bytes"] = row.body[:MAX_PREVIEW_BYTES].decode("utf-8", "backslashreplace")
        if self._as_json:
            typer.echo(to_json(fields))
            return
        table = Table(show_header=False, box=None)
        for name, value in fields.items():
            if value is not None:
                table.add_row(Text(name, "bold"), Text(_format_value(value)))
        self._console.print(table)

    def print_actions(self, service_rows: Iterable[ServiceRow]) -> None:
        """Print the actions of operators on messages."""
        columns = ("at", "service", "action", "messages", "selection", "operator", "reason")
        rows = []
        for service, row in service_rows:
            entry = ActionLogEntry.model_validate(row)
            at, chosen = f"{entry.at:%Y-%m-%d %H:%M:%S}", entry.chosen.items()
            selection = str(entry.message_key or ", ".join(f"{k} {v}" for k, v in chosen))
            cells = (at, service, entry.act, str(entry.messages), selection)
            rows.append(
                (
                    _message_fields(service, row, entry),
                    [Text(cell) for cell in (*cells, entry.who, entry.reason)],
                )
            )
        self._write(columns, rows, "Nobody has done anything to messages.")

    def print_event(self, event: TailEvent) -> None:
        """Print one event of the tail."""
        if self._as_json:
            typer.echo(to_json(asdict(event)))
            return
        line = Text(f"{event.at:%H:%M:%S} {event.service:10} ")
        line.append(f"{event.what:8}", STYLES.get(event.what, ""))
        line.append(f"{event.type}  {event.correlation}  {event.about}")
        self._console.print(line, soft_wrap=True)

    def _table_row(self, service: str, row: Row[Any]) -> list[Text]:
        received = f"{row.received_at:%Y-%m-%d %H:%M:%S}"
        state = Text(row.state, STYLES[row.state])
        rest = (row.type, str(row.attempts), received, row.error or "")
        return [Text(str(row.message_key)), Text(service), state, *map(Text, rest)]

    def _write(
        self, columns: Iterable[str], rows: list[tuple[dict[str, Any], list[Text]]], empty: str
    ) -> None:
        if self._as_json:
            for fields, _ in rows:
                typer.echo(to_json(fields))
        elif not rows:
            typer.echo(empty)
        else:
            table = Table(*columns, box=None)
            table.columns[0].no_wrap = True
            for _, cells in rows:
                table.add_row(*cells)
            self._console.print(table)


def _message_fields(
    service: str, row: Row[Any], view: FailedMessage | ActionLogEntry
) -> dict[str, Any]:
    return {"service": service, "station": row.station_id, **view.model_dump()}


def _format_value(value: object) -> str:
    if isinstance(value, Mapping):
        return "\n".join(_format_pairs(value))
    return str(value)


def _format_pairs(content: Mapping[str, object]) -> Iterator[str]:
    for name, value in content.items():
        yield f"{name}: {value}"
